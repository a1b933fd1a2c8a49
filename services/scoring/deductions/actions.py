"""Record what counts beside the marks, each as a ledger entry of the division; nothing after the stage is locked."""

from collections.abc import Callable
from datetime import datetime
from typing import Any
from uuid import UUID

from msgspec import Struct

from services.scoring.clocks import actions as clocks
from services.scoring.clocks.domain import Clock, digest
from services.scoring.deductions import domain, store
from services.scoring.deductions.domain import Adjustment, Deduction, Difficulty, Records
from services.scoring.ledger import actions as ledger
from services.scoring.ledger.domain import Entry, Recorded
from services.scoring.panels import actions as panels
from services.scoring.rolls import actions as rolls
from services.scoring.rubrics import actions as rubrics
from services.scoring.rubrics.domain import Rule, Stage
from services.scoring.sheets import actions as sheets
from shared.db import Transaction
from shared.errors import Missing, NotAllowed


class About(Struct, frozen=True, kw_only=True):
    """What a record is about, who makes it and when. id: made by the page, so that a second click changes nothing."""

    id: UUID
    division_id: UUID
    stage: Stage
    entry_id: UUID
    by: UUID
    now: datetime


async def deduct(tx: Transaction, about: About, key: str, quantity: str, reason: str, **evidence: str) -> int:
    """Take points off as the rule says; the ledger position. evidence: what else the ledger is to say, a clock's checksum.

    Raises what the domain raises. Missing: no_such_entry.
    """

    def found(rule: Rule) -> dict[str, str]:
        return {"key": key, "quantity": domain.quantity(rule, key, quantity), "reason": domain.reason(reason), **evidence}

    return await _record(tx, about, "deducted", found)


async def deduct_overtime(tx: Transaction, about: About, key: str, reason: str) -> int:
    """Take points off for the seconds that the entry's clock stood over its limit when the lesson ended.

    Raises Missing: no_such_clock.
    """
    clock = next((each for each in await overtimes(tx, about.division_id) if each.entry_id == about.entry_id), None)
    if clock is None:
        raise Missing("no_such_clock")
    log = await clocks.taps(tx, about.division_id, about.entry_id)
    return await deduct(tx, about, key, str(clock.over_seconds), reason, clock=digest(log))


async def overtimes(tx: Transaction, division_id: UUID) -> list[Clock]:
    """The lessons that have ended after their limit, in order."""
    return [
        each for each in await clocks.of_division(tx, division_id) if each.state == "ended" and each.over_seconds > 0
    ]


async def withdraw(tx: Transaction, deduction_id: UUID, reason: str, by: UUID, now: datetime) -> tuple[UUID, int]:
    """Take a deduction back, with a reason; its division and the ledger position. Once is enough.

    Raises Missing: no_such_deduction. Refused: deduction_after_lock, deduction_reason_missing.
    """
    place = await store.place(tx, deduction_id)
    if place is None:
        raise Missing("no_such_deduction")
    division_id, stage, _ = place
    await ledger.lock(tx, [division_id])
    place = await store.place(tx, deduction_id)
    if place and place[2] is not None:
        return division_id, place[2]
    domain.check_open(stage in await sheets.locked(tx, division_id))
    body = {"id": str(deduction_id), "reason": domain.reason(reason), "stage": stage}
    entry = Entry(division_id=division_id, kind="deduction_withdrawn", actor=by, body=body)
    (recorded,) = await ledger.append(tx, [entry], now)
    await _project(tx, division_id, recorded)
    return division_id, recorded.position


async def adjust(tx: Transaction, about: About, amount: str, reason: str) -> int:
    """The panel's leader moves a result within the rule's bounds; a later adjustment of the entry replaces it.

    Raises NotAllowed: leader_needed. Raises what the domain raises. Missing: no_panel, no_such_entry.
    """
    await check_leader(tx, about.division_id, about.by)

    def found(rule: Rule) -> dict[str, str]:
        return {"amount": domain.amount(rule, amount), "reason": domain.reason(reason)}

    return await _record(tx, about, "adjusted", found)


