"""SQL of statements and public_bundles."""

from collections.abc import Collection
from uuid import UUID

import asyncpg

from services.scoring.proofs.domain import Bundle, Shelved, Statement
from shared.db import Transaction

_STATEMENTS = "SELECT division_id, position, root, stage, kind, entry_id, rule_hash, body, path FROM statements"


def _statements(rows: list[asyncpg.Record]) -> list[Statement]:
    return [Statement(**{**row, "path": tuple(row["path"].split())}) for row in rows]


async def replace(tx: Transaction, activity_id: UUID, statements: list[Statement]) -> None:
    """These instead of all that stood for the activity."""
    await tx.execute("DELETE FROM statements WHERE activity_id = $1", activity_id)
    await tx.execute(
        """INSERT INTO statements (activity_id, division_id, position, root, stage, kind, entry_id, rule_hash, body, path)
           SELECT $1, * FROM unnest($2::uuid[], $3::bigint[], $4::text[], $5::text[], $6::text[], $7::uuid[], $8::text[],
                                    $9::text[], $10::text[])""",
        activity_id,
        [each.division_id for each in statements],
        [each.position for each in statements],
        [each.root for each in statements],
        [each.stage for each in statements],
        [each.kind for each in statements],
        [each.entry_id for each in statements],
        [each.rule_hash for each in statements],
        [each.body for each in statements],
        [" ".join(each.path) for each in statements],
    )


async def of_activity(tx: Transaction, activity_id: UUID) -> list[Statement]:
    return _statements(await tx.fetch(f"{_STATEMENTS} WHERE activity_id = $1", activity_id))


async def results(tx: Transaction, activity_id: UUID) -> dict[UUID, list[Statement]]:
    """Division -> the results of its final and their seal, no marks."""
    rows = await tx.fetch(
        f"{_STATEMENTS} WHERE activity_id = $1 AND stage = 'final' AND kind <> 'marks_stated' ORDER BY position", activity_id
    )
    found: dict[UUID, list[Statement]] = {}
    for each in _statements(rows):
        found.setdefault(each.division_id, []).append(each)
    return found


async def of_entry(tx: Transaction, activity_id: UUID, division_id: UUID, entry_id: UUID) -> list[Statement]:
    """One entry's, and the seals of its division; row security leaves a contestant the own."""
    rows = await tx.fetch(
        f"{_STATEMENTS} WHERE activity_id = $1 AND (entry_id = $2 OR (entry_id IS NULL AND division_id = $3))",
        activity_id, entry_id, division_id,
    )  # fmt: skip
    return _statements(rows)


async def own_division(tx: Transaction, entry_id: UUID) -> UUID | None:
    """The division of the reader's entry; None while its code is not opened, and for who is not behind it."""
    found: UUID | None = await tx.fetchval("SELECT division_id FROM own_entries WHERE entry_id = $1", entry_id)
    return found


async def own_shelf(tx: Transaction) -> list[Shelved]:
    rows = await tx.fetch(
        """SELECT a.key, a.title, a.title_en, s.root, array_agg(DISTINCT s.entry_id) AS own
             FROM statements s JOIN own_entries USING (entry_id) JOIN activities a USING (activity_id)
            GROUP BY a.activity_id, s.root ORDER BY a.key"""
    )
    return [Shelved(**{**row, "own": tuple(row["own"])}) for row in rows]


async def save_public(tx: Transaction, activity_id: UUID, root: str, bundle: Bundle) -> bool:
    """What stands already is not written again: False."""
    return bool(
        await tx.fetchval(
            """INSERT INTO public_bundles AS p (activity_id, root, hash, content) VALUES ($1, $2, $3, $4)
               ON CONFLICT (activity_id) DO UPDATE SET root = excluded.root, hash = excluded.hash, content = excluded.content
                WHERE p.hash <> excluded.hash RETURNING true""",
            activity_id, root, bundle.hash, bundle.content,
        )
    )  # fmt: skip


async def withdraw(tx: Transaction, activity_id: UUID) -> bool:
    """False if there was none."""
    return bool(await tx.fetchval("DELETE FROM public_bundles WHERE activity_id = $1 RETURNING true", activity_id))


async def public_root(tx: Transaction, activity_id: UUID) -> str:
    found: str | None = await tx.fetchval("SELECT root FROM public_bundles WHERE activity_id = $1", activity_id)
    return found or ""


async def public(tx: Transaction, activity_id: UUID, known: Collection[str]) -> Bundle | None:
    """The public bundle; its content is not read where its hash is known."""
    row = await tx.fetchrow(
        """SELECT CASE WHEN hash = ANY($2::text[]) THEN ''::bytea ELSE content END AS content, hash
             FROM public_bundles WHERE activity_id = $1""",
        activity_id, list(known),
    )  # fmt: skip
    return Bundle(**row) if row else None


async def shelf(tx: Transaction) -> list[Shelved]:
    rows = await tx.fetch(
        "SELECT a.key, a.title, a.title_en, p.root FROM public_bundles p JOIN activities a USING (activity_id) ORDER BY a.key"
    )
    return [Shelved(**row, is_public=True) for row in rows]
