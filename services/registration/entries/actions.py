"""What becomes of an entry: signed up, corrected, ranked by the branch, sent back, admitted, withdrawn, honoured.

A place is only given or freed through `admissions.actions`, whose head is locked before any entry's row; the states
here follow what it answers. Not here: order and code (slice `draws`), the roll (slice `rolls`).
"""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

from msgspec import Struct, structs

from services.registration.activities import actions as activities
from services.registration.activities.domain import Activity, Division
from services.registration.admissions import actions as admissions
from services.registration.admissions.domain import Applicant, Outcome
from services.registration.entries import domain, store
from services.registration.entries.domain import (
    Candidate,
    Entry,
    Numbers,
    Reason,
    Say,
    SignUp,
    Verdict,
)
from services.registration.people import actions as people
from services.registration.people.domain import Person
from services.registration.quotas import actions as quotas
from services.registration.units import actions as units
from services.registration.units.domain import Branch
from shared.clock import written
from shared.db import Transaction
from shared.errors import Conflict, Missing, NotAllowed, Refused

OVER = ("refused", "withdrawn")
"""An entry in these states uses nothing up and cannot come back."""


class Standing(Struct, frozen=True, kw_only=True):
    """What a person may know before signing up: the verdict, and what the branch may still send where."""

    activity: Activity
    person: Person
    branch: Branch | None
    unit: str
    verdict: Verdict
    left: dict[UUID, int | None]
    entry: Entry | None


class Rank(Struct, frozen=True, kw_only=True):
    """An entry's number in its branch's order and the quota it uses up; number None: not recommended."""

    entry_id: UUID
    quota_id: UUID
    bound: int | None
    number: int | None


class Prize(Struct, frozen=True, kw_only=True):
    """The tier and certificate of one entry."""

    entry_id: UUID
    tier: str
    certificate_no: str


# reading ----------------------------------------------------------------------------------------------------------


async def entry(tx: Transaction, id: UUID) -> Entry:
    """Raises Missing: no_such_entry."""
    found = await store.entries(tx, [id])
    if not found:
        raise Missing("no_such_entry")
    return found[0]


async def of_division(tx: Transaction, division_id: UUID, *states: str) -> list[Entry]:
    """Entries of a division in one of these states, by id."""
    return await store.of_division(tx, division_id, list(states))


async def listed(
    tx: Transaction, activity_id: UUID, branch_id: UUID | None = None, division_id: UUID | None = None
) -> list[dict[str, Any]]:
    """Entries as a list shows them: with staff_no, name, division, state, recommendation, order, code, reasons."""
    return await store.listed(tx, activity_id, branch_id, division_id)


async def mine(tx: Transaction, person_id: UUID) -> list[dict[str, Any]]:
    """The person's entries, newest first, each with its `steps` and its `prize` (None before the decision)."""
    found = await store.mine(tx, person_id)
    ids = [each["id"] for each in found]
    prizes, steps = await store.prizes(tx, ids), await store.steps(tx, ids)
    return [
        {**each, "prize": prizes.get(each["id"]), "steps": [s for s in steps if s["entry_id"] == each["id"]]}
        for each in found
    ]


async def standing(tx: Transaction, activity_id: UUID, person_id: UUID) -> Standing:
    """The verdict before the form: may this person take part, and what may the branch still send?"""
    activity = await activities.activity(tx, activity_id)
    person = await people.person(tx, person_id)
    branches = await units.branches(tx)
    branch = branches.get(person.branch_id) if person.branch_id else None
    unit = await units.units(tx, [person.unit_id] if person.unit_id else [])
    own = await store.own(tx, activity_id, person_id)
    return Standing(
        activity=activity,
        person=person,
        branch=branch,
        unit=next((each.name for each in unit.values()), ""),
        verdict=_verdict(activity, person),
        left=await _left(tx, activity, branch),
        entry=next((each for each in own if each.state not in OVER), own[0] if own else None),
    )


# signing up -------------------------------------------------------------------------------------------------------


