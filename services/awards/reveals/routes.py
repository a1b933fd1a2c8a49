"""The ceremony's pages: what the office prepares, the presenter's console, and the hall screen with its stream.

A press is committed, then told to the screens of this process and, by core NATS (`live.awards.<reveal>`), to the other
processes; while NATS is away each finds it within a second by itself. What is told is encoded once, in two forms: with the
step's key for screens that hold the sealed script, with the step's picture for those that cannot decrypt.
"""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any, Literal
from uuid import UUID

import msgspec
import structlog
from litestar import Response
from litestar.params import FromPath, FromQuery
from msgspec import Struct

from services.awards.reveals import actions
from services.awards.reveals.actions import Moment
from shared.bus import Bus
from shared.db import UNAVAILABLE, transaction
from shared.errors import Conflict
from shared.hub import ASGIApp, Hub, Picture, event, seen
from shared.ids import new_id
from shared.web.edge import Edge, EdgeDep, House
from shared.web.routing import get, post

log = structlog.get_logger()
OFFICE = ("organiser", "administrator")
READERS = (*OFFICE, "supervisor")
LOOK_SECONDS = 1.0
WORDS = "ceremony proposed rehearsal result rank_of rank tied list list_proposed count legend stale checksum".split()
TOLD = "place blank_now last resume next other offline ahead".split()
PLACES = {name: f"{{{name}}}" for name in ("tier", "time", "rank", "division", "sum", "count", "step", "all")}


class NewReveal(Struct, forbid_unknown_fields=True, kw_only=True):
    """id: made by whoever asks; the same id again is the same ceremony."""

    id: UUID
    kind: Literal["ceremony", "rehearsal"]


class Seen(Struct, forbid_unknown_fields=True, kw_only=True):
    """version: what the console showed. confirmed: the box that says that the hall will see it."""

    version: int
    confirmed: bool = False


class NewCommand(Struct, forbid_unknown_fields=True, kw_only=True):
    """One press. step: where `show` goes."""

    id: UUID
    kind: actions.Kind
    version: int
    step: int = 0


class Screens:
    """The screens of one process."""

    def __init__(self, house: House) -> None:
        self._house = house
        self.hub = Hub(house.clock.now)

    async def start(self) -> None:
        bus: Bus = self._house.more["bus"]
        await bus.on_live("live.awards.*", self._heard)
        self._house.more["on_exit"].append(self.hub.close)
        self.hub.start()
        self._task = asyncio.create_task(self._run(), name="reveals")

    async def stop(self) -> None:
        self.hub.close()
        self._task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await self._task

    async def tell(self, moment: Moment) -> None:
        """To every screen of this process and of the others."""
        self.show(moment)
        bus: Bus = self._house.more["bus"]
        await bus.send_live(f"live.awards.{moment.id}", msgspec.json.encode(moment))

    def show(self, moment: Moment) -> None:
        for topic, picture in pictures(moment).items():
            self.hub.show(topic, picture)

    async def _heard(self, subject: str, body: bytes) -> None:
        with contextlib.suppress(msgspec.DecodeError):
            self.show(msgspec.json.decode(body, type=Moment))

    async def _run(self) -> None:
        while True:
            await asyncio.sleep(LOOK_SECONDS)
            try:
                await self._look()
            except UNAVAILABLE as error:
                log.info("reveal screens wait", error=type(error).__name__)
            except Exception:  # the screens keep their last picture; what failed is in the log
                log.exception("reveal screens failed")

    async def _look(self) -> None:
        """What a lost message of core NATS would have told."""
        watched = {UUID(topic.partition("/")[0]) for topic in self.hub.watched()}
        if not watched:
            return
        newest = {each: self.hub.newest(f"{each}/sealed") for each in watched}
        seen = {each: picture.version if picture else 0 for each, picture in newest.items()}
        async with transaction(self._house.pool, "awards_public") as tx:
            for reveal_id in await actions.newer(tx, seen):
                self.show(await actions.moment(tx, reveal_id))


