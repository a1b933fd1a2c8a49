"""Rows of releases."""

from uuid import UUID

import asyncpg
import msgspec

from services.scoring.releases.domain import Item, Release
from shared.db import Transaction


def _release(row: asyncpg.Record) -> Release:
    items = msgspec.json.decode(row["items"], type=tuple[Item, ...])
    return Release(**{**row, "entries": tuple(row["entries"]), "items": items})


async def of_division(tx: Transaction, division_id: UUID) -> list[Release]:
    rows = await tx.fetch(
        """SELECT id, division_id, stage, entries, items, asked_by, asked_at, confirmed_by, confirmed_at, ledger_position
             FROM releases WHERE division_id = $1 ORDER BY asked_at, id""",
        division_id,
    )
    return [_release(row) for row in rows]


async def locked(tx: Transaction, release_id: UUID) -> Release | None:
    """A release, its row locked."""
    row = await tx.fetchrow(
        """SELECT id, division_id, stage, entries, items, asked_by, asked_at, confirmed_by, confirmed_at, ledger_position
             FROM releases WHERE id = $1 FOR UPDATE""",
        release_id,
    )
    return _release(row) if row else None


async def add(tx: Transaction, release: Release) -> bool:
    """False if this was asked for already."""
    added = await tx.fetchval(
        """INSERT INTO releases (id, division_id, stage, entries, items, asked_by, asked_at)
           VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT DO NOTHING RETURNING true""",
        release.id, release.division_id, release.stage, list(release.entries), msgspec.json.encode(release.items).decode(),
        release.asked_by, release.asked_at,
    )  # fmt: skip
    return bool(added)


async def confirm(tx: Transaction, release: Release, position: int) -> None:
    await tx.execute(
        """UPDATE releases SET confirmed_by = $2, confirmed_at = $3, items = $4, ledger_position = $5 WHERE id = $1""",
        release.id, release.confirmed_by, release.confirmed_at, msgspec.json.encode(release.items).decode(), position,
    )  # fmt: skip