async def sign_up(tx: Transaction, sent: SignUp, now: datetime) -> Entry:
    """Record a sign-up and say at once what becomes of it; the same id with the same content gets the same answer.

    Who is not eligible is recorded as `refused`, who comes later with the same course as `returned`, each with reasons.
    Raises Faulty, Conflict: entry_reused, Refused: signup_not_open (opens), signup_closed (closes), already_signed_up,
    not_on_roster.
    """
    await store.queue_up(tx, sent.activity_id)
    if known := await store.entries(tx, [sent.id]):
        return _repeated(known[0], sent)
    activity = await activities.activity(tx, sent.activity_id)
    _check_open(activity, now)
    domain.check_sent(sent, frozenset(d.id for d in activity.divisions), activity.kind == "competition")
    person = await people.person(tx, sent.person_id)
    if person.staff_no is None:
        raise Refused("not_on_roster")
    number = domain.next_number(
        await store.person_numbers(tx, activity.id, person.id), activity.entries_per_person
    )
    if number is None:
        raise Refused("already_signed_up")
    entry = await _drafted(tx, sent, person, now)
    decided, numbers = await _decided(tx, activity, person, entry, number)
    await store.add(tx, decided, activity.entries_per_person, activity.entries_per_course, numbers)
    return await _arrived(tx, activity, decided, None, now)


async def correct(tx: Transaction, sent: SignUp, now: datetime) -> Entry:
    """Send a returned entry again with other content; the same content again gets the same answer.

    Raises NotAllowed: not_your_entry, Faulty, Refused: entry_state, review_closed (closes).
    """
    await store.queue_up(tx, sent.activity_id)
    before = await entry(tx, sent.id)
    if before.person_id != sent.person_id:
        raise NotAllowed("not_your_entry")
    if before.state != "returned" and before.content_hash == domain.content_hash(sent):
        return before
    activity = await activities.activity(tx, before.activity_id)
    if now >= _corrections_end(activity):
        raise Refused("review_closed", closes=written(_corrections_end(activity)))
    domain.moved(before.state, "submitted")
    domain.check_sent(sent, frozenset(d.id for d in activity.divisions), activity.kind == "competition")
    fresh = structs.replace(
        before,
        division_id=sent.division_id,
        course=sent.course.strip(),
        content_hash=domain.content_hash(sent),
        version=before.version + 1,
        recommendation=None,
    )
    person = await people.person(tx, before.person_id)
    decided, numbers = await _decided(tx, activity, person, fresh, 1)
    kept = await store.person_number(tx, before.id)
    await store.correct(tx, decided, structs.replace(numbers, person=kept if numbers.person else None))
    return await _arrived(tx, activity, decided, sent.person_id, now)


# the branch -------------------------------------------------------------------------------------------------------


async def under_review(tx: Transaction, activity_id: UUID, branch_id: UUID) -> list[Entry]:
    """The branch's entries that wait for it or that it has approved, locked until the transaction ends."""
    return await store.locked(tx, activity_id, None, branch_id, ["submitted", "approved"])


async def rank(tx: Transaction, entries: Sequence[Entry], ranks: Sequence[Rank], by: UUID, now: datetime) -> list[Entry]:
    """Take over a branch's whole order: who has a number is approved, who has none is submitted (again).

    entries: all that are under review, locked; ranks: one for each.
    """
    await store.defer_order(tx)
    await store.recommend(tx, [(r.entry_id, r.quota_id, r.bound, r.number) for r in ranks])
    await store.check_order(tx)
    numbered = {each.entry_id for each in ranks if each.number is not None}
    moved = [
        _moved(e, state) for e in entries if (state := "approved" if e.id in numbered else "submitted") != e.state
    ]
    await _save(tx, moved, by, now)
    return await store.entries(tx, [e.id for e in entries])


async def give_back(tx: Transaction, entry: Entry, said: dict[str, str], by: UUID, now: datetime) -> Entry:
    """Return an entry with what to correct, field by field; a returned one stays as it is. Raises Refused: entry_state."""
    if entry.state == "returned":
        return entry
    reasons = tuple(Reason(code="sent_back", field=field, text=text) for field, text in said.items())
    after = _moved(entry, "returned", reasons)
    await _save(tx, [after], by, now)
    return after


async def close_review(tx: Transaction, activity: Activity, division_id: UUID | None, now: datetime) -> list[Entry]:
    """After the review what no branch recommended goes back, with that reason; running it again changes nothing."""
    if now < activity.review_closes or activity.admission == "arrival":
        return []
    left = await store.locked(tx, activity.id, division_id, None, ["submitted"])
    needing = {d.id for d in activity.divisions if needs_branch(activity, d)}
    back = [_moved(e, "returned", (Reason(code="not_recommended"),)) for e in left if e.division_id in needing]
    await _save(tx, back, None, now)
    return back


async def close_due(tx: Transaction, now: datetime) -> None:
    """What deadlines alone bring about; the minute tick runs it."""
    for activity in await activities.activities(tx):
        if activity.review_closes <= now < activity.hall_at:
            await close_review(tx, activity, None, now)


# places -----------------------------------------------------------------------------------------------------------


