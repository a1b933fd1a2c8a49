"""The first visit, first codes, signing in and tickets, over HTTP against PostgreSQL."""

import asyncio
import csv
import io
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any
from uuid import UUID

import httpx

from shared.db import transaction
from shared.web import gate
from tests.registration.conftest import sent

Open = Callable[..., Awaitable[httpx.AsyncClient]]
PASSWORD = "一句很长很长的密码话"


async def codes_of(organiser: httpx.AsyncClient) -> dict[str, str]:
    answer = await sent(organiser, "/registration/accounts/first-codes")
    assert answer.status_code == 201
    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    return {row["account"]: row["code"] for row in csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig")))}


async def test_the_first_visit_makes_one_administrator(
    client: Open, registration_database: Any, first_code: str
) -> None:
    opened = await client(registration_database)
    visit = {"code": "WRONG", "account": "admin", "name": "系统管理员", "password": PASSWORD}
    refused = await sent(opened, "/registration/setup", visit)
    assert (refused.status_code, refused.json()["code"]) == (422, "first_code_wrong")
    made = await sent(opened, "/registration/setup", {**visit, "code": first_code})
    assert made.status_code == 201
    session = (await opened.get("/registration/session")).json()
    assert session["grants"] == [{"role": "administrator", "scope": ""}]
    stranger = await client(registration_database)
    again = await sent(stranger, "/registration/setup", {**visit, "code": first_code, "account": "second"})
    assert (again.status_code, again.json()["code"]) == (409, "setup_done")
    assert await registration_database.value("SELECT count(*) FROM accounts") == 1


async def test_first_codes_are_shown_once_and_stored_as_hashes(
    organiser: httpx.AsyncClient, registration_database: Any
) -> None:
    codes = await codes_of(organiser)
    assert set(codes) == {"1001", "1002", "1003", "1004", "2001", "2002", "W01"}
    stored = await registration_database.rows("SELECT first_code_hash FROM accounts WHERE account = '1001'")
    assert codes["1001"].encode() not in stored[0]["first_code_hash"]
    again = await sent(organiser, "/registration/accounts/first-codes")
    assert (again.status_code, again.json()["code"]) == (422, "first_codes_issued")


async def test_a_first_code_lets_its_owner_choose_a_password_once(
    organiser: httpx.AsyncClient, client: Open, registration_database: Any
) -> None:
    code = (await codes_of(organiser))["1001"]
    opened = await client(registration_database)
    early = await sent(opened, "/registration/session", {"account": "1001", "password": code})
    assert early.json()["code"] == "password_not_chosen"
    choice = {"account": "1001", "code": code.lower(), "password": PASSWORD}
    chosen = await sent(opened, "/registration/passwords", choice)
    assert chosen.status_code == 201
    assert (await opened.get("/registration/session")).json()["grants"] == [{"role": "organiser", "scope": ""}]
    other = await client(registration_database)
    used = await sent(other, "/registration/passwords", choice)
    assert (used.status_code, used.json()["code"]) == (422, "code_wrong")
    signed_in = await sent(other, "/registration/session", {"account": "1001", "password": PASSWORD})
    assert signed_in.status_code == 200
    hashed = await registration_database.value("SELECT password_hash FROM accounts WHERE account = '1001'")
    assert hashed.startswith("$argon2id$")


async def test_the_ninth_wrong_password_pauses_the_account_and_no_other(
    organiser: httpx.AsyncClient, client: Open, registration_database: Any
) -> None:
    code = (await codes_of(organiser))["1001"]
    opened = await client(registration_database)
    for _ in range(8):
        wrong = await sent(opened, "/registration/session", {"account": "1001", "password": "wrong wrong wrong"})
        assert wrong.json()["code"] == "sign_in_failed"
    paused = await sent(opened, "/registration/passwords", {"account": "1001", "code": code, "password": PASSWORD})
    assert (paused.status_code, paused.json()["code"]) == (422, "sign_in_paused")
    other = await sent(opened, "/registration/session", {"account": "admin", "password": PASSWORD})
    assert other.status_code == 200


async def test_an_unknown_account_is_told_the_same_as_a_wrong_password(
    client: Open, registration_database: Any
) -> None:
    opened = await client(registration_database)
    unknown = await sent(opened, "/registration/session", {"account": "nobody", "password": "wrong wrong"})
    assert (unknown.status_code, unknown.json()["code"]) == (422, "sign_in_failed")


async def test_a_new_first_code_voids_the_password_and_ends_the_sessions(
    organiser: httpx.AsyncClient, client: Open, registration_database: Any
) -> None:
    opened = await client(registration_database)
    choice = {"account": "2001", "code": (await codes_of(organiser))["2001"], "password": PASSWORD}
    person_id = (await sent(opened, "/registration/passwords", choice)).json()["person_id"]
    issued = await sent(organiser, f"/registration/accounts/{person_id}/first-code")
    assert issued.status_code == 201
    assert (await opened.get("/registration/session")).json()["person_id"] is None
    old = await sent(opened, "/registration/session", {"account": "2001", "password": PASSWORD})
    assert old.json()["code"] == "sign_in_failed"
    chosen = await sent(opened, "/registration/passwords", {**choice, "code": issued.json()["code"]})
    assert chosen.status_code == 201


async def test_a_participant_sees_no_accounts(
    organiser: httpx.AsyncClient, client: Open, registration_database: Any
) -> None:
    opened = await client(registration_database)
    choice = {"account": "2001", "code": (await codes_of(organiser))["2001"], "password": PASSWORD}
    await sent(opened, "/registration/passwords", choice)
    refused = await opened.get("/registration/accounts", headers={"Accept": "application/json"})
    assert (refused.status_code, refused.json()["code"]) == (403, "role_absent")


async def test_a_ticket_is_taken_once_by_the_service_it_is_for(
    organiser: httpx.AsyncClient, secrets: Path, registration_pool: Any
) -> None:
    ticket = (await sent(organiser, "/registration/tickets", {"service": "scoring"})).json()["ticket"]
    public = next((secrets / "scoring").glob("ticket.pub*")).read_bytes()
    async with transaction(registration_pool, "registration_gate") as tx:
        assert await gate.swap_ticket(tx, public, "scoring", ticket)
        try:
            await gate.swap_ticket(tx, public, "scoring", ticket)
        except gate.NotSignedIn as told:
            assert told.code == "ticket_used"
        else:
            raise AssertionError("a ticket was taken twice")
    session = (await organiser.get("/registration/session")).json()
    assert UUID(session["person_id"])


async def test_a_write_from_another_site_is_refused(organiser: httpx.AsyncClient) -> None:
    foreign = await organiser.post(
        "/registration/accounts/first-codes",
        json={},
        headers={"Origin": "http://evil.test", "Accept": "application/json"},
    )
    assert (foreign.status_code, foreign.json()["code"]) == (403, "origin_wrong")
    without = await organiser.post(
        "/registration/accounts/first-codes",
        json={},
        headers={"Origin": "http://laurel.test", "Accept": "application/json"},
    )
    assert (without.status_code, without.json()["code"]) == (403, "csrf_wrong")


async def test_the_typed_account_survives_a_wrong_password(client: Open, registration_database: Any) -> None:
    opened = await client(registration_database)
    page = await opened.post(
        "/registration/session",
        data={"account": "2001", "password": "wrong wrong wrong"},
        headers={"Origin": "http://laurel.test", "Accept": "text/html"},
    )
    assert page.status_code == 422
    assert 'value="2001"' in page.text
    assert "wrong wrong" not in page.text
    assert "账号或密码不正确" in page.text


async def test_a_first_code_used_by_two_at_once_lets_one_in(
    organiser: httpx.AsyncClient, client: Open, registration_database: Any
) -> None:
    choice = {"account": "2002", "code": (await codes_of(organiser))["2002"], "password": PASSWORD}
    both = [await client(registration_database), await client(registration_database)]
    answers = await asyncio.gather(*(sent(each, "/registration/passwords", choice) for each in both))
    assert sorted(each.status_code for each in answers) == [201, 422]


async def test_tries_count_for_a_quarter_of_an_hour_and_are_then_forgotten(
    organiser: httpx.AsyncClient, client: Open, registration_database: Any
) -> None:
    await registration_database.execute(
        "INSERT INTO limits (key, at) SELECT 'sign_in admin', clock_timestamp() - interval '16 minutes' FROM generate_series(1, 20)"
    )
    opened = await client(registration_database)
    answer = await sent(opened, "/registration/session", {"account": "admin", "password": "wrong wrong wrong"})
    assert answer.json()["code"] == "sign_in_failed"
    assert await registration_database.value("SELECT count(*) FROM limits") == 1


async def test_the_home_page_of_a_fresh_installation_leads_to_the_first_visit(
    client: Open, registration_database: Any
) -> None:
    opened = await client(registration_database)
    page = await opened.get("/registration/", headers={"Accept": "text/html"})
    assert 'href="/registration/setup"' in page.text


async def test_a_changed_password_ends_the_other_sessions_and_needs_the_current_one(
    organiser: httpx.AsyncClient, client: Open, registration_database: Any
) -> None:
    code = (await codes_of(organiser))["1001"]
    here, elsewhere = await client(registration_database), await client(registration_database)
    await sent(here, "/registration/passwords", {"account": "1001", "code": code, "password": PASSWORD})
    await sent(elsewhere, "/registration/session", {"account": "1001", "password": PASSWORD})
    fresh = "another long sentence to keep"
    wrong = await sent(here, "/registration/own-password", {"current": "not this one", "password": fresh})
    assert (wrong.status_code, wrong.json()["code"]) == (422, "password_wrong")
    assert (await sent(here, "/registration/own-password", {"current": PASSWORD, "password": fresh})).status_code == 200
    who = [(await each.get("/registration/session")).json()["person_id"] is not None for each in (here, elsewhere)]
    assert who == [True, False]
    again = await sent(elsewhere, "/registration/session", {"account": "1001", "password": PASSWORD})
    assert (again.status_code, again.json()["code"]) == (422, "sign_in_failed")
