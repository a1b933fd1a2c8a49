"""Upload a season folder: POST a check, look at its faults or its preview, POST the storing."""

from typing import Any
from uuid import UUID

import msgspec
from litestar import Response
from litestar.params import FromPath
from msgspec import Struct

from services.scoring.seasons import actions
from services.scoring.seasons.domain import Check
from shared.ids import new_id
from shared.tables import Folder
from shared.web.edge import Edge, EdgeDep
from shared.web.routing import get, post
from shared.web.texts import sentence

ROLES = ("administrator", "organiser")
LIMIT = 32 * 1024 * 1024


class Nothing(Struct, forbid_unknown_fields=True):
    """A form with no field but the token."""


@get("/scoring/seasons", audience="scoring_desk", roles=ROLES)
async def seasons_page(edge: EdgeDep) -> Response[Any]:
    async with edge.transaction() as tx:
        stored = await actions.seasons(tx)
    return edge.page("seasons.html", json={"seasons": stored}, seasons=stored)


@post("/scoring/seasons/checks", audience="scoring_desk", roles=ROLES, again=seasons_page, limit=LIMIT)
async def check_season(edge: EdgeDep) -> Response[Any]:
    folder = Folder.of(await edge.uploads())
    async with edge.transaction() as tx:
        checked = await actions.check(tx, folder, new_id(), edge.signed_in.person_id, edge.now)
    return edge.done(f"/scoring/seasons/{checked.id}", _told(edge, checked))


@get("/scoring/seasons/{check_id:uuid}", audience="scoring_desk", roles=ROLES)
async def check_page(edge: EdgeDep, check_id: FromPath[UUID]) -> Response[Any]:
    async with edge.transaction() as tx:
        checked = await actions.of_check(tx, check_id)
    told = [(fault, sentence(edge.house.texts, edge.language, fault)) for fault in checked.faults]
    return edge.page("season_check.html", json=_told(edge, checked), check=checked, told=told)


@post("/scoring/seasons/{check_id:uuid}", audience="scoring_desk", roles=ROLES, again=check_page)
async def load_season(edge: EdgeDep, check_id: FromPath[UUID]) -> Response[Any]:
    await edge.body(Nothing)
    async with edge.transaction() as tx:
        key = await actions.load(tx, check_id, edge.settings.installation_key, edge.signed_in.person_id, edge.now)
    return edge.done("/scoring/seasons", {"key": key}, status=201)


def _told(edge: Edge, checked: Check) -> dict[str, object]:
    faults = [
        {**msgspec.to_builtins(fault), "detail": sentence(edge.house.texts, edge.language, fault)}
        for fault in checked.faults
    ]
    return {"check_id": checked.id, "faults": faults, "summary": checked.summary}


ROUTES = [seasons_page, check_season, check_page, load_season]