async def admit(tx: Transaction, division_id: UUID, seed: bytes, by: UUID, now: datetime) -> Outcome:
    """Give the places of a division by its activity's rule; who gets none waits in the same order.

    seed: 32 random bytes, recorded. Raises Refused: admission_not_yet (at), admission_by_arrival, already_decided,
    preselection_missing.
    """
    activity = await activities.of_division(tx, division_id)
    if activity.admission == "arrival":
        raise Refused("admission_by_arrival")
    if now < activity.admission_at:
        raise Refused("admission_not_yet", at=written(activity.admission_at))
    await admissions.lock(tx, division_id)
    await close_review(tx, activity, division_id, now)
    asking = await store.locked(tx, activity.id, division_id, None, ["submitted", "approved"])
    applicants = [Applicant(entry_id=e.id, recommendation=e.recommendation) for e in asking]
    keys = activity.order if activity.admission == "ranked" else ()
    outcome = await admissions.decide(tx, division_id, applicants, keys, seed, by, now)
    await _follow(tx, asking, outcome, by, now)
    return outcome


async def withdraw(tx: Transaction, entry_id: UUID, reason: str, by: UUID, now: datetime) -> tuple[Entry, list[Entry]]:
    """Take an entry back. A place it held goes to the first who waits, until the draw begins; after it stays empty.

    Returns the entry and who was promoted. Raises Refused: entry_state, withdrawal_closed (the hall has begun).
    """
    known = await entry(tx, entry_id)
    activity = await activities.activity(tx, known.activity_id)
    await admissions.lock(tx, known.division_id)
    before = await entry(tx, entry_id)
    if before.state == "withdrawn":
        return before, []
    if now >= activity.hall_at:
        raise Refused("withdrawal_closed")
    after = _moved(before, "withdrawn", (Reason(code="withdrew", text=reason.strip()[:300]),))
    await _save(tx, [after], by, now)
    waiting = await store.locked(tx, activity.id, before.division_id, None, ["waiting"])
    promoted = set(
        await admissions.free(tx, before.division_id, entry_id, [e.id for e in waiting], activity.draw_at, now)
    )
    risen = [_moved(e, "admitted", (Reason(code="promoted"),)) for e in waiting if e.id in promoted]
    await _save(tx, risen, None, now)
    return after, risen


async def honour(
    tx: Transaction,
    edition_id: UUID,
    version: int,
    title: str,
    document_no: str,
    decided_on: date,
    prizes: Sequence[Prize],
) -> None:
    """Keep the prizes of a decision, so that a participant finds them; an older version changes nothing."""
    items = [(p.entry_id, p.tier, p.certificate_no) for p in prizes]
    await store.save_prizes(tx, edition_id, version, title, document_no, decided_on, items)


# pieces -----------------------------------------------------------------------------------------------------------


def needs_branch(activity: Activity, division: Division) -> bool:
    """Whether an entry must be recommended by its branch: there is a quota, or the branch's order decides.

    Rule: services/registration/README.md#admission
    """
    has_quota = division.own_quota is not None or activity.quota_base is not None
    return activity.admission != "arrival" and (has_quota or "recommendation" in activity.order)


def _verdict(activity: Activity, person: Person) -> Verdict:
    candidate = Candidate(
        staff_no=person.staff_no or "",
        sex=person.sex,
        born=person.born,
        is_member=person.is_member,
        employment=person.employment,
        teaching_since=person.teaching_since,
    )
    return domain.verdict(candidate, activity.eligibility, activity.waivers)


def _repeated(known: Entry, sent: SignUp) -> Entry:
    if known.version == 1 and known.content_hash != domain.content_hash(sent) or known.person_id != sent.person_id:
        raise Conflict("entry_reused")
    return known


def _check_open(activity: Activity, now: datetime) -> None:
    if now < activity.signup_opens:
        raise Refused("signup_not_open", opens=written(activity.signup_opens))
    if now >= activity.signup_closes:
        raise Refused("signup_closed", closes=written(activity.signup_closes))


def _corrections_end(activity: Activity) -> datetime:
    return activity.signup_closes if activity.admission == "arrival" else activity.review_closes


async def _drafted(tx: Transaction, sent: SignUp, person: Person, now: datetime) -> Entry:
    unit = await units.units(tx, [person.unit_id] if person.unit_id else [])
    return Entry(
        id=sent.id,
        activity_id=sent.activity_id,
        division_id=sent.division_id,
        person_id=person.id,
        branch_id=person.branch_id,
        unit_handle=next((each.handle for each in unit.values()), None),
        course=sent.course.strip(),
        state="submitted",
        content_hash=domain.content_hash(sent),
        signed_up_at=now,
    )


