"""A hub's streams, driven as a server drives them."""

import asyncio
import gc
import tracemalloc
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import Any

import pytest

from shared import hub as hubs
from shared.hub import Hub, Picture, event

NOW = datetime(2026, 5, 16, 1, 0, tzinfo=UTC)
BEAT = event("beat", b'{"now":1778893200000}')


def picture(version: int, *, change: bytes = b"") -> Picture:
    return Picture(
        version=version,
        whole=event("frame", b"%d" % version, version),
        change=change,
        base=version - 1 if change else 0,
    )


class Screen:
    """A reader; `is_slow`: takes nothing more until `takes`."""

    def __init__(self) -> None:
        self.got: list[bytes] = []
        self.started = False
        self.gone = asyncio.Event()
        self.is_slow = False
        self.takes = asyncio.Event()

    async def send(self, message: Any) -> None:
        if self.is_slow:
            await self.takes.wait()
        if message["type"] == "http.response.start":
            self.started = True
            self.headers = dict(message["headers"])
        elif message["body"]:
            self.got.append(message["body"])

    async def receive(self) -> Any:
        await self.gone.wait()
        return {"type": "http.disconnect"}


@asynccontextmanager
async def looking(hub: Hub, seen: int = 0, first: Picture | None = None) -> AsyncIterator[Screen]:
    screen = Screen()
    task = asyncio.create_task(hub.stream("hall", seen, first)({}, screen.receive, screen.send))  # type: ignore[arg-type]  # a scope it does not read
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    try:
        yield screen
    finally:
        screen.gone.set()
        await task


@pytest.fixture
def hub() -> Hub:
    return Hub(lambda: NOW)


async def test_a_screen_begins_with_the_time_and_what_it_lacks_and_then_gets_each_newer_one(hub: Hub) -> None:
    async with looking(hub, first=picture(1)) as screen:
        assert (
            screen.headers[b"content-type"].startswith(b"text/event-stream")
            and screen.headers[b"cache-control"] == b"no-store"
        )
        hub.show("hall", picture(2))
        hub.show("hall", picture(1))
        hub.show("elsewhere", picture(9))
        assert screen.got == [BEAT, picture(1).whole, picture(2).whole]


async def test_a_screen_that_has_seen_it_is_not_sent_it_again(hub: Hub) -> None:
    hub.show("hall", picture(3))
    async with looking(hub, seen=3, first=picture(3)) as screen:
        assert screen.got == [BEAT]


async def test_every_screen_is_sent_the_same_bytes(hub: Hub) -> None:
    async with looking(hub) as one, looking(hub) as other:
        hub.show("hall", picture(1))
        assert one.got[-1] is other.got[-1]


async def test_a_change_goes_only_to_screens_that_show_what_it_changes(hub: Hub) -> None:
    changed = picture(2, change=event("change", b"{}", 2))
    async with looking(hub, first=picture(1)) as follows, looking(hub) as comes_new:
        hub.show("hall", changed)
        assert follows.got[-1] == changed.change and comes_new.got[-1] == changed.whole


async def test_a_slow_screen_gets_the_newest_and_no_backlog_and_holds_nobody_up(hub: Hub) -> None:
    async with looking(hub, first=picture(1)) as slow, looking(hub, first=picture(1)) as quick:
        slow.is_slow = True
        for version in range(2, 50):
            hub.show("hall", picture(version))
        assert len(slow.got) == 2 and len(quick.got) == 50
        slow.is_slow = False
        slow.takes.set()
        await asyncio.sleep(0.01)
        assert slow.got[2:] == [picture(2).whole, picture(49).whole]


async def test_a_change_is_no_use_to_a_screen_that_missed_one(hub: Hub) -> None:
    async with looking(hub, first=picture(1)) as slow:
        slow.is_slow = True
        hub.show("hall", picture(2))
        hub.show("hall", picture(3, change=event("change", b"{}", 3)))
        hub.show("hall", picture(4, change=event("change", b"{}", 4)))
        slow.is_slow = False
        slow.takes.set()
        await asyncio.sleep(0.01)
        assert slow.got[-1] == picture(4).whole


async def test_a_silent_line_beats(hub: Hub, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hubs, "BEAT_SECONDS", 0.02)
    hub.start()
    async with looking(hub) as screen:
        for _ in range(200):
            if len(screen.got) > 2:
                break
            await asyncio.sleep(0.01)
        assert screen.got[:3] == [BEAT] * 3
    hub.close()


async def test_a_stopping_process_ends_its_streams(hub: Hub) -> None:
    screen = Screen()
    task = asyncio.create_task(hub.stream("hall", 0, picture(1))({}, screen.receive, screen.send))  # type: ignore[arg-type]  # a scope it does not read
    await asyncio.sleep(0.01)
    hub.close()
    await asyncio.wait_for(task, 1)
    assert hub.watched() == set()
    async with looking(hub, first=picture(1)) as late:
        assert late.got == [BEAT, picture(1).whole]


async def test_a_thousand_screens_come_back_at_once_and_miss_nothing(hub: Hub) -> None:
    hub.show("hall", picture(6))
    screens = [Screen() for _ in range(1000)]
    tasks = [asyncio.create_task(hub.stream("hall", 1, None)({}, each.receive, each.send)) for each in screens]  # type: ignore[arg-type]  # a scope it does not read
    await asyncio.sleep(0.05)
    hub.show("hall", picture(7))
    assert all(each.got == [BEAT, picture(6).whole, picture(7).whole] for each in screens)
    for each in screens:
        each.gone.set()
    await asyncio.gather(*tasks)
    assert hub.watched() == set()


async def test_a_day_of_pictures_leaves_no_memory_behind(hub: Hub) -> None:
    """Ten thousand pictures and as many readers who come and go."""

    def held() -> int:
        gc.collect()
        return tracemalloc.get_traced_memory()[0]

    async def day(count: int, first: int) -> None:
        for version in range(first, first + count):
            hub.show("hall", picture(version))
            screen.got.clear()
            if not version % 10:
                async with looking(hub):
                    pass

    tracemalloc.start()
    try:
        async with looking(hub) as screen:
            await day(1000, 1)
            before = held()
            await day(10_000, 1001)
            assert held() - before < 20_000
    finally:
        tracemalloc.stop()
