"""Somebody at a browser: signs in once with a first code, then acts in the three services under the own session.

No door of its own: the cookies, the `Origin`, the CSRF token and the tickets are those of every user.
"""

import asyncio
import secrets
import time
from collections.abc import Mapping
from typing import Any

import httpx
import msgspec

TIMEOUT = httpx.Timeout(60)
PATIENCE_SECONDS = 45.0
"""How long somebody goes on trying while a service or its database is away."""
AWAY = (502, 503, 504)
"""Nobody, or nobody able to work, answered: nothing is known about what was sent."""
DONE = frozenset({"already_decided", "vote_final", "objection_answered"})
SERVICES = ("registration", "scoring", "awards")


class Told(RuntimeError):
    """A service said no: `status`, `code` and the sentence a reader would see."""

    def __init__(self, method: str, path: str, status: int, body: Any) -> None:
        self.status = status
        self.code: str = body.get("code", "") if isinstance(body, dict) else ""
        self.body = body
        said = body.get("detail", "") if isinstance(body, dict) else str(body)[:300]
        faults = f" {body['faults'][:5]}" if isinstance(body, dict) and body.get("faults") else ""
        super().__init__(f"{method} {path}: {status} {self.code} {said}{faults}")


class User:
    """One account. `csrf`: service -> the token of the session there."""

    def __init__(self, origin: str, account: str, transport: httpx.AsyncBaseTransport) -> None:
        self.account = account
        self.person_id = ""
        self.password = ""
        self._origin = origin
        self._csrf: dict[str, str] = {}
        self._entering = asyncio.Lock()
        self._client = httpx.AsyncClient(
            base_url=origin,
            transport=transport,
            timeout=TIMEOUT,
            headers={"Accept": "application/json", "Origin": origin},
        )

    async def set_up(self, code: str, name: str, password: str) -> None:
        """The first visit: become the administrator of registration with the code of the terminal."""
        self.password = password
        body = {"code": code, "account": self.account, "name": name, "password": password}
        answer = await self._send("POST", "/registration/setup", json=body)
        self._take_session("registration", answer)

    async def choose_password(self, code: str, password: str) -> None:
        """Sign in for the first time."""
        self.password = password
        body = {"account": self.account, "code": code, "password": password}
        self._take_session("registration", await self._send("POST", "/registration/passwords", json=body))

    async def get(self, path: str, **query: Any) -> Any:
        await self.enter(_service(path))
        return await self._send("GET", path, params={name: value for name, value in query.items() if value is not None})

    async def download(self, path: str) -> bytes:
        """A file as it is served, byte for byte."""
        await self.enter(_service(path))
        answer = await self._answer("GET", path)
        return answer.content if answer is not None else b""

    async def post(self, path: str, body: Mapping[str, Any] | None = None) -> Any:
        return await self._write("POST", path, json=body or {})

    async def put(self, path: str, body: Mapping[str, Any]) -> Any:
        return await self._write("PUT", path, json=body)

    async def upload(self, path: str, files: Mapping[str, bytes], fields: Mapping[str, str] | None = None) -> Any:
        """Send a form with files, each under its relative path."""
        parts = [("files", (name, content, "application/octet-stream")) for name, content in files.items()]
        return await self._write("POST", path, files=parts, data=dict(fields or {}))

    async def form(self, path: str, fields: Mapping[str, str], files: Mapping[str, tuple[str, bytes, str]]) -> Any:
        """Send a form whose file fields have names of their own: field -> (file name, content, media type)."""
        return await self._write("POST", path, files=dict(files), data=dict(fields))

    async def take_session(self, path: str, body: Mapping[str, Any]) -> None:
        """Send what opens a session of the path's service."""
        self._take_session(_service(path), await self._write("POST", path, json=body))

    async def attempt(self, method: str, path: str, body: bytes, headers: Mapping[str, str]) -> Any:
        """Write exactly these bytes, once. None: nobody able to work answered. Raises Told."""
        await self.enter(_service(path))
        sent = {"X-CSRF-Token": self._csrf.get(_service(path), ""), **headers}
        answer = await self._attempt(method, path, headers=sent, content=body)
        if answer is None or answer.status_code in AWAY:
            return None
        if answer.status_code >= 400:
            raise Told(method, path, answer.status_code, _body(answer))
        return _body(answer)

    async def close(self) -> None:
        await self._client.aclose()

    async def _write(self, method: str, path: str, **content: Any) -> Any:
        await self.enter(_service(path))
        headers = {"X-CSRF-Token": self._csrf.get(_service(path), "")}
        return await self._send(method, path, headers=headers, **content)

    async def enter(self, service: str) -> None:
        """Swap a ticket of registration for a session of this service, unless there is one."""
        async with self._entering:
            if service in self._csrf or "registration" not in self._csrf:
                return
            try:
                await self._swap(service)
            except Told as told:
                if told.code not in ("ticket_used", "ticket_expired"):
                    raise
                await self._swap(service)  # the answer to the first swap was lost, or came too late: a new ticket

    async def _swap(self, service: str) -> None:
        headers = {"X-CSRF-Token": self._csrf["registration"]}
        ticket = await self._send("POST", "/registration/tickets", headers=headers, json={"service": service})
        self._take_session(service, await self._send("POST", f"/{service}/session", json={"ticket": ticket["ticket"]}))

    def _take_session(self, service: str, answer: Mapping[str, Any]) -> None:
        self._csrf[service] = answer["csrf"]
        self.person_id = answer.get("person_id") or self.person_id

    async def _send(self, method: str, path: str, **content: Any) -> Any:
        answer = await self._answer(method, path, **content)
        return _body(answer) if answer is not None else {}

    async def _answer(self, method: str, path: str, **content: Any) -> httpx.Response | None:
        """Send a request, and send it again while nobody answers: a person presses the button once more.

        Every write carries an id that its sender made, or says the whole state, so sending it twice is sending it once;
        what was decided by an answer that got lost is told as DONE, and that is an answer too: None.
        """
        deadline, is_repeated = time.monotonic() + PATIENCE_SECONDS, False
        while True:
            answer = await self._attempt(method, path, **content)
            if answer is not None and answer.status_code < 400:
                return answer
            if answer is not None and answer.status_code not in AWAY:
                told = Told(method, path, answer.status_code, _body(answer))
                if is_repeated and told.code in DONE:
                    return None
                raise told
            if time.monotonic() > deadline:
                raise Told(method, path, answer.status_code if answer else 0, _body(answer) if answer else "no answer")
            is_repeated = True
            await asyncio.sleep(0.2)

    async def _attempt(self, method: str, path: str, **content: Any) -> httpx.Response | None:
        try:
            return await self._client.request(method, path, **content)
        except httpx.TransportError:
            return None


