"""The shell every service wears, tried with a small plan of its own on registration's database."""

from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any
from uuid import UUID

import httpx
import pytest
from litestar import Response
from msgspec import Struct

from shared.db import transaction
from shared.errors import Conflict, Refused
from shared.ids import new_id
from shared.web import EdgeDep, FromPath, gate, get, post
from shared.web.app import Plan, make_app
from tests.conftest import PUBLIC_URL, Database, running

PERSON, HANDLE = new_id(), new_id()
FORM = """{% extends "layout.html" %}{% from "forms.html" import field, token with context %}
{% block main %}<form method="post">{{ token() }}{{ field("title", "Title") }}</form>{% endblock %}"""


class Named(Struct, forbid_unknown_fields=True):
    title: str
    count: int = 0


@get("/registration/things", audience="registration_public")
async def form(edge: EdgeDep) -> Response[Any]:
    return edge.page("form.html", json={"hello": edge.language})


@post("/registration/things", audience="registration_organiser", roles=("organiser",), again=form)
async def make(edge: EdgeDep) -> Response[Any]:
    body = await edge.body(Named)
    if body.title == "taken":
        raise Conflict("setup_done", field="title")
    if body.title == "wrong":
        raise Refused("first_code_wrong", field="title")
    return edge.done("/registration/things", {"title": body.title}, 201)


@get("/registration/things/{thing_id:uuid}", audience="registration_public", roles="signed_in")
async def thing(edge: EdgeDep, thing_id: FromPath[UUID]) -> Response[Any]:
    return edge.answer({"id": thing_id, "person": edge.person})


@get("/registration/bug", audience="registration_public")
async def bug(edge: EdgeDep) -> Response[Any]:
    raise ValueError("a secret detail")


@pytest.fixture
async def browser(
    registration_database: Database, settings: Callable[..., Any], tmp_path: Path
) -> AsyncIterator[httpx.AsyncClient]:
    (tmp_path / "templates").mkdir()
    (tmp_path / "templates" / "form.html").write_text(FORM)
    plan = Plan(service="registration", folder=tmp_path, routes=[form, make, thing, bug])
    async with AsyncExitStack() as stack:
        app = make_app(plan, settings(registration_database))
        await stack.enter_async_context(running(app))
        transport = httpx.ASGITransport(app=app, raise_app_exceptions=False)
        headers = {"Accept": "text/html", "Origin": PUBLIC_URL}
        yield await stack.enter_async_context(httpx.AsyncClient(transport=transport, base_url=PUBLIC_URL, headers=headers))


async def sign_in(browser: httpx.AsyncClient, database: Database, role: str | None = None) -> str:
    async with transaction(database.pool, "registration_gate") as tx:
        if role:
            await gate.grant(tx, HANDLE, role)
        token = await gate.start(tx, PERSON, HANDLE)
    browser.cookies.set("laurel_registration", token, path="/registration/")
    return gate.csrf(token)


async def test_a_page_and_its_data_come_from_one_route_by_accept(browser: httpx.AsyncClient) -> None:
    page = await browser.get("/registration/things", headers={"Accept-Language": "en-GB,en;q=0.9"})
    data = await browser.get("/registration/things", headers={"Accept": "application/json"})
    assert page.headers["content-type"] == "text/html; charset=utf-8"
    assert '<html lang="en">' in page.text
    assert data.json() == {"hello": "zh-CN"}


async def test_every_answer_carries_the_strict_policy(browser: httpx.AsyncClient) -> None:
    for path in ("/registration/things", "/registration/nowhere", "/registration/health/live"):
        policy = (await browser.get(path)).headers["content-security-policy"]
        assert "default-src 'none'" in policy
        assert "unsafe" not in policy


async def test_a_static_file_is_kept_for_ever_under_its_versioned_address(browser: httpx.AsyncClient) -> None:
    page = (await browser.get("/registration/things")).text
    address = page.split('rel="stylesheet" href="')[1].split('"')[0]
    answer = await browser.get(address)
    assert answer.status_code == 200
    assert "immutable" in answer.headers["cache-control"]


