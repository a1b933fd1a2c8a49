"""SQL of the ledger: tables ledger, ledger_heads, ledger_people, ledger_told."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from services.scoring.ledger.domain import GENESIS, Head, Recorded
from shared.db import Transaction


async def open_chains(tx: Transaction, divisions: list[UUID]) -> None:
    """Give each division an empty chain where it has none."""
    await tx.execute(
        """INSERT INTO ledger_heads (division_id, position, hash) SELECT id, 0, $2 FROM unnest($1::uuid[]) AS id
           ON CONFLICT DO NOTHING""",
        divisions, GENESIS,
    )  # fmt: skip


async def lock_heads(tx: Transaction, divisions: list[UUID]) -> dict[UUID, Head]:
    """The heads of these chains, their rows locked in id order until the transaction ends."""
    rows = await tx.fetch(
        """SELECT division_id, position, hash FROM ledger_heads
            WHERE division_id = ANY($1::uuid[]) ORDER BY division_id FOR UPDATE""",
        divisions,
    )
    return {row["division_id"]: Head(row["position"], row["hash"]) for row in rows}


async def head(tx: Transaction, division_id: UUID) -> Head:
    row = await tx.fetchrow("SELECT position, hash FROM ledger_heads WHERE division_id = $1", division_id)
    return Head(row["position"], row["hash"]) if row else Head(0, GENESIS)


async def untold(tx: Transaction) -> dict[UUID, Head]:
    """Heads that have moved since the other services were told; of rehearsals they are told nothing."""
    rows = await tx.fetch(
        """SELECT h.division_id, h.position, h.hash FROM ledger_heads h LEFT JOIN ledger_told t USING (division_id)
            WHERE h.position > coalesce(t.position, 0) AND NOT is_rehearsal(h.division_id) ORDER BY h.division_id"""
    )
    return {row["division_id"]: Head(row["position"], row["hash"]) for row in rows}


async def told(tx: Transaction, division_id: UUID) -> Head | None:
    """The head that the other services were last told."""
    row = await tx.fetchrow(
        """SELECT l.position, l.hash FROM ledger_told t
             JOIN ledger l ON l.division_id = t.division_id AND l.position = t.position WHERE t.division_id = $1""",
        division_id,
    )
    return Head(row["position"], row["hash"]) if row else None


async def at(tx: Transaction, division_id: UUID, position: int) -> Head | None:
    row = await tx.fetchrow(
        "SELECT position, hash FROM ledger WHERE division_id = $1 AND position = $2", division_id, position
    )
    return Head(row["position"], row["hash"]) if row else None


async def made_at(tx: Transaction, division_id: UUID, position: int) -> datetime | None:
    at: datetime | None = await tx.fetchval(
        "SELECT at FROM ledger WHERE division_id = $1 AND position = $2", division_id, position
    )
    return at


async def set_told(tx: Transaction, heads: dict[UUID, Head]) -> None:
    await tx.executemany(
        """INSERT INTO ledger_told (division_id, position) VALUES ($1, $2)
           ON CONFLICT (division_id) DO UPDATE SET position = excluded.position""",
        [(division, head.position) for division, head in heads.items()],
    )


async def add(tx: Transaction, recorded: list[Recorded]) -> None:
    await tx.execute(
        """INSERT INTO ledger (division_id, position, kind, at, body, hash)
           SELECT * FROM unnest($1::uuid[], $2::bigint[], $3::text[], $4::timestamptz[], $5::text[], $6::bytea[])""",
        [each.division_id for each in recorded],
        [each.position for each in recorded],
        [each.kind for each in recorded],
        [each.at for each in recorded],
        [each.body for each in recorded],
        [each.hash for each in recorded],
    )


async def move_heads(tx: Transaction, heads: dict[UUID, Head]) -> None:
    await tx.execute(
        """UPDATE ledger_heads AS h SET position = n.position, hash = n.hash
             FROM unnest($1::uuid[], $2::bigint[], $3::bytea[]) AS n (division_id, position, hash)
            WHERE h.division_id = n.division_id""",
        list(heads),
        [each.position for each in heads.values()],
        [each.hash for each in heads.values()],
    )


async def commitments(tx: Transaction, people: list[UUID]) -> dict[UUID, str]:
    rows = await tx.fetch("SELECT subject_id, commitment FROM ledger_people WHERE subject_id = ANY($1::uuid[])", people)
    return {row["subject_id"]: row["commitment"] for row in rows}


async def add_people(tx: Transaction, rows: list[tuple[UUID, bytes, str]]) -> None:
    """rows: person, salt, commitment. Whoever came first keeps the salt."""
    await tx.executemany(
        "INSERT INTO ledger_people (subject_id, salt, commitment) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING", rows
    )


async def people(tx: Transaction) -> dict[str, UUID]:
    """Commitment -> the person it stands for, as far as not forgotten."""
    return {
        row["commitment"]: row["subject_id"]
        for row in await tx.fetch("SELECT subject_id, commitment FROM ledger_people")
    }


async def read(tx: Transaction, division_id: UUID) -> list[Recorded]:
    rows = await tx.fetch(
        "SELECT division_id, position, kind, at, body, hash FROM ledger WHERE division_id = $1 ORDER BY position",
        division_id,
    )
    return [Recorded(**dict(row)) for row in rows]


async def of_kinds(tx: Transaction, division_id: UUID, kinds: Sequence[str]) -> list[Recorded]:
    rows = await tx.fetch(
        """SELECT division_id, position, kind, at, body, hash FROM ledger
            WHERE division_id = $1 AND kind = ANY($2::text[]) ORDER BY position""",
        division_id, list(kinds),
    )  # fmt: skip
    return [Recorded(**dict(row)) for row in rows]


async def between(tx: Transaction, division_id: UUID, first: int, last: int) -> list[Recorded]:
    rows = await tx.fetch(
        """SELECT division_id, position, kind, at, body, hash FROM ledger
            WHERE division_id = $1 AND position BETWEEN $2 AND $3 ORDER BY position""",
        division_id, first, last,
    )  # fmt: skip
    return [Recorded(**dict(row)) for row in rows]


async def leaves(tx: Transaction, division_id: UUID, until: int) -> list[bytes]:
    """SHA-256 of 0x00 ‖ entry for the first entries of a chain; computed where they lie, 32 bytes each come over."""
    rows = await tx.fetch(
        """SELECT sha256('\\x00'::bytea || convert_to(body, 'UTF8')) AS leaf FROM ledger
            WHERE division_id = $1 AND position <= $2 ORDER BY position""",
        division_id, until,
    )  # fmt: skip
    return [row["leaf"] for row in rows]


async def divisions(tx: Transaction) -> list[UUID]:
    return [row["division_id"] for row in await tx.fetch("SELECT division_id FROM ledger_heads ORDER BY division_id")]
