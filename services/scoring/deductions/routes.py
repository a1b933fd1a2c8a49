"""The desk's page of deductions and difficulties, and the page on which a panel's leader adjusts a result."""

from itertools import groupby
from typing import Annotated, Any
from uuid import UUID

from litestar import Response
from litestar.params import FromPath
from msgspec import Meta, Struct

from services.scoring.deductions import actions, domain
from services.scoring.deductions.actions import About
from services.scoring.rolls import actions as rolls
from services.scoring.rubrics import actions as rubrics
from services.scoring.rubrics.domain import Stage
from services.scoring.sheets import actions as sheets
from shared.ids import new_id
from shared.web.edge import Edge, EdgeDep
from shared.web.routing import get, post

DESK = "scoring_desk"
RECORDERS = ("scorekeeper", "timekeeper")
Number = Annotated[str, Meta(max_length=24)]
Reason = Annotated[str, Meta(max_length=300)]


class DeductionForm(Struct, forbid_unknown_fields=True):
    """quantity: decimal text; left out where the entry's clock says how many seconds it took too long."""

    id: UUID
    entry_id: UUID
    key: str
    quantity: Number | None = None
    reason: Reason = ""
    stage: Stage = "final"


class WithdrawalForm(Struct, forbid_unknown_fields=True):
    reason: Reason


class AdjustmentForm(Struct, forbid_unknown_fields=True):
    """amount: decimal text, below 0 to take off."""

    id: UUID
    entry_id: UUID
    amount: Number
    reason: Reason
    stage: Stage = "final"


class DifficultyForm(Struct, forbid_unknown_fields=True):
    """scope: "part/criterion" or "part", "" for the whole, as the rule's level says. value: decimal text."""

    id: UUID
    entry_id: UUID
    scope: str
    value: Number
    stage: Stage = "final"


@get(
    "/scoring/divisions/{division_id:uuid}/deductions", audience=DESK, roles=("scorekeeper", "supervisor", "timekeeper")
)
async def deductions_page(edge: EdgeDep, division_id: FromPath[UUID]) -> Response[Any]:
    """What was recorded beside the marks, and the forms for more."""
    told, context = await _gathered(edge, division_id)
    return edge.page("deductions.html", json=told, **told, **context)


@get("/scoring/divisions/{division_id:uuid}/adjustments", audience=DESK, roles=("panel_leader",))
async def adjustments_page(edge: EdgeDep, division_id: FromPath[UUID]) -> Response[Any]:
    """The leader's own adjustments; of a leader's fellow judges and of deductions it shows nothing."""
    async with edge.transaction() as tx:
        await actions.check_leader(tx, division_id, edge.signed_in.handle)
    told, context = await _gathered(edge, division_id)
    own = {"adjustments": told["adjustments"]}
    return edge.page("adjustments.html", json=own, **own, **context)


@post(
    "/scoring/divisions/{division_id:uuid}/deductions",
    audience=DESK,
    roles=("scorekeeper", "timekeeper"),
    again=deductions_page,
)
async def deduct(edge: EdgeDep, division_id: FromPath[UUID]) -> Response[Any]:
    """Record a deduction; without a quantity, the seconds over time that the clock has recorded."""
    form = await edge.body(DeductionForm)
    about = _about(edge, division_id, form.id, form.entry_id, form.stage)
    async with edge.transaction() as tx:
        if form.quantity is None:
            reason = form.reason or edge.say("deductions.by_the_clock")
            position = await actions.deduct_overtime(tx, about, form.key, reason)
        else:
            position = await actions.deduct(tx, about, form.key, form.quantity, form.reason)
    return _recorded(edge, division_id, form.id, position)