def pictures(moment: Moment) -> dict[str, Picture]:
    """The moment in its two forms, by topic."""
    sealed = msgspec.structs.replace(moment, frame=actions.NOTHING)
    plain = msgspec.structs.replace(moment, key=None)
    return {
        f"{moment.id}/{form}": Picture(
            version=each.version, whole=event("step", msgspec.json.encode(each), version=each.version)
        )
        for form, each in (("sealed", sealed), ("plain", plain))
    }


@asynccontextmanager
async def around(house: House) -> AsyncIterator[None]:
    """Run the screens of this process as `house.more["reveals"]`."""
    screens = Screens(house)
    house.more["reveals"] = screens
    await screens.start()
    try:
        yield
    finally:
        await screens.stop()


def said(edge: Edge, group: str, keys: list[str]) -> dict[str, str]:
    """Sentences for a script of the page, in the reader's language, with their places open."""
    return {key: edge.say(f"reveal.{group}{key}", **PLACES) for key in keys}


@get("/awards/editions/{key:str}/reveals", audience="awards_office", roles=READERS)
async def office(edge: EdgeDep, key: FromPath[str]) -> Response[Any]:
    """The scripts of a signed list with their checksums, and its ceremonies and rehearsals."""
    async with edge.transaction() as tx:
        found = await actions.office(tx, key)
    told = {"key": key, "scripts": found.scripts, "reveals": found.reveals}
    return edge.page("reveals.html", found=found, ids=[new_id(), new_id()], may_run=_may_run(edge), json=told)


@post("/awards/editions/{key:str}/reveals", audience="awards_office", roles=OFFICE, again=office)
async def prepare(edge: EdgeDep, key: FromPath[str]) -> Response[Any]:
    """Prepare a ceremony, or a rehearsal with invented names."""
    body = await edge.body(NewReveal)
    async with edge.transaction() as tx:
        made = await actions.prepare(tx, body.id, key, body.kind == "rehearsal", edge.signed_in.person_id, edge.now)
    return edge.done(f"/awards/reveals/{made.id}", made, status=201)


@get("/awards/reveals/{reveal_id:uuid}", audience="awards_office", roles=READERS)
async def console(edge: EdgeDep, reveal_id: FromPath[UUID]) -> Response[Any]:
    """The presenter's console: what the hall sees, what comes next, every step."""
    async with edge.transaction() as tx:
        found = await actions.console(tx, reveal_id)
    return edge.page(
        "reveal_console.html", at=found, facts=msgspec.to_builtins(found.frames), words=said(edge, "screen_", WORDS),
        may_run=_may_run(edge), course_facts=msgspec.to_builtins(found.reveal.course), told=said(edge, "", TOLD),
        command_ids=[new_id() for _ in range(4)], json={"reveal": found.reveal, "frames": found.frames, "hash": found.hash},
    )  # fmt: skip


@post("/awards/reveals/{reveal_id:uuid}/openings", audience="awards_office", roles=OFFICE, again=console)
async def open_(edge: EdgeDep, reveal_id: FromPath[UUID]) -> Response[Any]:
    """Begin the ceremony: the halls turn to it."""
    body = await edge.body(Seen)
    _check_confirmed(body)
    async with edge.transaction() as tx:
        await actions.refresh(tx, reveal_id, edge.signed_in.person_id, edge.now)
    async with edge.transaction() as tx:
        done = await actions.open_(tx, reveal_id, body.version, edge.signed_in.person_id, edge.now)
        moment = await actions.moment(tx, reveal_id)
    await _screens(edge).tell(moment)
    return edge.done(f"/awards/reveals/{reveal_id}", done, status=201)


