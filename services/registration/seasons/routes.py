"""The organiser's page that takes a season folder. With JavaScript it sends the folder to all three services."""

from typing import Any
from uuid import UUID

import msgspec
from litestar import Response
from litestar.params import FromPath

from services.registration.seasons import actions
from services.registration.seasons.domain import Check, Stored
from shared.ids import new_id
from shared.web.edge import Edge, EdgeDep
from shared.web.routing import get, post
from shared.web.signin import Nothing
from shared.web.texts import sentence

ORGANISERS = ("organiser", "administrator")
MOST_BYTES = 32 * 1024 * 1024
MOST_SHOWN = 500


@get("/registration/seasons", audience="registration_organiser", roles=ORGANISERS)
async def page(edge: EdgeDep) -> Response[Any]:
    """Upload a folder; see the seasons that are stored."""
    async with edge.transaction() as tx:
        seasons = await actions.seasons(tx)
    return edge.page("seasons.html", seasons=seasons, json={"seasons": [_told(each) for each in seasons]})


@post(
    "/registration/seasons/checks",
    audience="registration_organiser",
    roles=ORGANISERS,
    again=page,
    limit=MOST_BYTES,
)
async def check(edge: EdgeDep) -> Response[Any]:
    """Check an uploaded folder as a whole; nothing is stored but the check."""
    examined = await actions.examine(await edge.uploads())
    async with edge.transaction() as tx:
        made = await actions.record(tx, new_id(), examined, edge.signed_in.person_id, edge.now)
    return edge.done(f"/registration/seasons/checks/{made.id}", _answer(edge, made), status=201)


@get("/registration/seasons/checks/{check_id:uuid}", audience="registration_organiser", roles=ORGANISERS)
async def check_page(edge: EdgeDep, check_id: FromPath[UUID]) -> Response[Any]:
    """Every fault with its place, or what would be stored."""
    async with edge.transaction() as tx:
        found = await actions.check(tx, check_id)
    placed = [(fault, sentence(edge.house.texts, edge.language, fault)) for fault in found.faults[:MOST_SHOWN]]
    return edge.page("season_check.html", check=found, placed=placed, json=_answer(edge, found))


@post(
    "/registration/seasons/{check_id:uuid}",
    audience="registration_organiser",
    roles=ORGANISERS,
    again=check_page,
)
async def keep(edge: EdgeDep, check_id: FromPath[UUID]) -> Response[Any]:
    """Store a checked folder without faults; storing it twice stores it once."""
    await edge.body(Nothing)
    async with edge.transaction() as tx:
        found = await actions.check(tx, check_id)
        files = await actions.content(tx, found)
        if found.season_id:
            return edge.done(
                "/registration/seasons", {"season_id": found.season_id, "key": found.summary.key}, status=201
            )
    examined = await actions.examine(files, found.content_hash)
    async with edge.transaction() as tx:
        stored = await actions.keep(
            tx, check_id, examined, edge.signed_in.person_id, edge.settings.installation_key, edge.now
        )
    return edge.done("/registration/seasons", {"season_id": stored.id, "key": stored.key}, status=201)


def _answer(edge: Edge, check: Check) -> dict[str, Any]:
    faults = [
        {**msgspec.to_builtins(fault), "sentence": sentence(edge.house.texts, edge.language, fault)}
        for fault in check.faults
    ]
    return {"check_id": check.id, "season_id": check.season_id, "faults": faults, "summary": check.summary}


def _told(season: Stored) -> dict[str, Any]:
    return {"id": season.id, "key": season.key, "title": season.title, "stored_at": season.stored_at}


ROUTES = [page, check, check_page, keep]
