"""Sealing a roll, sealing it again after a withdrawal, and opening it by two people.

A sealed version leaves as `RollSealed`; person ids and salts leave only as `RollOpened`, after the marks are sealed.
"""

from collections.abc import Callable
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec
from msgspec import Struct

from services.registration.activities import actions as activities
from services.registration.activities.domain import Activity
from services.registration.admissions import actions as admissions
from services.registration.draws import actions as draws
from services.registration.entries import actions as entries
from services.registration.entries.domain import Entry
from services.registration.events import RollLine, RollOpened, RollSealed
from services.registration.rolls import domain, store
from services.registration.rolls.domain import Roll, Stage
from shared import outbox
from shared.clock import written
from shared.db import Transaction
from shared.errors import Missing, Refused

Salt = Callable[[], bytes]
"""Gives 32 fresh random bytes at each call."""


class Sealed(Struct, frozen=True, kw_only=True):
    """A roll with its items, who signed its opening, and whether it may be signed."""

    roll: Roll
    items: list[RollLine]
    signatures: dict[str, UUID]
    is_newest: bool
    is_scored: bool

    @property
    def is_open(self) -> bool:
        """Whether both have signed."""
        return domain.is_open(self.signatures)


async def of_division(tx: Transaction, division_id: UUID) -> list[Sealed]:
    """All versions of a division, newest last."""
    found = await store.rolls(tx, division_id)
    last = {roll.stage: roll.id for roll in found}
    return [await _sealed(tx, roll, last[roll.stage] == roll.id) for roll in found]


async def roll(tx: Transaction, id: UUID) -> Sealed:
    """Raises Missing: no_such_roll."""
    found = await store.roll(tx, id)
    if found is None:
        raise Missing("no_such_roll")
    newest = await store.newest(tx, found.division_id, found.stage)
    return await _sealed(tx, found, newest is not None and newest.id == id)


async def outdated(tx: Transaction, division_id: UUID) -> list[Stage]:
    """Stages whose newest sealed version no longer says who takes part: to be sealed again."""
    activity = await activities.of_division(tx, division_id)
    late: list[Stage] = []
    stages: tuple[Stage, ...] = ("preselection", "final")
    for stage in stages:
        newest = await store.newest(tx, division_id, stage)
        present = {e.id for e in await _taking_part(tx, activity, division_id, stage)}
        if newest and present and {i.entry_id for i in await store.items(tx, newest.id)} != present:
            late.append(stage)
    return late


async def seal(
    tx: Transaction, id: UUID, division_id: UUID, stage: Stage, seed: bytes, salt: Salt, by: UUID, now: datetime
) -> Sealed:
    """Seal who takes part, under which code; a later version supersedes the one before.

    seed: 32 random bytes for codes still lacking. The same id gets the same roll again.
    Raises Refused: review_open (closes), preselection_not_used, preselection_over, draw_missing, unit_missing (entry),
    roll_empty, roll_unchanged, roll_opened, roll_too_large (most).
    """
    activity = await activities.of_division(tx, division_id)
    await admissions.lock(tx, division_id)
    if known := await store.roll(tx, id):
        return await _sealed(tx, known, True)
    before = await store.newest(tx, division_id, stage)
    if before and domain.is_open(await store.signatures(tx, before.id)):
        raise Refused("roll_opened")
    taking_part = await _checked(tx, activity, division_id, stage, now)
    codes = await draws.give_codes(tx, activity, division_id, [e.id for e in taking_part], seed, now)
    orders = await draws.numbers(tx, division_id) if stage == "final" else {}
    behind = {e.id: (e.person_id, salt()) for e in taking_part}
    items = domain.checked(
        [_line(e, codes[e.id], orders.get(e.id), behind[e.id][1]) for e in taking_part],
        await store.items(tx, before.id) if before else None,
    )
    version = before.version + 1 if before else 1
    roll = Roll(
        id=id,
        division_id=division_id,
        stage=stage,
        version=version,
        supersedes=before.id if before else None,
        hash=domain.roll_hash(division_id, stage, version, items),
        sealed_at=now,
        sealed_by=by,
    )
    event = _event(roll, items)
    domain.check_size(len(msgspec.json.encode(event)))
    await store.add(tx, roll, items, behind)
    await outbox.add(tx, event)
    return await _sealed(tx, roll, True)


