"""Signing in, choosing a password, the first visit, tickets for the other services, and the organiser's account list."""

from typing import Any, Literal
from uuid import UUID

from litestar import Response
from litestar.params import FromPath, FromQuery
from msgspec import Struct

from services.registration.accounts import actions, domain
from shared.errors import Refused
from shared.ids import new_id
from shared.web import gate
from shared.web.edge import Edge, EdgeDep
from shared.web.routing import get, post
from shared.web.signin import Nothing, inside, with_session

GATE = "registration_gate"
ORGANISERS = ("organiser", "administrator")
SIZE = 100


class SignIn(Struct, forbid_unknown_fields=True):
    account: str
    password: str
    return_to: str = ""


class Choice(Struct, forbid_unknown_fields=True):
    account: str
    code: str
    password: str
    return_to: str = ""


class Change(Struct, forbid_unknown_fields=True):
    current: str
    password: str


class FirstVisit(Struct, forbid_unknown_fields=True):
    code: str
    account: str
    name: str
    password: str


class Wanted(Struct, forbid_unknown_fields=True):
    service: Literal["scoring", "awards"]


@get("/registration/sign-in", audience=GATE)
async def sign_in_page(edge: EdgeDep, return_to: FromQuery[str] = "") -> Response[Any]:
    """The sign-in form; before there is an administrator, the way to the first visit."""
    async with edge.transaction() as tx:
        is_set_up = await actions.is_set_up(tx)
    return edge.page("sign_in.html", return_to=return_to, is_set_up=is_set_up, json={"is_set_up": is_set_up})


@post("/registration/session", audience=GATE, again=sign_in_page)
async def sign_in(edge: EdgeDep) -> Response[Any]:
    """Swap account and password for a session. Raises Refused: sign_in_failed, password_not_chosen and those of pace."""
    body = await edge.body(SignIn)
    async with edge.transaction() as tx:
        account = await actions.begin_try(tx, body.account.strip()[:64])
    if domain.is_code(account, body.password):
        raise Refused("password_not_chosen", field="password")
    if not await actions.is_password(account, body.password) or account is None:
        raise Refused("sign_in_failed", field="password")
    async with edge.transaction() as tx:
        token = await actions.start_session(tx, account)
    return _signed_in(edge, token, account.person_id, body.return_to)


@get("/registration/passwords", audience=GATE)
async def password_page(edge: EdgeDep, return_to: FromQuery[str] = "") -> Response[Any]:
    """Choose a password with a first code."""
    return edge.page("password.html", return_to=return_to, least=domain.LEAST_LENGTH, json={})


@post("/registration/passwords", audience=GATE, again=password_page)
async def choose_password(edge: EdgeDep) -> Response[Any]:
    """Use up a first code. Raises Refused: code_wrong, those of domain.check_password and those of pace."""
    body = await edge.body(Choice)
    domain.check_password(body.account.strip(), body.password)
    async with edge.transaction() as tx:
        account = await actions.begin_try(tx, body.account.strip()[:64])
    if account is None or not domain.is_code(account, body.code):
        raise Refused("code_wrong", field="code")
    password_hash = await actions.hashed(body.password)
    async with edge.transaction() as tx:
        token = await actions.choose_password(tx, account, password_hash)
    return _signed_in(edge, token, account.person_id, body.return_to, 201)


@get("/registration/own-password", audience=GATE, roles="signed_in")
async def own_password_page(edge: EdgeDep) -> Response[Any]:
    """Change one's own password."""
    return edge.page("own_password.html", least=domain.LEAST_LENGTH, json={})


@post("/registration/own-password", audience=GATE, roles="signed_in", again=own_password_page)
async def change_password(edge: EdgeDep) -> Response[Any]:
    """Change it; the person's other sessions end. Raises Refused: password_wrong, those of domain.check_password and of pace."""
    body = await edge.body(Change)
    async with edge.transaction() as tx:
        account = await actions.begin_own_try(tx, edge.signed_in.person_id)
    domain.check_password(account.account, body.password)
    if not await actions.is_password(account, body.current):
        raise Refused("password_wrong", field="current")
    password_hash = await actions.hashed(body.password)
    async with edge.transaction() as tx:
        token = await actions.choose_password(tx, account, password_hash)
    return _signed_in(edge, token, account.person_id, "/registration/")


@get("/registration/setup", audience=GATE)
async def setup_page(edge: EdgeDep) -> Response[Any]:
    """The first visit: make the first administrator with the code the terminal shows."""
    async with edge.transaction() as tx:
        is_done = await actions.is_set_up(tx)
    return edge.page("setup.html", is_done=is_done, least=domain.LEAST_LENGTH, json={"is_done": is_done})


