"""能不能开始: the organiser's overview, which the supervisor sees too."""

from typing import Any
from uuid import UUID

import msgspec
from litestar import Response
from litestar.params import FromPath

from services.registration.activities import actions as activities
from services.registration.overviews import actions
from services.registration.overviews.actions import Overview
from shared import witness
from shared.web.edge import EdgeDep
from shared.web.routing import get

AUDIENCE, ROLES = "registration_supervisor", ("organiser", "administrator", "supervisor")


@get("/registration/overview", audience=AUDIENCE, roles=ROLES)
async def page(edge: EdgeDep) -> Response[Any]:
    """Every activity: can we start?"""
    async with edge.transaction() as tx:
        found = await actions.overviews(tx, edge.now)
        doubts = await witness.doubts(tx) if edge.has("supervisor") else []
    return edge.page("overview.html", overviews=found, doubts=doubts, json={"activities": [_told(each) for each in found]})


@get("/registration/activities/{activity_id:uuid}/overview", audience=AUDIENCE, roles=ROLES)
async def one(edge: EdgeDep, activity_id: FromPath[UUID]) -> Response[Any]:
    """One activity: can we start?"""
    async with edge.transaction() as tx:
        found = await actions.overview(tx, await activities.activity(tx, activity_id), edge.now)
    return edge.page("overview.html", overviews=[found], doubts=[], json=_told(found))


def _told(overview: Overview) -> dict[str, Any]:
    return {
        "id": overview.activity.id,
        "key": overview.activity.key,
        "title": overview.activity.title,
        "phase": overview.phase,
        "may_start": overview.may_start,
        "missing": overview.missing,
        "groups": msgspec.to_builtins(overview.groups),
    }


ROUTES = [page, one]