@post("/scoring/deductions/{deduction_id:uuid}/withdrawals", audience=DESK, roles=("scorekeeper",))
async def withdraw(edge: EdgeDep, deduction_id: FromPath[UUID]) -> Response[Any]:
    """Withdraw a deduction, with a reason; it stays to be seen."""
    form = await edge.body(WithdrawalForm)
    async with edge.transaction() as tx:
        division_id, position = await actions.withdraw(tx, deduction_id, form.reason, edge.signed_in.handle, edge.now)
    return _recorded(edge, division_id, deduction_id, position)


@post(
    "/scoring/divisions/{division_id:uuid}/adjustments", audience=DESK, roles=("panel_leader",), again=adjustments_page
)
async def adjust(edge: EdgeDep, division_id: FromPath[UUID]) -> Response[Any]:
    """The panel's leader adjusts an entry's result within the rule's bounds."""
    form = await edge.body(AdjustmentForm)
    about = _about(edge, division_id, form.id, form.entry_id, form.stage)
    async with edge.transaction() as tx:
        position = await actions.adjust(tx, about, form.amount, form.reason)
    answer = {"id": form.id, "ledger_position": position}
    return edge.done(f"/scoring/divisions/{division_id}/adjustments", answer, status=201)


@post(
    "/scoring/divisions/{division_id:uuid}/difficulties", audience=DESK, roles=("scorekeeper",), again=deductions_page
)
async def set_difficulty(edge: EdgeDep, division_id: FromPath[UUID]) -> Response[Any]:
    """Set how difficult what an entry shows is."""
    form = await edge.body(DifficultyForm)
    about = _about(edge, division_id, form.id, form.entry_id, form.stage)
    part, _, criterion = form.scope.partition("/")
    async with edge.transaction() as tx:
        position = await actions.set_difficulty(tx, about, part, criterion, form.value)
    return _recorded(edge, division_id, form.id, position)


def _about(edge: Edge, division_id: UUID, record_id: UUID, entry_id: UUID, stage: Stage) -> About:
    return About(
        id=record_id, division_id=division_id, stage=stage, entry_id=entry_id, by=edge.signed_in.handle, now=edge.now
    )


def _recorded(edge: Edge, division_id: UUID, record_id: UUID, position: int) -> Response[Any]:
    answer = {"id": record_id, "ledger_position": position}
    return edge.done(f"/scoring/divisions/{division_id}/deductions", answer, status=201)


async def _gathered(edge: Edge, division_id: UUID) -> tuple[dict[str, Any], dict[str, Any]]:
    """What a JSON client is told, and what else the pages show. Deductions are made in the final."""
    async with edge.transaction() as tx:
        division = await rolls.division(tx, division_id)
        rule = (await rubrics.of_division(tx, division_id)).rule
        roll = await rolls.current(tx, division_id, "final")
        records = await actions.records(tx, division_id, "final")
        overtimes = await actions.overtimes(tx, division_id)
        is_locked = "final" in await sheets.locked(tx, division_id)
    items = roll.items if roll else ()
    by_kind = sorted(records.standing, key=lambda each: (str(each.entry_id), each.key))
    off = {
        place: domain.points(rule, list(some))
        for place, some in groupby(by_kind, key=lambda each: (each.entry_id, each.key))
    }
    timed = domain.timed(rule)
    done = {entry for entry, key in off if key in timed}
    told = {
        "deductions": records.deductions,
        "adjustments": tuple(records.adjusted.values()),
        "difficulties": tuple(records.difficulty.values()),
        "points": [{"entry_id": entry, "key": key, "points": points} for (entry, key), points in off.items()],
    }
    context = {
        "division": division,
        "rule": rule,
        "entries": items,
        "codes": {item.entry_id: item.code for item in items},
        "off": off,
        "overtimes": [each for each in overtimes if each.entry_id not in done] if timed and not is_locked else [],
        "timed": timed,
        "scopes": domain.difficult(rule),
        "bounds": domain.bounds_of(rule.adjustment) if rule.adjustment else {},
        "is_locked": is_locked,
        "new_id": new_id,
    }
    return told, context


ROUTES = [deductions_page, adjustments_page, deduct, withdraw, adjust, set_difficulty]
