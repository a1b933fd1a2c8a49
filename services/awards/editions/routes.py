"""One more prize of a tier: the minute is recorded before the names are opened, and stays visible."""

from typing import Any

from litestar import Response
from litestar.params import FromPath
from msgspec import Struct

from services.awards.editions import actions
from shared.web.edge import EdgeDep
from shared.web.routing import get, post

OFFICE = ("organiser", "administrator")


class MinuteBody(Struct, forbid_unknown_fields=True):
    """division: its key; minute: document number and date of the minute."""

    division: str
    tier: str
    more: int
    minute: str = ""


@get("/awards/editions/{key:str}/minutes", audience="awards_office", roles=OFFICE)
async def page(edge: EdgeDep, key: FromPath[str]) -> Response[Any]:
    """The frozen numbers of prizes and the minutes that enlarged them."""
    async with edge.transaction() as tx:
        edition = await actions.by_key(tx, key)
        extras = await actions.extra_prizes(tx, edition.id)
    return edge.page("minutes.html", edition=edition, extras=extras, json={"key": key, "minutes": extras})


@post("/awards/editions/{key:str}/minutes", audience="awards_office", roles=OFFICE, again=page)
async def add(edge: EdgeDep, key: FromPath[str]) -> Response[Any]:
    body = await edge.body(MinuteBody)
    async with edge.transaction() as tx:
        edition = await actions.by_key(tx, key)
        await actions.add_prize(
            tx, edition.id, body.division, body.tier, body.more, body.minute, edge.signed_in.person_id, edge.now
        )
    return edge.done(f"/awards/editions/{key}/minutes", {"tier": body.tier, "more": body.more}, status=201)


ROUTES = [page, add]
