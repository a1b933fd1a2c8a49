"""Rows of season checks and stored seasons."""

from datetime import datetime
from uuid import UUID

import msgspec

from services.scoring.seasons.domain import Check, Season, Stored, Summary
from shared.db import Transaction
from shared.errors import Fault


async def add_check(tx: Transaction, check: Check, by: UUID) -> None:
    await tx.execute(
        """INSERT INTO season_checks (id, key, content_hash, faults, summary, plan, checked_by, checked_at)
           VALUES ($1, $2, $3, $4, $5, $6, $7, $8)""",
        check.id, check.key, check.content_hash, msgspec.json.encode(check.faults).decode(),
        msgspec.json.encode(check.summary).decode(),
        msgspec.json.encode(check.season).decode() if check.season else None, by, check.checked_at,
    )  # fmt: skip


async def check_of(tx: Transaction, check_id: UUID) -> Check | None:
    row = await tx.fetchrow(
        "SELECT id, key, content_hash, faults, summary, plan, checked_at FROM season_checks WHERE id = $1", check_id
    )
    if row is None:
        return None
    return Check(
        id=row["id"],
        key=row["key"],
        content_hash=row["content_hash"],
        faults=msgspec.json.decode(row["faults"], type=tuple[Fault, ...]),
        summary=msgspec.json.decode(row["summary"], type=Summary),
        season=msgspec.json.decode(row["plan"], type=Season) if row["plan"] else None,
        checked_at=row["checked_at"],
    )


async def stored(tx: Transaction) -> list[Stored]:
    rows = await tx.fetch(
        "SELECT key, content_hash, title, title_en, organisation, stored_at FROM seasons ORDER BY stored_at"
    )
    return [Stored(**row) for row in rows]


async def add(tx: Transaction, season: Season, content_hash: str, by: UUID, now: datetime) -> bool:
    """False if a season with this key is stored already."""
    added = await tx.fetchval(
        """INSERT INTO seasons (key, content_hash, title, title_en, organisation, stored_by, stored_at)
           VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT DO NOTHING RETURNING true""",
        season.key, content_hash, season.title, season.title_en, season.organisation, by, now,
    )  # fmt: skip
    return bool(added)
