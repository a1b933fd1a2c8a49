"""Propose a change, show what it would do, and apply it; every write is a ledger entry like any other.

A corrected sheet is an ordinary revision that counts: where the stage is locked, the two people who apply it unlock it,
write the revision and lock it again, all in one transaction. So whoever replays the ledger needs nothing new.
"""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

import msgspec
from msgspec import Struct

from services.scoring.appeals import actions as appeals
from services.scoring.corrections import domain, store
from services.scoring.corrections.domain import (
    Change,
    CorrectedSheet,
    Correction,
    Difference,
    Reopening,
    Version,
    WithdrawnDeduction,
    held_back,
)
from services.scoring.deductions import actions as deductions
from services.scoring.deductions.domain import Deduction
from services.scoring.ledger import actions as ledger
from services.scoring.ledger.domain import Entry
from services.scoring.locks import actions as locks
from services.scoring.locks.domain import LockRequest
from services.scoring.prizes import actions as prizes
from services.scoring.prizes.domain import Prize
from services.scoring.releases import actions as releases
from services.scoring.rubrics import actions as rubrics
from services.scoring.rubrics.domain import Stage
from services.scoring.score_sets import actions as score_sets
from services.scoring.score_sets.domain import ScoreSet
from services.scoring.sheets import actions as sheets
from services.scoring.sheets.domain import Revision, SheetKey, Submission
from services.scoring.standings import actions as standings
from services.scoring.standings.actions import Picture
from shared.db import Transaction
from shared.errors import Missing, Refused
from shared.ids import new_id


class Shown(Struct, frozen=True, kw_only=True):
    """A correction with what it does. difference: as the ledger stands, or as it was when applied.

    if_sent_again: for a reopening, what the sheets that the lock held back would then change. is_stale: the scorekeeper has
    agreed to another difference than this one.
    """

    correction: Correction
    difference: Difference
    if_sent_again: Difference | None
    prizes: tuple[Prize, ...]
    needs_second: bool
    is_stale: bool


async def propose(tx: Transaction, correction: Correction) -> Correction:
    """Write a proposal down; nothing changes by it. The same id again changes nothing.

    Raises Refused: what `domain.check_proposal` raises, correction_part_unknown. Missing: appeal_unknown, roll_absent.
    Conflict: appeal_not_upheld.
    """
    await ledger.lock(tx, [correction.division_id])
    stands = await store.find(tx, correction.id)
    if stands:
        return stands
    picture = await standings.of_division(tx, correction.division_id, correction.stage)
    if correction.appeal_id:
        await appeals.check_upheld(tx, correction.appeal_id, correction.division_id)
    is_locked = correction.stage in await sheets.locked(tx, correction.division_id)
    domain.check_proposal(correction, is_locked, _is_judging(correction, picture))
    await store.add(tx, correction)
    return correction


async def apply(tx: Transaction, correction_id: UUID, seen: int, by: UUID, now: datetime) -> Correction:
    """The scorekeeper applies what was seen; where it takes two people, this asks for the second. Once is enough.

    seen: the ledger position of the difference on the page. Raises Conflict: correction_stale (look again),
    correction_withdrawn, correction_overtaken. Missing: correction_unknown. Refused: what the lock asks of the marks.
    """
    correction = await _open(tx, correction_id)
    if correction.is_settled:
        return correction
    await ledger.lock(tx, [correction.division_id])
    domain.check_fresh((await ledger.head(tx, correction.division_id)).position, seen)
    domain.check_current(await _is_current(tx, correction))
    asked = msgspec.structs.replace(correction, seen=seen, asked_by=by, asked_at=now)
    if await _needs_second(tx, correction):
        if (correction.seen, correction.asked_by) != (seen, by):
            await store.ask(tx, correction.id, by, now, seen)
        return asked
    return await _apply(tx, asked, by, now)


