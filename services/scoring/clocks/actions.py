"""Start a lesson's clock, move it on, and put a wrong tap right."""

from datetime import datetime
from typing import Literal
from uuid import UUID

import msgspec

from services.scoring.clocks import domain, store
from services.scoring.clocks.domain import Clock, Step, Tap
from services.scoring.panels import actions as panels
from services.scoring.rolls import actions as rolls
from shared.db import Transaction
from shared.errors import Conflict, Missing, Refused
from shared.ids import new_id


async def start(tx: Transaction, wanted: Clock, now: datetime, *, by: UUID | None = None) -> Clock:
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
    clock = msgspec.structs.replace(
        wanted,
        number=max((each.number for each in known), default=0) + 1,
        passed_ms=0,
        running_since=now,
        ended_at=None,
    )
    if not await store.add(tx, clock):
        raise Conflict("clock_open")
    await _tap(tx, clock, "start", len(await store.taps(tx, clock.division_id, clock.entry_id)), by, "", now)
    return clock


async def take(
    tx: Transaction,
    division_id: UUID,
    entry_id: UUID,
    step: Step,
    now: datetime,
    *,
    by: UUID | None = None,
    reason: str = "",
    seen: int | None = None,
) -> Clock:
    """Pause, resume or end. seen: how many taps the page knew; a second click of the same step changes nothing.

    Raises Missing: no_such_clock. Refused: clock_ended, clock_reason_missing. Conflict: clock_moved (by another page).
    """  # fmt: skip
    clock = await _locked(tx, division_id, entry_id)
    taps = await store.taps(tx, division_id, entry_id)
    moved = domain.take(clock, step, now)
    if moved.state == clock.state:
        return clock
    if seen is not None and seen != len(taps):
        raise Conflict("clock_moved")
    domain.check_reason(step, reason, taps)
    await store.save(tx, moved)
    await _tap(tx, moved, step, len(taps), by, reason.strip(), now)
    return moved


async def correct(
    tx: Transaction,
    division_id: UUID,
    entry_id: UUID,
    tap_id: UUID,
    seconds: int | None,
    reason: str,
    by: UUID,
    now: datetime,
) -> Clock | None:
    """A wrong tap is taken back, or moved by so many seconds; the clock is what its log then comes to, None if to nothing.

    Raises Missing: no_such_clock, no_such_tap. Refused: clock_reason_missing, clock_order, clock_moved_too_far.
    Raises Conflict: clock_open (another lesson runs).
    """
    if not reason.strip():
        raise Refused("clock_reason_missing", field="reason")
    clock = await _locked(tx, division_id, entry_id)
    taps = await store.taps(tx, division_id, entry_id)
    tap = next((each for each in domain.standing(taps) if each.id == tap_id), None)
    if tap is None:
        raise Missing("no_such_tap")
    made = Tap(
        id=new_id(), number=len(taps) + 1, step="take_back" if seconds is None else "move", at=now, tapped_by=by,
        reason=reason.strip(), corrects=tap_id, moved_to=domain.correction(tap, seconds),
    )  # fmt: skip
    found = domain.replayed(clock, [*taps, made])
    await store.add_tap(tx, division_id, entry_id, made)
    if found is None:
        await store.drop(tx, division_id, entry_id)
    elif not await store.save(tx, found):
        raise Conflict("clock_open")
    return found


async def of_division(tx: Transaction, division_id: UUID) -> list[Clock]:
    """The clocks of a division in the order they were started."""
    return await store.clocks_of(tx, division_id)


async def taps(tx: Transaction, division_id: UUID, entry_id: UUID) -> list[Tap]:
    """An entry's log, in order."""
    return await store.taps(tx, division_id, entry_id)


async def _locked(tx: Transaction, division_id: UUID, entry_id: UUID) -> Clock:
    clock = await store.locked(tx, division_id, entry_id)
    if clock is None:
        raise Missing("no_such_clock")
    return clock


async def _tap(
    tx: Transaction,
    clock: Clock,
    step: Literal["start", "pause", "resume", "end"],
    before: int,
    by: UUID | None,
    reason: str,
    now: datetime,
) -> None:
    made = Tap(id=new_id(), number=before + 1, step=step, at=now, tapped_by=by, reason=reason)
    await store.add_tap(tx, clock.division_id, clock.entry_id, made)
