"""Signed-in clients of the scoring service for tests: a session and grants, as the gate stores them."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

import httpx

from shared.db import transaction
from shared.ids import new_id
from shared.web import gate

ORIGIN = "http://laurel.test"


@dataclass
class Person:
    """One signed-in account on a client of the app; sends JSON as a page's script would."""

    http: httpx.AsyncClient
    handle: UUID
    token: str

    def headers(self, accept: str = "application/json", **more: str) -> dict[str, str]:
        return {
            "Origin": ORIGIN,
            "X-CSRF-Token": gate.csrf(self.token),
            "Cookie": f"laurel_scoring={self.token}",
            "Accept": accept,
            **more,
        }

    async def get(self, path: str, accept: str = "application/json") -> httpx.Response:
        return await self.http.get(path, headers=self.headers(accept))

    async def put(self, path: str, body: Any) -> httpx.Response:
        return await self.http.put(path, json=body, headers=self.headers())

    async def post(self, path: str, body: Any = None, **headers: str) -> httpx.Response:
        return await self.http.post(path, json={} if body is None else body, headers=self.headers(**headers))

    async def form(self, path: str, fields: dict[str, str]) -> httpx.Response:
        sent = {**fields, "_csrf": gate.csrf(self.token)}
        return await self.http.post(path, data=sent, headers=self.headers(accept="text/html"))


@dataclass
class Enrolled:
    """A tablet on which nobody has signed on: the cookie of the device and nothing else."""

    token: str

    def headers(self, accept: str = "application/json") -> dict[str, str]:
        return {"Origin": ORIGIN, "Cookie": f"laurel_device={self.token}", "Accept": accept}


async def sign_in(
    database: Any, http: httpx.AsyncClient, *roles: str, handle: UUID | None = None, person: UUID | None = None
) -> Person:
    """A person who holds these roles for the whole service."""
    handle = handle or new_id()
    async with transaction(database.pool, "scoring_gate") as tx:
        token = await gate.start(tx, person or new_id(), handle)
        for role in roles:
            await tx.execute("INSERT INTO grants (handle, role) VALUES ($1, $2) ON CONFLICT DO NOTHING", handle, role)
    return Person(http, handle, token)
