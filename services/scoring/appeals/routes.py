"""Appeals: the contestant files and reads the answer, the desk accepts, rechecks and answers, the supervisor signs.

Others do not see who appealed: the desk's pages are for scorekeeper and supervisor, a contestant's page shows the own ones.
"""

from datetime import date
from typing import Annotated, Any
from uuid import UUID

from litestar import Response
from litestar.params import FromPath
from msgspec import Meta, Struct

from services.scoring.appeals import actions
from services.scoring.appeals.domain import GROUNDS, Appeal, Ground, Outcome, Recheck
from services.scoring.rolls import actions as rolls
from services.scoring.rubrics.domain import Stage
from shared.clock import day
from shared.ids import new_id
from shared.web.edge import Edge, EdgeDep
from shared.web.routing import get, post

READERS = ("scorekeeper", "supervisor")
Text = Annotated[str, Meta(max_length=4000)]
Short = Annotated[str, Meta(max_length=500)]


class OwnAppeal(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """id: made by the page, so that a second click files nothing more. entry_id: one of the own entries."""

    id: UUID
    entry_id: UUID
    ground: Ground
    text: Text


class PaperAppeal(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What a contestant handed in. paper: where it is kept."""

    id: UUID
    stage: Stage = "final"
    entry_id: UUID
    ground: Ground
    text: Text
    paper: Short


class Acceptance(Struct, frozen=True, forbid_unknown_fields=True):
    """due: the day by which the answer is promised."""

    due: date | None = None
    reason: Short = ""


class Refusal(Struct, frozen=True, forbid_unknown_fields=True):
    reason: Short = ""


class Findings(Struct, frozen=True, forbid_unknown_fields=True):
    id: UUID
    found: Text


class Answer(Struct, frozen=True, forbid_unknown_fields=True):
    outcome: Outcome
    answer: Text


class Nothing(Struct, forbid_unknown_fields=True):
    """A form with no field but the token."""


@get("/scoring/appeals", audience="scoring_member", roles="signed_in")
async def own_page(edge: EdgeDep) -> Response[Any]:
    """A contestant's own entries, once the codes were opened, and the own appeals with their answers."""
    async with edge.transaction() as tx:
        entries, appeals = await actions.own(tx)
    told = {
        "entries": [
            {"entry_id": each.item.entry_id, "division_id": each.division.division_id, "code": each.item.code} for each in entries
        ],
        "appeals": [_json(each) for each in appeals],
    }
    return edge.page("own_appeals.html", json=told, entries=entries, appeals=appeals, grounds=GROUNDS, new_id=new_id)


@post("/scoring/appeals", audience="scoring_member", roles="signed_in", again=own_page)
async def file_own(edge: EdgeDep) -> Response[Any]:
    """The contestant files an appeal about an own entry."""
    body = await edge.body(OwnAppeal)
    async with edge.transaction() as tx:
        division_id = await actions.own_division(tx, body.entry_id)
        appeal = Appeal(
            id=body.id, division_id=division_id, stage="final", entry_id=body.entry_id, ground=body.ground,
            text=body.text.strip(), paper="", person_id=edge.signed_in.person_id, filed_by=edge.signed_in.handle,
            filed_at=edge.now,
        )  # fmt: skip
        filed = await actions.file(tx, appeal, by_desk=False)
    return edge.done("/scoring/appeals", _json(filed), status=201)


@get("/scoring/divisions/{division_id:uuid}/appeals", audience="scoring_desk", roles=READERS)
async def appeals_page(edge: EdgeDep, division_id: FromPath[UUID]) -> Response[Any]:
    """The appeals of a division, overdue ones first, and the form for one handed in on paper."""
    async with edge.transaction() as tx:
        division = await rolls.division(tx, division_id)
        appeals = await actions.of_division(tx, division_id, edge.now)
        roll = await rolls.current(tx, division_id, "final")
    today = day(edge.now)
    told = [{**_json(each), "overdue": each.is_overdue(today)} for each in appeals]
    return edge.page(
        "appeals.html", json={"appeals": told}, division=division, appeals=appeals, items=roll.items if roll else (),
        codes=roll.codes if roll else {}, grounds=GROUNDS, today=today, new_id=new_id,
    )  # fmt: skip


@post("/scoring/divisions/{division_id:uuid}/appeals", audience="scoring_desk", roles=("scorekeeper",), again=appeals_page)
async def file_paper(edge: EdgeDep, division_id: FromPath[UUID]) -> Response[Any]:
    """The scorekeeper files what a contestant handed in."""
    body = await edge.body(PaperAppeal)
    appeal = Appeal(
        id=body.id, division_id=division_id, stage=body.stage, entry_id=body.entry_id, ground=body.ground, text=body.text.strip(),
        paper=body.paper.strip(), person_id=None, filed_by=edge.signed_in.handle, filed_at=edge.now,
    )  # fmt: skip
    async with edge.transaction() as tx:
        filed = await actions.file(tx, appeal, by_desk=True)
    return edge.done(f"/scoring/appeals/{filed.id}", _json(filed), status=201)


@get("/scoring/appeals/{appeal_id:uuid}", audience="scoring_desk", roles=READERS)
async def appeal_page(edge: EdgeDep, appeal_id: FromPath[UUID]) -> Response[Any]:
    """One appeal and what its next step is."""
    async with edge.transaction() as tx:
        appeal, rechecks = await actions.find(tx, appeal_id)
        division = await rolls.division(tx, appeal.division_id)
        roll = await rolls.current(tx, appeal.division_id, appeal.stage)
    return edge.page(
        "appeal.html", json={**_json(appeal), "rechecks": rechecks}, appeal=appeal, rechecks=rechecks, division=division,
        code=roll.codes.get(appeal.entry_id, "?") if roll else "?", today=day(edge.now), me=edge.signed_in.handle, new_id=new_id,
    )  # fmt: skip


@post("/scoring/appeals/{appeal_id:uuid}/acceptances", audience="scoring_desk", roles=("scorekeeper",), again=appeal_page)
async def accept(edge: EdgeDep, appeal_id: FromPath[UUID]) -> Response[Any]:
    """Accept it, and promise the answer by a day."""
    body = await edge.body(Acceptance)
    return await _decided(edge, appeal_id, True, body.reason, body.due)


@post("/scoring/appeals/{appeal_id:uuid}/refusals", audience="scoring_desk", roles=("scorekeeper",), again=appeal_page)
async def refuse(edge: EdgeDep, appeal_id: FromPath[UUID]) -> Response[Any]:
    """Refuse it, with a reason that the appellant reads."""
    body = await edge.body(Refusal)
    return await _decided(edge, appeal_id, False, body.reason, None)


@post("/scoring/appeals/{appeal_id:uuid}/rechecks", audience="scoring_desk", roles=("scorekeeper",), again=appeal_page)
async def recheck(edge: EdgeDep, appeal_id: FromPath[UUID]) -> Response[Any]:
    """The scorekeeper writes down and signs what was looked at and found."""
    body = await edge.body(Findings)
    written = Recheck(
        id=body.id, appeal_id=appeal_id, found=body.found.strip(), written_by=edge.signed_in.handle, written_at=edge.now
    )
    async with edge.transaction() as tx:
        done = await actions.write_recheck(tx, written)
    return edge.done(f"/scoring/appeals/{appeal_id}", done, status=201)


@post("/scoring/rechecks/{recheck_id:uuid}/signatures", audience="scoring_supervisor", roles=("supervisor",))
async def sign(edge: EdgeDep, recheck_id: FromPath[UUID]) -> Response[Any]:
    """The supervisor signs the recheck."""
    await edge.body(Nothing)
    async with edge.transaction() as tx:
        done = await actions.sign_recheck(tx, recheck_id, edge.signed_in.handle, edge.now)
    return edge.done(f"/scoring/appeals/{done.appeal_id}", done, status=201)


@post("/scoring/appeals/{appeal_id:uuid}/answers", audience="scoring_desk", roles=("scorekeeper",), again=appeal_page)
async def answer(edge: EdgeDep, appeal_id: FromPath[UUID]) -> Response[Any]:
    """Answer in writing; upheld leads on to a proposed correction."""
    body = await edge.body(Answer)
    async with edge.transaction() as tx:
        done = await actions.answer(tx, appeal_id, body.outcome, body.answer, edge.signed_in.handle, edge.now)
    return edge.done(f"/scoring/appeals/{appeal_id}", _json(done), status=201)


async def _decided(edge: Edge, appeal_id: UUID, is_accepted: bool, reason: str, due: date | None) -> Response[Any]:
    async with edge.transaction() as tx:
        done = await actions.decide(tx, appeal_id, is_accepted, reason, due, edge.signed_in.handle, edge.now)
    return edge.done(f"/scoring/appeals/{appeal_id}", _json(done), status=201)


def _json(each: Appeal) -> dict[str, Any]:
    return {
        "id": each.id, "division_id": each.division_id, "entry_id": each.entry_id, "ground": each.ground, "text": each.text,
        "state": each.state, "filed_at": each.filed_at, "reason": each.reason, "due": each.due, "answer": each.answer,
        "answered_at": each.answered_at, "correction_id": each.correction_id,
    }  # fmt: skip


ROUTES = [own_page, file_own, appeals_page, file_paper, appeal_page, accept, refuse, recheck, sign, answer]
