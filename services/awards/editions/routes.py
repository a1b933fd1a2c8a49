"""Changed numbers of prizes: the minute is recorded before the names are opened, and stays visible."""

from datetime import date
from typing import Annotated, Any
from uuid import UUID

from litestar import Response
from litestar.params import FromPath
from msgspec import Meta, Struct

from services.awards.editions import actions
from services.awards.editions.actions import Minute
from shared.web.edge import EdgeDep
from shared.web.routing import get, post

OFFICE = ("organiser", "administrator")
READERS = (*OFFICE, "committee", "teller", "supervisor")
MOST_BYTES = 16 * 1024 * 1024


class MinuteBody(Struct, forbid_unknown_fields=True):
    """division: its key; more: negative for fewer. The scan travels beside it as the file `scan` of the multipart form."""

    division: str
    tier: str
    more: int
    title: Annotated[str, Meta(max_length=200)] = ""
    document_no: Annotated[str, Meta(max_length=100)] = ""
    dated: date | None = None


@get("/awards/editions/{key:str}/minutes", audience="awards_office", roles=OFFICE)
async def page(edge: EdgeDep, key: FromPath[str]) -> Response[Any]:
    """The frozen numbers of prizes and the minutes that changed them."""
    async with edge.transaction() as tx:
        edition = await actions.by_key(tx, key)
        extras = await actions.extra_prizes(tx, edition.id)
        remarks = await actions.remarks(tx, edition.id)
    return edge.page("minutes.html", edition=edition, extras=extras, remarks=remarks, json={"key": key, "minutes": extras})


@post("/awards/editions/{key:str}/minutes", audience="awards_office", roles=OFFICE, again=page, limit=MOST_BYTES)
async def add(edge: EdgeDep, key: FromPath[str]) -> Response[Any]:
    """Record the minute with its scan, and change the number."""
    body = await edge.body(MinuteBody)
    scan = next(iter((await edge.uploads()).items()), ("", b""))
    minute = Minute(title=body.title.strip(), document_no=body.document_no.strip(), dated=body.dated)
    async with edge.transaction() as tx:
        edition = await actions.by_key(tx, key)
        made = await actions.add_prize(
            tx, edge.more["files"], edition.id, body.division, body.tier, body.more, minute, scan,
            edge.signed_in.person_id, edge.now,
        )  # fmt: skip
    return edge.done(f"/awards/editions/{key}/minutes", made, status=201)


@get("/awards/editions/{key:str}/minutes/{minute_id:uuid}/scan", audience="awards_committee", roles=READERS)
async def scan(edge: EdgeDep, key: FromPath[str], minute_id: FromPath[UUID]) -> Response[Any]:
    """The scanned minute, for those who work on the edition."""
    async with edge.transaction() as tx:
        edition = await actions.by_key(tx, key)
        name, content = await actions.scan_of(tx, edge.more["files"], edition.id, minute_id)
    return edge.file(content, "application/octet-stream", name)


ROUTES = [page, add, scan]