async def confirm(tx: Transaction, correction_id: UUID, seen: int, by: UUID, now: datetime) -> Correction:
    """The supervisor confirms what the scorekeeper asked for, and it is applied. Once is enough.

    Raises what `apply` raises; NotAllowed: second_person_needed; Refused: correction_not_asked.
    """
    correction = await _open(tx, correction_id)
    if correction.is_settled:
        return correction
    domain.check_second(correction, by)
    await ledger.lock(tx, [correction.division_id])
    domain.check_fresh((await ledger.head(tx, correction.division_id)).position, seen, correction.seen)
    domain.check_current(await _is_current(tx, correction))
    return await _apply(tx, correction, by, now)


async def withdraw(tx: Transaction, correction_id: UUID, now: datetime) -> Correction:
    """Drop a proposal that was not applied. Raises Missing: correction_unknown. Conflict: correction_withdrawn."""
    correction = await _open(tx, correction_id)
    if not correction.is_settled:
        await store.withdraw(tx, correction_id, now)
    return await _found(tx, correction_id)


async def complete(tx: Transaction, correction_id: UUID, by: UUID, now: datetime) -> Correction:
    """Seal and show what a correction had to leave open because a tie waited. Again changes nothing.

    Raises what sealing raises; NotAllowed: second_person_needed.
    """
    correction = await _open(tx, correction_id)
    if not correction.waits_for_seal or correction.asked_by is None:
        return correction
    domain.check_second(correction, by)
    await ledger.lock(tx, [correction.division_id])
    await _seal(tx, correction, correction.asked_by, by, score_set_id := new_id(), now)
    await store.set_score_set(tx, correction.id, score_set_id)
    return await _found(tx, correction_id)


async def show(tx: Transaction, correction_id: UUID, others: Sequence[Prize] = ()) -> Shown:
    """What a correction would do now, or did. others: other numbers than the season's. Raises Missing: correction_unknown."""
    correction = await _found(tx, correction_id)
    wanted = tuple(others) or tuple(await prizes.of_division(tx, correction.division_id))
    picture = await standings.of_division(tx, correction.division_id, correction.stage)
    is_current = await _is_current(tx, correction)
    found = correction.difference or _difference(picture, correction.change if is_current else Reopening(), wanted)
    return Shown(
        correction=correction,
        difference=found,
        if_sent_again=await _if_sent_again(tx, picture, wanted) if correction.kind == "unlock" else None,
        prizes=wanted,
        needs_second=await _needs_second(tx, correction),
        is_stale=correction.state == "asked" and correction.seen != picture.ledger_position,
    )


async def of_division(tx: Transaction, division_id: UUID, stage: Stage) -> list[Correction]:
    """Every proposal of a stage, the newest first."""
    return await store.of_division(tx, division_id, stage)


async def versions(tx: Transaction, division_id: UUID, stage: Stage) -> list[Version]:
    """Every sealed result of a stage, the newest first, each with what it changed and why; ahead of them the one proposed."""
    found = [each for each in await score_sets.of_division(tx, division_id) if each.content.stage == stage]
    sealed = [each for each in found if each.is_sealed or each is found[-1]]
    known = {each.score_set_id: each for each in await store.of_division(tx, division_id, stage) if each.score_set_id}
    foreseen = await prizes.of_division(tx, division_id)
    before: list[ScoreSet | None] = [None, *sealed][: len(sealed)]
    return [
        domain.version(each, last, known.get(each.id), foreseen) for each, last in zip(sealed, before, strict=True)
    ][::-1]


async def deductions_standing(tx: Transaction, division_id: UUID, stage: Stage) -> list[Deduction]:
    """The deductions that may be taken back."""
    return list((await deductions.records(tx, division_id, stage)).standing)


async def _found(tx: Transaction, correction_id: UUID) -> Correction:
    found = await store.find(tx, correction_id)
    if found is None:
        raise Missing("correction_unknown")
    return found


