"""The desk of scorekeeper and supervisor: all divisions, and one division with everything that waits."""

from typing import Any
from uuid import UUID

from litestar import Response
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath, FromQuery

from services.scoring.divisions import actions, domain
from services.scoring.divisions.domain import Gathered
from services.scoring.fairness import routes as fairness
from services.scoring.locks import routes as locks
from services.scoring.remarks import routes as remarks
from services.scoring.rubrics.domain import Stage
from services.scoring.standings import routes as standings
from shared.ids import new_id
from shared.web.edge import EdgeDep
from shared.web.routing import Handler, get, post

ROLES = ("scorekeeper", "supervisor", "timekeeper", "administrator")


@get("/scoring/", audience="scoring_public", roles="signed_in")
async def home(edge: EdgeDep) -> Response[Any]:
    """Where each role goes on to."""
    roles = {grant.role for grant in edge.grants}
    return edge.page("home.html", json={"roles": sorted(roles)}, roles=roles)


@get("/scoring/divisions", audience="scoring_desk", roles=ROLES)
async def divisions_page(edge: EdgeDep) -> Response[Any]:
    async with edge.transaction() as tx:
        found = [
            (division, await actions.gather(tx, division.division_id, await actions.stage_of(tx, division.division_id)))
            for division in await actions.divisions(tx)
        ]
    rows = [(division, gathered, domain.sheet_counts(gathered)) for division, gathered in found]
    told = [{**_named(gathered), "sheets_sent": sent, "sheets_needed": all} for _, gathered, (sent, all) in rows]
    return edge.page("divisions.html", json={"divisions": told}, rows=rows)


@get("/scoring/divisions/{division_id:uuid}", audience="scoring_desk", roles=("scorekeeper", "supervisor"))
async def division_page(edge: EdgeDep, division_id: FromPath[UUID], stage: FromQuery[Stage | None] = None) -> Response[Any]:
    async with edge.transaction() as tx:
        wanted = stage or await actions.stage_of(tx, division_id)
        gathered = await actions.gather(tx, division_id, wanted)
    sent, needed = domain.sheet_counts(gathered)
    far = await fairness.outliers(gathered.basis)
    view: dict[str, Any] = {
        "owing": domain.owing(gathered, edge.language),
        "lines": domain.lines(gathered),
        "ties": domain.ties(gathered),
        "remarks": domain.wide(gathered, gathered.standings.remarks if gathered.standings else (), edge.language),
        "alerts": domain.wide(gathered, gathered.standings.alerts if gathered.standings else (), edge.language),
        "outliers": far,
        "corrections": domain.corrections(gathered, edge.language),
        "sheets_sent": sent,
        "sheets_needed": needed,
    }
    told = {**_named(gathered), **view, "requests": gathered.requests, "releases": gathered.releases}
    parts = gathered.attached.rule.parts if gathered.attached else ()
    return edge.page(
        "division.html",
        json=told,
        gathered=gathered,
        codes=domain.codes(gathered.roll),
        seats={seat.judge_id: seat for seat in gathered.panel.seats} if gathered.panel else {},
        decided=lambda step: domain.decided(step, parts, edge.say, edge.language),
        parts_released=domain.parting(gathered),
        new_id=new_id,
        me=edge.signed_in.handle,
        **view,
    )


def _named(gathered: Gathered) -> dict[str, object]:
    division = gathered.division
    return {
        "division_id": division.division_id,
        "activity_key": division.activity_key,
        "division_key": division.key,
        "title": division.title,
        "stage": gathered.stage,
        "locked": gathered.is_locked,
        "entries": len(gathered.roll.items) if gathered.roll else 0,
        "thin": gathered.thin,
        "score_sets": [
            {"id": each.id, "version": each.content.version, "sealed": each.is_sealed} for each in gathered.score_sets
        ],
    }


def _here(name: str, handler: Handler) -> HTTPRouteHandler:
    """A scorekeeper's write of this page; when it is refused, the page comes back with the reason and the typed text."""
    path = f"/scoring/divisions/{{division_id:uuid}}/{name}"
    return post(path, audience="scoring_desk", roles=("scorekeeper",), again=division_page)(handler)


ROUTES = [
    home,
    divisions_page,
    division_page,
    _here("locks", locks.ask),
    _here("remarks", remarks.ask),
    _here("votes", standings.vote),
    _here("lots", standings.draw),
]
