"""The hall's page. It refreshes itself: the script asks with the version it shows and gets 304 while nothing changed."""

from typing import Any
from uuid import UUID

from litestar import Response
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath

from services.scoring.fairness import routes as fairness
from services.scoring.halls import actions, domain
from services.scoring.halls.actions import Gathered, Waiting
from services.scoring.rubrics.domain import Stage
from services.scoring.running_orders import routes as running_orders
from shared.ids import new_id
from shared.web.edge import Edge, EdgeDep
from shared.web.routing import Handler, get, post

ROLES = ("scorekeeper", "supervisor", "timekeeper", "usher")


@get("/scoring/halls", audience="scoring_hall", roles=ROLES)
async def halls_page(edge: EdgeDep) -> Response[Any]:
    """Every hall, for who works in one."""
    async with edge.transaction() as tx:
        found = await actions.halls(tx)
    return edge.page("halls.html", json={"halls": found}, halls=found)


@get("/scoring/halls/{division_id:uuid}", audience="scoring_hall", roles=ROLES)
async def hall_page(edge: EdgeDep, division_id: FromPath[UUID]) -> Response[Any]:
    """Who has not marked, tablets, calls, order and clock; for scorekeeper and supervisor also what waits for them."""
    async with edge.transaction("scoring_hall") as tx:
        gathered = await actions.gather(tx, division_id)
    waiting = None
    if edge.has("scorekeeper") or edge.has("supervisor"):
        async with edge.transaction("scoring_desk") as tx:
            waiting = await actions.waiting(tx, gathered)
    alerts = await _alerts(edge, gathered, waiting) if waiting else 0
    version = domain.version(gathered, waiting, alerts, edge.language, _stale(gathered, edge.now))
    if edge.request.headers.get("if-none-match") == f'"{version}"':
        return Response("", status_code=304, headers={"ETag": f'"{version}"', "Cache-Control": "no-store"})
    response = edge.page(
        "hall.html",
        json=_told(gathered, waiting) | {"alerts": alerts},
        gathered=gathered,
        waiting=waiting,
        alerts=alerts,
        new_id=new_id,
        me=edge.signed_in.handle,
    )
    response.headers["ETag"] = f'"{version}"'
    return response


async def _alerts(edge: Edge, gathered: Gathered, waiting: Waiting) -> int:
    """How many sheets lie far out. Computed once for each position of the ledger, not for each look at the page."""
    division_id, key = gathered.division.division_id, (waiting.position, gathered.stage)
    kept: dict[UUID, tuple[tuple[int, Stage], int]] = edge.more.setdefault("hall_alerts", {})
    if division_id not in kept or kept[division_id][0] != key:
        async with edge.transaction("scoring_desk") as tx:
            basis = await actions.basis(tx, gathered)
        kept[division_id] = (key, len(await fairness.outliers(basis)))
    return kept[division_id][1]


def _stale(gathered: Gathered, now: Any) -> list[UUID]:
    """Tablets that have fallen silent: what only time changes."""
    return [each.id for each in gathered.hall.tablets if each.is_silent(now)]


def _told(gathered: Gathered, waiting: Waiting | None) -> dict[str, Any]:
    return {
        "division_id": gathered.division.division_id, "stage": gathered.stage, "locked": gathered.is_locked,
        "hall": gathered.hall, "requests": [each for each in gathered.requests if each.is_open], "calls": gathered.calls,
        "waiting": waiting,
    }  # fmt: skip


def _here(name: str, handler: Handler, audience: str, *roles: str) -> HTTPRouteHandler:
    """A write of this page; when it is refused, the page comes back with the reason and the typed text."""
    path = f"/scoring/divisions/{{division_id:uuid}}/{name}"
    return post(path, audience=audience, roles=roles, again=hall_page)(handler)


ROUTES = [
    halls_page,
    hall_page,
    _here("order-requests", running_orders.ask, "scoring_desk", "scorekeeper"),
    _here("presences", running_orders.say, "scoring_hall", *ROLES),
]
