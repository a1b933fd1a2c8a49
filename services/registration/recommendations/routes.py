"""The branch's pages: what there is to review, the order, and returns. An officer works under row security."""

from typing import Any
from uuid import UUID

from litestar import Response
from litestar.params import FromPath
from msgspec import Struct

from services.registration.activities import actions as activities
from services.registration.activities.domain import phase
from services.registration.entries import actions as entries
from services.registration.entries.domain import Entry, told
from services.registration.quotas import actions as quotas
from services.registration.recommendations import actions
from services.registration.recommendations.domain import FIELDS
from services.registration.units import actions as units
from services.registration.units.domain import Branch
from shared.errors import Fault, Faulty, NotAllowed
from shared.web.edge import Edge, EdgeDep
from shared.web.routing import get, post

REVIEWERS = ("branch_officer", "organiser", "administrator")


class OrderBody(Struct, forbid_unknown_fields=True):
    """entry id -> number in the branch's order; a blank or absent number: not recommended."""

    numbers: dict[str, int | str | None] = {}


class ReturnBody(Struct, forbid_unknown_fields=True):
    """field (division, course, recommendation, other) -> what to correct."""

    reasons: dict[str, str] = {}


@get("/registration/reviews", audience="registration_officer", roles=REVIEWERS)
async def reviews(edge: EdgeDep) -> Response[Any]:
    """Activities and the branches one may review."""
    async with edge.transaction() as tx:
        called = await activities.called(tx, edge.now)
        branches = await _reviewed_branches(edge)
    shown = [
        {"activity_id": a.id, "activity": a.title, "activity_en": a.title_en, "branch": b.code, "branch_name": b.name,
         "closes": a.review_closes, "phase": phase(a, edge.now),
         "address": f"/registration/activities/{a.id}/branches/{b.code}/recommendations"}
        for a in called for b in branches
    ]  # fmt: skip
    return edge.page("reviews.html", reviews=shown, json={"reviews": shown})


@get(
    "/registration/activities/{activity_id:uuid}/branches/{code:str}/recommendations",
    audience="registration_officer",
    roles=REVIEWERS,
)
async def order(edge: EdgeDep, activity_id: FromPath[UUID], code: FromPath[str]) -> Response[Any]:
    """The branch's entries and its order."""
    branch = await _reviewed(edge, code)
    async with edge.transaction(_reviewer(edge)) as tx:
        activity = await activities.activity(tx, activity_id)
        found = await entries.listed(tx, activity_id, branch.id)
        bounds = await quotas.of_branch(tx, activity, branch)
    lines = [_line(edge, each) for each in found]
    shown = [
        {"divisions": [d.key for d in each.divisions], "quota": each.bound, "used": each.used,
         "titles": [d.title_en if edge.language == "en" and d.title_en else d.title for d in each.divisions]}
        for each in bounds
    ]  # fmt: skip
    return edge.page(
        "recommendations.html", activity=activity, branch=branch, entries=lines, quotas=shown,
        is_open=activity.admission != "arrival" and edge.now < activity.review_closes,
        json={"entries": lines, "quotas": shown, "closes": activity.review_closes},
    )  # fmt: skip


@post(
    "/registration/activities/{activity_id:uuid}/branches/{code:str}/recommendations",
    audience="registration_officer",
    roles=REVIEWERS,
    again=order,
)
async def recommend(edge: EdgeDep, activity_id: FromPath[UUID], code: FromPath[str]) -> Response[Any]:
    """Take over the branch's whole order."""
    data = await edge.body(OrderBody)
    branch = await _reviewed(edge, code)
    wanted = actions.Order(activity_id=activity_id, branch=branch, numbers=_numbers(data.numbers))
    async with edge.transaction(_reviewer(edge)) as tx:
        ranked = await actions.recommend(tx, wanted, edge.signed_in.person_id, edge.now)
    place = f"/registration/activities/{activity_id}/branches/{code}/recommendations"
    return edge.done(place, {"entries": [_answer(edge, each) for each in ranked]})


@get("/registration/entries/{entry_id:uuid}/returns", audience="registration_officer", roles=REVIEWERS)
async def sending_back(edge: EdgeDep, entry_id: FromPath[UUID]) -> Response[Any]:
    """What is to be corrected, field by field."""
    async with edge.transaction(_reviewer(edge)) as tx:
        entry = await entries.entry(tx, entry_id)
        activity = await activities.activity(tx, entry.activity_id)
        (line,) = [each for each in await entries.listed(tx, entry.activity_id, entry.branch_id) if each["id"] == entry_id]
    shown = _line(edge, line)
    return edge.page("return.html", entry=shown, activity=activity, fields=FIELDS, json=shown)


@post(
    "/registration/entries/{entry_id:uuid}/returns",
    audience="registration_officer",
    roles=REVIEWERS,
    again=sending_back,
)
async def send_back(edge: EdgeDep, entry_id: FromPath[UUID]) -> Response[Any]:
    """Return an entry with reasons."""
    data = await edge.body(ReturnBody)
    async with edge.transaction(_reviewer(edge)) as tx:
        entry = await actions.send_back(tx, entry_id, data.reasons, edge.signed_in.person_id, edge.now)
        branch = next((b for b in (await units.branches(tx)).values() if b.id == entry.branch_id), None)
    code = branch.code if branch else ""
    place = f"/registration/activities/{entry.activity_id}/branches/{code}/recommendations"
    return edge.done(place, _answer(edge, entry))


def _line(edge: Edge, line: dict[str, Any]) -> dict[str, Any]:
    return {**line, "reasons": told(line["reasons"], edge.say, edge.language)}


def _answer(edge: Edge, entry: Entry) -> dict[str, Any]:
    return entries.as_json(entry, edge.say, edge.language)


def _numbers(sent: dict[str, int | str | None]) -> dict[UUID, int]:
    """The numbers that were filled in. Raises Faulty: number_wrong, entry_not_open."""
    numbers: dict[UUID, int] = {}
    faults: list[Fault] = []
    for key, value in sent.items():
        text = str("" if value is None else value).strip()
        try:
            entry_id = UUID(key)
            if text:
                numbers[entry_id] = int(text)
        except ValueError:
            faults.append(Fault(code="number_wrong", field=f"numbers.{key}", value=text[:20]))
    if faults:
        raise Faulty(faults)
    return numbers


def _reviewer(edge: Edge) -> str:
    """An officer works under row security of the own branches; the organiser may stand in."""
    return "registration_organiser" if edge.has("organiser") or edge.has("administrator") else "registration_officer"


async def _reviewed_branches(edge: Edge) -> list[Branch]:
    async with edge.transaction() as tx:
        if _reviewer(edge) == "registration_organiser":
            return list((await units.branches(tx)).values())
        return await units.acting_branches(tx)


async def _reviewed(edge: Edge, code: str) -> Branch:
    """The branch, if the reader may review it. Raises NotAllowed: not_your_branch."""
    for branch in await _reviewed_branches(edge):
        if branch.code == code:
            return branch
    raise NotAllowed("not_your_branch")


ROUTES = [reviews, order, recommend, sending_back, send_back]