async def test_a_visitor_is_sent_to_sign_in_and_a_program_gets_401(browser: httpx.AsyncClient) -> None:
    path = f"/registration/things/{new_id()}"
    sent = await browser.get(path)
    told = await browser.get(path, headers={"Accept": "application/json"})
    assert (sent.status_code, sent.headers["location"].split("?")[0]) == (303, "/registration/sign-in")
    assert (told.status_code, told.headers["content-type"], told.json()["code"]) == (401, "application/problem+json", "sign_in_first")


async def test_a_signed_in_person_passes_and_a_revoked_session_does_not(
    browser: httpx.AsyncClient, registration_database: Database
) -> None:
    await sign_in(browser, registration_database)
    path, json = f"/registration/things/{new_id()}", {"Accept": "application/json"}
    assert (await browser.get(path, headers=json)).json()["person"] == str(PERSON)
    await registration_database.execute("UPDATE sessions SET revoked_at = now()")
    assert (await browser.get(path, headers=json)).status_code == 401


async def test_the_session_token_itself_is_not_stored(browser: httpx.AsyncClient, registration_database: Database) -> None:
    await sign_in(browser, registration_database)
    stored = (await registration_database.rows("SELECT * FROM sessions"))[0]
    assert browser.cookies["laurel_registration"].encode() not in bytes(stored["token_hash"])
    assert len(stored["token_hash"]) == 32


@pytest.mark.parametrize(
    ("headers", "code"),
    [
        ({"Origin": "https://evil.example"}, "origin_wrong"),
        ({"Origin": ""}, "origin_wrong"),
        ({}, "csrf_wrong"),
        ({"X-CSRF-Token": "0" * 32}, "csrf_wrong"),
    ],
)
async def test_a_write_without_origin_and_token_is_refused(
    browser: httpx.AsyncClient, registration_database: Database, headers: dict[str, str], code: str
) -> None:
    await sign_in(browser, registration_database, "organiser")
    answer = await browser.post("/registration/things", json={"title": "x"}, headers={"Accept": "application/json", **headers})
    assert (answer.status_code, answer.json()["code"]) == (403, code)


async def test_a_role_that_is_absent_is_refused(browser: httpx.AsyncClient, registration_database: Database) -> None:
    csrf = await sign_in(browser, registration_database)
    headers = {"Accept": "application/json", "X-CSRF-Token": csrf}
    answer = await browser.post("/registration/things", json={"title": "x"}, headers=headers)
    assert (answer.status_code, answer.json()["code"]) == (403, "role_absent")


@pytest.mark.parametrize(
    ("content", "kind", "status", "code"),
    [
        (b'{"title": "x"}', "application/json", 201, None),
        (b"{", "application/json", 400, "body_not_json"),
        (b'{"title": "\xff"}', "application/json", 400, "body_not_json"),
        (b'{"title": 3}', "application/json", 400, "body_wrong"),
        (b'{"title": "x", "role": "administrator"}', "application/json", 400, "body_wrong"),
        (b"<xml/>", "application/xml", 400, "content_type_wrong"),
        (b'{"title": "taken"}', "application/json", 409, "setup_done"),
        (b'{"title": "wrong"}', "application/json", 422, "first_code_wrong"),
        (b'{"title": "' + b"x" * 600_000 + b'"}', "application/json", 413, "too_large"),
    ],
)
async def test_a_body_is_judged_with_a_status_and_a_code(
    browser: httpx.AsyncClient, registration_database: Database, content: bytes, kind: str, status: int, code: str | None
) -> None:
    csrf = await sign_in(browser, registration_database, "organiser")
    headers = {"Accept": "application/json", "X-CSRF-Token": csrf, "Content-Type": kind}
    answer = await browser.post("/registration/things", content=content, headers=headers)
    assert (answer.status_code, answer.json().get("code")) == (status, code)


async def test_a_form_without_javascript_goes_on_to_the_next_page(
    browser: httpx.AsyncClient, registration_database: Database
) -> None:
    csrf = await sign_in(browser, registration_database, "organiser")
    answer = await browser.post("/registration/things", data={"title": "x", "_csrf": csrf})
    assert (answer.status_code, answer.headers["location"]) == (303, "/registration/things")


