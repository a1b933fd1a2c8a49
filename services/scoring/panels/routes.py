"""The panel of a division: seats, who is recused from what, the form that declares a relation, and who leaves."""

from typing import Annotated, Any
from uuid import UUID

from litestar import Response
from litestar.params import FromPath, FromQuery
from msgspec import Meta, Struct

from services.scoring.panels import actions
from services.scoring.panels.actions import Declaration
from services.scoring.rolls import actions as rolls
from shared.ids import new_id, opaque
from shared.web.edge import EdgeDep
from shared.web.routing import get, post

READERS = ("scorekeeper", "supervisor", "administrator")


class RecusalForm(Struct, forbid_unknown_fields=True):
    """judge and reserve: a judge's id, or the account name the season folder uses."""

    id: UUID
    judge: Annotated[str, Meta(min_length=1, max_length=80)]
    entry_id: UUID
    relation: Annotated[str, Meta(pattern=r"\S", max_length=80)]
    reserve: Annotated[str, Meta(max_length=80)] = ""


@get("/scoring/divisions/{division_id:uuid}/panel", audience="scoring_desk", roles=READERS)
async def panel_page(edge: EdgeDep, division_id: FromPath[UUID]) -> Response[Any]:
    async with edge.transaction() as tx:
        division = await rolls.division(tx, division_id)
        panel = await actions.of_division(tx, division_id)
        assignments = await actions.assignments(tx, division_id)
        declared = await actions.relations(tx, division_id)
        problems = await actions.problems(tx, division_id)
        rosters = [await rolls.current(tx, division_id, stage) for stage in ("final", "preselection")]
    items = next((list(roll.items) for roll in rosters if roll), [])
    codes = {item.entry_id: item.code for item in items}
    names = {seat.judge_id: seat.name for seat in panel.seats}
    relations = {(each.judge_id, each.entry_id): each.relation for each in declared}
    recused = [
        {
            "code": codes[each.entry_id],
            "seat": each.seat,
            "judge": names[each.judge_id],
            "relation": relations.get((each.judge_id, each.entry_id), "same_unit"),
            "stands_in": next(
                (
                    names[other.judge_id]
                    for other in assignments
                    if other.entry_id == each.entry_id and other.seat == each.seat and other.state == "judging"
                ),
                "",
            ),
        }
        for each in assignments
        if each.state != "judging" and each.entry_id in codes
    ]
    told = {"panel": panel, "recused": recused, "problems": problems}
    return edge.page(
        "panel.html",
        json=told,
        division=division,
        panel=panel,
        entries=items,
        recused=sorted(recused, key=lambda each: str(each["code"])),
        problems=problems,
        recusal_id=new_id(),
    )


@post(
    "/scoring/divisions/{division_id:uuid}/recusals",
    audience="scoring_desk",
    roles=("scorekeeper", "administrator"),
    again=panel_page,
)
async def declare_recusal(edge: EdgeDep, division_id: FromPath[UUID]) -> Response[Any]:
    form = await edge.body(RecusalForm)
    declaration = Declaration(
        id=form.id,
        division_id=division_id,
        judge_id=_judge(edge, form.judge),
        entry_id=form.entry_id,
        relation=form.relation.strip(),
        reserve_id=_judge(edge, form.reserve) if form.reserve else None,
        declared_by=edge.signed_in.handle,
    )
    async with edge.transaction() as tx:
        await actions.declare(tx, declaration, edge.now)
    return edge.done(f"/scoring/divisions/{division_id}/panel", {"id": form.id}, status=201)


class DepartureForm(Struct, forbid_unknown_fields=True):
    """kept: the entries that the page said stay with the judge."""

    judge_id: UUID
    reserve_id: UUID | None = None
    reason: Annotated[str, Meta(max_length=500)] = ""
    kept: list[UUID] = []


@get("/scoring/divisions/{division_id:uuid}/departures", audience="scoring_desk", roles=("scorekeeper", "supervisor"))
async def departures_page(
    edge: EdgeDep, division_id: FromPath[UUID], judge_id: FromQuery[UUID | None] = None, reserve_id: FromQuery[str] = ""
) -> Response[Any]:
    """Who has left; with a judge picked, what happens if this one leaves now."""
    picked = judge_id or _uuid(edge.typed.get("judge_id", ""))
    reserve = _uuid(edge.typed.get("reserve_id", reserve_id))
    async with edge.transaction() as tx:
        division = await rolls.division(tx, division_id)
        panel = await actions.of_division(tx, division_id)
        departures = await actions.departures(tx, division_id)
        roll = await rolls.current(tx, division_id, "final") or await rolls.current(tx, division_id, "preselection")
        is_gone = picked in {each.judge_id for each in departures}
        foreseen = await actions.leaving(tx, division_id, picked, reserve, "") if picked and not is_gone else None
    return edge.page(
        "departures.html",
        json={"departures": departures, "foreseen": foreseen},
        division=division,
        panel=panel,
        departures=departures,
        foreseen=foreseen,
        judge_id=picked,
        reserve_id=reserve,
        seats={seat.judge_id: seat for seat in panel.seats},
        codes=roll.codes if roll else {},
    )


@post(
    "/scoring/divisions/{division_id:uuid}/departures",
    audience="scoring_desk",
    roles=("scorekeeper",),
    again=departures_page,
)
async def leave(edge: EdgeDep, division_id: FromPath[UUID]) -> Response[Any]:
    """The scorekeeper confirms what stood on the page, and the judge has left."""
    form = await edge.body(DepartureForm)
    async with edge.transaction() as tx:
        await actions.leave(
            tx, division_id, form.judge_id, form.reserve_id, form.reason.strip(), form.kept, edge.signed_in.handle, edge.now
        )
    return edge.done(f"/scoring/divisions/{division_id}/departures", {"judge_id": form.judge_id}, status=201)


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None


def _judge(edge: EdgeDep, text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        return opaque(edge.settings.installation_key, "account", text.strip())


ROUTES = [panel_page, declare_recusal, departures_page, leave]
