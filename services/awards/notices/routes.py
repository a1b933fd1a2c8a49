"""The office posts a list, keeps proof of posting, and loads a later year's calendar."""

from typing import Any
from uuid import UUID

from litestar import Response
from litestar.params import FromPath
from msgspec import Struct

from services.awards.editions import actions as editions
from services.awards.notices import actions
from shared.web.edge import EdgeDep
from shared.web.routing import get, post
from shared.web.signin import Nothing

OFFICE = ("organiser", "administrator")
READERS = (*OFFICE, "committee", "teller", "supervisor")
MOST_BYTES = 16 * 1024 * 1024


class PostingBody(Struct, forbid_unknown_fields=True):
    place: str


@get("/awards/editions/{key:str}/notices", audience="awards_office", roles=OFFICE)
async def page(edge: EdgeDep, key: FromPath[str]) -> Response[Any]:
    """What would be posted and until when; once posted, its proof."""
    async with edge.transaction() as tx:
        edition = await editions.by_key(tx, key)
        found = await actions.of_edition(tx, edition.id)
        states = await editions.award_states(tx, edition.id)
        face = await actions.face(tx, found, edge.now) if found else None
        postings = await actions.postings(tx, found.id) if found else []
    told = {"key": key, "state": edition.state, "notice": found, "clock": face, "postings": postings}
    return edge.page(
        "post_notice.html", edition=edition, notice=found, face=face, postings=postings, count=len(states), json=told
    )


@post("/awards/editions/{key:str}/notices", audience="awards_office", roles=OFFICE, again=page)
async def post_notice(edge: EdgeDep, key: FromPath[str]) -> Response[Any]:
    """Post the proposed list on the plan's terms."""
    await edge.body(Nothing)
    async with edge.transaction() as tx:
        edition = await editions.by_key(tx, key)
        notice = await actions.post(tx, edition.id, edge.signed_in.person_id, edge.now)
    told = {
        "notice_id": notice.id,
        "starts_on": notice.terms.starts_on,
        "ends_on": notice.ends_on,
        "list_hash": notice.list_hash,
    }
    return edge.done(f"/awards/notices/{notice.id}", told, status=201)


@post("/awards/editions/{key:str}/postings", audience="awards_office", roles=OFFICE, again=page, limit=MOST_BYTES)
async def add_posting(edge: EdgeDep, key: FromPath[str]) -> Response[Any]:
    """Keep a photograph or screenshot of the list posted elsewhere."""
    body = await edge.body(PostingBody)
    name, content = next(iter((await edge.uploads()).items()), ("", b""))
    async with edge.transaction() as tx:
        edition = await editions.by_key(tx, key)
        posting = await actions.add_posting(
            tx, edge.more["files"], edition.id, body.place, name, content, edge.signed_in.person_id, edge.now
        )
    return edge.done(f"/awards/editions/{key}/notices", posting, status=201)


@get("/awards/notices/{notice_id:uuid}/list", audience="awards_public")
async def posted(edge: EdgeDep, notice_id: FromPath[UUID]) -> Response[Any]:
    """The bytes of the list as they were posted: their SHA-256 is the checksum on the page."""
    async with edge.transaction() as tx:
        content = await actions.posted(tx, notice_id)
    return edge.file(content, "application/json", f"{notice_id}.json")


@get("/awards/calendars", audience="awards_office", roles=READERS)
async def calendars(edge: EdgeDep) -> Response[Any]:
    """The years whose working days are known."""
    async with edge.transaction() as tx:
        years = await actions.calendar_years(tx)
    last = max(actions.KNOWN.years)
    return edge.page("calendars.html", years=years, last=last, json={"known_until": last, "years": years})


@post("/awards/calendars", audience="awards_office", roles=OFFICE, again=calendars, limit=MOST_BYTES)
async def learn(edge: EdgeDep) -> Response[Any]:
    """Load a year's data file; clocks that stood for it run again."""
    await edge.body(Nothing)
    content = next(iter((await edge.uploads()).values()), b"")
    async with edge.transaction() as tx:
        year = await actions.learn_year(tx, content, edge.signed_in.person_id, edge.now)
        await actions.close_due(tx)
    return edge.done("/awards/calendars", {"year": year.year}, status=201)


ROUTES = [page, post_notice, add_posting, posted, calendars, learn]