@pytest.mark.parametrize(("sent", "sentence"), [({"title": "wrong"}, "一次性设置码不正确"), ({"title": "x", "count": "many"}, "填写不正确")])
async def test_a_refused_form_comes_back_with_its_faults_and_the_typed_text(
    browser: httpx.AsyncClient, registration_database: Database, sent: dict[str, str], sentence: str
) -> None:
    csrf = await sign_in(browser, registration_database, "organiser")
    answer = await browser.post("/registration/things", data={**sent, "_csrf": csrf})
    assert answer.status_code == 422
    assert f'value="{sent["title"]}"' in answer.text
    assert sentence in answer.text.split('role="alert"')[1]


async def test_a_bug_is_told_without_its_details_and_in_the_readers_language(browser: httpx.AsyncClient) -> None:
    answer = await browser.get("/registration/bug", headers={"Accept": "application/json", "Accept-Language": "en"})
    assert (answer.status_code, answer.json()["code"]) == (500, "bug")
    assert "Something broke" in answer.json()["detail"]
    assert "secret" not in answer.text


async def test_the_routes_describe_themselves(browser: httpx.AsyncClient) -> None:
    schema = (await browser.get("/registration/openapi.json")).json()
    assert "/registration/things/{thing_id}" in schema["paths"]


async def test_an_unknown_address_is_a_page_for_a_person(browser: httpx.AsyncClient) -> None:
    answer = await browser.get("/registration/nowhere")
    assert answer.status_code == 404
    assert "没有找到" in answer.text


async def test_a_ticket_is_swapped_once_within_a_minute_by_its_audience_only(
    registration_database: Database, secrets: Path
) -> None:
    private, public = ((secrets / "registration" / name).read_bytes() for name in ("ticket.key", "ticket.pub"))
    ticket = gate.issue_ticket(private, "scoring", PERSON, HANDLE)
    codes = []
    for audience, sent in (("awards", ticket), ("scoring", ticket), ("scoring", ticket), ("scoring", ticket[:-4] + "AAAA")):
        try:
            async with transaction(registration_database.pool, "registration_gate") as tx:
                token = await gate.swap_ticket(tx, public, audience, sent)
                found = await gate.find(tx, token)
                codes.append(found.person_id if found else None)
        except gate.NotSignedIn as told:
            codes.append(told.code)
    assert codes == ["ticket_invalid", PERSON, "ticket_used", "ticket_invalid"]


async def test_an_old_ticket_has_expired(
    registration_database: Database, secrets: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    private, public = ((secrets / "registration" / name).read_bytes() for name in ("ticket.key", "ticket.pub"))
    ticket = gate.issue_ticket(private, "scoring", PERSON, HANDLE)
    now = gate.time.time()
    monkeypatch.setattr(gate.time, "time", lambda: now + 90)
    with pytest.raises(gate.NotSignedIn) as told:
        async with transaction(registration_database.pool, "registration_gate") as tx:
            await gate.swap_ticket(tx, public, "scoring", ticket)
    assert told.value.code == "ticket_expired"


async def test_the_first_administrator_needs_the_code_and_is_made_once(registration_database: Database) -> None:
    code_hash = gate.hashlib.sha256(b"AB-12").hexdigest()
    codes = []
    for code in ("AB-13", " ab-12 ", "AB-12"):
        try:
            async with transaction(registration_database.pool, "registration_gate") as tx:
                await gate.claim_administration(tx, HANDLE, code, code_hash)
                codes.append("done")
        except (Refused, Conflict) as told:
            codes.append(told.code)
    assert codes == ["first_code_wrong", "done", "setup_done"]
    assert await registration_database.value("SELECT role FROM grants") == "administrator"


async def test_the_login_role_itself_can_read_nothing(registration_database: Database) -> None:
    async with registration_database.pool.acquire() as connection:
        for table in ("outbox", "sessions", "grants", "inbox"):
            with pytest.raises(Exception, match="permission denied"):
                await connection.fetch(f"SELECT * FROM {table}")
