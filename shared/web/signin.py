"""Sessions as every service has them: who am I, sign out, swap a ticket, make the first administrator.

Registration adds its own sign-in with account and password. A page that needs somebody sends the browser to
registration, which comes back with a ticket in a form's body: never in an address.
"""

from typing import Any

from litestar import Response
from litestar.datastructures import Cookie
from litestar.handlers import HTTPRouteHandler
from msgspec import Struct

from shared.web import gate
from shared.web.edge import Edge, EdgeDep
from shared.web.routing import get, post


class Swap(Struct, forbid_unknown_fields=True):
    ticket: str
    return_to: str = ""


class Claim(Struct, forbid_unknown_fields=True):
    code: str


class Nothing(Struct, forbid_unknown_fields=True):
    pass


def with_session(edge: Edge, response: Response[Any], token: str) -> Response[Any]:
    """Give the browser its session cookie."""
    service = edge.house.service
    response.set_cookie(
        Cookie(key=f"laurel_{service}", value=token, path=f"/{service}/", httponly=True, samesite="lax",
               secure=edge.settings.is_secure)
    )  # fmt: skip
    return response


def inside(service: str, address: str) -> str:
    """An address of this service to go on to, or its front page: never another host."""
    fine = address.startswith(f"/{service}/") and not any(mark in address for mark in ("//", "\\", "\n", "\r"))
    return address if fine else f"/{service}/"


def routes(service: str) -> list[HTTPRouteHandler]:
    """The session routes of a service; the ticket's swap and setup where it is not the identity provider."""

    @get(f"/{service}/session", audience=f"{service}_gate")
    async def session(edge: EdgeDep) -> Response[Any]:
        """Who is signed in, the token every write repeats, and the account's roles here."""
        held = sorted((grant.role, grant.scope) for grant in edge.grants)
        return edge.answer(
            {
                "person_id": edge.person,
                "csrf": edge.session.csrf if edge.session else None,
                "grants": [{"role": role, "scope": scope} for role, scope in held],
            }
        )

    @post(f"/{service}/sign-out", audience=f"{service}_gate")
    async def sign_out(edge: EdgeDep) -> Response[Any]:
        await edge.body(Nothing)
        if edge.session:
            async with edge.transaction() as tx:
                await gate.end(tx, edge.session.token)
            edge.house.remembered.forget(edge.session.token)
        response = edge.done(f"/{service}/", {})
        response.delete_cookie(f"laurel_{service}", path=f"/{service}/")
        return response

    @post(f"/{service}/session", audience=f"{service}_gate")
    async def swap(edge: EdgeDep) -> Response[Any]:
        """Take a ticket of the identity provider for a session here."""
        body = await edge.body(Swap)
        async with edge.transaction() as tx:
            token = await gate.swap_ticket(tx, edge.settings.secret("ticket.pub"), service, body.ticket)
        return with_session(edge, edge.done(inside(service, body.return_to), {"csrf": gate.csrf(token)}), token)

    @get(f"/{service}/setup", audience=f"{service}_gate", roles="signed_in")
    async def setup_page(edge: EdgeDep) -> Response[Any]:
        async with edge.transaction() as tx:
            return edge.page("setup_service.html", is_done=await gate.has_administrator(tx))

    @post(f"/{service}/setup", audience=f"{service}_gate", roles="signed_in", again=setup_page)
    async def setup(edge: EdgeDep) -> Response[Any]:
        """Make the signed-in account this service's first administrator, with the one-time code of the terminal."""
        body = await edge.body(Claim)
        async with edge.transaction() as tx:
            code_hash = edge.settings.secret("first_code").decode()
            await gate.claim_administration(tx, edge.signed_in.handle, body.code, code_hash)
        return edge.done(f"/{service}/", {})

    return [session, sign_out] + ([swap, setup_page, setup] if service != "registration" else [])


