"""The hall screen: a page with the frame that stands, and a stream of the frames that follow.

Each process has one hub. A frame is made as soon as something that shows was committed here, and within a second of
anything else; it is stored, told to the other processes by core NATS (`live.scoring.<division>`), encoded once and sent
to every screen. While NATS is away each process finds the stored frames by itself. A screen that staff have opened shows
the hall's own frame, which goes on while everybody's is frozen.
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
from msgspec import Struct

from services.scoring.board import actions, domain
from services.scoring.board.actions import Drawn, Known
from services.scoring.board.domain import Frame, Name
from shared.bus import Bus, NatsError
from shared.db import UNAVAILABLE, transaction
from shared.hub import ASGIApp, Hub, Picture, event, seen
from shared.web.edge import Edge, EdgeDep, House
from shared.web.routing import get, post

log = structlog.get_logger()
STEP_SECONDS = 1.0
STAFF = ("timekeeper", "scorekeeper", "supervisor")
PLACES = {name: f"{{{name}}}" for name in ("done", "total", "order", "time", "root", "position", "head", "since")}
WORDS = (
    "released progress phase_waiting phase_ceremony note_results note_progress note_released note_frozen note_ceremony frozen "
    "frozen_since root head state_done state_current state_waiting now next order following place clock_idle clock_ended "
    "clock_paused clock_left clock_warning clock_over stale"
).split()


class Member(Struct, frozen=True):
    """What the board reads of members.described.v1."""

    name: str
    unit: str


class FreezeForm(Struct, forbid_unknown_fields=True):
    id: UUID


class Nothing(Struct, forbid_unknown_fields=True):
    """A form with no field but the token."""


class Boards:
    """What makes the frames of one process and hands them to its screens."""

    def __init__(self, house: House) -> None:
        self._house = house
        self.hub = Hub(lambda: house.clock.now())
        self._shown: dict[str, Frame] = {}
        self._drawing: dict[UUID, asyncio.Task[None]] = {}
        self._again: set[UUID] = set()
        self._known: dict[UUID, tuple[float, Known]] = {}
        self._sweeping: asyncio.Task[None] | None = None

    async def start(self) -> None:
        bus: Bus = self._house.more["bus"]
        await bus.on_live("live.scoring.*", self._heard)
        self._house.more["on_exit"].append(self.hub.close)
        self.hub.start()
        self._sweeping = asyncio.create_task(self._sweep(), name="board")

    async def stop(self) -> None:
        self.hub.close()
        for task in (self._sweeping, *self._drawing.values()):
            if task:
                task.cancel()
                with contextlib.suppress(asyncio.CancelledError):
                    await task

    def touch(self, division_id: UUID) -> None:
        """Something in this division was committed: draw it now instead of within a second."""
        self._again.add(division_id)
        if division_id not in self._drawing:
            self._drawing[division_id] = asyncio.create_task(self._follow(division_id), name=f"board {division_id}")

    def show(self, drawn: Drawn) -> None:
        """To every screen of this process."""
        if drawn.public:
            self._publish(topic(drawn.public.division_id), drawn.public)
            if drawn.public.phase != "frozen":
                self._publish(topic(drawn.public.division_id, in_hall=True), drawn.public)
        if drawn.hall:
            self._publish(topic(drawn.hall.division_id, in_hall=True), drawn.hall)

    def _publish(self, topic: str, frame: Frame) -> None:
        last = self._shown.get(topic)
        if last and last.version >= frame.version:
            return
        self._shown[topic] = frame
        self.hub.show(topic, picture(frame, last))

    async def _heard(self, _: str, body: bytes) -> None:
        with contextlib.suppress(msgspec.DecodeError):
            self.show(msgspec.json.decode(body, type=Drawn))

    async def _follow(self, division_id: UUID) -> None:
        try:
            while division_id in self._again:
                self._again.discard(division_id)
                await self._draw(division_id, is_touched=True)
        except Exception:  # the sweep tries again within a second
            log.exception("board waits for its sweep")
        finally:
            del self._drawing[division_id]

    async def _sweep(self) -> None:
        while True:
            try:
                await self._look()
            except UNAVAILABLE as error:
                log.info("board waits", error=type(error).__name__)
            except NatsError as error:
                log.info("board goes on without NATS", error=type(error).__name__)
            except Exception:  # the board keeps its last picture; what failed is in the log
                log.exception("board failed")
            await asyncio.sleep(STEP_SECONDS)

    async def _look(self) -> None:
        async with transaction(self._house.pool, "scoring_system") as tx:
            divisions = await actions.divisions(tx)
            nameless = await actions.nameless(tx)
        for division_id in divisions:
            await self._draw(division_id, is_touched=False)
        await self._fetch_names(self._house.more["bus"], nameless)  # last: names wait for NATS, marks do not

    async def _draw(self, division_id: UUID, *, is_touched: bool) -> None:
        """is_touched: at once, beside what the last sweep knew if that was a moment ago."""
        now = asyncio.get_running_loop().time()
        swept_at, beside = self._known.get(division_id, (0.0, None))
        async with transaction(self._house.pool, "scoring_system") as tx:
            if not is_touched or beside is None or now - swept_at > 2 * STEP_SECONDS:
                beside = await actions.known(tx, division_id)
                self._known[division_id] = now, beside
            drawn = await actions.refresh(tx, division_id, self._house.clock.now(), beside=beside, waits=is_touched)
            is_watched = {topic(division_id), topic(division_id, in_hall=True)} & self.hub.watched()
            others = await actions.standing(tx, division_id) if drawn == Drawn() and is_watched else None
        self.show(others or drawn)
        if drawn != Drawn():
            bus: Bus = self._house.more["bus"]
            await bus.send_live(f"live.scoring.{division_id}", msgspec.json.encode(drawn))

    async def _fetch_names(self, bus: Bus, people: list[UUID]) -> None:
        for person_id in people:
            found = await bus.last("MEMBERS", f"members.described.v1.{person_id}")
            member = msgspec.json.decode(found, type=Member) if found else Member("", "")
            async with transaction(self._house.pool, "scoring_system") as tx:
                await actions.set_name(tx, person_id, Name(member.name, member.unit))


def topic(division_id: UUID, *, in_hall: bool = False) -> str:
    """What a screen of the division watches: everybody's frame, or the hall's own."""
    return f"{division_id}/hall" if in_hall else str(division_id)


def picture(frame: Frame, last: Frame | None = None) -> Picture:
    """The frame as screens are sent it, encoded once; one of many rows as a change too, for those that show the last."""
    changed = domain.change(last, frame) if last else None
    return Picture(
        version=frame.version,
        whole=event("frame", msgspec.json.encode(frame), frame.version),
        change=event("change", msgspec.json.encode(changed), frame.version) if changed else b"",
        base=last.version if last else 0,
    )


@asynccontextmanager
async def around(house: House) -> AsyncIterator[None]:
    """Run the boards of this process as `house.more["board"]`."""
    made = Boards(house)
    house.more["board"] = made
    await made.start()
    try:
        yield
    finally:
        await made.stop()


@get("/scoring/boards", audience="scoring_public")
async def boards(edge: EdgeDep) -> Response[Any]:
    """Every board there is."""
    async with edge.transaction() as tx:
        frames = await actions.frames(tx)
    return edge.page("boards.html", json={"boards": frames}, frames=frames)


@get("/scoring/boards/{division_id:uuid}", audience="scoring_public")
async def board(edge: EdgeDep, division_id: FromPath[UUID]) -> Response[Any]:
    """The screen of one division, with the frame that stands; the hall's own for those who run the hall."""
    frame = await _standing(edge, division_id)
    words = {key: edge.say(f"board.{key}", **PLACES) for key in WORDS}
    facts = {**msgspec.to_builtins(frame), "now": int(edge.now.timestamp() * 1000)}
    return edge.page("board.html", json=frame, frame=frame, facts=facts, words=words)


