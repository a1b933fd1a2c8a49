"""The hall's Wi-Fi: everything between a tablet and Caddy passes here and is lost, doubled, delayed or made up.

Each tablet has a host name of its own under `localhost`, so that one browser profile holds many tablets with separate
storage, cookies and workers. What a request meets is drawn from the tablet's own seed; what really happened is counted.
"""

import asyncio
import random
import re
from collections import Counter
from contextlib import suppress
from typing import Literal
from urllib.parse import urlsplit

from msgspec import Struct

from deploy.embedded.ports import free_port

Fault = Literal["lost", "unanswered", "late", "twice", "slow", "none"]
RATES: dict[Fault, float] = {"lost": 0.25, "unanswered": 0.25, "late": 0.04, "twice": 0.06, "slow": 0.04}
REVISION = re.compile(r"PUT /scoring/revisions/")
PORTAL = "<!doctype html><title>Wi-Fi</title><h1>请先登录无线网</h1>".encode()
LARGEST = 8 * 1024 * 1024
HOP = {
    "connection",
    "keep-alive",
    "transfer-encoding",
    "content-length",
    "accept-encoding",
    "upgrade",
    "proxy-connection",
}
PATIENCE_SECONDS = 40


class Request(Struct):
    """What a browser sent. headers: in order, names in lower case."""

    line: str
    headers: list[tuple[str, str]]
    body: bytes

    @property
    def host(self) -> str:
        return next((value for name, value in self.headers if name == "host"), "")

    @property
    def is_revision(self) -> bool:
        return bool(REVISION.match(self.line))


class Answer(Struct):
    """What a browser gets."""

    status: str
    headers: list[tuple[str, str]]
    body: bytes

    @property
    def is_good(self) -> bool:
        return self.status.split(" ")[1].startswith("2")


class Link(Struct):
    """One tablet's way to the server. state: as the judge would find it; stormy: faults are drawn."""

    draw: random.Random
    state: Literal["there", "gone", "portal"] = "there"
    stormy: bool = False

    def fault(self) -> Fault:
        """What the next request meets."""
        at = self.draw.random()
        for fault, rate in RATES.items() if self.stormy else ():
            if at < rate:
                return fault
            at -= rate
        return "none"