@post("/registration/setup", audience=GATE, again=setup_page)
async def set_up(edge: EdgeDep) -> Response[Any]:
    """Make the first administrator and sign in. Raises Conflict: setup_done; Refused: first_code_wrong, account_taken."""
    body, person_id, secret = await edge.body(FirstVisit), new_id(), edge.settings.secret
    account, name = _filled(body.account, "account"), _filled(body.name, "name")
    domain.check_password(account, body.password)
    password_hash = await actions.hashed(body.password)
    async with edge.transaction() as tx:
        code_hash, key = secret("first_code").decode(), edge.settings.installation_key
        token = await actions.set_up(tx, person_id, account, name, password_hash, body.code, code_hash, key)
    return _signed_in(edge, token, person_id, "/registration/seasons", 201)


@get("/registration/tickets", audience=GATE, roles="signed_in")
async def ticket_page(edge: EdgeDep, service: FromQuery[str], return_to: FromQuery[str] = "") -> Response[Any]:
    """A page that takes the browser on to another service with a ticket in a form's body."""
    if service not in ("scoring", "awards"):
        raise Refused("service_unknown", value=service[:40])
    return edge.page(
        "ticket.html", target=service, ticket=_ticket(edge, service), return_to=inside(service, return_to), json={}
    )


@post("/registration/tickets", audience=GATE, roles="signed_in")
async def ticket(edge: EdgeDep) -> Response[Any]:
    """A ticket for another service: one use, 60 s."""
    body = await edge.body(Wanted)
    return edge.answer({"ticket": _ticket(edge, body.service)}, 201)


@get("/registration/accounts", audience="registration_organiser", roles=ORGANISERS)
async def page(edge: EdgeDep, q: FromQuery[str] = "", page: FromQuery[int] = 1) -> Response[Any]:
    """Who has an account, and who has not chosen a password yet."""
    async with edge.transaction() as tx:
        listed, numbers = await actions.page(tx, q, page, SIZE), await actions.numbers(tx)
    shown = {"ready": numbers[0], "code_issued": numbers[1], "no_code": numbers[2]}
    rows = [
        {"person_id": each.person_id, "account": each.account, "name": each.name, "state": each.state}
        for each in listed
    ]
    return edge.page(
        "accounts.html", accounts=rows, numbers=shown, q=q, number=page, size=SIZE, code=None,
        json={"accounts": rows, "numbers": shown},
    )  # fmt: skip


@post("/registration/accounts/first-codes", audience="registration_organiser", roles=ORGANISERS, again=page)
async def first_codes(edge: EdgeDep) -> Response[Any]:
    """A file of new first codes for everybody who has neither password nor code; they are never shown again."""
    await edge.body(Nothing)
    async with edge.transaction() as tx:
        codes = await actions.issue_first_codes(tx)
    if not codes:
        raise Refused("first_codes_issued")
    response = edge.file(actions.as_csv(codes), "text/csv", f"{edge.say('accounts.file')}.csv")
    response.status_code = 201
    return response


@post("/registration/accounts/{person_id:uuid}/first-code", audience=GATE, roles=ORGANISERS)
async def first_code(edge: EdgeDep, person_id: FromPath[UUID]) -> Response[Any]:
    """A new first code for somebody who forgot the password; shown once."""
    await edge.body(Nothing)
    async with edge.transaction() as tx:
        code = await actions.issue_first_code(tx, person_id)
    return edge.page("first_code.html", status=201, code=code, json=code)


def _signed_in(edge: Edge, token: str, person_id: UUID, return_to: str, status: int = 200) -> Response[Any]:
    answer = {"person_id": person_id, "csrf": gate.csrf(token)}
    return with_session(edge, edge.done(inside("registration", return_to), answer, status), token)


def _ticket(edge: Edge, service: str) -> str:
    session = edge.signed_in
    return gate.issue_ticket(edge.settings.secret("ticket.key"), service, session.person_id, session.handle)


def _filled(text: str, field: str) -> str:
    if not text.strip() or len(text) > 64:
        raise Refused("field_absent", field=field)
    return text.strip()


ROUTES = [
    sign_in_page,
    sign_in,
    password_page,
    choose_password,
    setup_page,
    set_up,
    ticket_page,
    own_password_page,
    change_password,
    ticket,
    page,
    first_codes,
    first_code,
]
