"""Pages and addresses of entries: sign-up with the verdict before the form, my entries, the branch's review, admission.

What gives or frees a place moves other people's entries too, so those writes run as `registration_system`, after the
route has made sure whose entry it is. Everything else runs in the reader's own audience, under row security.
"""

from secrets import token_bytes
from typing import Any
from uuid import UUID

from litestar import Response
from litestar.params import FromPath, FromQuery
from msgspec import Struct

from services.registration.activities import actions as activities
from services.registration.activities.domain import phase
from services.registration.admissions import actions as admissions
from services.registration.entries import actions
from services.registration.entries.domain import Entry, SignUp, told
from shared.errors import NotAllowed
from shared.ids import new_id
from shared.web.edge import Edge, EdgeDep
from shared.web.routing import get, post

NOWHERE = UUID(int=0)
READERS = ("organiser", "supervisor", "administrator")


class SignUpBody(Struct, forbid_unknown_fields=True):
    """id: made by the sender; the same id again is the same sign-up."""

    id: UUID
    division_id: UUID | None = None
    course: str = ""
    commitment: bool = False


class CorrectionBody(Struct, forbid_unknown_fields=True):
    division_id: UUID | None = None
    course: str = ""
    commitment: bool = False


class WithdrawalBody(Struct, forbid_unknown_fields=True):
    reason: str = ""


class AdmissionBody(Struct, forbid_unknown_fields=True):
    pass


# the participant ----------------------------------------------------------------------------------------------------


@get("/registration/entries", audience="registration_member", roles="signed_in")
async def mine(edge: EdgeDep) -> Response[Any]:
    """Where each of my entries stands."""
    async with edge.transaction() as tx:
        found = await actions.mine(tx, edge.signed_in.person_id)
    shown = [_own(edge, each) for each in found]
    return edge.page("entries.html", entries=shown, json={"entries": shown})


@get("/registration/entries/new", audience="registration_member", roles="signed_in")
async def new(edge: EdgeDep, activity_id: FromQuery[UUID]) -> Response[Any]:
    """The verdict, then the form."""
    async with edge.transaction() as tx:
        standing = await actions.standing(tx, activity_id, edge.signed_in.person_id)
    return _sign_up_page(edge, standing)


@post("/registration/activities/{activity_id:uuid}/entries", audience="registration_system", roles="signed_in", again=new)
async def sign_up(edge: EdgeDep, activity_id: FromPath[UUID]) -> Response[Any]:
    """Sign up; the answer says at once what becomes of it."""
    data, person = await edge.body(SignUpBody), edge.signed_in.person_id
    sent = SignUp(
        id=data.id, activity_id=activity_id, division_id=data.division_id or NOWHERE, person_id=person,
        course=data.course, is_committed=data.commitment,
    )  # fmt: skip
    async with edge.transaction() as tx:
        entry = await actions.sign_up(tx, sent, edge.now)
    return edge.done(f"/registration/entries#e{entry.id}", _answer(edge, entry), status=201)


@get("/registration/entries/{entry_id:uuid}/corrections", audience="registration_member", roles="signed_in")
async def correction(edge: EdgeDep, entry_id: FromPath[UUID]) -> Response[Any]:
    """The form of a returned entry, with what the branch said."""
    async with edge.transaction() as tx:
        entry = await actions.entry(tx, entry_id)
        standing = await actions.standing(tx, entry.activity_id, edge.signed_in.person_id)
    return _sign_up_page(edge, standing, entry)


@post(
    "/registration/entries/{entry_id:uuid}/corrections",
    audience="registration_system",
    roles="signed_in",
    again=correction,
)
async def correct(edge: EdgeDep, entry_id: FromPath[UUID]) -> Response[Any]:
    """Send a returned entry again."""
    data, person = await edge.body(CorrectionBody), edge.signed_in.person_id
    async with edge.transaction() as tx:
        before = await actions.entry(tx, entry_id)
        sent = SignUp(
            id=entry_id, activity_id=before.activity_id, division_id=data.division_id or NOWHERE, person_id=person,
            course=data.course, is_committed=data.commitment,
        )  # fmt: skip
        entry = await actions.correct(tx, sent, edge.now)
    return edge.done(f"/registration/entries#e{entry.id}", _answer(edge, entry))


@get("/registration/entries/{entry_id:uuid}/withdrawals", audience="registration_member", roles="signed_in")
async def leaving(edge: EdgeDep, entry_id: FromPath[UUID]) -> Response[Any]:
    """Ask once more before an entry is taken back."""
    async with edge.transaction("registration_organiser" if edge.has("organiser") else None) as tx:
        entry = await actions.entry(tx, entry_id)
        activity = await activities.activity(tx, entry.activity_id)
    is_promoting = edge.now < activity.draw_at
    return edge.page("withdrawal.html", entry=entry, activity=activity, is_promoting=is_promoting, json=_answer(edge, entry))


@post(
    "/registration/entries/{entry_id:uuid}/withdrawals",
    audience="registration_system",
    roles="signed_in",
    again=leaving,
)
async def withdraw(edge: EdgeDep, entry_id: FromPath[UUID]) -> Response[Any]:
    """Take an entry back: the participant the own one, the organiser any one."""
    data, person = await edge.body(WithdrawalBody), edge.signed_in.person_id
    async with edge.transaction() as tx:
        known = await actions.entry(tx, entry_id)
        if known.person_id != person and not edge.has("organiser"):
            raise NotAllowed("not_your_entry")
        entry, promoted = await actions.withdraw(tx, entry_id, data.reason, person, edge.now)
    place = "/registration/entries" if known.person_id == person else f"/registration/divisions/{known.division_id}/admissions"
    return edge.done(place, {**_answer(edge, entry), "promoted": [each.id for each in promoted]})


