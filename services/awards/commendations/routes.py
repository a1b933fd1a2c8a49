"""The office records the decision; with it the results are public."""

from datetime import date
from typing import Any

from litestar import Response
from litestar.params import FromPath
from msgspec import Struct

from services.awards.commendations import actions
from services.awards.editions import actions as editions
from shared.web.edge import EdgeDep
from shared.web.routing import get, post

OFFICE = ("organiser", "administrator")


class DecisionBody(Struct, forbid_unknown_fields=True):
    document_no: str
    on: date


@get("/awards/editions/{key:str}/commendations", audience="awards_office", roles=OFFICE)
async def page(edge: EdgeDep, key: FromPath[str]) -> Response[Any]:
    """The decisions so far, and the form for one."""
    async with edge.transaction() as tx:
        edition = await editions.by_key(tx, key)
        decisions = await actions.of_edition(tx, edition.id)
        states = await editions.award_states(tx, edition.id)
        remarks = await editions.remarks(tx, edition.id)
    due = [each for each in states if each.approval_id and not each.commendation_id]
    return edge.page(
        "commendations.html",
        edition=edition,
        decisions=decisions,
        due=due,
        remarks=remarks,
        json={"key": key, "commendations": decisions},
    )


@post("/awards/editions/{key:str}/commendations", audience="awards_office", roles=OFFICE, again=page)
async def decide(edge: EdgeDep, key: FromPath[str]) -> Response[Any]:
    """Record document number and date."""
    body = await edge.body(DecisionBody)
    async with edge.transaction() as tx:
        edition = await editions.by_key(tx, key)
        made = await actions.decide(tx, edition.id, body.document_no, body.on, edge.signed_in.person_id, edge.now)
    return edge.done(f"/awards/editions/{key}", made, status=201)


ROUTES = [page, decide]
