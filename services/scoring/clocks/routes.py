"""The timekeeper's page: start, pause, resume and end a lesson's clock."""

from typing import Annotated, Any
from uuid import UUID

from litestar import Response
from litestar.params import FromPath
from msgspec import Meta, Struct

from services.scoring.clocks import actions
from services.scoring.clocks.domain import Clock, Step
from services.scoring.panels import actions as panels
from services.scoring.rolls import actions as rolls
from shared.web.edge import EdgeDep
from shared.web.routing import get, post

ROLES = ("timekeeper", "scorekeeper")
Seconds = Annotated[int, Meta(ge=1, le=86_400)]


class Start(Struct, forbid_unknown_fields=True):
    entry_id: UUID
    limit_seconds: Seconds = 1200
    warning_seconds: Seconds = 1080


class Move(Struct, forbid_unknown_fields=True):
    step: Step


@get("/scoring/divisions/{division_id:uuid}/clocks", audience="scoring_desk", roles=(*ROLES, "supervisor"))
async def clocks_page(edge: EdgeDep, division_id: FromPath[UUID]) -> Response[Any]:
    async with edge.transaction() as tx:
        division = await rolls.division(tx, division_id)
        roll = await rolls.current(tx, division_id, "final")
        clocks = await actions.of_division(tx, division_id)
        problems = await panels.problems(tx, division_id)
    by_entry = {clock.entry_id: clock for clock in clocks}
    items = list(roll.items) if roll else []
    open_clock = next((clock for clock in clocks if clock.state != "ended"), None)
    current = next((item for item in items if open_clock and item.entry_id == open_clock.entry_id), None)
    return edge.page(
        "clocks.html",
        json={"clocks": [_told(edge, clock) for clock in clocks]},
        division=division,
        entries=items,
        clocks=by_entry,
        open_clock=open_clock,
        current=current,
        following=next((item for item in items if item.entry_id not in by_entry), None),
        told=_told(edge, open_clock) if open_clock else None,
        problems=problems,
    )


@post("/scoring/divisions/{division_id:uuid}/clocks", audience="scoring_desk", roles=ROLES, again=clocks_page)
async def start_clock(edge: EdgeDep, division_id: FromPath[UUID]) -> Response[Any]:
    body = await edge.body(Start)
    wanted = Clock(
        division_id=division_id,
        entry_id=body.entry_id,
        number=1,
        limit_seconds=body.limit_seconds,
        warning_seconds=body.warning_seconds,
    )
    async with edge.transaction() as tx:
        clock = await actions.start(tx, wanted, edge.now)
    return edge.done(f"/scoring/divisions/{division_id}/clocks", _told(edge, clock))


@post(
    "/scoring/divisions/{division_id:uuid}/clocks/{entry_id:uuid}",
    audience="scoring_desk",
    roles=ROLES,
    again=clocks_page,
)
async def move_clock(edge: EdgeDep, division_id: FromPath[UUID], entry_id: FromPath[UUID]) -> Response[Any]:
    body = await edge.body(Move)
    async with edge.transaction() as tx:
        clock = await actions.take(tx, division_id, entry_id, body.step, edge.now)
    return edge.done(f"/scoring/divisions/{division_id}/clocks", _told(edge, clock))


def _told(edge: EdgeDep, clock: Clock) -> dict[str, object]:
    return {
        "entry_id": clock.entry_id,
        "state": clock.state,
        "passed_ms": clock.passed(edge.now),
        "limit_seconds": clock.limit_seconds,
        "warning_seconds": clock.warning_seconds,
    }


ROUTES = [clocks_page, start_clock, move_clock]
