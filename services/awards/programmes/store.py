"""Tables `branches`, `programmes`, `nomination_places`, `committee_members`."""

from uuid import UUID

import asyncpg
import msgspec

from services.awards.programmes.domain import Branch, Member, Programme
from shared.db import Transaction


def _branch(row: asyncpg.Record) -> Branch:
    return Branch(**dict(row))


async def save_branches(tx: Transaction, branches: list[Branch]) -> None:
    await tx.executemany(
        """
        INSERT INTO branches (id, code, name, name_key, category, officer_handle) VALUES ($1, $2, $3, $4, $5, $6)
        ON CONFLICT (id) DO UPDATE SET name = excluded.name, name_key = excluded.name_key,
                                       category = excluded.category, officer_handle = excluded.officer_handle""",
        [(b.id, b.code, b.name, b.name_key, b.category, b.officer_handle) for b in branches],
    )


async def branches(tx: Transaction) -> list[Branch]:
    rows = await tx.fetch("SELECT id, code, name, name_key, category, officer_handle FROM branches ORDER BY code")
    return [_branch(row) for row in rows]


async def branch_by_code(tx: Transaction, code: str) -> Branch | None:
    row = await tx.fetchrow(
        "SELECT id, code, name, name_key, category, officer_handle FROM branches WHERE code = $1", code
    )
    return _branch(row) if row else None


async def add(tx: Transaction, programme_id: UUID, programme: Programme, rule_hash: str) -> None:
    await tx.execute(
        "INSERT INTO programmes (id, key, rule, rule_hash) VALUES ($1, $2, $3, $4)",
        programme_id, programme.key, msgspec.json.encode(programme).decode(), rule_hash,
    )  # fmt: skip


async def add_places(tx: Transaction, programme_id: UUID, places: list[tuple[str, int]]) -> None:
    await tx.executemany(
        "INSERT INTO nomination_places (programme_id, stratum, place) VALUES ($1, $2, $3)",
        [(programme_id, stratum, place) for stratum, place in places],
    )


async def add_members(tx: Transaction, programme_id: UUID, members: list[Member]) -> None:
    await tx.executemany(
        "INSERT INTO committee_members (programme_id, seat, handle, account, name) VALUES ($1, $2, $3, $4, $5)",
        [(programme_id, m.seat, m.handle, m.account, m.name) for m in members],
    )


async def members(tx: Transaction, programme_id: UUID) -> list[Member]:
    rows = await tx.fetch(
        "SELECT seat, handle, account, name FROM committee_members WHERE programme_id = $1 ORDER BY seat", programme_id
    )
    return [Member(**dict(row)) for row in rows]


async def by_id(tx: Transaction, programme_id: UUID) -> tuple[Programme, str] | None:
    row = await tx.fetchrow("SELECT rule, rule_hash FROM programmes WHERE id = $1", programme_id)
    return (msgspec.json.decode(row["rule"], type=Programme), row["rule_hash"]) if row else None


async def id_of(tx: Transaction, key: str) -> UUID | None:
    found: UUID | None = await tx.fetchval("SELECT id FROM programmes WHERE key = $1", key)
    return found


async def listed(tx: Transaction) -> list[tuple[UUID, Programme]]:
    rows = await tx.fetch("SELECT id, rule FROM programmes ORDER BY id")
    return [(row["id"], msgspec.json.decode(row["rule"], type=Programme)) for row in rows]