async def check_leader(tx: Transaction, division_id: UUID, judge_id: UUID) -> None:
    """Raises NotAllowed: leader_needed. Missing: no_panel."""
    panel = await panels.of_division(tx, division_id)
    if not any(seat.judge_id == judge_id and seat.leader for seat in panel.seats):
        raise NotAllowed("leader_needed")


async def set_difficulty(tx: Transaction, about: About, part: str, criterion: str, value: str) -> int:
    """How difficult what the entry shows is; a later one replaces it. Raises what the domain raises. Missing: no_such_entry."""

    def found(rule: Rule) -> dict[str, str]:
        return {"part": part, "criterion": criterion, "value": domain.difficulty(rule, part, criterion, value)}

    return await _record(tx, about, "difficulty_set", found)


async def records(tx: Transaction, division_id: UUID, stage: Stage) -> Records:
    """What stands recorded, in ledger order."""
    return await store.records(tx, division_id, stage)


async def rebuild(tx: Transaction, division_id: UUID, chain: list[Recorded]) -> dict[str, int]:
    """Recreate the division's records from its ledger. Table -> rows that were not as the ledger says (0 is well)."""
    before = await store.projections(tx, division_id)
    await store.forget(tx, division_id)
    for entry in chain:
        await _project(tx, division_id, entry)
    after = await store.projections(tx, division_id)
    return {table: len(set(before[table]) ^ set(after[table])) for table in before}


async def _open(tx: Transaction, about: About) -> Rule:
    """The stage's rule, while something may be recorded about the entry."""
    roll = await rolls.current(tx, about.division_id, about.stage)
    if roll is None or roll.item(about.entry_id) is None:
        raise Missing("no_such_entry")
    domain.check_open(about.stage in await sheets.locked(tx, about.division_id))
    return (await rubrics.of_division(tx, about.division_id)).of_stage(about.stage)


async def _record(tx: Transaction, about: About, kind: str, found: Callable[[Rule], dict[str, str]]) -> int:
    """Write down what the stage's rule makes of it; where this very record stands already, its position is all."""
    await ledger.lock(tx, [about.division_id])
    done = await store.position(tx, about.id)
    if done is not None:
        return done
    said = found(await _open(tx, about))
    body: dict[str, Any] = {"id": str(about.id), "stage": about.stage, "entry": str(about.entry_id), **said}
    (recorded,) = await ledger.append(
        tx, [Entry(division_id=about.division_id, kind=kind, actor=about.by, body=body)], about.now
    )
    await _project(tx, about.division_id, recorded)
    return recorded.position


async def _project(tx: Transaction, division_id: UUID, recorded: Recorded) -> None:
    """What a ledger entry says about deductions, as rows; nothing where it says nothing about them."""
    if recorded.kind not in domain.KINDS:
        return
    body, at = recorded.fields["body"], recorded.position
    record_id, stage = UUID(body["id"]), body["stage"]
    if recorded.kind == "deduction_withdrawn":
        await store.withdraw(tx, record_id, body["reason"], at)
        return
    entry_id = UUID(body["entry"])
    if recorded.kind == "deducted":
        deduction = Deduction(
            id=record_id, entry_id=entry_id, key=body["key"], quantity=body["quantity"], reason=body["reason"], ledger_position=at
        )  # fmt: skip
        await store.add_deduction(tx, division_id, stage, deduction)
    elif recorded.kind == "adjusted":
        adjustment = Adjustment(
            id=record_id, entry_id=entry_id, amount=body["amount"], reason=body["reason"], ledger_position=at
        )
        await store.add_adjustment(tx, division_id, stage, adjustment)
    else:
        difficulty = Difficulty(
            id=record_id,
            entry_id=entry_id,
            part=body["part"],
            criterion=body["criterion"],
            value=body["value"],
            ledger_position=at,
        )
        await store.add_difficulty(tx, division_id, stage, difficulty)
