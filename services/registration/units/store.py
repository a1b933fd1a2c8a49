"""Tables `branches` and `units`."""

from uuid import UUID

import asyncpg
import msgspec

from services.registration.units.domain import Branch, Unit
from shared.db import Transaction


def _branch(row: asyncpg.Record) -> Branch:
    return Branch(
        id=row["id"],
        code=row["code"],
        name=row["name"],
        name_key=row["name_key"],
        category=row["category"],
        numbers=msgspec.json.decode(row["numbers"], type=dict[str, int]),
    )


async def branches(tx: Transaction) -> list[Branch]:
    rows = await tx.fetch("SELECT id, code, name, name_key, category, numbers FROM branches ORDER BY code")
    return [_branch(row) for row in rows]


async def acting_branches(tx: Transaction) -> list[Branch]:
    rows = await tx.fetch("""
        SELECT id, code, name, name_key, category, numbers
          FROM branches WHERE id IN (SELECT acting_branches()) ORDER BY code""")
    return [_branch(row) for row in rows]


async def units(tx: Transaction) -> list[Unit]:
    rows = await tx.fetch("SELECT id, handle, name, name_key, parent_id, branch_id FROM units ORDER BY name_key, name")
    return [Unit(**dict(row)) for row in rows]


async def units_by_id(tx: Transaction, ids: list[UUID]) -> list[Unit]:
    rows = await tx.fetch(
        "SELECT id, handle, name, name_key, parent_id, branch_id FROM units WHERE id = ANY($1::uuid[])", ids
    )
    return [Unit(**dict(row)) for row in rows]


async def save_branches(tx: Transaction, branches: list[Branch]) -> None:
    await tx.executemany(
        """
        INSERT INTO branches (id, code, name, name_key, category, numbers) VALUES ($1, $2, $3, $4, $5, $6)
        ON CONFLICT (id) DO UPDATE SET name = excluded.name, name_key = excluded.name_key,
                                       category = excluded.category, numbers = excluded.numbers""",
        [(b.id, b.code, b.name, b.name_key, b.category, msgspec.json.encode(b.numbers).decode()) for b in branches],
    )


async def save_units(tx: Transaction, units: list[Unit]) -> None:
    await tx.executemany(
        """
        INSERT INTO units (id, handle, name, name_key, parent_id, branch_id) VALUES ($1, $2, $3, $4, $5, $6)
        ON CONFLICT (id) DO UPDATE SET name = excluded.name, name_key = excluded.name_key,
                                       parent_id = excluded.parent_id, branch_id = excluded.branch_id""",
        [(u.id, u.handle, u.name, u.name_key, u.parent_id, u.branch_id) for u in units],
    )


async def organisation(tx: Transaction) -> str | None:
    """The name of the tree's root: the only unit without a parent that has children."""
    name: str | None = await tx.fetchval(
        """SELECT name FROM units root WHERE parent_id IS NULL AND EXISTS (SELECT FROM units WHERE parent_id = root.id)
            ORDER BY id LIMIT 1"""
    )
    return name