async def _open(tx: Transaction, correction_id: UUID) -> Correction:
    """The correction, its row locked, unless it was withdrawn."""
    found = await store.locked(tx, correction_id)
    if found is None:
        raise Missing("correction_unknown")
    domain.check_open(found)
    return found


def _is_judging(correction: Correction, picture: Picture) -> bool:
    change = correction.change
    if not isinstance(change, CorrectedSheet):
        return True
    if picture.basis.rule.part(change.part) is None:
        raise Refused("correction_part_unknown", part=change.part)
    return any(
        (each.judge_id, each.entry_id, each.state) == (change.judge_id, change.entry_id, "judging")
        for each in picture.basis.assigned
    )


async def _is_current(tx: Transaction, correction: Correction) -> bool:
    """Whether what it would change still stands as it was when it was proposed."""
    division_id, stage = correction.division_id, correction.stage
    match correction.change:
        case CorrectedSheet() as change:
            counting = await sheets.counting(tx, division_id)
            key = (change.judge_id, change.entry_id, change.part)
            return change.was == next((each.marks for each in counting if (each.judge_id, each.entry_id, each.part) == key), {})
        case WithdrawnDeduction() as change:
            return any(each.id == change.deduction_id for each in await deductions_standing(tx, division_id, stage))
        case Reopening():
            return stage in await sheets.locked(tx, division_id)


def _difference(picture: Picture, change: Change, wanted: Sequence[Prize]) -> Difference:
    after = change.applied(picture.basis)
    return domain.difference(picture.standings, after.standings(), _codes(picture), wanted, picture.ledger_position)


async def _if_sent_again(tx: Transaction, picture: Picture, wanted: Sequence[Prize]) -> Difference | None:
    sent = await sheets.sheets(tx, picture.division_id)
    waiting = [each for each in held_back(sent) if picture.basis.rule.part(each.part)]
    if not waiting:
        return None
    after = domain.if_sent_again(picture.basis, waiting)
    return domain.difference(picture.standings, after.standings(), _codes(picture), wanted, picture.ledger_position)


def _codes(picture: Picture) -> dict[UUID, tuple[str, str]]:
    return {item.entry_id: (item.code, item.title) for item in picture.roll.items}


async def _needs_second(tx: Transaction, correction: Correction) -> bool:
    division_id, stage = correction.division_id, correction.stage
    return domain.needs_second(
        bool(await _closed(tx, correction)),
        any(each.is_confirmed and each.stage == stage for each in await releases.of_division(tx, division_id)),
        await score_sets.last_sealed(tx, division_id, stage) is not None,
        await _is_on_paper(tx, correction),
    )


async def _is_on_paper(tx: Transaction, correction: Correction) -> bool:
    change = correction.change
    if not isinstance(change, CorrectedSheet):
        return False
    key = SheetKey(change.judge_id, change.entry_id, change.part)
    return any(each.holds(key) for each in await sheets.on_paper(tx, correction.division_id))


async def _closed(tx: Transaction, correction: Correction) -> list[Stage]:
    """The locked stages that keep this change from counting, the final last."""
    locked = await sheets.locked(tx, correction.division_id)
    wanted: set[Stage] = {correction.stage}
    if isinstance(correction.change, CorrectedSheet):
        attached = await rubrics.of_division(tx, correction.division_id)
        wanted = {attached.stage_of(correction.change.part), "final"}
    return sorted(locked & wanted, reverse=True)