class People:
    """Everybody who acts, signed in on their first act; passwords are made here and shown at the end."""

    def __init__(self, origin: str) -> None:
        self._origin = origin
        self.transport = httpx.AsyncHTTPTransport(limits=httpx.Limits(max_connections=64, max_keepalive_connections=64))
        self._users: dict[str, User] = {}
        self._signing_in: dict[str, asyncio.Lock] = {}
        self.codes: dict[str, str] = {}

    def visitor(self) -> User:
        """Somebody who does not sign in: the public."""
        return self.new("")

    def add(self, user: User) -> None:
        self._users[user.account] = user

    def new(self, account: str) -> User:
        return User(self._origin, account, self.transport)

    def browser(self, network: httpx.AsyncBaseTransport) -> User:
        """A tablet's browser on this network: it has no account, whoever signs on acts in it."""
        return User(self._origin, "", network)

    async def get(self, account: str) -> User:
        """The signed-in user of an account; the first time with the first code the organiser handed out."""
        lock = self._signing_in.setdefault(account, asyncio.Lock())
        async with lock:
            if account not in self._users:
                user = self.new(account)
                await user.choose_password(self.codes[account], new_password())
                self._users[account] = user
            return self._users[account]

    def password(self, account: str) -> str:
        return self._users[account].password

    def known(self) -> list[str]:
        return list(self._users)

    async def close(self) -> None:
        for user in self._users.values():
            await user.close()


def new_password() -> str:
    return secrets.token_urlsafe(9)


def _service(path: str) -> str:
    return path.split("/", 2)[1]


def _body(answer: httpx.Response) -> Any:
    kind = answer.headers.get("content-type", "")
    if "json" in kind:
        return msgspec.json.decode(answer.content)
    return answer.text if kind.startswith("text/") else answer.content
