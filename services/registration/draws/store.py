"""Tables `draws`, `draw_numbers`, `code_draws` and `codes`."""

from datetime import datetime
from typing import Any
from uuid import UUID

from services.registration.draws.domain import Draw
from shared.db import Transaction


async def of_division(tx: Transaction, division_id: UUID) -> Draw | None:
    row = await tx.fetchrow(
        "SELECT id, division_id, seed, held_at, held_by, present FROM draws WHERE division_id = $1", division_id
    )
    return Draw(**{**dict(row), "present": tuple(row["present"])}) if row else None


async def public_draw(tx: Transaction, division_id: UUID) -> dict[str, Any] | None:
    row = await tx.fetchrow("SELECT id, seed, held_at FROM draws WHERE division_id = $1", division_id)
    return dict(row) if row else None


async def public_numbers(tx: Transaction, division_id: UUID) -> list[dict[str, Any]]:
    rows = await tx.fetch(
        'SELECT number AS "order", entry_id, state FROM drawn_numbers WHERE division_id = $1 ORDER BY number', division_id
    )
    return [dict(row) for row in rows]


async def add(tx: Transaction, draw: Draw) -> None:
    await tx.execute(
        "INSERT INTO draws (id, division_id, seed, held_at, held_by, present) VALUES ($1, $2, $3, $4, $5, $6)",
        draw.id, draw.division_id, draw.seed, draw.held_at, draw.held_by, list(draw.present),
    )  # fmt: skip


async def add_numbers(tx: Transaction, division_id: UUID, numbers: dict[UUID, int]) -> None:
    await tx.executemany(
        "INSERT INTO draw_numbers (entry_id, division_id, number) VALUES ($1, $2, $3)",
        [(entry_id, division_id, number) for entry_id, number in numbers.items()],
    )


async def numbers(tx: Transaction, division_id: UUID) -> dict[UUID, int]:
    """Entry -> place in the order; empty before the draw."""
    rows = await tx.fetch(
        "SELECT entry_id, number FROM draw_numbers WHERE division_id = $1 ORDER BY number", division_id
    )
    return {row["entry_id"]: row["number"] for row in rows}


async def queue_up(tx: Transaction, activity_id: UUID) -> None:
    """Codes are unique in an activity: let one division draw at a time."""
    await tx.execute("SELECT pg_advisory_xact_lock(hashtextextended('codes:' || $1::text, 0))", str(activity_id))


async def add_code_draw(tx: Transaction, id: UUID, division_id: UUID, seed: bytes, now: datetime) -> None:
    await tx.execute(
        "INSERT INTO code_draws (id, division_id, seed, drawn_at) VALUES ($1, $2, $3, $4)", id, division_id, seed, now
    )


async def add_codes(tx: Transaction, activity_id: UUID, codes: dict[UUID, str]) -> None:
    await tx.executemany(
        "INSERT INTO codes (entry_id, activity_id, code) VALUES ($1, $2, $3)",
        [(entry_id, activity_id, code) for entry_id, code in codes.items()],
    )


async def codes(tx: Transaction, activity_id: UUID) -> dict[UUID, str]:
    """Entry -> code, in the whole activity."""
    rows = await tx.fetch("SELECT entry_id, code FROM codes WHERE activity_id = $1", activity_id)
    return {row["entry_id"]: row["code"] for row in rows}
