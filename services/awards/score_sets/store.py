"""SQL of activities, divisions, rolls, openings and score sets."""

from datetime import datetime
from uuid import UUID

import msgspec

from services.awards.score_sets.domain import Item, OpenedCode, Sealed, Title
from shared.db import Transaction
from shared.exact import Ratio


async def save_activity(tx: Transaction, activity_id: UUID, version: int, key: str, title: str, title_en: str) -> bool:
    """True if this version is newer than what was kept."""
    return bool(
        await tx.fetchval(
            """INSERT INTO activities (id, version, key, title, title_en) VALUES ($1, $2, $3, $4, $5)
               ON CONFLICT (id) DO UPDATE SET (version, key, title, title_en)
                   = (excluded.version, excluded.key, excluded.title, excluded.title_en)
                WHERE activities.version < excluded.version
               RETURNING true""",
            activity_id, version, key, title, title_en,
        )
    )  # fmt: skip


async def save_divisions(tx: Transaction, activity_id: UUID, rows: list[tuple[UUID, str, str, str]]) -> None:
    """rows: id, key, title, title in English."""
    await tx.executemany(
        """INSERT INTO divisions (activity_id, id, key, title, title_en) VALUES ($1, $2, $3, $4, $5)
           ON CONFLICT (id) DO UPDATE SET (key, title, title_en) = (excluded.key, excluded.title, excluded.title_en)""",
        [(activity_id, *row) for row in rows],
    )


async def save_titles(tx: Transaction, roll_id: UUID, titles: list[Title]) -> None:
    await tx.executemany(
        "INSERT INTO roll_items (roll_id, entry_id, code, title) VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING",
        [(roll_id, each.entry_id, each.code, each.title) for each in titles],
    )


async def save_opening(tx: Transaction, roll_id: UUID, version: int, division_id: UUID, now: datetime) -> None:
    await tx.execute(
        "INSERT INTO openings (roll_id, version, division_id, opened_at) VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING",
        roll_id, version, division_id, now,
    )  # fmt: skip


async def save_opened_codes(tx: Transaction, roll_id: UUID, codes: list[OpenedCode]) -> None:
    await tx.executemany(
        "INSERT INTO opened_codes (roll_id, entry_id, code, person_id) VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING",
        [(roll_id, each.entry_id, each.code, each.person_id) for each in codes],
    )


async def save_sealed(tx: Transaction, sealed: Sealed, now: datetime) -> bool:
    """False if this set was kept before."""
    return bool(
        await tx.fetchval(
            """INSERT INTO score_sets (id, version, supersedes, division_id, roll_id, roll_version, roll_hash, rule_hash,
                                       ledger_position, ledger_head, hash, received_at)
               VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12) ON CONFLICT DO NOTHING RETURNING true""",
            *msgspec.structs.astuple(sealed), now,
        )
    )  # fmt: skip


async def save_items(tx: Transaction, score_set_id: UUID, items: list[Item]) -> None:
    await tx.executemany(
        """INSERT INTO score_set_items (score_set_id, entry_id, code, rank, result_n, result_d, shown, decided_by)
           VALUES ($1, $2, $3, $4, $5, $6, $7, $8)""",
        [(score_set_id, i.entry_id, i.code, i.rank, i.result.n, i.result.d, i.shown, i.decided_by) for i in items],
    )


async def activity_id(tx: Transaction, activity_key: str) -> UUID | None:
    found: UUID | None = await tx.fetchval("SELECT id FROM activities WHERE key = $1", activity_key)
    return found


async def division_ids(tx: Transaction, activity_id: UUID) -> list[UUID]:
    rows = await tx.fetch("SELECT id FROM divisions WHERE activity_id = $1 ORDER BY key", activity_id)
    return [row["id"] for row in rows]


async def division_id(tx: Transaction, activity_key: str, division_key: str) -> UUID | None:
    found: UUID | None = await tx.fetchval(
        "SELECT d.id FROM divisions d JOIN activities a ON a.id = d.activity_id WHERE a.key = $1 AND d.key = $2",
        activity_key, division_key,
    )  # fmt: skip
    return found


async def sealed_sets(tx: Transaction, division: UUID) -> list[Sealed]:
    rows = await tx.fetch(
        """SELECT id, version, supersedes, division_id, roll_id, roll_version, roll_hash, rule_hash, ledger_position,
                  ledger_head, hash
             FROM score_sets WHERE division_id = $1""",
        division,
    )
    return [Sealed(**row) for row in rows]


async def items(tx: Transaction, score_set_id: UUID) -> list[Item]:
    """In rank order, codes deciding among equals."""
    rows = await tx.fetch(
        """SELECT entry_id, code, rank, result_n, result_d, shown, decided_by
             FROM score_set_items WHERE score_set_id = $1 ORDER BY rank, code""",
        score_set_id,
    )
    return [
        Item(entry_id=r["entry_id"], code=r["code"], rank=r["rank"], result=Ratio(int(r["result_n"]), int(r["result_d"])),
             shown=r["shown"], decided_by=r["decided_by"])
        for r in rows
    ]  # fmt: skip


async def titles(tx: Transaction, entries: list[UUID]) -> dict[UUID, str]:
    rows = await tx.fetch("SELECT entry_id, title FROM roll_items WHERE entry_id = ANY($1)", entries)
    return {row["entry_id"]: row["title"] for row in rows}


async def opened(tx: Transaction, division: UUID) -> dict[UUID, UUID]:
    """entry -> person, of every opening of the division."""
    rows = await tx.fetch(
        "SELECT c.entry_id, c.person_id FROM opened_codes c JOIN openings o USING (roll_id) WHERE o.division_id = $1",
        division,
    )
    return {row["entry_id"]: row["person_id"] for row in rows}


async def is_opened(tx: Transaction, division: UUID) -> bool:
    return bool(await tx.fetchval("SELECT EXISTS (SELECT FROM openings WHERE division_id = $1)", division))
