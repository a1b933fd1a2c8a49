"""SQL of activities, divisions, rolls and roll_items."""

from datetime import datetime
from uuid import UUID

from services.scoring.rolls.domain import Activity, Division, Roll, RollItem
from services.scoring.rubrics.domain import Stage
from shared.db import Transaction

_DIVISION = """SELECT d.division_id, d.activity_id, a.key AS activity_key, a.title AS activity_title,
                      a.title_en AS activity_title_en, d.key, d.title, d.title_en, d.places,
                      is_rehearsal(d.division_id) AS is_rehearsal
                 FROM divisions d JOIN activities a USING (activity_id)"""


async def save_activity(tx: Transaction, activity: Activity) -> bool:
    """Store or replace an activity; False if this version or a newer one already stands."""
    return bool(
        await tx.fetchval(
            """INSERT INTO activities AS a (activity_id, version, key, title, title_en, edition, kind)
               VALUES ($1, $2, $3, $4, $5, $6, $7)
               ON CONFLICT (activity_id) DO UPDATE SET version = excluded.version, key = excluded.key,
                   title = excluded.title, title_en = excluded.title_en, edition = excluded.edition, kind = excluded.kind
                WHERE a.version < excluded.version RETURNING true""",
            activity.activity_id, activity.version, activity.key, activity.title, activity.title_en, activity.edition,
            activity.kind,
        )
    )  # fmt: skip


async def save_division(tx: Transaction, division: Division) -> None:
    await tx.execute(
        """INSERT INTO divisions (division_id, activity_id, key, title, title_en, places) VALUES ($1, $2, $3, $4, $5, $6)
           ON CONFLICT (division_id) DO UPDATE SET key = excluded.key, title = excluded.title,
               title_en = excluded.title_en, places = excluded.places""",
        division.division_id, division.activity_id, division.key, division.title, division.title_en, division.places,
    )  # fmt: skip


async def add_roll(tx: Transaction, roll: Roll, now: datetime) -> bool:
    """Store a roll; False if it already stands."""
    return bool(
        await tx.fetchval(
            """INSERT INTO rolls (roll_id, division_id, stage, version, supersedes, hash, received_at)
               VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT (roll_id) DO NOTHING RETURNING true""",
            roll.roll_id, roll.division_id, roll.stage, roll.version, roll.supersedes, roll.hash, now,
        )
    )  # fmt: skip


async def add_items(tx: Transaction, roll: Roll) -> None:
    await tx.executemany(
        """INSERT INTO roll_items (roll_id, entry_id, code, "order", title, unit_id, commitment)
           VALUES ($1, $2, $3, $4, $5, $6, $7)""",
        [(roll.roll_id, i.entry_id, i.code, i.order, i.title, i.unit_id, i.commitment) for i in roll.items],
    )


async def divisions(tx: Transaction) -> list[Division]:
    """Without rehearsals that were cleared away."""
    rows = await tx.fetch(f"{_DIVISION} WHERE NOT is_cleared(d.division_id) ORDER BY a.key, d.key")
    return [Division(**dict(row)) for row in rows]


async def division(tx: Transaction, division_id: UUID) -> Division | None:
    row = await tx.fetchrow(f"{_DIVISION} WHERE d.division_id = $1", division_id)
    return Division(**dict(row)) if row else None


async def division_by_key(tx: Transaction, activity_key: str, key: str) -> Division | None:
    row = await tx.fetchrow(f"{_DIVISION} WHERE a.key = $1 AND d.key = $2", activity_key, key)
    return Division(**dict(row)) if row else None


async def activity_id(tx: Transaction, key: str) -> UUID | None:
    found: UUID | None = await tx.fetchval("SELECT activity_id FROM activities WHERE key = $1", key)
    return found


async def contested(tx: Transaction, activity_id: UUID) -> list[UUID]:
    """The divisions of an activity that have a final roll, by id."""
    rows = await tx.fetch(
        """SELECT d.division_id FROM divisions d WHERE d.activity_id = $1
              AND EXISTS (SELECT FROM rolls r WHERE r.division_id = d.division_id AND r.stage = 'final')
            ORDER BY d.division_id""",
        activity_id,
    )
    return [row["division_id"] for row in rows]


async def by_hash(tx: Transaction, roll_hash: str, division_id: UUID) -> Roll | None:
    row = await tx.fetchrow(
        """SELECT roll_id, division_id, stage, version, supersedes, hash FROM rolls
            WHERE division_id = $1 AND hash = $2 ORDER BY version DESC LIMIT 1""",
        division_id, roll_hash,
    )  # fmt: skip
    return Roll(**dict(row), items=await items(tx, row["roll_id"])) if row else None


async def latest(tx: Transaction, division_id: UUID, stage: Stage, *, is_running: bool) -> Roll | None:
    """is_running: in the order of the hall, else in the order that was sealed."""
    row = await tx.fetchrow(
        """SELECT roll_id, division_id, stage, version, supersedes, hash FROM rolls
            WHERE division_id = $1 AND stage = $2 ORDER BY version DESC LIMIT 1""",
        division_id, stage,
    )  # fmt: skip
    if row is None:
        return None
    read = running_items if is_running else items
    return Roll(**dict(row), items=await read(tx, row["roll_id"]))


async def running_items(tx: Transaction, roll_id: UUID) -> tuple[RollItem, ...]:
    """As `items`, in the order in which the hall runs them."""
    rows = await tx.fetch(
        """SELECT entry_id, code, "order", title, unit_id, commitment FROM running_lines
            WHERE roll_id = $1 ORDER BY "order" NULLS LAST, code""",
        roll_id,
    )
    return tuple(RollItem(**dict(row)) for row in rows)


async def items(tx: Transaction, roll_id: UUID) -> tuple[RollItem, ...]:
    """As the audience may have them: a judge those to mark, a contestant the own ones, neither with a unit."""
    rows = await tx.fetch(
        """SELECT entry_id, code, "order", title, unit_id, commitment FROM roll_lines
            WHERE roll_id = $1 ORDER BY "order" NULLS LAST, code""",
        roll_id,
    )
    return tuple(RollItem(**dict(row)) for row in rows)
