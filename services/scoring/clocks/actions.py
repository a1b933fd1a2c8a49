"""Start a lesson's clock and move it on."""

from datetime import datetime
from uuid import UUID

from services.scoring.clocks import domain, store
from services.scoring.clocks.domain import Clock, Step
from services.scoring.panels import actions as panels
from services.scoring.rolls import actions as rolls
from shared.db import Transaction
from shared.errors import Conflict, Missing, Refused


async def start(tx: Transaction, wanted: Clock, now: datetime) -> Clock:
    """Start the lesson of an entry; starting it again changes nothing.

    Raises Missing: no_such_entry. Raises Refused: panel_too_thin, warning_after_limit. Raises Conflict: clock_open.
    """
    if not 0 < wanted.warning_seconds < wanted.limit_seconds:
        raise Refused("warning_after_limit", field="warning_seconds")
    roll = await rolls.current(tx, wanted.division_id, "final")
    if roll is None or roll.item(wanted.entry_id) is None:
        raise Missing("no_such_entry")
    for thin in await panels.problems(tx, wanted.division_id):
        raise Refused("panel_too_thin", entry=thin.code, judging=thin.judging, needed=thin.needed)
    known = await store.clocks_of(tx, wanted.division_id)
    for clock in known:
        if clock.entry_id == wanted.entry_id:
            return clock
    clock = Clock(
        division_id=wanted.division_id,
        entry_id=wanted.entry_id,
        number=len(known) + 1,
        limit_seconds=wanted.limit_seconds,
        warning_seconds=wanted.warning_seconds,
        running_since=now,
    )
    if not await store.add(tx, clock):
        raise Conflict("clock_open")
    return clock


async def take(tx: Transaction, division_id: UUID, entry_id: UUID, step: Step, now: datetime) -> Clock:
    """Pause, resume or end. Raises Missing: no_such_clock. Raises Refused: clock_ended."""
    clock = await store.locked(tx, division_id, entry_id)
    if clock is None:
        raise Missing("no_such_clock")
    moved = domain.take(clock, step, now)
    await store.save(tx, moved)
    return moved


async def of_division(tx: Transaction, division_id: UUID) -> list[Clock]:
    """The clocks of a division in the order they were started."""
    return await store.clocks_of(tx, division_id)
