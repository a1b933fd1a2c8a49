"""One whole run: open the hall, let the storm rage, heal, drain, and judge what came of it.

Several acts may play in one hall, each in divisions of its own: a chain belongs to one division.
"""

import asyncio
import platform
import sys
import time
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from fractions import Fraction
from pathlib import Path
from typing import Any

import asyncpg
import msgspec
from msgspec import Struct
from playwright.async_api import Playwright, async_playwright

from deploy.chaos import controls, hall, plan
from deploy.chaos.browsers import Chromium
from deploy.chaos.plan import Event
from deploy.chaos.proxy import Proxy
from deploy.chaos.server import SETTINGS, Disk
from deploy.chaos.storm import STAGE, Scene, Storm
from deploy.chaos.tablets import HAND, Tablet
from deploy.chaos.verdict import Noted, Results, Verdict, judged
from deploy.demo.play import Play, fresh_id
from deploy.installation import Installation, temporary_folder

PACE = 5.0
"""How much faster the tablets' own clocks run: waits of 15 s become 3 s."""
DRAIN_SECONDS, CONTROL_DRAIN_SECONDS = 480.0, 3.0
"""A queue with a defect may never drain: its proof is there before."""
LOOK_SECONDS = 2.0
"""How often a control is looked at: it may stop at the first proof."""
NETWORK = ("lost", "unanswered", "late", "twice", "slow")
"""What revisions must have met at the proxy, whatever was planned."""


class Hall(Struct):
    """What all acts share. shape: with the divisions of all of them."""

    folder: Path
    installation: Installation
    play: Play
    disk: Disk
    playwright: Playwright
    shape: hall.Shape


async def run(size: int, seed: int, control: str = "") -> dict[str, Any]:
    """A hall of its own, one act in all its divisions, and the report."""
    shape = plan.shape(size)
    async with opened(shape) as place:
        return await act(place, range(shape.divisions), size, seed, control)


@asynccontextmanager
async def opened(shape: hall.Shape) -> AsyncIterator[Hall]:
    """Everything started, and the marks may begin."""
    async with AsyncExitStack() as stack:
        folder = stack.enter_context(temporary_folder())
        disk = Disk(folder / "data" / "postgres")
        disk.open()
        stack.callback(disk.close)
        installation = Installation(folder / "data", clock="file", settings=SETTINGS)
        await stack.enter_async_context(installation)
        play = await hall.opened(installation, folder / "season", shape)
        stack.push_async_callback(play.people.close)
        playwright = await stack.enter_async_context(async_playwright())
        yield Hall(folder, installation, play, disk, playwright, shape)


async def act(place: Hall, divisions: Sequence[int], size: int, seed: int, control: str = "") -> dict[str, Any]:
    """The report, first the verdict. passed: no fault, and every planned kind of event has happened."""
    began = time.monotonic()
    events = plan.events(seed, size, is_small=bool(control) and size < plan.LARGE)
    async with AsyncExitStack() as stack:
        if control:
            await stack.enter_async_context(_broken(place, control))
        scene = await _scene(stack, place, divisions, size, seed, events, control)
        storm = Storm(scene, events)
        reviving = asyncio.create_task(storm.revive())
        stack.push_async_callback(_ended, reviving)
        proving = asyncio.create_task(_prove(place, scene, storm)) if control else None
        opened_at = time.monotonic()
        try:
            await storm.ride()
        finally:
            if proving:
                await _ended(proving)
        rode = time.monotonic() - opened_at
        drained = await storm.drain(CONTROL_DRAIN_SECONDS if control else DRAIN_SECONDS)
        verdict = await _judge(place, scene, storm)
        return {
            **_told(scene, storm, events, verdict),
            "size": size,
            "seed": seed,
            "control": control or None,
            "seconds": {"all": round(time.monotonic() - began, 1), "storm": round(rode, 1), "drain": round(drained, 1)},
            "versions": {"chromium": scene.browsers[0].version, "python": platform.python_version()},
        }


def _told(scene: Scene, storm: Storm, events: Sequence[Event], verdict: Verdict) -> dict[str, Any]:
    happened = dict(sorted((storm.happened + scene.proxy.happened).items()))
    kinds = {event.kind for event in events} - ({"disk full"} if not scene.disk.kind else set())
    wanted = () if storm.is_over else (*sorted(kinds), *NETWORK)
    absent = [kind for kind in wanted if not happened.get(kind)]
    return {
        "passed": not verdict.faults and not absent,
        **msgspec.to_builtins(verdict),
        "planned_but_absent": absent,
        "stopped_at_proof": storm.is_over,
        "happened": happened,
        "server_disk": scene.disk.kind or f"skipped: {scene.disk.reason}",
        "intents": len(storm.intents),
        "picks": sum(len(tablet.picks) for tablet in scene.tablets),
        "tablets": len(scene.tablets),
        "browsers": len(scene.browsers),
    }


@asynccontextmanager
async def _broken(place: Hall, control: str) -> AsyncIterator[None]:
    """The defect runs instead of scoring, and afterwards scoring again."""
    part = place.installation.parts["scoring"]
    true = part.command
    part.command = [sys.executable, "-m", *controls.command(control, place.folder)]
    part.kill()
    await part.start()
    try:
        yield
    finally:
        part.command = true
        part.kill()
        await part.start()


