"""Fans pictures out to the open screens of one process, as server-sent events.

A picture is encoded once by whoever publishes it, however many screens there are. A screen that is slow to take one gets
the newest afterwards, never a backlog. A beat tells that the line lives, and what business time it is. The streams are
plain ASGI: a screen costs a socket, a set's member and no task of its own while it waits.
"""

import asyncio
import re
import types
from collections.abc import Callable, Coroutine, Generator, Iterable, Mapping
from contextlib import suppress
from datetime import datetime
from typing import Any

import structlog
from litestar.types import ASGIApp, Receive, Scope, Send
from msgspec import Struct

log = structlog.get_logger()
BEAT_SECONDS = 10
SLICES = 20
"""The screens beat in so many turns, so that a thousand beats hold no picture up."""
HEADERS = [
    (b"content-type", b"text/event-stream; charset=utf-8"),
    (b"cache-control", b"no-store"),
    (b"x-accel-buffering", b"no"),
]


class Picture(Struct, frozen=True, kw_only=True):
    """whole: the event a screen can begin with; change: what a screen that shows version `base` needs instead, if shorter."""

    version: int
    whole: bytes
    change: bytes = b""
    base: int = 0

    def after(self, seen: int) -> bytes:
        """What a screen that shows version `seen` is sent."""
        if self.version <= seen:
            return b""
        return self.change if self.change and self.base == seen else self.whole


def event(name: str, data: bytes, version: int | None = None) -> bytes:
    """One event of the stream. data: without line breaks, as JSON is."""
    number = b"" if version is None else b"id: %d\n" % version
    return b"event: %s\n%sdata: %s\n\n" % (name.encode(), number, data)


def seen(headers: Mapping[str, str], since: int) -> int:
    """The version a screen shows: its last event's id, where it tells one, else `since`."""
    last = headers.get("last-event-id", "")
    return int(last) if re.fullmatch("[0-9]{1,18}", last) else since


class _Screen:
    """One open stream: what it shows, and what waits while it is still taking something."""

    def __init__(self, send: Send, seen: int) -> None:
        self._send = send
        self._seen = seen
        self._taking: asyncio.Task[None] | None = None
        self._waiting: Picture | None = None
        self._reading: asyncio.Task[None] | None = None

    async def stay(self, receive: Receive) -> None:
        """Until the reader goes or is told to."""
        self._reading = asyncio.ensure_future(_left(receive))
        try:
            await asyncio.wait((self._reading,))
        finally:
            self._reading.cancel()

    def go(self) -> None:
        if self._reading:
            self._reading.cancel()

    def show(self, picture: Picture) -> None:
        if self._taking:
            self._waiting = picture
        elif body := picture.after(self._seen):
            self._seen = picture.version
            self.write(body)

    def beat(self, body: bytes) -> None:
        """A line that is busy lives."""
        if not self._taking:
            self.write(body)

    def write(self, body: bytes) -> None:
        """Runs on at once, as far as the socket takes it: a task is made only where it does not."""
        sending = self._take(body)
        try:
            waits_for = sending.send(None)
        except StopIteration:
            return
        self._taking = asyncio.ensure_future(_rest(sending, waits_for))
        self._taking.add_done_callback(self._taken)

    async def _take(self, body: bytes) -> None:
        with suppress(OSError):
            await self._send({"type": "http.response.body", "body": body, "more_body": True})

    def _taken(self, taking: asyncio.Task[None]) -> None:
        if not taking.cancelled() and (error := taking.exception()):
            log.info("a screen went away", error=type(error).__name__)
        waiting, self._taking, self._waiting = self._waiting, None, None
        if waiting:
            self.show(waiting)

    def leave(self) -> None:
        if self._taking:
            self._taking.remove_done_callback(self._taken)
            self._taking.cancel()


class Hub:
    """The screens of one process. A topic is any string, a division's id for one. now: business time."""

    def __init__(self, now: Callable[[], datetime]) -> None:
        self._now = now
        self._screens: dict[str, set[_Screen]] = {}
        self._newest: dict[str, Picture] = {}
        self._is_closed = False
        self._beating: asyncio.Task[None] | None = None

    def start(self) -> None:
        self._beating = asyncio.create_task(self._beat(), name="beat")

    def close(self) -> None:
        """End every stream; safe to call from a signal handler of the loop's thread."""
        self._is_closed = True
        if self._beating:
            self._beating.cancel()
        for screens in self._screens.values():
            for screen in screens:
                screen.go()

    def show(self, topic: str, picture: Picture) -> None:
        """Show a picture to every screen of the topic; one that is not newer than the last changes nothing."""
        newest = self._newest.get(topic)
        if newest and newest.version >= picture.version:
            return
        self._newest[topic] = picture
        for screen in list(self._screens.get(topic, ())):
            screen.show(picture)

    def newest(self, topic: str) -> Picture | None:
        """What was shown last, None where nothing was, or where nothing is any more."""
        return None if self._is_closed else self._newest.get(topic)

    def watched(self) -> set[str]:
        """The topics somebody looks at."""
        return {topic for topic, screens in self._screens.items() if screens}

    def stream(self, topic: str, seen: int, first: Picture | None) -> ASGIApp:
        """The topic's stream for a screen that shows version `seen`. first: what stands, where nothing newer is known here."""

        async def stream(scope: Scope, receive: Receive, send: Send) -> None:
            screen = _Screen(send, seen)
            await send({"type": "http.response.start", "status": 200, "headers": HEADERS})
            await send({"type": "http.response.body", "body": self._beat_now(), "more_body": True})
            screens = self._screens.setdefault(topic, set())
            screens.add(screen)
            try:
                for picture in (first, self.newest(topic)):
                    if picture:
                        screen.show(picture)
                if not self._is_closed:
                    await screen.stay(receive)
            finally:
                screens.discard(screen)
                if not screens and self._screens.get(topic) is screens:
                    del self._screens[topic]
                screen.leave()
            await send({"type": "http.response.body", "body": b"", "more_body": False})

        return stream

    async def _beat(self) -> None:
        while True:
            for turn in range(SLICES):
                await asyncio.sleep(BEAT_SECONDS / SLICES)
                body = self._beat_now()
                for screen in self._turn(turn):
                    screen.beat(body)

    def _turn(self, turn: int) -> Iterable[_Screen]:
        return [screen for screens in self._screens.values() for screen in screens if id(screen) // 64 % SLICES == turn]

    def _beat_now(self) -> bytes:
        return event("beat", b'{"now":%d}' % (self._now().timestamp() * 1000))


async def _left(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass


@types.coroutine
def _rest(begun: Coroutine[Any, Any, None], waits_for: Any) -> Generator[Any, Any, None]:
    """Go on with a coroutine that was begun by hand and waits for something."""
    yield waits_for
    yield from begun.__await__()


__all__ = ["ASGIApp", "Hub", "Picture", "event", "seen"]
