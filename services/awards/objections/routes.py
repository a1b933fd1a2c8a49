"""Anybody objects on a phone; the office answers; the supervisor sees everything and changes nothing."""

from typing import Any
from uuid import UUID

from litestar import Response
from litestar.params import FromPath
from msgspec import Struct

from services.awards.objections import actions
from services.awards.objections.domain import Ground, Outcome
from shared.ids import secret_id
from shared.web.edge import EdgeDep
from shared.web.routing import get, post

OFFICE = ("organiser", "administrator")


class ObjectionBody(Struct, forbid_unknown_fields=True):
    """award_id: empty for the list as a whole; name and contact: both, or neither; receipt: 32 hex digits made by the sender."""

    ground: Ground
    text: str
    receipt: str
    award_id: UUID | None = None
    name: str = ""
    unit: str = ""
    contact: str = ""


class AnswerBody(Struct, forbid_unknown_fields=True):
    outcome: Outcome
    answer: str


@get("/awards/notices/{notice_id:uuid}/objections", audience="awards_public")
async def form(edge: EdgeDep, notice_id: FromPath[UUID]) -> Response[Any]:
    """The form for an objection."""
    async with edge.transaction() as tx:
        notice, awards, is_open = await actions.about(tx, notice_id, edge.now)
    receipt = edge.typed.get("receipt") or secret_id().hex
    return edge.page(
        "objection_form.html", notice=notice, awards=awards, is_open=is_open, receipt=receipt, grounds=actions.GROUNDS,
        json={"notice_id": notice_id, "is_open": is_open, "grounds": actions.GROUNDS, "awards": awards},
    )  # fmt: skip


@post("/awards/notices/{notice_id:uuid}/objections", audience="awards_public", again=form)
async def file(edge: EdgeDep, notice_id: FromPath[UUID]) -> Response[Any]:
    """File an objection; the receipt's address shows the answer."""
    body = await edge.body(ObjectionBody)
    async with edge.transaction("awards_public") as tx:
        filed = await actions.file(
            tx,
            notice_id,
            body.award_id,
            body.ground,
            body.text,
            (body.name, body.unit, body.contact),
            body.receipt,
            edge.now,
        )
    return edge.done(f"/awards/receipts/{body.receipt}", {"receipt": body.receipt, "named": filed.named}, status=201)


@get("/awards/receipts/{receipt:str}", audience="awards_public")
async def receipt(edge: EdgeDep, receipt: FromPath[str]) -> Response[Any]:
    """What became of an objection, for whoever holds its receipt."""
    async with edge.transaction() as tx:
        found = await actions.by_receipt(tx, receipt)
    return edge.page("receipt.html", found=found, receipt=receipt, json=found)


@get("/awards/objections", audience="awards_supervisor", roles=("supervisor",))
async def listed(edge: EdgeDep) -> Response[Any]:
    """All objections, the anonymous ones and the identities too: for the supervisor."""
    async with edge.transaction() as tx:
        found = await actions.sealed(tx)
    return edge.page("objections.html", objections=found, json={"objections": found})


@get("/awards/objections/{objection_id:uuid}", audience="awards_office", roles=OFFICE)
async def one(edge: EdgeDep, objection_id: FromPath[UUID]) -> Response[Any]:
    """A real-name objection to be examined, without the name."""
    async with edge.transaction() as tx:
        found, award = await actions.examined(tx, objection_id)
    return edge.page("objection.html", objection=found, award=award, json={"objection": found, "award": award})


@post("/awards/objections/{objection_id:uuid}/answers", audience="awards_office", roles=OFFICE, again=one)
async def answer(edge: EdgeDep, objection_id: FromPath[UUID]) -> Response[Any]:
    """The written answer: dismissed frees the award, upheld strikes it."""
    body = await edge.body(AnswerBody)
    async with edge.transaction() as tx:
        await actions.answer(tx, objection_id, body.outcome, body.answer, edge.signed_in.person_id, edge.now)
    return edge.done(f"/awards/objections/{objection_id}", {"outcome": body.outcome}, status=201)


ROUTES = [form, file, receipt, listed, one, answer]