# the organiser ------------------------------------------------------------------------------------------------------


@get("/registration/activities/{activity_id:uuid}/entries", audience="registration_organiser", roles="signed_in")
async def listed(edge: EdgeDep, activity_id: FromPath[UUID]) -> Response[Any]:
    """Every entry, for organiser and supervisor; a participant is led to the own sign-up."""
    if not any(edge.has(role) for role in READERS):
        language = f"&language={edge.asked_language}" if edge.asked_language else ""
        place = f"/registration/entries/new?activity_id={activity_id}{language}"
        return Response("", status_code=303, headers={"Location": place})
    async with edge.transaction(_reader(edge)) as tx:
        activity = await activities.activity(tx, activity_id)
        found = [_listed(edge, each) for each in await actions.listed(tx, activity_id)]
        counts = await admissions.counts(tx, activity_id)
    return edge.page("activity_entries.html", activity=activity, entries=found, counts=counts, json={"entries": found})


@get("/registration/activities/{activity_id:uuid}/places", audience="registration_public")
async def places(edge: EdgeDep, activity_id: FromPath[UUID]) -> Response[Any]:
    """How the divisions fill up: places, admitted, waiting, pending; and when promotion ends."""
    async with edge.transaction() as tx:
        activity = await activities.activity(tx, activity_id)
        counts = await admissions.counts(tx, activity_id)
    answer = {"activity_id": activity_id, "promotion_ends": activity.draw_at, "divisions": counts}
    return edge.page("places.html", activity=activity, counts=counts, json=answer)


@get("/registration/divisions/{division_id:uuid}/admissions", audience="registration_organiser", roles=READERS)
async def admission(edge: EdgeDep, division_id: FromPath[UUID]) -> Response[Any]:
    """Who holds a place, who waits and in which order."""
    async with edge.transaction(_reader(edge)) as tx:
        activity = await activities.of_division(tx, division_id)
        found = [_listed(edge, each) for each in await actions.listed(tx, activity.id, None, division_id)]
        is_preselected = await admissions.is_preselected(tx, division_id)
        decision = await admissions.decision(tx, division_id)
    told_decision = {"keys": decision.keys, "seed": decision.seed.hex(), "decided_at": decision.decided_at} if decision else None
    division = activity.division(division_id)
    return edge.page(
        "admission.html", activity=activity, division=division, entries=found, is_preselected=is_preselected,
        is_due=edge.now >= activity.admission_at, decision=told_decision,
        json={"entries": found, "is_preselected": is_preselected, "decision": told_decision},
    )  # fmt: skip


@post(
    "/registration/divisions/{division_id:uuid}/admissions",
    audience="registration_organiser",
    roles=("organiser",),
    again=admission,
)
async def admit(edge: EdgeDep, division_id: FromPath[UUID]) -> Response[Any]:
    """Give the places of a division by its rule, once."""
    await edge.body(AdmissionBody)
    seed = token_bytes(32)
    async with edge.transaction() as tx:
        outcome = await actions.admit(tx, division_id, seed, edge.signed_in.person_id, edge.now)
    answer = {"division_id": division_id, "admitted": outcome.admitted, "waiting": outcome.waiting, "seed": seed.hex()}
    return edge.done(f"/registration/divisions/{division_id}/admissions", answer, status=201)


# pieces -------------------------------------------------------------------------------------------------------------


def _sign_up_page(edge: Edge, standing: actions.Standing, entry: Entry | None = None) -> Response[Any]:
    activity, verdict = standing.activity, standing.verdict
    divisions = [
        {"id": d.id, "key": d.key, "title": _named(edge, d.title, d.title_en), "left": standing.left[d.id], "places": d.places}
        for d in activity.divisions
    ]
    current = entry or (standing.entry if standing.entry and standing.entry.state not in actions.OVER else None)
    answer = {
        "activity_id": activity.id, "phase": phase(activity, edge.now), "eligible": verdict.is_eligible,
        "reasons": told(verdict.reasons, edge.say, edge.language), "waived": verdict.waived, "divisions": divisions,
        "entry": _answer(edge, current) if current else None,
    }  # fmt: skip
    conditions = [each for each in activity.eligibility if each.sex in ("", standing.person.sex)]
    return edge.page(
        "sign_up.html", activity=activity, standing=standing, divisions=divisions, conditions=conditions,
        reasons=told(verdict.reasons, edge.say, edge.language), entry=entry, current=current, fresh_id=new_id(),
        returned=told(entry.reasons, edge.say, edge.language) if entry else [], phase=phase(activity, edge.now), json=answer,
    )  # fmt: skip


def _answer(edge: Edge, entry: Entry) -> dict[str, Any]:
    return actions.as_json(entry, edge.say, edge.language)


def _listed(edge: Edge, line: dict[str, Any]) -> dict[str, Any]:
    return {**line, "reasons": told(line["reasons"], edge.say, edge.language)}


def _own(edge: Edge, line: dict[str, Any]) -> dict[str, Any]:
    steps = [{**step, "reasons": told(step["reasons"], edge.say, edge.language)} for step in line["steps"]]
    return {**line, "reasons": told(line["reasons"], edge.say, edge.language), "steps": steps}


def _named(edge: Edge, title: str, title_en: str) -> str:
    return title_en if edge.language == "en" and title_en else title


def _reader(edge: Edge) -> str:
    """Organisers read as organiser, a supervisor as supervisor."""
    return "registration_organiser" if edge.has("organiser") or edge.has("administrator") else "registration_supervisor"


ROUTES = [
    mine,
    new,
    sign_up,
    correction,
    correct,
    leaving,
    withdraw,
    listed,
    places,
    admission,
    admit,
]
