"""Tables `seasons` and `season_checks`."""

from datetime import datetime
from uuid import UUID

import asyncpg
import msgspec

from services.registration.seasons.domain import Check, Season, Stored, Summary
from shared.db import Transaction
from shared.errors import Fault


def _check(row: asyncpg.Record) -> Check:
    return Check(
        id=row["id"],
        content_hash=row["content_hash"],
        faults=msgspec.json.decode(row["faults"], type=list[Fault]),
        summary=msgspec.json.decode(row["summary"], type=Summary),
        season_id=row["season_id"],
    )


async def seasons(tx: Transaction) -> list[Stored]:
    rows = await tx.fetch("""
        SELECT id, key, title, title_en, language, organisation, as_of, content_hash, stored_at
          FROM seasons ORDER BY stored_at DESC""")
    return [Stored(**dict(row)) for row in rows]


async def by_key(tx: Transaction, key: str) -> Stored | None:
    row = await tx.fetchrow(
        """
        SELECT id, key, title, title_en, language, organisation, as_of, content_hash, stored_at
          FROM seasons WHERE key = $1""",
        key,
    )
    return Stored(**dict(row)) if row else None


async def add(tx: Transaction, season: Season, content_hash: bytes, by: UUID, at: datetime) -> None:
    await tx.execute(
        """
        INSERT INTO seasons (id, key, title, title_en, language, organisation, as_of, content_hash, stored_by, stored_at)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)""",
        season.id, season.key, season.title, season.title_en, season.language, season.organisation, season.as_of,
        content_hash, by, at,
    )  # fmt: skip


async def add_check(tx: Transaction, check: Check, content: dict[str, bytes] | None, by: UUID, at: datetime) -> None:
    await tx.execute(
        """
        INSERT INTO season_checks (id, made_by, made_at, content_hash, content, faults, summary)
        VALUES ($1, $2, $3, $4, $5, $6, $7)""",
        check.id, by, at, check.content_hash, None if content is None else msgspec.msgpack.encode(content),
        msgspec.json.encode(check.faults).decode(), msgspec.json.encode(check.summary).decode(),
    )  # fmt: skip


async def check(tx: Transaction, id: UUID) -> Check | None:
    row = await tx.fetchrow(
        "SELECT id, content_hash, faults, summary, season_id FROM season_checks WHERE id = $1 FOR UPDATE", id
    )
    return _check(row) if row else None


async def content(tx: Transaction, id: UUID) -> dict[str, bytes] | None:
    found = await tx.fetchval("SELECT content FROM season_checks WHERE id = $1", id)
    return msgspec.msgpack.decode(found, type=dict[str, bytes]) if found is not None else None


async def finish(tx: Transaction, id: UUID, season_id: UUID) -> None:
    await tx.execute("UPDATE season_checks SET season_id = $2, content = NULL WHERE id = $1", id, season_id)


async def forget_unstored(tx: Transaction, before: datetime) -> None:
    """Throw away the rosters of uploads that were checked and never stored."""
    await tx.execute("UPDATE season_checks SET content = NULL WHERE content IS NOT NULL AND made_at < $1", before)


async def lock(tx: Transaction) -> None:
    """One season is stored at a time."""
    await tx.execute("SELECT pg_advisory_xact_lock(7261101)")
