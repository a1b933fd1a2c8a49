"""The timekeeper's page: start, pause, resume and end a lesson's clock, put a wrong tap right; the contestant's screen."""

from typing import Annotated, Any
from uuid import UUID

from litestar import Response
from litestar.params import FromPath
from msgspec import Meta, Struct

from services.scoring.clocks import actions, domain
from services.scoring.clocks.domain import Clock, Step
from services.scoring.panels import actions as panels
from services.scoring.rolls import actions as rolls
from services.scoring.running_orders import actions as running_orders
from shared.web.edge import EdgeDep
from shared.web.routing import get, post

ROLES = ("timekeeper", "scorekeeper")
CLOCK_WORDS = ("clock_idle", "clock_ended", "clock_paused", "clock_left", "clock_warning", "clock_over", "stale")
Seconds = Annotated[int, Meta(ge=1, le=86_400)]


class Start(Struct, forbid_unknown_fields=True):
    entry_id: UUID
    limit_seconds: Seconds = 1200
    warning_seconds: Seconds = 1080


class Move(Struct, forbid_unknown_fields=True):
    """seen: how many taps the page knew; where another page has tapped since, this one is told."""

    step: Step
    reason: str = ""
    seen: int | None = None


class CorrectionForm(Struct, forbid_unknown_fields=True):
    """seconds: the tap should have come so much later (earlier where negative); none takes it back."""

    tap_id: UUID
    reason: str
    seconds: int | None = None


@get("/scoring/divisions/{division_id:uuid}/clocks", audience="scoring_desk", roles=(*ROLES, "supervisor"))
async def clocks_page(edge: EdgeDep, division_id: FromPath[UUID]) -> Response[Any]:
    async with edge.transaction() as tx:
        division = await rolls.division(tx, division_id)
        roll = await running_orders.taking_part(tx, division_id, "final")
        clocks = await actions.of_division(tx, division_id)
        problems = await panels.problems(tx, division_id)
        logs = {clock.entry_id: await actions.taps(tx, division_id, clock.entry_id) for clock in clocks}
    by_entry = {clock.entry_id: clock for clock in clocks}
    items = list(roll.items) if roll else []
    open_clock = next((clock for clock in clocks if clock.state != "ended"), None)
    current = next((item for item in items if open_clock and item.entry_id == open_clock.entry_id), None)
    return edge.page(
        "clocks.html",
        json={"clocks": [{**_told(edge, clock), "log": logs[clock.entry_id]} for clock in clocks]},
        division=division,
        entries=items,
        clocks=by_entry,
        open_clock=open_clock,
        current=current,
        following=next((item for item in items if item.entry_id not in by_entry), None),
        told=_told(edge, open_clock) if open_clock else None,
        problems=problems,
        logs=logs,
        numbers={tap.id: tap.number for log in logs.values() for tap in log},
        standing=domain.standing,
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
        clock = await actions.start(tx, wanted, edge.now, by=edge.signed_in.handle)
    edge.more["board"].touch(division_id)
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
        clock = await actions.take(
            tx, division_id, entry_id, body.step, edge.now, by=edge.signed_in.handle, reason=body.reason, seen=body.seen
        )
    edge.more["board"].touch(division_id)
    return edge.done(f"/scoring/divisions/{division_id}/clocks", _told(edge, clock))


@post(
    "/scoring/divisions/{division_id:uuid}/clocks/{entry_id:uuid}/corrections",
    audience="scoring_desk",
    roles=ROLES,
    again=clocks_page,
)
async def correct_clock(edge: EdgeDep, division_id: FromPath[UUID], entry_id: FromPath[UUID]) -> Response[Any]:
    """A wrong tap: the log keeps it and says what is right."""
    body = await edge.body(CorrectionForm)
    async with edge.transaction() as tx:
        clock = await actions.correct(
            tx, division_id, entry_id, body.tap_id, body.seconds, body.reason, edge.signed_in.handle, edge.now
        )
    edge.more["board"].touch(division_id)
    return edge.done(f"/scoring/divisions/{division_id}/clocks", _told(edge, clock) if clock else {})


@get("/scoring/clocks/{division_id:uuid}/screen", audience="scoring_desk", roles=(*ROLES, "supervisor"))
async def clock_screen(edge: EdgeDep, division_id: FromPath[UUID]) -> Response[Any]:
    """The contestant's screen: the clock alone, to be read from ten metres; it follows the hall's own frames."""
    async with edge.transaction() as tx:
        division = await rolls.division(tx, division_id)
        clocks = await actions.of_division(tx, division_id)
    words = {key: edge.say(f"board.{key}", time="{time}") for key in CLOCK_WORDS}
    facts = {"division_id": str(division_id), "words": words, "now": int(edge.now.timestamp() * 1000)}
    return edge.page(
        "clock_screen.html", json={"clocks": [_told(edge, each) for each in clocks]}, division=division, facts=facts
    )


def _told(edge: EdgeDep, clock: Clock) -> dict[str, object]:
    return {
        "entry_id": clock.entry_id,
        "state": clock.state,
        "passed_ms": clock.passed(edge.now),
        "limit_seconds": clock.limit_seconds,
        "warning_seconds": clock.warning_seconds,
    }


ROUTES = [clocks_page, start_clock, move_clock, correct_clock, clock_screen]