async def sign_opening(tx: Transaction, id: UUID, role: str, by: UUID, now: datetime) -> Sealed:
    """Sign the opening of a roll; with the second signature the codes are opened and told to the other services.

    role: "organiser" or "supervisor"; the two are two people. Signing again changes nothing.
    Raises Missing: no_such_roll; NotAllowed: two_people_open; Refused: roll_superseded, roll_not_final,
    roll_not_scored.
    """
    await store.queue_up(tx, id)
    sealed = await roll(tx, id)
    if sealed.signatures.get(role) == by:
        return sealed
    if not sealed.is_newest:
        raise Refused("roll_superseded")
    if sealed.roll.stage != "final":
        raise Refused("roll_not_final")
    if not sealed.is_scored:
        raise Refused("roll_not_scored")
    signatures = domain.opened_by(sealed.signatures, role, by)
    if role not in sealed.signatures:
        await store.sign(tx, id, role, by, now)
        if domain.is_open(signatures):
            await outbox.add(tx, await _opened(tx, sealed.roll))
    return await roll(tx, id)


async def _checked(
    tx: Transaction, activity: Activity, division_id: UUID, stage: Stage, now: datetime
) -> list[Entry]:
    """Who takes part in this stage, if it may be sealed now."""
    if stage == "preselection":
        if "preselection" not in activity.order:
            raise Refused("preselection_not_used")
        if now < activity.review_closes:
            raise Refused("review_open", closes=written(activity.review_closes))
    elif await draws.of_division(tx, division_id) is None:
        raise Refused("draw_missing")
    taking_part = await _taking_part(tx, activity, division_id, stage)
    if stage == "preselection" and not taking_part:
        raise Refused("preselection_over")
    for each in taking_part:
        if each.unit_handle is None:
            raise Refused("unit_missing", entry=str(each.id))
    return taking_part


async def _taking_part(tx: Transaction, activity: Activity, division_id: UUID, stage: Stage) -> list[Entry]:
    """Preselection: what the branches approved, before anybody is admitted. Final: who holds a place."""
    if stage == "final":
        return await entries.of_division(tx, division_id, "admitted")
    division = activity.division(division_id)
    open_states = ["approved"] if division and entries.needs_branch(activity, division) else ["approved", "submitted"]
    return await entries.of_division(tx, division_id, *open_states)


def _line(entry: Entry, code: str, order: int | None, salt: bytes) -> RollLine:
    if entry.unit_handle is None:
        raise LookupError("units are checked before")
    return RollLine(
        entry_id=entry.id,
        code=code,
        order=order,
        title=entry.course,
        unit_id=entry.unit_handle,
        commitment=domain.commitment(salt, entry.person_id),
    )


def _event(roll: Roll, items: list[RollLine]) -> RollSealed:
    return RollSealed(
        aggregate_id=roll.id,
        version=roll.version,
        supersedes=roll.supersedes,
        division_id=roll.division_id,
        stage=roll.stage,
        items=items,
        hash=roll.hash,
    )


async def _opened(tx: Transaction, roll: Roll) -> RollOpened:
    items = await store.opened_items(tx, roll.id)
    return RollOpened(aggregate_id=roll.id, version=roll.version, division_id=roll.division_id, items=items)


async def _sealed(tx: Transaction, roll: Roll, is_newest: bool) -> Sealed:
    return Sealed(
        roll=roll,
        items=await store.items(tx, roll.id),
        signatures=await store.signatures(tx, roll.id),
        is_newest=is_newest,
        is_scored=await admissions.is_scored(tx, roll.id),
    )


def as_json(sealed: Sealed) -> dict[str, Any]:
    """What a page and a program are told about a roll."""
    return {
        "roll_id": sealed.roll.id,
        "division_id": sealed.roll.division_id,
        "stage": sealed.roll.stage,
        "version": sealed.roll.version,
        "supersedes": sealed.roll.supersedes,
        "hash": sealed.roll.hash,
        "sealed_at": sealed.roll.sealed_at,
        "items": sealed.items,
        "signed": sorted(sealed.signatures),
        "is_open": sealed.is_open,
        "is_newest": sealed.is_newest,
        "is_scored": sealed.is_scored,
    }
