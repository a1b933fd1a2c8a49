"""The committee's page of a programme, the paper of a member, and the two steps of a round: open and close."""

import asyncio
from datetime import datetime
from pathlib import Path
from typing import Annotated, Any
from uuid import UUID

import msgspec
from litestar import Response
from litestar.params import FromPath
from msgspec import Meta, Struct

from services.awards.ballots import actions
from services.awards.ballots.actions import Meeting
from services.awards.ballots.domain import Choice
from shared import pdf
from shared.ids import new_id
from shared.web.edge import Edge, EdgeDep
from shared.web.routing import get, post

TEMPLATE = Path(__file__).parent.parent / "templates" / "list.typ"
READERS = ("committee", "supervisor", "teller", "organiser", "administrator")
HOLDERS = ("committee", "teller")


class NewRound(Struct, forbid_unknown_fields=True, kw_only=True):
    """present, recused: accounts. closes_at: aware; without it the programme's time, later half an hour."""

    id: UUID
    present: list[str] = []
    recused: list[str] = []
    closes_at: Annotated[datetime, Meta(tz=True)] | None = None


class Paper(Struct, forbid_unknown_fields=True, kw_only=True):
    """choices: candidate -> choice, for every candidate of the round."""

    choices: dict[UUID, Choice] = {}


class Nothing(Struct, forbid_unknown_fields=True):
    pass


def reading(edge: Edge) -> str:
    """The audience in which this reader reads: reasons of a veto are for committee and supervisor."""
    if edge.has("committee"):
        return "awards_committee"
    return "awards_supervisor" if edge.has("supervisor") else "awards_office"


def viewer(edge: Edge, at: Meeting) -> dict[str, object]:
    """Who looks at the page, for its head."""
    name = next((member.name for member in at.members if member.handle == edge.signed_in.handle), "")
    role = next(role for role in READERS if edge.has(role))
    return {"name": name, "role": role, "holds": any(edge.has(role) for role in HOLDERS)}


@get("/awards/programmes", audience="awards_member", roles=(*READERS, "branch_officer"))
async def listed(edge: EdgeDep) -> Response[Any]:
    """Every programme and where its timetable stands."""
    async with edge.transaction() as tx:
        programmes = await actions.listed(tx, edge.now)
    return edge.page("programmes.html", programmes=programmes, json={"programmes": programmes})


@get("/awards/programmes/{key:str}", audience="awards_office", roles=READERS)
async def page(edge: EdgeDep, key: FromPath[str]) -> Response[Any]:
    """The committee's page: nominations with evidence, the ballot, and what comes next."""
    audience = reading(edge)
    async with edge.transaction(audience) as tx:
        at = await actions.meeting(tx, key, audience != "awards_office", edge.now)
    return edge.page(
        "programme.html", at=at, fresh=new_id(), mine=at.seat_of(edge.signed_in.handle), viewer=viewer(edge, at), json=at
    )


@post("/awards/programmes/{key:str}/ballots", audience="awards_committee", roles=HOLDERS, again=page)
async def open_round(edge: EdgeDep, key: FromPath[str]) -> Response[Any]:
    """Open the next round for those present; refused without a quorum, with need, got and missing."""
    body = await edge.body(NewRound)
    async with edge.transaction() as tx:
        done = await actions.open_by_key(
            tx, body.id, key, body.present, body.recused, body.closes_at, edge.signed_in.person_id, edge.now
        )
    return edge.done(f"/awards/programmes/{key}", done, status=201)


@get("/awards/ballots/{ballot_id:uuid}", audience="awards_committee", roles=READERS)
async def paper(edge: EdgeDep, ballot_id: FromPath[UUID]) -> Response[Any]:
    """The paper of a round: to fill in, or what became of it."""
    async with edge.transaction("awards_committee" if edge.has("committee") else reading(edge)) as tx:
        at = await actions.paper(tx, ballot_id, edge.signed_in.handle, edge.now)
    return edge.page("ballot.html", at=at, json=at)


@post("/awards/ballots/{ballot_id:uuid}/votes", audience="awards_committee", roles=("committee",), again=paper)
async def cast(edge: EdgeDep, ballot_id: FromPath[UUID]) -> Response[Any]:
    """Cast one's paper; it is final."""
    body = await edge.body(Paper)
    async with edge.transaction() as tx:
        await actions.cast(tx, ballot_id, edge.signed_in.handle, body.choices, edge.now)
    return edge.done(f"/awards/ballots/{ballot_id}", {"ballot_id": ballot_id, "cast": True}, status=201)


@post("/awards/ballots/{ballot_id:uuid}/closings", audience="awards_committee", roles=HOLDERS)
async def close(edge: EdgeDep, ballot_id: FromPath[UUID]) -> Response[Any]:
    """Close the round and count; without a further round the list is put forward (拟获)."""
    await edge.body(Nothing)
    async with edge.transaction() as tx:
        done = await actions.close(tx, ballot_id, edge.signed_in.person_id, edge.now)
        key = await actions.programme_key(tx, done)
    return edge.done(f"/awards/programmes/{key}", done)


@get("/awards/programmes/{key:str}/ballots.pdf", audience="awards_office", roles=READERS)
async def print_report(edge: EdgeDep, key: FromPath[str]) -> Response[Any]:
    """The report of the closed rounds, for tellers and supervisor to sign."""
    async with edge.transaction(reading(edge)) as tx:
        printed = await actions.report(tx, key, edge.say, edge.language, edge.now)
    content = await asyncio.to_thread(pdf.render, TEMPLATE, msgspec.to_builtins(printed))
    return edge.file(content, "application/pdf", f"{printed.title}-{printed.subtitle}.pdf", is_download=False)


ROUTES = [print_report, listed, page, open_round, paper, cast, close]
