"""The organiser's page that takes the part of a season folder that awards owns."""

from typing import Any
from uuid import UUID

import msgspec
from litestar import Response
from litestar.params import FromPath

from services.awards.seasons import actions
from services.awards.seasons.actions import Check
from shared.ids import new_id
from shared.web.edge import Edge, EdgeDep
from shared.web.routing import get, post
from shared.web.signin import Nothing
from shared.web.texts import sentence

ORGANISERS = ("organiser", "administrator")
MOST_BYTES = 32 * 1024 * 1024


@get("/awards/seasons", audience="awards_office", roles=ORGANISERS)
async def page(edge: EdgeDep) -> Response[Any]:
    """Upload a folder; see the seasons that are stored."""
    async with edge.transaction() as tx:
        seasons = await actions.seasons(tx)
    told = [{"id": each.id, "key": each.key, "title": each.title, "stored_at": each.stored_at} for each in seasons]
    return edge.page("seasons.html", seasons=seasons, json={"seasons": told})


@post("/awards/seasons/checks", audience="awards_office", roles=ORGANISERS, again=page, limit=MOST_BYTES)
async def check(edge: EdgeDep) -> Response[Any]:
    """Check an uploaded folder as a whole; nothing is stored but the check."""
    examined = await actions.examine(await edge.uploads())
    async with edge.transaction() as tx:
        made = await actions.record(tx, new_id(), examined, edge.signed_in.person_id, edge.now)
    return edge.done(f"/awards/seasons/checks/{made.id}", _answer(edge, made), status=201)


@get("/awards/seasons/checks/{check_id:uuid}", audience="awards_office", roles=ORGANISERS)
async def check_page(edge: EdgeDep, check_id: FromPath[UUID]) -> Response[Any]:
    """Every fault with its place, or what would be stored."""
    async with edge.transaction() as tx:
        found = await actions.check(tx, check_id)
    placed = [(fault, sentence(edge.house.texts, edge.language, fault)) for fault in found.faults]
    return edge.page("season_check.html", check=found, placed=placed, json=_answer(edge, found))


@post("/awards/seasons/{check_id:uuid}", audience="awards_office", roles=ORGANISERS, again=check_page)
async def keep(edge: EdgeDep, check_id: FromPath[UUID]) -> Response[Any]:
    """Store a checked folder without faults; storing it twice stores it once."""
    await edge.body(Nothing)
    async with edge.transaction() as tx:
        found = await actions.check(tx, check_id)
        if found.season_id:
            return edge.done("/awards/seasons", {"season_id": found.season_id, "key": found.summary["key"]}, status=201)
        files = await actions.content(tx, found)
    examined = await actions.examine(files)
    async with edge.transaction() as tx:
        season_id, key = await actions.keep(
            tx, check_id, examined, edge.signed_in.person_id, edge.settings.installation_key, edge.now
        )
    return edge.done("/awards/seasons", {"season_id": season_id, "key": key}, status=201)


def _answer(edge: Edge, check: Check) -> dict[str, Any]:
    faults = [
        {**msgspec.to_builtins(fault), "sentence": sentence(edge.house.texts, edge.language, fault)}
        for fault in check.faults
    ]
    return {"check_id": check.id, "season_id": check.season_id, "faults": faults, "summary": check.summary}


ROUTES = [page, check, check_page, keep]