class Proxy:
    """happened: what revisions met, and under "other" names what everything else met.

    pace: how much faster the tablets' clocks run; delays of the network are shortened alike.
    """

    def __init__(self, url: str, seed: int, pace: float) -> None:
        self.port = free_port()
        self.happened: Counter[str] = Counter()
        self._url = url
        self._host, self._port = urlsplit(url).netloc, urlsplit(url).port or 80
        self._seed, self._pace = seed, pace
        self._links: dict[str, Link] = {}
        self._under_way: set[asyncio.Task[None]] = set()
        self._server: asyncio.Server | None = None

    async def __aenter__(self) -> "Proxy":
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", self.port, limit=LARGEST)
        return self

    async def __aexit__(self, *_: object) -> None:
        if self._server:
            self._server.close()
        for task in self._under_way:
            task.cancel()

    def origin(self, tablet: str) -> str:
        return f"http://{tablet}.localhost:{self.port}"

    def link(self, tablet: str) -> Link:
        if tablet not in self._links:
            self._links[tablet] = Link(random.Random(f"{self._seed} {tablet}"))
        return self._links[tablet]

    def calm(self) -> None:
        """The network heals for everybody."""
        for link in self._links.values():
            link.state, link.stormy = "there", False

    async def settled(self) -> None:
        """Wait until what was held back has been delivered."""
        while self._under_way:
            await asyncio.wait(self._under_way)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            request = await _request(reader)
            if request is not None:
                answer = await self._met(request)
                if answer is None:
                    writer.transport.abort()
                else:
                    writer.write(_bytes(answer))
                    await writer.drain()
        except (ConnectionError, asyncio.IncompleteReadError, asyncio.LimitOverrunError, TimeoutError, ValueError):
            writer.transport.abort()
        finally:
            writer.close()
            with suppress(ConnectionError):
                await writer.wait_closed()

    async def _met(self, request: Request) -> Answer | None:
        """What the browser hears; None: the connection breaks."""
        link = self.link(request.host.split(".")[0])
        if link.state == "gone":
            self._note(request, "gone")
            return None
        if link.state == "portal":
            self._note(request, "portal")
            return Answer("HTTP/1.1 200 OK", [("content-type", "text/html; charset=utf-8")], PORTAL)
        fault = link.fault()
        if fault == "lost":
            self._note(request, "lost")
            return None
        if fault == "late":
            if request.is_revision:
                self._later(request, link.draw.uniform(1, 30) / self._pace)
            return None
        answer = await self._pass_on(request)
        if fault == "unanswered":
            self._note(request, "unanswered", answer)
            return None
        if fault == "twice":
            again = await self._pass_on(request)
            self._note(request, "twice", again)
            return again
        if fault == "slow":
            await asyncio.sleep(link.draw.uniform(2, 16) / self._pace)
            self._note(request, "slow")
        return answer

    def _later(self, request: Request, seconds: float) -> None:
        """Deliver it when others have overtaken it; nobody waits for the answer any more."""

        async def deliver() -> None:
            await asyncio.sleep(seconds)
            self._note(request, "late", await self._pass_on(request))

        task = asyncio.create_task(deliver())
        self._under_way.add(task)
        task.add_done_callback(self._under_way.discard)

    async def _pass_on(self, request: Request) -> Answer | None:
        """The server's answer; None where there is none."""
        origin = f"http://{request.host}"
        headers = [
            (name, value.replace(origin, self._url))
            for name, value in request.headers
            if name not in HOP and name != "host"
        ]
        headers += [("host", self._host), ("content-length", str(len(request.body)))]
        method, target, _ = request.line.split(" ")
        head = "\r\n".join([f"{method} {target} HTTP/1.0", *(f"{n}: {v}" for n, v in headers), "", ""])
        try:
            async with asyncio.timeout(PATIENCE_SECONDS):
                reader, writer = await asyncio.open_connection("127.0.0.1", self._port)
                try:
                    writer.write(head.encode("latin-1") + request.body)
                    found = await reader.read(-1)
                finally:
                    writer.close()
        except (OSError, TimeoutError):
            return None
        return self._answer(found, origin)

    def _answer(self, found: bytes, origin: str) -> Answer | None:
        top, _, body = found.partition(b"\r\n\r\n")
        status, *lines = top.decode("latin-1").split("\r\n")
        if " " not in status:
            return None
        pairs = [line.partition(":") for line in lines]
        headers = [
            (name.lower(), value.strip().replace(self._url, origin))
            for name, _, value in pairs
            if name.lower() not in HOP
        ]
        return Answer(status.replace("HTTP/1.0", "HTTP/1.1"), headers, body)

    def _note(self, request: Request, what: str, answer: Answer | None = None) -> None:
        """Count it; an answer is lost after a commit only where the server had committed."""
        if what in ("unanswered", "twice", "late") and not (answer and answer.is_good):
            what = f"{what}, not taken"
        self.happened[what if request.is_revision else f"other {what}"] += 1


async def _request(reader: asyncio.StreamReader) -> Request | None:
    try:
        head = await asyncio.wait_for(reader.readuntil(b"\r\n\r\n"), PATIENCE_SECONDS)
    except asyncio.IncompleteReadError:
        return None
    line, *lines = head.decode("latin-1").rstrip("\r\n").split("\r\n")
    headers = [(name.lower(), value.strip()) for name, _, value in (each.partition(":") for each in lines)]
    length = int(next((value for name, value in headers if name == "content-length"), "0"))
    return Request(line, headers, await reader.readexactly(length))


def _bytes(answer: Answer) -> bytes:
    lines = [answer.status, *(f"{name}: {value}" for name, value in answer.headers)]
    if answer.status.split(" ")[1] not in ("204", "304"):
        lines.append(f"content-length: {len(answer.body)}")
    return "\r\n".join([*lines, "connection: close", "", ""]).encode("latin-1") + answer.body
