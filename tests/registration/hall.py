"""Everybody of the small season folder, signed in with a first code as they would be, in one process."""

import csv
import io
from datetime import UTC, datetime
from typing import Any

import httpx

from tests.registration.conftest import Client, sent

JSON = {"Accept": "application/json"}
SIGNUP = datetime(2026, 3, 20, 2, tzinfo=UTC)
REVIEW = datetime(2026, 4, 13, 2, tzinfo=UTC)
ADMISSION = datetime(2026, 4, 19, 1, tzinfo=UTC)
DRAW = datetime(2026, 5, 14, 7, tzinfo=UTC)


class Hall:
    """Clients by account, all on the app of `administrator`; `activity_id` and `divisions` (key -> id) of the season."""

    def __init__(self, administrator: Client, database: Any, clock: Any) -> None:
        self.administrator, self.database, self.clock = administrator, database, clock
        self._clients: dict[str, Client] = {}
        self._codes: dict[str, str] = {}
        self.activity_id = ""
        self.divisions: dict[str, str] = {}

    async def open(self) -> None:
        """Fetch first codes and ids."""
        answer = await sent(self.administrator, "/registration/accounts/first-codes")
        assert answer.status_code == 201, answer.text
        rows = list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"))))[1:]
        self._codes = {row[0]: row[-1] for row in rows}
        self.clock.set(SIGNUP)
        activities = (await self.administrator.get("/registration/activities", headers=JSON)).json()["activities"]
        self.activity_id = activities[0]["id"]
        self.divisions = {each["key"]: each["id"] for each in activities[0]["divisions"]}

    async def who(self, account: str) -> Client:
        """The account's own client, signed in."""
        if account not in self._clients:
            client = httpx.AsyncClient(
                transport=self.administrator._transport,  # the same process, another browser
                base_url=self.administrator.base_url,
            )
            body = {"account": account, "code": self._codes[account], "password": f"{account} 的一句很长的密码"}
            answer = await sent(client, "/registration/passwords", body)
            assert answer.status_code == 201, answer.text
            self._clients[account] = client
        return self._clients[account]

    async def signs_up(self, account: str, entry_id: Any, course: str = "大学语文", division: str = "arts") -> httpx.Response:
        body = {"id": str(entry_id), "division_id": self.divisions[division], "course": course, "commitment": True}
        return await sent(await self.who(account), f"/registration/activities/{self.activity_id}/entries", body)

    async def token(self, account: str) -> str:
        """The CSRF token of the account's session."""
        token: str = (await (await self.who(account)).get("/registration/session", headers=JSON)).json()["csrf"]
        return token

    async def form(self, account: str, path: str, **fields: str) -> httpx.Response:
        """A form as a browser without JavaScript sends it."""
        client = await self.who(account)
        data = {"_csrf": await self.token(account), **fields}
        headers = {"Accept": "text/html", "Origin": str(client.base_url).rstrip("/")}
        return await client.post(path, data=data, headers=headers)

    async def page(self, account: str, path: str, language: str = "zh-CN") -> httpx.Response:
        client = await self.who(account)
        return await client.get(path, headers={"Accept": "text/html", "Accept-Language": language})

    async def json(self, account: str, path: str) -> Any:
        answer = await (await self.who(account)).get(path, headers=JSON)
        assert answer.status_code == 200, answer.text
        return answer.json()