@post("/awards/reveals/{reveal_id:uuid}/closings", audience="awards_office", roles=OFFICE, again=console)
async def close(edge: EdgeDep, reveal_id: FromPath[UUID]) -> Response[Any]:
    """End the ceremony: the halls turn back."""
    body = await edge.body(Seen)
    _check_confirmed(body)
    async with edge.transaction() as tx:
        done = await actions.close(tx, reveal_id, body.version, edge.signed_in.person_id, edge.now)
        moment = await actions.moment(tx, reveal_id)
    await _screens(edge).tell(moment)
    return edge.done(f"/awards/reveals/{reveal_id}", done, status=201)


@post("/awards/reveals/{reveal_id:uuid}/commands", audience="awards_office", roles=OFFICE, again=console)
async def command(edge: EdgeDep, reveal_id: FromPath[UUID]) -> Response[Any]:
    """One press: next, back, show a step, or a blank screen."""
    body = await edge.body(NewCommand)
    person = edge.signed_in.person_id
    async with edge.transaction() as tx:
        moment = await actions.command(tx, body.id, reveal_id, body.kind, body.step, body.version, person, edge.now)
    await _screens(edge).tell(moment)
    return edge.done(
        f"/awards/reveals/{reveal_id}", msgspec.structs.replace(moment, key=None, frame=actions.NOTHING), status=201
    )


@get("/awards/reveals/{reveal_id:uuid}/screen", audience="awards_public")
async def screen(edge: EdgeDep, reveal_id: FromPath[UUID]) -> Response[Any]:
    """The hall screen, with the picture that stands."""
    async with edge.transaction() as tx:
        found = await actions.public(tx, reveal_id)
        moment = await actions.moment(tx, reveal_id)
    told = {"reveal": found, "moment": moment}
    return edge.page(
        "reveal_screen.html", found=found, facts=_facts(moment), words=said(edge, "screen_", WORDS), json=told
    )


@get("/awards/reveals/{reveal_id:uuid}/steps", audience="awards_public")
async def steps(edge: EdgeDep, reveal_id: FromPath[UUID]) -> Response[Any]:
    """The whole script, sealed: a screen holds it before the ceremony and needs only each step's key."""
    async with edge.transaction() as tx:
        await actions.public(tx, reveal_id)
        found = await actions.sealed_steps(tx, reveal_id)
    return edge.answer({"steps": found})


@get("/awards/reveals/{reveal_id:uuid}/events", audience="awards_public")
async def events(
    edge: EdgeDep,
    reveal_id: FromPath[UUID],
    since: FromQuery[int] = 0,
    form: FromQuery[Literal["sealed", "plain"]] = "sealed",
) -> ASGIApp:
    """Steps newer than `since`, each with its version as id; a beat every ten seconds tells that the line lives."""
    async with edge.transaction() as tx:
        moment = await actions.moment(tx, reveal_id)
    topic = f"{reveal_id}/{form}"
    return _screens(edge).hub.stream(topic, seen(edge.request.headers, since), pictures(moment)[topic])


@get("/awards/reveals/{reveal_id:uuid}/script", audience="awards_public")
async def script(edge: EdgeDep, reveal_id: FromPath[UUID]) -> Response[Any]:
    """After the ceremony: the bytes whose checksum was shown at the signing."""
    async with edge.transaction() as tx:
        body, hashed = await actions.script(tx, reveal_id)
    return edge.file(body.encode(), "application/json", f"reveal-{hashed[:16]}.json")


def _screens(edge: Edge) -> Screens:
    screens: Screens = edge.more["reveals"]
    return screens


def _may_run(edge: Edge) -> bool:
    return any(edge.has(role) for role in OFFICE)


def _check_confirmed(body: Seen) -> None:
    if not body.confirmed:
        raise Conflict("reveal_unconfirmed")


def _facts(moment: Moment) -> Any:
    return msgspec.json.decode(msgspec.json.encode(moment))


ROUTES = [office, prepare, console, open_, close, command, screen, steps, events, script]