@get("/scoring/boards/{division_id:uuid}/events", audience="scoring_public")
async def board_events(edge: EdgeDep, division_id: FromPath[UUID], since: FromQuery[int] = 0) -> ASGIApp:
    """Frames newer than `since`, each with its version as id; a beat tells that the line lives, and business time."""
    made: Boards = edge.more["board"]
    known, mine = seen(edge.request.headers, since), topic(division_id, in_hall=_in_hall(edge))
    first = made.hub.newest(mine) or picture(await _standing(edge, division_id))
    return made.hub.stream(mine, known if known <= first.version else 0, first)


async def _standing(edge: Edge, division_id: UUID) -> Frame:
    """Raises Missing: no_board."""
    if _in_hall(edge):
        async with edge.transaction("scoring_desk") as tx:
            return await actions.hall_frame(tx, division_id)
    async with edge.transaction() as tx:
        return await actions.frame(tx, division_id)


def _in_hall(edge: Edge) -> bool:
    return any(edge.has(role) for role in STAFF)


@post(
    "/scoring/divisions/{division_id:uuid}/freezes", audience="scoring_supervisor", roles=("scorekeeper", "supervisor")
)
async def freeze(edge: EdgeDep, division_id: FromPath[UUID]) -> Response[Any]:
    """暂停公布成绩: the public goes on seeing what it sees."""
    body = await edge.body(FreezeForm)
    async with edge.transaction() as tx:
        await actions.freeze(tx, body.id, division_id, edge.signed_in.handle, edge.now)
    edge.more["board"].touch(division_id)
    return edge.done(f"/scoring/divisions/{division_id}", {"id": body.id}, status=201)


@post("/scoring/freezes/{freeze_id:uuid}/thaws", audience="scoring_supervisor", roles=("scorekeeper", "supervisor"))
async def thaw(edge: EdgeDep, freeze_id: FromPath[UUID]) -> Response[Any]:
    """恢复公布成绩: the public sees what has been released meanwhile."""
    await edge.body(Nothing)
    async with edge.transaction() as tx:
        division_id = await actions.thaw(tx, freeze_id, edge.signed_in.handle, edge.now)
    edge.more["board"].touch(division_id)
    return edge.done(f"/scoring/divisions/{division_id}", {"id": freeze_id}, status=201)


ROUTES = [boards, board, board_events, freeze, thaw]