async def _scene(
    stack: AsyncExitStack,
    place: Hall,
    divisions: Sequence[int],
    size: int,
    seed: int,
    events: Sequence[Event],
    control: str,
) -> Scene:
    """Every judge at a tablet, the network calm."""
    proxy = await stack.enter_async_context(Proxy(place.installation.url, seed, PACE))
    folder = place.folder / f"browsers {control}".strip()
    folder.mkdir()
    number = 1 if size < plan.TINY else 2 if size < plan.LARGE else 4
    browsers = [Chromium(place.playwright, folder, each, PACE) for each in range(number)]
    for browser in browsers:
        stack.push_async_callback(browser.close)
    await asyncio.gather(*(browser.start(HAND) for browser in browsers))
    tablets = await _tablets(place, proxy, browsers, divisions, seed)
    if any(event.kind.startswith("browser killed") for event in events):
        for browser in browsers:  # the evening before: what a browser keeps is on its disk
            await browser.end()
        await asyncio.gather(*(browser.start(HAND) for browser in browsers))
        await asyncio.gather(*(tablet.reopen() for tablet in tablets))
    return Scene(
        place.installation, place.play, proxy, place.disk, browsers, tablets, hall.place(divisions[0]), seed, size
    )


async def _tablets(
    place: Hall, proxy: Proxy, browsers: Sequence[Chromium], divisions: Sequence[int], seed: int
) -> list[Tablet]:
    """One for each judge, and a second one for the last judge of each division but the first, in another browser.

    Enrolled by staff and signed for; the clock of each is as wrong as the seed says.
    """
    scorekeeper = await place.play.one_of("scorekeeper")
    panels = {each["division_key"]: each["panel_id"] for each in (await scorekeeper.get("/scoring/devices"))["panels"]}
    seats = [
        (division, account)
        for division in divisions
        for accounts in [place.shape.accounts(division)]
        for account in ([*accounts, *accounts[-1:]] if division != divisions[0] else accounts)
    ]

    async def seated(number: int, division: int, account: str) -> Tablet:
        desk = await (await place.play.user(account)).get("/scoring/tablet/desk")
        tablet = Tablet(f"t{number}", desk["judge"]["judge_id"], browsers[number % len(browsers)], proxy)
        tablet.sheets = [
            (each["division_id"], entry["entry_id"], part["key"])
            for each in desk["divisions"]
            for part in each["parts"]
            for entry in each["entries"]
        ]
        await tablet.move_clock(plan.skew(seed, number))
        offered = await scorekeeper.post(
            f"/scoring/panels/{panels[hall.place(division)[1]]}/enrolments", {"id": fresh_id()}
        )
        await tablet.enrol(offered["code"])
        return tablet

    return await place.play.all([seated(number, *seat) for number, seat in enumerate(seats)])


async def _prove(place: Hall, scene: Scene, storm: Storm) -> None:
    """A defect is proved when a tablet holds an acknowledgement without its entry, or the ledger holds a sheet twice."""
    while not storm.is_over:
        await asyncio.sleep(LOOK_SECONDS)
        with suppress(Exception):  # the server or a browser is dead just now: look again
            records = await scene.records()
            ledger, _ = await _ledger(place, scene)
            verdict = judged(storm.intents, records, ledger, {})
            storm.is_over = bool(verdict.received_without_entry or verdict.doubled)


async def _judge(place: Hall, scene: Scene, storm: Storm) -> Verdict:
    """Read everything there is to read, and compare."""
    intents = [*storm.intents, *(pick for tablet in scene.tablets for pick in tablet.picks)]
    records = await scene.records()  # first: what a tablet calls received must be in the ledger already
    ledger, broken = await _ledger(place, scene)
    verdict = judged(intents, records, ledger, await _standings(place, scene))
    verdict.chains_broken = broken
    verdict.rebuild = await _rebuild(place.installation)
    return verdict


async def _ledger(place: Hall, scene: Scene) -> tuple[list[Noted], int]:
    """The scene's chains as the supervisor reads them, with the people behind the commitments."""
    owner = await asyncpg.connect(place.installation.database_url("scoring", "owner"))
    try:
        rows = await owner.fetch("SELECT subject_id, commitment FROM ledger_people")
    finally:
        await owner.close()
    people = {row["commitment"]: str(row["subject_id"]) for row in rows}
    supervisor = await place.play.one_of("supervisor")
    found, broken = list[Noted](), 0
    for division in scene.divisions:
        chain = await supervisor.get(f"/scoring/divisions/{division}/ledger")
        broken += chain["broken_at"] is not None
        for each in chain["entries"]:
            entry = msgspec.json.decode(each["entry"])
            judge = people.get(entry["subjects"].get("judge", ""), "")
            found.append(Noted(division=division, position=each["position"], kind=each["kind"], hash=each["hash"],
                               body=entry["body"], judge=judge))  # fmt: skip
    return found, broken


async def _standings(place: Hall, scene: Scene) -> dict[str, Results]:
    scorekeeper = await place.play.one_of("scorekeeper")
    found = {}
    for division in scene.divisions:
        shown = await scorekeeper.get(f"/scoring/divisions/{division}/standings", stage=STAGE)
        found[division] = {line["entry_id"]: (line["rank"], _fraction(line["result"])) for line in shown["lines"]}
    return found


def _fraction(ratio: Mapping[str, int]) -> Fraction:
    return Fraction(ratio["n"], ratio["d"])


async def _rebuild(installation: Installation) -> int:
    """Rows that were not as the ledger says, by the service's own command."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "services.scoring.cli", "rebuild",
        env=installation.environment("scoring"), stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT,
    )  # fmt: skip
    output, _ = await process.communicate()
    last = output.decode(errors="replace").strip().splitlines()[-1:]
    if process.returncode or not last or "rows differed" not in last[0]:
        raise RuntimeError(f"rebuild ended with {process.returncode}: {output.decode(errors='replace')[-2000:]}")
    return int(last[0].split(",")[1].split()[0])


async def _ended(task: "asyncio.Task[None]") -> None:
    task.cancel()
    with suppress(asyncio.CancelledError):
        await task
