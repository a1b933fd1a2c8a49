"""The committee's page of a competition: the list that follows from the sealed score sets, and two signatures."""

import asyncio
from pathlib import Path
from typing import Any
from uuid import UUID

import msgspec
from litestar import Response
from litestar.params import FromPath, FromQuery
from litestar.response import Redirect
from msgspec import Struct

from services.awards.confirmations import actions
from services.awards.confirmations.actions import Desk
from shared import pdf
from shared.web.edge import Edge, EdgeDep
from shared.web.routing import get, post

TEMPLATE = Path(__file__).parent.parent / "templates" / "list.typ"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
SIGNERS = ("committee", "supervisor")
READERS = (*SIGNERS, "teller", "organiser", "administrator")


class NewSignature(Struct, forbid_unknown_fields=True, kw_only=True):
    """score_set_ids: what the page showed; a newer score set needs a new look."""

    score_set_ids: list[UUID] = []


def viewer(edge: Edge, at: Desk, name: str) -> dict[str, object]:
    """Who looks at the page, for its head and its one button."""
    has_signed = any(signature.signed_by == edge.person for signature in at.signatures)
    free = any(edge.has(role) and not at.signature(role) for role in SIGNERS)
    role = next(role for role in READERS if edge.has(role))
    return {"name": name, "role": role, "has_signed": has_signed, "can_sign": free and not has_signed}


@get("/awards/editions/{key:str}/committee", audience="awards_committee", roles=READERS)
async def page(edge: EdgeDep, key: FromPath[str], division: FromQuery[str] = "") -> Response[Any]:
    """A division's results with the prizes they bring, what is still missing, and who has signed."""
    async with edge.transaction() as tx:
        at = await actions.desk_of(tx, key)
        if at.preview.edition.kind == "programme":
            return Redirect(f"/awards/programmes/{key}", status_code=303)
        name = await actions.name_of(tx, edge.signed_in.person_id)
    return edge.page("committee.html", at=at, shown=at.division(division), viewer=viewer(edge, at, name), json=at)


@post("/awards/editions/{key:str}/confirmations", audience="awards_committee", roles=SIGNERS, again=page)
async def sign(edge: EdgeDep, key: FromPath[str]) -> Response[Any]:
    """Sign as committee or as supervisor; the second signature puts the list forward (拟获)."""
    body = await edge.body(NewSignature)
    held = {grant.role for grant in edge.grants}
    async with edge.transaction() as tx:
        done = await actions.sign_by_key(tx, key, body.score_set_ids, held, edge.signed_in.person_id, edge.now)
    return edge.done(f"/awards/editions/{key}/committee", done, status=201)


@get("/awards/editions/{key:str}/committee.pdf", audience="awards_committee", roles=READERS)
async def print_list(edge: EdgeDep, key: FromPath[str]) -> Response[Any]:
    """The list to sign on paper; it equals the page."""
    async with edge.transaction() as tx:
        printed = await actions.signing_list(tx, key, edge.say, edge.language, edge.now)
    content = await asyncio.to_thread(pdf.render, TEMPLATE, msgspec.to_builtins(printed))
    return edge.file(content, "application/pdf", f"{printed.title}-{printed.subtitle}.pdf", is_download=False)


@get("/awards/editions/{key:str}/committee.xlsx", audience="awards_committee", roles=READERS)
async def export_list(edge: EdgeDep, key: FromPath[str]) -> Response[Any]:
    """The list as a workbook, a sheet for each division."""
    async with edge.transaction() as tx:
        printed = await actions.signing_list(tx, key, edge.say, edge.language, edge.now)
    content = await asyncio.to_thread(actions.workbook, printed)
    return edge.file(content, XLSX, f"{printed.title}-{printed.subtitle}.xlsx")


ROUTES = [page, sign, print_list, export_list]
