"""Every route of every service, tried by a visitor and by an account without any role: the table comes from the apps.

Which role may do what is each service's own test; here no door stands open by mistake, and none answers with a bug.
"""

import importlib
import re
from collections.abc import Awaitable, Callable

import httpx
import pytest

from shared.db import transaction
from shared.ids import new_id
from shared.web import gate
from tests.conftest import PUBLIC_URL, Database

SERVICES = ("registration", "scoring", "awards")
SHUT = (401, 400)
"""400: a query that is not whole is told before anybody looks who asks."""
Client = Callable[..., Awaitable[httpx.AsyncClient]]


def doors(service: str) -> list[tuple[str, str, object]]:
    """(method, address, who may come in) of each of the service's own routes."""
    plan = importlib.import_module(f"services.{service}.app").PLAN
    return [
        (method, address(path), route.opt["roles"])
        for route in plan.routes
        for path in route.paths
        for method in sorted(route.http_methods - {"HEAD", "OPTIONS"})
    ]


def address(path: str) -> str:
    """The path with something of the right kind in each place."""
    path = re.sub(r"\{\w+:uuid\}", str(new_id()), path)
    path = re.sub(r"\{\w+:int\}", "7", path)
    return re.sub(r"\{\w+(:\w+)?\}", "nowhere", path)


@pytest.fixture
def database(request: pytest.FixtureRequest, service: str) -> Database:
    found: Database = request.getfixturevalue(f"{service}_database")
    return found


@pytest.mark.parametrize("service", SERVICES)
def test_a_service_has_doors_of_each_kind(service: str) -> None:
    kinds = {type(roles).__name__ for _, _, roles in doors(service)}
    assert kinds == {"NoneType", "str", "tuple"} or kinds == {"NoneType", "tuple"}
    assert len(doors(service)) > 20


@pytest.mark.parametrize("service", SERVICES)
async def test_a_visitor_comes_in_only_where_everybody_may(service: str, database: Database, client: Client) -> None:
    http = await client(database)
    headers = {"Accept": "application/json", "Origin": PUBLIC_URL, "Content-Type": "application/json"}
    wrong = []
    for method, path, roles in doors(service):
        answer = await http.request(method, path, headers=headers, content=b"{}" if method != "GET" else None)
        if answer.status_code >= 500 or (roles is not None and answer.status_code not in SHUT):
            wrong.append((method, path, roles, answer.status_code))
    assert wrong == []


@pytest.mark.parametrize("service", SERVICES)
async def test_an_account_without_a_role_does_no_roles_work(service: str, database: Database, client: Client) -> None:
    http = await client(database)
    async with transaction(database.pool, f"{service}_gate") as tx:
        token = await gate.start(tx, new_id(), new_id())
    http.cookies.set(f"laurel_{service}", token, path=f"/{service}/")
    headers = {"Accept": "application/json", "Origin": PUBLIC_URL, "Content-Type": "application/json"}
    headers["X-CSRF-Token"] = gate.csrf(token)
    wrong = []
    for method, path, roles in doors(service):
        answer = await http.request(method, path, headers=headers, content=b"{}" if method != "GET" else None)
        if answer.status_code >= 500 or (isinstance(roles, tuple) and answer.status_code != 403):
            wrong.append((method, path, roles, answer.status_code))
    assert wrong == []


@pytest.mark.parametrize("service", SERVICES)
async def test_no_write_passes_without_its_token(service: str, database: Database, client: Client) -> None:
    http = await client(database)
    async with transaction(database.pool, f"{service}_gate") as tx:
        handle = new_id()
        await gate.grant(tx, handle, "administrator")
        token = await gate.start(tx, new_id(), handle)
    http.cookies.set(f"laurel_{service}", token, path=f"/{service}/")
    headers = {"Accept": "application/json", "Origin": PUBLIC_URL, "Content-Type": "application/json"}
    writes = [(method, path) for method, path, _ in doors(service) if method != "GET"]
    codes = {path: (await http.request(method, path, headers=headers, content=b"{}")).json().get("code") for method, path in writes}
    assert {path: code for path, code in codes.items() if code != "csrf_wrong"} == {}
