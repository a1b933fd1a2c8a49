"""The hall screen: a page with the frame that stands, and a stream of the frames that follow.

Each process has one hub. Frames are made here once a second where something changed, stored, told to the other
processes by core NATS (`live.scoring.<division>`) and sent to every screen; the newest wins for a slow one. While NATS
is away each process finds the stored frames by itself.
"""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any
from uuid import UUID

import msgspec
import structlog
from litestar import Response
from litestar.params import FromPath, FromQuery
from litestar.response import ServerSentEvent, ServerSentEventMessage
from msgspec import Struct

from services.scoring.board import actions
from services.scoring.board.domain import Frame, Name, aged
from shared.bus import Bus, NatsError
from shared.db import UNAVAILABLE, transaction
from shared.web.edge import EdgeDep, House
from shared.web.routing import get

log = structlog.get_logger()
BEAT_SECONDS = 10
STEP_SECONDS = 1.0
PLACES = {name: f"{{{name}}}" for name in ("done", "total", "order", "time", "root", "position", "head")}
WORDS = (
    "released progress phase_waiting note_results note_progress root head state_done state_current state_waiting now next place "
    "clock_idle clock_ended clock_paused clock_left clock_warning clock_over stale"
).split()


class Member(Struct, frozen=True):
    """What the board reads of members.described.v1."""

    name: str
    unit: str


class Hub:
    """The screens of one process, and the loop that makes frames."""

    def __init__(self, house: House) -> None:
        self._house = house
        self._screens: dict[UUID, set[asyncio.Queue[Frame | None]]] = {}
        self._newest: dict[UUID, Frame] = {}
        self._wake = asyncio.Event()
        self._task: asyncio.Task[None] | None = None
        self._closed = False

    async def start(self) -> None:
        bus: Bus = self._house.more["bus"]
        await bus.on_live("live.scoring.*", self._heard)
        self._house.more["on_exit"].append(self.close)
        self._task = asyncio.create_task(self._run(), name="board")

    async def stop(self) -> None:
        self.close()
        if self._task:
            self._task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._task

    def close(self) -> None:
        """End every open stream: a server that stops waits for none."""
        self._closed = True
        for queues in self._screens.values():
            for queue in queues:
                _put(queue, None)

    def touch(self, division_id: UUID) -> None:
        """Something in this division has changed: look now instead of within a second."""
        self._wake.set()

    async def frames(self, division_id: UUID, first: Frame | None) -> AsyncIterator[Frame | None]:
        """The newest frame whenever there is one; None is a beat. Ends with the process."""
        queue: asyncio.Queue[Frame | None] = asyncio.Queue(maxsize=1)
        screens = self._screens.setdefault(division_id, set())
        screens.add(queue)
        try:
            seen = 0
            if first:
                seen = first.version
                yield first
            while not self._closed:
                try:
                    frame = await asyncio.wait_for(queue.get(), BEAT_SECONDS)
                except TimeoutError:
                    yield None
                    continue
                if frame is None:
                    return
                if frame.version > seen:
                    seen = frame.version
                    yield frame
        finally:
            screens.discard(queue)

    async def _heard(self, subject: str, body: bytes) -> None:
        with contextlib.suppress(msgspec.DecodeError):
            self._show(msgspec.json.decode(body, type=Frame))

    def _show(self, frame: Frame) -> None:
        newest = self._newest.get(frame.division_id)
        if newest and newest.version >= frame.version:
            return
        self._newest[frame.division_id] = frame
        for queue in self._screens.get(frame.division_id, ()):
            _put(queue, frame)

    async def _run(self) -> None:
        while True:
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._wake.wait(), STEP_SECONDS)
            self._wake.clear()
            try:
                await self._look()
            except UNAVAILABLE as error:
                log.info("board waits", error=type(error).__name__)
            except NatsError as error:
                log.info("board goes on without NATS", error=type(error).__name__)
            except Exception:  # the board keeps its last picture; what failed is in the log
                log.exception("board failed")

    async def _look(self) -> None:
        bus: Bus = self._house.more["bus"]
        async with transaction(self._house.pool, "scoring_system") as tx:
            divisions = await actions.divisions(tx)
            nameless = await actions.nameless(tx)
        for division_id in divisions:
            async with transaction(self._house.pool, "scoring_system") as tx:
                made = await actions.refresh(tx, division_id, self._house.clock.now())
            if made:
                self._show(made)
                await bus.send_live(f"live.scoring.{division_id}", msgspec.json.encode(made))
            elif self._screens.get(division_id):
                async with transaction(self._house.pool, "scoring_public") as tx:
                    self._show(await actions.frame(tx, division_id))
        await self._fetch_names(bus, nameless)  # last: names wait for NATS, marks do not

    async def _fetch_names(self, bus: Bus, people: list[UUID]) -> None:
        for person_id in people:
            found = await bus.last("MEMBERS", f"members.described.v1.{person_id}")
            member = msgspec.json.decode(found, type=Member) if found else Member("", "")
            async with transaction(self._house.pool, "scoring_system") as tx:
                await actions.set_name(tx, person_id, Name(member.name, member.unit))


def _put(queue: asyncio.Queue[Frame | None], frame: Frame | None) -> None:
    """Replace what a slow screen has not taken."""
    with contextlib.suppress(asyncio.QueueEmpty):
        queue.get_nowait()
    queue.put_nowait(frame)


@asynccontextmanager
async def around(house: House) -> AsyncIterator[None]:
    """Run the hub of this process as `house.more["board"]`."""
    hub = Hub(house)
    house.more["board"] = hub
    await hub.start()
    try:
        yield
    finally:
        await hub.stop()


@get("/scoring/boards", audience="scoring_public")
async def boards(edge: EdgeDep) -> Response[Any]:
    """Every board there is."""
    async with edge.transaction() as tx:
        frames = await actions.frames(tx)
    return edge.page("boards.html", json={"boards": frames}, frames=frames)


@get("/scoring/boards/{division_id:uuid}", audience="scoring_public")
async def board(edge: EdgeDep, division_id: FromPath[UUID]) -> Response[Any]:
    """The screen of one division, with the frame that stands."""
    async with edge.transaction() as tx:
        frame = aged(await actions.frame(tx, division_id), edge.now)
    words = {key: edge.say(f"board.{key}", **PLACES) for key in WORDS}
    return edge.page("board.html", json=frame, frame=frame, facts=msgspec.to_builtins(frame), words=words)


@get("/scoring/boards/{division_id:uuid}/events", audience="scoring_public")
async def board_events(edge: EdgeDep, division_id: FromPath[UUID], since: FromQuery[int] = 0) -> ServerSentEvent:
    """Frames newer than `since`, each with its version as id; a beat every ten seconds tells that the line lives."""
    hub: Hub = edge.more["board"]
    last = edge.request.headers.get("last-event-id", "")
    known = int(last) if last.isdigit() else since
    async with edge.transaction() as tx:
        frame = await actions.frame(tx, division_id)
    headers = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}
    return ServerSentEvent(_events(edge.house, hub, division_id, frame if frame.version > known else None), headers=headers)


async def _events(
    house: House, hub: Hub, division_id: UUID, first: Frame | None
) -> AsyncIterator[ServerSentEventMessage]:
    yield ServerSentEventMessage(event="beat", data="")
    async for frame in hub.frames(division_id, first):
        if frame is None:
            yield ServerSentEventMessage(event="beat", data="")
        else:
            body = msgspec.json.encode(aged(frame, house.clock.now())).decode()
            yield ServerSentEventMessage(event="frame", id=str(frame.version), data=body)


ROUTES = [boards, board, board_events]
