"""The office issues; anybody checks, by scanning the code or entering the number. /awards/certificates/<token> is permanent."""

from datetime import date
from typing import Any

import msgspec
from litestar import Response
from litestar.params import FromPath, FromQuery
from msgspec import Struct

from services.awards.certificates import actions
from services.awards.certificates.actions import Checked
from services.awards.editions import actions as editions
from shared.web.edge import Edge, EdgeDep
from shared.web.routing import get, post
from shared.web.signin import Nothing

OFFICE = ("organiser", "administrator")


class RevocationBody(Struct, forbid_unknown_fields=True):
    number: str
    on: date
    document_no: str
    reason: str


@get("/awards/editions/{key:str}/certificates", audience="awards_office", roles=OFFICE)
async def page(edge: EdgeDep, key: FromPath[str]) -> Response[Any]:
    """The certificates of an edition, and the button that issues what is due."""
    async with edge.transaction() as tx:
        edition = await editions.by_key(tx, key)
        decided = [each for each in await editions.award_states(tx, edition.id) if each.commendation_id]
        tokens = await actions.tokens(tx, edition.id)
    by_hand = {each.id: actions.unprinted(each) for each in decided}
    told = [
        {"award_id": a.id, "number": a.certificate_no, "token": tokens.get(a.id), "by_hand": by_hand[a.id]}
        for a in decided
    ]
    return edge.page(
        "certificates.html",
        edition=edition,
        awards=decided,
        tokens=tokens,
        by_hand=by_hand,
        json={"key": key, "certificates": told},
    )


@post("/awards/editions/{key:str}/certificates", audience="awards_office", roles=OFFICE, again=page)
async def issue(edge: EdgeDep, key: FromPath[str]) -> Response[Any]:
    """Issue every certificate that is due; doing it again issues nothing twice."""
    await edge.body(Nothing)
    async with edge.transaction() as tx:
        edition = await editions.by_key(tx, key)
        private = edge.settings.secret("certificate.key").decode()
        issued = await actions.issue(
            tx, edge.more["files"], edition.id, private, edge.settings.public_url, edge.signed_in.person_id, edge.now
        )
    return edge.done(f"/awards/editions/{key}/certificates", {"issued": issued}, status=201)


@get("/awards/certificates", audience="awards_public")
async def by_number(edge: EdgeDep, number: FromQuery[str | None] = None) -> Response[Any]:
    """The page where a number is entered; with `?number=` the check itself."""
    if number is None:
        return edge.page("check_number.html", number="", json={"enter": "number"})
    return await _answered(edge, number)


@post("/awards/certificates", audience="awards_public", again=by_number)
async def find(edge: EdgeDep) -> Response[Any]:
    """Check by number; the form posts it so that a mistyped number comes back with its sentence."""
    return await _answered(edge, (await edge.body(NumberBody)).number)


class NumberBody(Struct, forbid_unknown_fields=True):
    number: str


async def _answered(edge: Edge, number: str) -> Response[Any]:
    async with edge.transaction() as tx:
        checked = await actions.check_number(tx, number, edge.settings.secret("certificate.pub").decode())
    return _page(edge, checked)


@get("/awards/certificates/{token:str}", audience="awards_public")
async def check(edge: EdgeDep, token: FromPath[str]) -> Response[Any]:
    """What is established of this certificate as of now, and what no server can establish."""
    async with edge.transaction() as tx:
        checked = await actions.check_token(tx, token, edge.settings.secret("certificate.pub").decode())
    return _page(edge, checked)


@get("/awards/certificates/{token:str}/sheet", audience="awards_public")
async def sheet(edge: EdgeDep, token: FromPath[str]) -> Response[Any]:
    """The sheet as it was issued, PDF."""
    async with edge.transaction() as tx:
        name, content = await actions.sheet(tx, edge.more["files"], token)
    return edge.file(content, "application/pdf", name)


@get("/awards/certificate-keys", audience="awards_public")
async def keys(edge: EdgeDep) -> Response[Any]:
    """The public key as a JWK Set: signatures can be checked without this server."""
    return edge.answer(actions.public_keys(edge.settings.secret("certificate.pub").decode()))


@get("/awards/revocations", audience="awards_office", roles=OFFICE)
async def revocations(edge: EdgeDep) -> Response[Any]:
    """The form for a revocation."""
    return edge.page("revocations.html", json={"enter": "number"})


@post("/awards/revocations", audience="awards_office", roles=OFFICE, again=revocations)
async def revoke(edge: EdgeDep) -> Response[Any]:
    """Revoke a certificate; it stays checkable and says so."""
    body = await edge.body(RevocationBody)
    async with edge.transaction() as tx:
        await actions.revoke(
            tx, body.number, body.on, body.document_no, body.reason, edge.signed_in.person_id, edge.now
        )
    return edge.done("/awards/revocations", {"number": body.number}, status=201)


def _page(edge: Edge, checked: Checked) -> Response[Any]:
    told = {
        "verdict": checked.statement.verdict, "as_of": edge.now, "established": checked.statement.established,
        "not_established": checked.statement.not_established, "certificate": checked.content, "signature": checked.signature,
        "key_id": checked.key_id, "keys": "/awards/certificate-keys", "revoked_on": checked.revoked_on,
        "revoked_by": checked.revoked_by, "statement": edge.say(f"check.{checked.statement.verdict}"),
    }  # fmt: skip
    days = {
        name: date.fromisoformat(getattr(checked.content, name)) for name in ("approved_on", "decided_on", "issued_on")
    }
    return edge.page("check.html", c=checked, said=msgspec.to_builtins(checked.content), days=days, json=told)


ROUTES = [page, issue, by_number, find, check, sheet, keys, revocations, revoke]
