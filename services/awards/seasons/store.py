"""SQL of seasons and season_checks."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import msgspec

from services.awards.seasons.domain import Check, SeasonLine, Stored
from shared.db import Transaction
from shared.errors import Fault

KEPT = timedelta(days=1)


async def seasons(tx: Transaction) -> list[Stored]:
    rows = await tx.fetch(
        "SELECT id, key, title, title_en, content_hash, stored_at FROM seasons ORDER BY stored_at DESC"
    )
    return [Stored(**row) for row in rows]


async def by_key(tx: Transaction, key: str) -> Stored | None:
    row = await tx.fetchrow("SELECT id, key, title, title_en, content_hash, stored_at FROM seasons WHERE key = $1", key)
    return Stored(**row) if row else None


async def insert(
    tx: Transaction, season_id: UUID, season: SeasonLine, content_hash: bytes, by: UUID, now: datetime
) -> None:
    await tx.execute(
        """INSERT INTO seasons (id, key, title, title_en, organisation, language, content_hash, stored_by, stored_at)
           VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)""",
        season_id, season.key, season.title, season.title_en, season.organisation, season.language, content_hash, by, now,
    )  # fmt: skip


async def lock(tx: Transaction) -> None:
    """One season is stored at a time."""
    await tx.execute("SELECT pg_advisory_xact_lock(7261301)")


async def insert_check(
    tx: Transaction, check: Check, content: dict[str, bytes] | None, by: UUID, now: datetime
) -> None:
    await tx.execute(
        """INSERT INTO season_checks (id, made_by, made_at, content_hash, content, faults, summary)
           VALUES ($1, $2, $3, $4, $5, $6::text::jsonb, $7::text::jsonb)""",
        check.id, by, now, check.content_hash, msgspec.msgpack.encode(content) if content is not None else None,
        msgspec.json.encode(check.faults).decode(), msgspec.json.encode(check.summary).decode(),
    )  # fmt: skip


async def check(tx: Transaction, check_id: UUID) -> Check | None:
    row = await tx.fetchrow(
        "SELECT id, content_hash, faults::text, summary::text, season_id FROM season_checks WHERE id = $1 FOR UPDATE",
        check_id,
    )
    if row is None:
        return None
    return Check(
        id=row["id"], content_hash=row["content_hash"], faults=msgspec.json.decode(row["faults"], type=list[Fault]),
        summary=msgspec.json.decode(row["summary"], type=dict[str, Any]), season_id=row["season_id"],
    )  # fmt: skip


async def content(tx: Transaction, check_id: UUID) -> dict[str, bytes] | None:
    found = await tx.fetchval("SELECT content FROM season_checks WHERE id = $1", check_id)
    return msgspec.msgpack.decode(found, type=dict[str, bytes]) if found is not None else None


async def finish(tx: Transaction, check_id: UUID, season_id: UUID) -> None:
    await tx.execute("UPDATE season_checks SET season_id = $2, content = NULL WHERE id = $1", check_id, season_id)


async def forget_unstored(tx: Transaction, now: datetime) -> None:
    """Throw away uploads that were checked and never stored: they hold a roster."""
    await tx.execute("UPDATE season_checks SET content = NULL WHERE content IS NOT NULL AND made_at < $1", now - KEPT)
