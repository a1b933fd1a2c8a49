"""File an appeal, accept or refuse it, recheck, answer; each step is a ledger entry, in which people are commitments."""

from collections.abc import Mapping
from datetime import date, datetime
from uuid import UUID

import msgspec
from msgspec import Struct

from services.scoring.appeals import domain, store
from services.scoring.appeals.domain import Appeal, Ground, Outcome, Recheck
from services.scoring.ledger import actions as ledger
from services.scoring.ledger.domain import Entry
from services.scoring.rolls import actions as rolls
from services.scoring.rolls.domain import Division, RollItem
from shared.clock import day
from shared.db import Transaction
from shared.errors import Conflict, Missing, Refused


class OwnEntry(Struct, frozen=True, kw_only=True):
    """What a contestant may appeal about: the own entry of a final roll whose codes were opened."""

    division: Division
    item: RollItem


async def file(tx: Transaction, appeal: Appeal, by_desk: bool) -> Appeal:
    """File an appeal; the same id again changes nothing. by_desk: for a contestant who handed in a paper.

    Raises Refused: appeal_empty, appeal_without_paper, rehearsal_has_no_appeal. Missing: appeal_entry_unknown (for a
    contestant: not the own entry).
    """
    await ledger.lock(tx, [appeal.division_id])
    stands = await store.find(tx, appeal.id)
    if stands:
        return stands
    domain.check_filing(appeal.text, appeal.paper, by_desk)
    roll = await rolls.current(tx, appeal.division_id, appeal.stage)
    if roll is None or roll.item(appeal.entry_id) is None:
        raise Missing("appeal_entry_unknown")
    if (await rolls.division(tx, appeal.division_id)).is_rehearsal:
        raise Refused("rehearsal_has_no_appeal")
    if not by_desk and (appeal.division_id, appeal.entry_id) not in await store.own_entries(tx):
        raise Missing("appeal_entry_unknown")
    body = {
        "appeal": str(appeal.id),
        "entry": str(appeal.entry_id),
        "ground": appeal.ground,
        "on_paper": by_desk,
        "stage": appeal.stage,
        "text_hash": domain.text_hash(appeal.text),
    }
    await ledger.append(tx, [_entry(appeal, "appeal_filed", body, appeal.filed_by)], appeal.filed_at)
    await store.add(tx, appeal)
    return appeal


async def own(tx: Transaction) -> tuple[list[OwnEntry], list[Appeal]]:
    """What the signed-in contestant may appeal about, and the own appeals with their answers."""
    found = []
    for division_id, entry_id in await store.own_entries(tx):
        roll = await rolls.current(tx, division_id, "final")
        item = roll.item(entry_id) if roll else None
        if item:
            found.append(OwnEntry(division=await rolls.division(tx, division_id), item=item))
    return found, await store.own(tx)


async def own_division(tx: Transaction, entry_id: UUID) -> UUID:
    """The division of an own entry. Raises Missing: appeal_entry_unknown."""
    for division_id, own_entry in await store.own_entries(tx):
        if own_entry == entry_id:
            return division_id
    raise Missing("appeal_entry_unknown")


async def of_division(tx: Transaction, division_id: UUID, now: datetime) -> list[Appeal]:
    """Overdue ones first."""
    return domain.in_order(await store.of_division(tx, division_id), day(now))


async def find(tx: Transaction, appeal_id: UUID) -> tuple[Appeal, list[Recheck]]:
    """An appeal with its rechecks, oldest first. Raises Missing: appeal_unknown."""
    found = await store.find(tx, appeal_id)
    if found is None:
        raise Missing("appeal_unknown")
    return found, await store.rechecks(tx, appeal_id)


async def decide(
    tx: Transaction, appeal_id: UUID, is_accepted: bool, reason: str, due: date | None, by: UUID, now: datetime
) -> Appeal:
    """Accept an appeal and promise a day, or refuse it with a reason. The same decision again changes nothing.

    Raises what `domain.check_decision` raises; Missing: appeal_unknown.
    """
    appeal = await _locked(tx, appeal_id)
    decided = msgspec.structs.replace(
        appeal, state="accepted" if is_accepted else "refused", reason=reason.strip(), due=due if is_accepted else None
    )
    if decided == appeal:
        return appeal
    domain.check_decision(appeal, is_accepted, reason, due, day(now))
    body = {"appeal": str(appeal.id), "reason": decided.reason} | ({"due": decided.due.isoformat()} if decided.due else {})
    kind = "appeal_accepted" if is_accepted else "appeal_refused"
    await ledger.append(tx, [_entry(appeal, kind, body, by)], now)
    await store.decide(tx, decided)
    return decided


