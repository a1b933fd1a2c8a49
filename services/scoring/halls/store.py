"""SQL of the hall's page: it reads the views that hold no mark."""

from uuid import UUID

import asyncpg
import msgspec

from services.scoring.devices.domain import Abilities
from services.scoring.halls.domain import SheetState, Tablet
from shared.db import Transaction


async def sheets(tx: Transaction, division_id: UUID) -> list[SheetState]:
    rows = await tx.fetch(
        """SELECT judge_id, entry_id, part, disposition, received_at, head_id, marked
             FROM sheet_states WHERE division_id = $1""",
        division_id,
    )
    return [SheetState(**row) for row in rows]


async def tablets(tx: Transaction, panel_id: UUID, judges: list[UUID]) -> list[Tablet]:
    """Those of the panel, and those of others that its judges hold."""
    rows = await tx.fetch(
        """SELECT id, label, judge_id, heard_at, queue, parked, last_position AS position, battery, skew_ms, abilities
             FROM tablet_states WHERE panel_id = $1 OR judge_id = ANY($2::uuid[]) ORDER BY label, id""",
        panel_id, judges,
    )  # fmt: skip
    return [_tablet(row) for row in rows]


def _tablet(row: asyncpg.Record) -> Tablet:
    values = dict(row)
    abilities = msgspec.json.decode(values.pop("abilities"), type=Abilities)
    return Tablet(**values, absent=abilities.absent)
