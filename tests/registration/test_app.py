"""The house around registration: every kind of refusal has its status, code and sentence; health and description."""

from typing import Any

import pytest

from tests.registration.conftest import Client, sent, uploads

JSON = {"Accept": "application/json"}


@pytest.mark.parametrize(
    ("path", "body", "status", "code"),
    [
        ("/registration/session", {"account": "a", "password": "b", "admin": True}, 400, "body_wrong"),
        ("/registration/session", {"account": "a"}, 400, "body_wrong"),
        ("/registration/accounts/first-codes", {}, 401, "sign_in_first"),
        ("/registration/nothing", {}, 404, "missing"),
        ("/registration/session", {"account": "a", "password": "b"}, 422, "sign_in_failed"),
    ],
)
async def test_a_refusal_is_a_problem_with_a_code_and_a_sentence(
    client: Any, registration_database: Any, path: str, body: dict[str, Any], status: int, code: str
) -> None:
    opened = await client(registration_database)
    for language, alphabet in (("zh-CN", "一"), ("en", "a")):
        opened.headers["Accept-Language"] = language
        answer = await sent(opened, path, body)
        problem = answer.json()
        assert (answer.status_code, problem["code"]) == (status, code)
        assert answer.headers["content-type"] == "application/problem+json"
        assert any(letter >= alphabet for letter in problem["detail"])


async def test_what_is_no_json_is_malformed(client: Any, registration_database: Any) -> None:
    opened = await client(registration_database)
    answer = await opened.post(
        "/registration/session",
        content=b'{"account": ',
        headers={**JSON, "Origin": "http://laurel.test", "Content-Type": "application/json"},
    )
    assert (answer.status_code, answer.json()["code"]) == (400, "body_not_json")


async def test_a_body_over_the_limit_is_too_large(administrator: Client) -> None:
    large = await sent(
        administrator, "/registration/seasons/checks", files=uploads({"season.toml": bytes(33 * 1024 * 1024)})
    )
    assert (large.status_code, large.json()["code"]) == (413, "too_large")


async def test_an_unknown_thing_is_missing(administrator: Client) -> None:
    unknown = "00000000-0000-7000-8000-000000000000"
    for path, code in (
        (f"/registration/activities/{unknown}", "no_such_activity"),
        (f"/registration/seasons/checks/{unknown}", "no_such_check"),
    ):
        answer = await administrator.get(path, headers=JSON)
        assert (answer.status_code, answer.json()["code"]) == (404, code)
    answer = await sent(administrator, f"/registration/accounts/{unknown}/first-code")
    assert (answer.status_code, answer.json()["code"]) == (404, "no_such_account")


async def test_a_page_that_needs_somebody_leads_to_the_sign_in(client: Any, registration_database: Any) -> None:
    opened = await client(registration_database)
    answer = await opened.get("/registration/accounts?q=x", headers={"Accept": "text/html"})
    assert answer.status_code == 303
    assert answer.headers["location"] == "/registration/sign-in?return_to=%2Fregistration%2Faccounts%3Fq%3Dx"


async def test_after_signing_in_nobody_is_sent_to_another_host(administrator: Client) -> None:
    for address in ("https://evil.test/", "//evil.test/", "/registration//evil.test", "/scoring/"):
        answer = await administrator.post(
            "/registration/session",
            data={
                "account": "admin",
                "password": "一句很长很长的密码话",
                "return_to": address,
                "_csrf": (await administrator.get("/registration/session")).json()["csrf"],
            },
            headers={"Origin": "http://laurel.test", "Accept": "text/html"},
        )
        assert (answer.status_code, answer.headers["location"]) == (303, "/registration/")


async def test_the_description_of_the_interface_names_every_route(client: Any, registration_database: Any) -> None:
    opened = await client(registration_database)
    answer = await opened.get("/registration/openapi.json")
    assert answer.status_code == 200
    assert {"/registration/seasons/checks", "/registration/overview"} <= answer.json()["paths"].keys()


async def test_it_is_live_and_not_ready_while_nats_is_away(client: Any, registration_database: Any) -> None:
    opened = await client(registration_database)
    assert (await opened.get("/registration/health/live")).json() == {"live": True}
    ready = await opened.get("/registration/health/ready")
    assert (ready.status_code, ready.json()["database"]) == (503, True)