async def write_recheck(tx: Transaction, recheck: Recheck) -> Recheck:
    """Write down what was looked at and found; it counts once the supervisor has signed. The same id again changes nothing.

    Raises Missing: appeal_unknown. Conflict: appeal_not_accepted. Refused: recheck_empty.
    """
    for each in await store.rechecks(tx, recheck.appeal_id):
        if each.id == recheck.id:
            return each
    domain.check_recheck(await _found(tx, recheck.appeal_id), recheck.found)
    await store.add_recheck(tx, recheck)
    return recheck


async def sign_recheck(tx: Transaction, recheck_id: UUID, by: UUID, now: datetime) -> Recheck:
    """The supervisor signs what the scorekeeper wrote. Once is enough.

    Raises Missing: recheck_unknown. NotAllowed: second_person_needed.
    """
    recheck = await store.recheck(tx, recheck_id)
    if recheck is None:
        raise Missing("recheck_unknown")
    domain.check_signature(recheck, by)
    if recheck.is_signed:
        return recheck
    appeal = await _found(tx, recheck.appeal_id)
    body = {"appeal": str(appeal.id), "found": recheck.found, "recheck": str(recheck.id)}
    entry = Entry(
        division_id=appeal.division_id, kind="rechecked", actor=by, body=body, subjects={"written_by": recheck.written_by}
    )
    (recorded,) = await ledger.append(tx, [entry], now)
    await store.sign(tx, recheck_id, by, now, recorded.position)
    return msgspec.structs.replace(recheck, signed_by=by, signed_at=now, ledger_position=recorded.position)


async def answer(tx: Transaction, appeal_id: UUID, outcome: Outcome, text: str, by: UUID, now: datetime) -> Appeal:
    """Answer in writing, after a signed recheck. The same answer again changes nothing.

    Raises what `domain.check_answer` raises; Missing: appeal_unknown.
    """
    appeal = await _locked(tx, appeal_id)
    if (appeal.state, appeal.answer) == (outcome, text.strip()):
        return appeal
    domain.check_answer(appeal, text, await store.rechecks(tx, appeal_id))
    answered = msgspec.structs.replace(appeal, state=outcome, answer=text.strip(), answered_at=now)
    body = {"answer_hash": domain.text_hash(answered.answer), "appeal": str(appeal.id), "outcome": outcome}
    await ledger.append(tx, [_entry(appeal, "appeal_answered", body, by)], now)
    await store.decide(tx, answered)
    return answered


async def check_upheld(tx: Transaction, appeal_id: UUID, division_id: UUID) -> None:
    """An appeal changes a result only when it was upheld. Raises Missing: appeal_unknown. Conflict: appeal_not_upheld."""
    found = await _found(tx, appeal_id)
    if found.division_id != division_id:
        raise Missing("appeal_unknown")
    if found.state != "upheld":
        raise Conflict("appeal_not_upheld")


async def is_upheld(tx: Transaction, division_id: UUID, entry_id: UUID, ground: Ground) -> bool:
    """Whether an appeal about the entry was upheld on this ground."""
    return any(
        (each.entry_id, each.ground, each.state) == (entry_id, ground, "upheld")
        for each in await store.of_division(tx, division_id)
    )


async def corrected(tx: Transaction, appeal_id: UUID, correction_id: UUID) -> None:
    """Say which correction the appeal led to."""
    await store.set_correction(tx, appeal_id, correction_id)


async def _found(tx: Transaction, appeal_id: UUID) -> Appeal:
    return (await find(tx, appeal_id))[0]


async def _locked(tx: Transaction, appeal_id: UUID) -> Appeal:
    found = await store.locked(tx, appeal_id)
    if found is None:
        raise Missing("appeal_unknown")
    return found


def _entry(appeal: Appeal, kind: str, body: Mapping[str, object], by: UUID) -> Entry:
    """The appellant is among the subjects only where the contestant filed it: of a paper scoring knows no person."""
    subjects = {"appellant": appeal.person_id} if appeal.person_id else {}
    return Entry(division_id=appeal.division_id, kind=kind, actor=by, body=dict(body), subjects=subjects)