async def _decided(
    tx: Transaction, activity: Activity, person: Person, entry: Entry, number: int
) -> tuple[Entry, Numbers]:
    """The entry with its first state and reasons, and the numbers it uses up.

    An entry that may stay uses up a person's number even when it is returned, so that it is corrected, not doubled.
    """
    verdict = _verdict(activity, person)
    if not verdict.is_eligible:
        return structs.replace(entry, state="refused", reasons=verdict.reasons, waived=verdict.waived), Numbers()
    fresh = structs.replace(entry, state="submitted", reasons=(), waived=verdict.waived)
    course, in_the_way = await _course(tx, activity, fresh)
    numbers, over = await _quota_used(tx, activity, fresh)
    if reasons := (*in_the_way, *over):
        return structs.replace(fresh, state="returned", reasons=reasons), Numbers(person=number)
    return structs.replace(fresh, recommendation=numbers.recommendation), structs.replace(
        numbers, person=number, course=course
    )


async def _course(tx: Transaction, activity: Activity, entry: Entry) -> tuple[int | None, tuple[Reason, ...]]:
    """The course's next number, or why this entry comes too late for it."""
    key = domain.course_key(entry.course)
    if activity.entries_per_course is None or not key:
        return None, ()
    taken = await store.course_numbers(tx, activity.id, key)
    number = domain.next_number(taken, activity.entries_per_course)
    if number is None:
        return None, (Reason(code="course_taken", field="course", text=entry.course),)
    return number, ()


async def _quota_used(tx: Transaction, activity: Activity, entry: Entry) -> tuple[Numbers, tuple[Reason, ...]]:
    """Why the branch cannot send this entry at all; where arrival decides, the next number of its quota."""
    branch = (await units.branches(tx)).get(entry.branch_id) if entry.branch_id else None
    division = activity.division(entry.division_id)
    if branch is None or division is None:
        return Numbers(), ()
    if quotas.bound(activity, division, branch) == 0:
        return Numbers(), (Reason(code="quota_none", field="division"),)
    if activity.admission != "arrival":
        return Numbers(), ()
    quota_id, bound = await quotas.of_division(tx, activity, division, branch)
    number = domain.next_number(await quotas.numbers(tx, quota_id), bound)
    if number is None:
        return Numbers(), (Reason(code="quota_used", value=str(bound)),)
    return Numbers(quota_id=quota_id, quota_entries=bound, recommendation=number), ()


async def _arrived(tx: Transaction, activity: Activity, entry: Entry, by: UUID | None, now: datetime) -> Entry:
    """Write the step; where arrival decides, the entry goes on to the door at once."""
    await store.add_steps(tx, [entry], by or entry.person_id, now)
    if activity.admission != "arrival" or entry.state != "submitted":
        return entry
    outcome = await admissions.arrive(tx, entry.division_id, [entry.id], now)
    (after,) = await _follow(tx, [entry], outcome, None, now)
    return after


async def _follow(
    tx: Transaction, entries: Sequence[Entry], outcome: Outcome, by: UUID | None, now: datetime
) -> list[Entry]:
    admitted = set(outcome.admitted)
    moved = [_moved(e, "admitted" if e.id in admitted else "waiting") for e in entries]
    await _save(tx, moved, by, now)
    return moved


def _moved(entry: Entry, to: str, reasons: tuple[Reason, ...] = ()) -> Entry:
    domain.moved(entry.state, to)
    return structs.replace(entry, state=to, reasons=reasons, version=entry.version + 1)


async def _save(tx: Transaction, moved: list[Entry], by: UUID | None, now: datetime) -> None:
    await store.move(tx, moved)
    await store.add_steps(tx, moved, by, now)


async def _left(tx: Transaction, activity: Activity, branch: Branch | None) -> dict[UUID, int | None]:
    """Division -> how many the branch may still send; None: no bound."""
    if branch is None:
        return {d.id: None for d in activity.divisions}
    return {d.id: each.left for each in await quotas.of_branch(tx, activity, branch) for d in each.divisions}


def as_json(entry: Entry, say: Say, language: str) -> dict[str, Any]:
    """An entry as its sender and its branch are told of it."""
    return {
        "entry_id": entry.id, "activity_id": entry.activity_id, "division_id": entry.division_id, "course": entry.course,
        "state": entry.state, "eligible": entry.state != "refused", "recommendation": entry.recommendation,
        "reasons": domain.told(entry.reasons, say, language), "waived": entry.waived,
    }  # fmt: skip
