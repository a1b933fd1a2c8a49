"""The desk's pages of corrections: start one, see what it would do, apply it by one or two people; the versions of a result."""

from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from litestar import Response
from litestar.params import FromPath, FromQuery
from msgspec import Meta, Struct

from services.scoring.appeals.domain import GROUNDS, Ground
from services.scoring.corrections import actions
from services.scoring.corrections.domain import (
    Change,
    CorrectedSheet,
    Correction,
    Reopening,
    Told,
    Version,
    WithdrawnDeduction,
    held_back,
    prizes_of,
    told,
)
from services.scoring.deductions.domain import Deduction
from services.scoring.divisions import actions as divisions
from services.scoring.divisions import domain as desk
from services.scoring.divisions.domain import Gathered
from services.scoring.prizes import actions as prize_numbers
from services.scoring.rubrics.domain import Part, Stage, figures
from services.scoring.sheets.domain import Sheet
from shared.db import Transaction
from shared.errors import Missing, Refused
from shared.ids import new_id
from shared.web.edge import Edge, EdgeDep
from shared.web.routing import get, post

READERS = ("scorekeeper", "supervisor")
Kind = Literal["sheet", "held", "deduction", "unlock"]
Step = Callable[[Transaction, UUID, int, UUID, datetime], Awaitable[Correction]]