async def _apply(tx: Transaction, correction: Correction, by: UUID, now: datetime) -> Correction:
    asked_by = correction.asked_by or by
    picture = await standings.of_division(tx, correction.division_id, correction.stage)
    found = _difference(picture, correction.change, await prizes.of_division(tx, correction.division_id))
    closed = await _closed(tx, correction)
    is_open_after = not closed or correction.kind == "unlock"  # then the next lock and seal will carry the change
    sealed = None if is_open_after else await score_sets.last_sealed(tx, correction.division_id, correction.stage)
    cites = [await _turn(tx, correction, "unlock", each, asked_by, by, now) for each in closed]
    cites += await _change(tx, correction, asked_by, by, now)
    if correction.kind != "unlock":
        cites += [await _turn(tx, correction, "lock", each, asked_by, by, now) for each in reversed(closed)]
    score_set_id = new_id() if sealed and not found.waiting else None
    replaced = msgspec.structs.replace(correction, supersedes=sealed.id if sealed else None)
    entry = Entry(
        division_id=correction.division_id,
        kind="correction_applied",
        actor=by,
        body=domain.as_body(replaced, found, cites, score_set_id),
        subjects={"asked_by": asked_by},
    )
    (recorded,) = await ledger.append(tx, [entry], now)
    if score_set_id:
        await _seal(tx, correction, asked_by, by, score_set_id, now)
    elif correction.kind != "unlock" and not found.waiting:
        await releases.renew(tx, correction.division_id, correction.stage, asked_by, by, now)
    applied = msgspec.structs.replace(
        replaced, applied_by=by, applied_at=now, ledger_position=recorded.position, difference=found, score_set_id=score_set_id
    )
    await store.apply(tx, applied)
    if correction.appeal_id:
        await appeals.corrected(tx, correction.appeal_id, correction.id)
    return applied


async def _change(tx: Transaction, correction: Correction, asked_by: UUID, by: UUID, now: datetime) -> list[int]:
    """Write the change itself; the ledger positions. Whoever confirms a corrected sheet has thereby countersigned it.

    Raises Refused: correction_held (why the sheet would not count).
    """
    match correction.change:
        case CorrectedSheet() as change:
            (done,) = await sheets.submit(tx, [Submission(await _revision(tx, correction, change), now, asked_by)])
            if done.disposition != "counted":
                raise Refused("correction_held", disposition=done.disposition)
            signed = [(await sheets.countersign(tx, done.id, by, now))[1]] if by != asked_by else []
            return [done.ledger_position, *signed]
        case WithdrawnDeduction() as change:
            _, position = await deductions.withdraw(tx, change.deduction_id, correction.reason, asked_by, now)
            return [position]
        case Reopening():
            return []


async def _revision(tx: Transaction, correction: Correction, change: CorrectedSheet) -> Revision:
    """The sheet as it shall count, after the one that counts now; the correction stands in the place of a device."""
    key = (change.judge_id, change.entry_id, change.part)
    own = [
        each for each in await sheets.sheets(tx, correction.division_id) if (each.judge_id, each.entry_id, each.part) == key
    ]
    head = own[0].head if own else None
    attached = await rubrics.of_division(tx, correction.division_id)
    return Revision(
        id=change.revision_id,
        device_id=correction.id,
        seq=1,
        base=head.revision_id if head else None,
        sheet=SheetKey(*key),
        rubric_version=attached.rule.version,
        marks=change.marks,
        comment=head.comment if head else "",
        reason=correction.reason,
        source="desk",
    )


async def _turn(
    tx: Transaction, correction: Correction, kind: str, stage: Stage, asked_by: UUID, by: UUID, now: datetime
) -> int:
    """Lock or unlock a stage by the two people of the correction; the ledger position."""
    request = LockRequest(
        id=new_id(), division_id=correction.division_id, stage=stage, kind="lock" if kind == "lock" else "unlock",
        reason=correction.reason, asked_by=asked_by, asked_at=now,
    )  # fmt: skip
    await locks.ask(tx, request)
    return (await locks.confirm(tx, request.id, by, now)).ledger_position or 0


async def _seal(
    tx: Transaction, correction: Correction, asked_by: UUID, by: UUID, score_set_id: UUID, now: datetime
) -> None:
    """The next version of the sealed result; the hall sees it if it saw the one before."""
    await score_sets.propose(tx, score_set_id, correction.division_id, correction.stage, asked_by, now)
    await score_sets.seal(tx, score_set_id, by, now)