class Proposal(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """id: made by the page. kind sheet: judge, entry, part and the whole sheet's marks (decimal text, or a grade); held: the
    revision a lock held back; deduction: the one to take back; unlock: nothing more."""

    id: UUID
    stage: Stage = "final"
    kind: Kind
    ground: Ground
    reason: Annotated[str, Meta(max_length=500)]
    appeal_id: UUID | None = None
    entry_id: UUID | None = None
    judge_id: UUID | None = None
    part: str = ""
    marks: dict[str, str] = {}
    held: UUID | None = None
    deduction_id: UUID | None = None


class Seen(Struct, frozen=True, forbid_unknown_fields=True):
    """The ledger position of the difference that was on the page."""

    seen: int


class Nothing(Struct, forbid_unknown_fields=True):
    """A form with no field but the token."""


class Selected(Struct, frozen=True, kw_only=True):
    """The sheet that was picked, with what counts in it now: mark key -> title, text, scale."""

    entry_id: UUID
    judge_id: UUID
    part: Part
    code: str
    judge: str
    texts: dict[str, tuple[str, str, Any]]


@get("/scoring/divisions/{division_id:uuid}/corrections", audience="scoring_desk", roles=READERS)
async def corrections_page(
    edge: EdgeDep,
    division_id: FromPath[UUID],
    stage: FromQuery[Stage | None] = None,
    entry_id: FromQuery[UUID | None] = None,
    judge_id: FromQuery[UUID | None] = None,
    part: FromQuery[str] = "",
    appeal_id: FromQuery[UUID | None] = None,
    reason: FromQuery[str] = "",
) -> Response[Any]:
    """What was proposed and applied, and the ways to propose something; a picked sheet is shown with its marks.

    reason: filled in where the page that leads here knows it, as from a judge's call to unlock.
    """
    typed = edge.typed
    async with edge.transaction() as tx:
        wanted = stage or ("preselection" if typed.get("stage") == "preselection" else await divisions.stage_of(tx, division_id))
        gathered = await divisions.gather(tx, division_id, wanted)
        found = await actions.of_division(tx, division_id, wanted)
        standing = await actions.deductions_standing(tx, division_id, wanted)
    picked = (entry_id or _id(typed, "entry_id"), judge_id or _id(typed, "judge_id"), part or typed.get("part", ""))
    selected = _selected(gathered, *picked, edge.language)
    held = [each for each in held_back(gathered.sheets) if each.entry_id in desk.codes(gathered.roll)]
    return edge.page(
        "corrections.html",
        json={"corrections": found, "held": [each.last.revision_id for each in held], "deductions": standing},
        gathered=gathered,
        codes=desk.codes(gathered.roll),
        names=desk.names(gathered.panel),
        parts=desk.parts_of(gathered.attached, wanted) if gathered.attached else (),
        corrections=[(each, _told(edge, gathered, each.change)) for each in found],
        held=[(each, _told(edge, gathered, _held(each))) for each in held],
        deductions=[(each, _told(edge, gathered, _taken_back(each))) for each in standing],
        selected=selected,
        entry_id=picked[0],
        appeal_id=appeal_id or _id(typed, "appeal_id"),
        grounds=GROUNDS,
        reason=typed.get("reason", reason)[:500],
        new_id=new_id,
    )


@post(
    "/scoring/divisions/{division_id:uuid}/corrections",
    audience="scoring_desk",
    roles=("scorekeeper",),
    again=corrections_page,
)
async def propose(edge: EdgeDep, division_id: FromPath[UUID]) -> Response[Any]:
    """The scorekeeper writes a proposal down; the next page shows what it would do."""
    body = await edge.body(Proposal)
    async with edge.transaction() as tx:
        correction = Correction(
            id=body.id,
            division_id=division_id,
            stage=body.stage,
            ground=body.ground,
            reason=body.reason.strip(),
            appeal_id=body.appeal_id,
            change=await _change(tx, division_id, body),
            proposed_by=edge.signed_in.handle,
            proposed_at=edge.now,
        )
        made = await actions.propose(tx, correction)
    return edge.done(f"/scoring/corrections/{made.id}", _json(made), status=201)


@get("/scoring/corrections/{correction_id:uuid}", audience="scoring_desk", roles=READERS)
async def correction_page(edge: EdgeDep, correction_id: FromPath[UUID], prizes: FromQuery[str] = "") -> Response[Any]:
    """What it would do now, before and after; or what it did."""
    async with edge.transaction() as tx:
        shown = await actions.show(tx, correction_id, prizes_of(prizes))
        gathered = await divisions.gather(tx, shown.correction.division_id, shown.correction.stage)
    return edge.page(
        "correction.html",
        json={**_json(shown.correction), "difference": shown.difference, "if_sent_again": shown.if_sent_again,
              "needs_second": shown.needs_second, "stale": shown.is_stale},
        shown=shown,
        gathered=gathered,
        change=_told(edge, gathered, shown.correction.change),
        decided=_decided(edge, gathered),
        prizes_typed=prizes,
        me=edge.signed_in.handle,
    )  # fmt: skip


@post(
    "/scoring/corrections/{correction_id:uuid}/applications",
    audience="scoring_desk",
    roles=("scorekeeper",),
    again=correction_page,
)
async def apply(edge: EdgeDep, correction_id: FromPath[UUID]) -> Response[Any]:
    """The scorekeeper applies what is on the page, or asks the supervisor to confirm it."""
    return await _taken(edge, correction_id, actions.apply)


@post(
    "/scoring/corrections/{correction_id:uuid}/confirmations",
    audience="scoring_supervisor",
    roles=("supervisor",),
    again=correction_page,
)
async def confirm(edge: EdgeDep, correction_id: FromPath[UUID]) -> Response[Any]:
    """The supervisor confirms, and it is applied."""
    return await _taken(edge, correction_id, actions.confirm)


@post(
    "/scoring/corrections/{correction_id:uuid}/completions",
    audience="scoring_supervisor",
    roles=("supervisor",),
    again=correction_page,
)
async def complete(edge: EdgeDep, correction_id: FromPath[UUID]) -> Response[Any]:
    """Seal what had to wait for a tie."""
    await edge.body(Nothing)
    async with edge.transaction() as tx:
        done = await actions.complete(tx, correction_id, edge.signed_in.handle, edge.now)
    return _done(edge, done)


@post(
    "/scoring/corrections/{correction_id:uuid}/withdrawals",
    audience="scoring_desk",
    roles=("scorekeeper",),
    again=correction_page,
)
async def withdraw(edge: EdgeDep, correction_id: FromPath[UUID]) -> Response[Any]:
    """Drop a proposal that was not applied."""
    await edge.body(Nothing)
    async with edge.transaction() as tx:
        done = await actions.withdraw(tx, correction_id, edge.now)
    return edge.done(f"/scoring/divisions/{done.division_id}/corrections?stage={done.stage}", _json(done), status=201)


@get("/scoring/divisions/{division_id:uuid}/versions", audience="scoring_desk", roles=READERS)
async def versions_page(edge: EdgeDep, division_id: FromPath[UUID], stage: FromQuery[Stage | None] = None) -> Response[Any]:
    """Every sealed result, the newest first: by whom, why, and what it changed; ahead of them what is proposed."""
    async with edge.transaction() as tx:
        wanted = stage or await divisions.stage_of(tx, division_id)
        gathered = await divisions.gather(tx, division_id, wanted)
        found = await actions.versions(tx, division_id, wanted)
        foreseen = await prize_numbers.of_division(tx, division_id)
    return edge.page(
        "versions.html",
        json={"versions": [_version(each) for each in found]},
        gathered=gathered,
        versions=[(each, _told(edge, gathered, each.correction.change) if each.correction else None) for each in found],
        decided=_decided(edge, gathered),
        prizes=foreseen,
        me=edge.signed_in.handle,
    )


async def _change(tx: Transaction, division_id: UUID, body: Proposal) -> Change:
    """The change that the form means. Raises Faulty (marks), Refused: correction_nothing_picked. Missing: what is not there."""
    if body.kind == "unlock":
        return Reopening()
    if body.kind == "deduction":
        standing = await actions.deductions_standing(tx, division_id, body.stage)
        found = next((each for each in standing if each.id == body.deduction_id), None)
        if found is None:
            raise Missing("no_such_deduction")
        return _taken_back(found)
    gathered = await divisions.gather(tx, division_id, body.stage)
    if body.kind == "held":
        late = next((each for each in held_back(gathered.sheets) if each.last.revision_id == body.held), None)
        if late is None:
            raise Missing("revision_unknown")
        return _held(late)
    rule = gathered.attached.of_stage(body.stage) if gathered.attached else None
    part = rule.part(body.part) if rule else None
    if part is None or body.entry_id is None or body.judge_id is None:
        raise Refused("correction_nothing_picked")
    marks = figures.counts(part, body.marks)
    was = _counting(gathered, body.entry_id, body.judge_id, body.part)
    return CorrectedSheet(
        revision_id=new_id(), judge_id=body.judge_id, entry_id=body.entry_id, part=body.part, marks=marks, was=was
    )


def _held(each: Sheet) -> CorrectedSheet:
    return CorrectedSheet(
        revision_id=new_id(), judge_id=each.judge_id, entry_id=each.entry_id, part=each.part, marks=each.last.marks,
        was=each.head.marks if each.head else {}, held=each.last.revision_id,
    )  # fmt: skip


def _taken_back(each: Deduction) -> WithdrawnDeduction:
    return WithdrawnDeduction(deduction_id=each.id, entry_id=each.entry_id, key=each.key, quantity=each.quantity)


def _counting(gathered: Gathered, entry_id: UUID, judge_id: UUID, part: str) -> dict[str, int]:
    key = (judge_id, entry_id, part)
    own = next((each for each in gathered.sheets if (each.judge_id, each.entry_id, each.part) == key), None)
    return own.head.marks if own and own.head else {}


def _selected(
    gathered: Gathered, entry_id: UUID | None, judge_id: UUID | None, part_key: str, language: str
) -> Selected | None:
    rule = gathered.attached.of_stage(gathered.stage) if gathered.attached else None
    part = rule.part(part_key) if rule else None
    codes, names = desk.codes(gathered.roll), desk.names(gathered.panel)
    if part is None or entry_id not in codes or judge_id not in names:
        return None
    marks = _counting(gathered, entry_id, judge_id, part_key)
    titles = figures.titles(part)
    texts = {
        key: (
            figures.named(*titles[key], language),
            figures.text(item.scale, marks[key], language) if key in marks else "",
            item.scale,
        )
        for key, item in part.cells.items()
    }
    return Selected(
        entry_id=entry_id, judge_id=judge_id, part=part, code=codes[entry_id], judge=names[judge_id], texts=texts
    )


def _told(edge: Edge, gathered: Gathered, change: Change) -> Told | None:
    if gathered.attached is None:
        return None
    rule = gathered.attached.of_stage(gathered.stage)
    return told(change, rule, desk.codes(gathered.roll), desk.names(gathered.panel), edge.language)


def _decided(edge: Edge, gathered: Gathered) -> Any:
    parts = gathered.attached.rule.parts if gathered.attached else ()
    return lambda step: desk.decided(step, parts, edge.say, edge.language)


async def _taken(edge: Edge, correction_id: UUID, step: Step) -> Response[Any]:
    """One of the two people agrees to what stands on the page."""
    body = await edge.body(Seen)
    async with edge.transaction() as tx:
        done = await step(tx, correction_id, body.seen, edge.signed_in.handle, edge.now)
    return _done(edge, done)


def _done(edge: Edge, done: Correction) -> Response[Any]:
    if done.state == "applied" and "board" in edge.more:
        edge.more["board"].touch(done.division_id)
    return edge.done(f"/scoring/corrections/{done.id}", _json(done), status=201)


def _json(each: Correction) -> dict[str, Any]:
    return {
        "id": each.id, "division_id": each.division_id, "stage": each.stage, "state": each.state, "kind": each.kind,
        "ground": each.ground, "reason": each.reason, "appeal_id": each.appeal_id, "change": each.change,
        "ledger_position": each.ledger_position, "supersedes": each.supersedes, "score_set_id": each.score_set_id,
    }  # fmt: skip


def _version(each: Version) -> dict[str, Any]:
    sealed = each.sealed
    return {
        "version": sealed.content.version, "score_set_id": sealed.id, "sealed": sealed.is_sealed,
        "sealed_at": sealed.sealed_at, "hash": sealed.hash, "ledger_position": sealed.ledger_position, "changed": each.changed,
        "reason": each.correction.reason if each.correction else "",
        "correction_id": each.correction.id if each.correction else None,
    }  # fmt: skip


def _id(typed: dict[str, str], name: str) -> UUID | None:
    try:
        return UUID(typed.get(name, ""))
    except ValueError:
        return None


ROUTES = [corrections_page, propose, correction_page, apply, confirm, complete, withdraw, versions_page]
