"""One whole run: open the hall, let the storm rage, heal, drain, and judge what came of it."""

import asyncio
import platform
import sys
import time
from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from fractions import Fraction
from pathlib import Path
from typing import Any

import asyncpg
import msgspec
from playwright.async_api import async_playwright

from deploy.chaos import controls, hall, plan
from deploy.chaos.browsers import Chromium
from deploy.chaos.proxy import Proxy
from deploy.chaos.server import SETTINGS, Disk
from deploy.chaos.storm import STAGE, Scene, Storm
from deploy.chaos.tablets import HAND, Tablet
from deploy.chaos.verdict import Noted, Results, Verdict, judged
from deploy.demo.play import Play, fresh_id
from deploy.installation import Installation, temporary_folder

PACE = 5.0
"""How much faster the tablets' own clocks run: waits of 15 s become 3 s."""
DRAIN_SECONDS = 90.0
NETWORK = ("lost", "unanswered", "late", "twice", "slow", "gone", "portal")
"""What revisions must have met at the proxy."""


async def run(size: int, seed: int, control: str = "") -> dict[str, Any]:
    """The report: first the verdict. passed: no fault, and every planned kind of event has happened."""
    began = time.monotonic()
    with temporary_folder() as folder:
        async with scene_of(folder, size, seed, control) as scene:
            events = plan.events(seed, size)
            storm = Storm(scene, events)
            reviving = asyncio.create_task(storm.revive())
            try:
                opened = time.monotonic()
                await storm.ride()
                rode = time.monotonic()
                drained = await storm.drain(DRAIN_SECONDS)
                verdict = await judge(scene, storm)
            finally:
                reviving.cancel()
                with suppress(asyncio.CancelledError):
                    await reviving
            happened = dict(sorted((storm.happened + scene.proxy.happened).items()))
            kinds = {event.kind for event in events} - ({"disk full"} if not scene.disk.kind else set())
            absent = sorted(kind for kind in (*kinds, *NETWORK) if not happened.get(kind))
            faults = verdict.faults
            return {
                "passed": not faults and not absent,
                **msgspec.to_builtins(verdict),
                "planned_but_absent": absent,
                "happened": happened,
                "server_disk": scene.disk.kind or f"skipped: {scene.disk.reason}",
                "size": size,
                "seed": seed,
                "control": control or None,
                "tablets": len(scene.tablets),
                "browsers": len(scene.browsers),
                "intents": len(storm.intents),
                "picks": sum(len(tablet.picks) for tablet in scene.tablets),
                "seconds": {
                    "all": round(time.monotonic() - began, 1),
                    "storm": round(rode - opened, 1),
                    "drain": round(drained, 1),
                },
                "versions": {"chromium": scene.browsers[0].version, "python": platform.python_version()},
            }


@asynccontextmanager
async def scene_of(folder: Path, size: int, seed: int, control: str) -> AsyncIterator[Scene]:
    """Everything started, every judge at a tablet, the network calm."""
    shape = plan.shape(size)
    disk = Disk(folder / "data" / "postgres")
    async with AsyncExitStack() as stack:
        disk.open()
        stack.callback(disk.close)
        commands = controls.commands(control, folder)
        installation = Installation(folder / "data", clock="file", settings=SETTINGS, commands=commands)
        await stack.enter_async_context(installation)
        play = await hall.opened(installation, folder / "season", shape)
        stack.push_async_callback(play.people.close)
        proxy = await stack.enter_async_context(Proxy(installation.url, seed, PACE))
        playwright = await stack.enter_async_context(async_playwright())
        browsers = [Chromium(playwright, folder, number, PACE) for number in range(2 if size < 1000 else 4)]
        for browser in browsers:
            stack.push_async_callback(browser.close)
        await asyncio.gather(*(browser.start(HAND) for browser in browsers))
        tablets = await _tablets(play, proxy, browsers, shape, seed)
        for browser in browsers:  # the evening before: what a browser keeps is on its disk
            await browser.end()
        await asyncio.gather(*(browser.start(HAND) for browser in browsers))
        await asyncio.gather(*(tablet.reopen() for tablet in tablets))
        yield Scene(installation, play, proxy, disk, browsers, tablets, seed, size)


async def _tablets(play: Play, proxy: Proxy, browsers: list[Chromium], shape: hall.Shape, seed: int) -> list[Tablet]:
    """One for each judge, and a second one for the last judge of each division but the first, in another browser.

    Enrolled by staff and signed for; the clock of each is as wrong as the seed says.
    """
    scorekeeper = await play.one_of("scorekeeper")
    panels = {each["division_key"]: each["panel_id"] for each in (await scorekeeper.get("/scoring/devices"))["panels"]}
    found: list[Tablet] = []
    for division in range(shape.divisions):
        accounts = shape.accounts(division)
        for account in [*accounts, *accounts[-1:]] if division else accounts:
            desk = await (await play.user(account)).get("/scoring/tablet/desk")
            tablet = Tablet(f"t{len(found)}", desk["judge"]["judge_id"], browsers[len(found) % len(browsers)], proxy)
            tablet.sheets = [
                (each["division_id"], entry["entry_id"], part["key"])
                for each in desk["divisions"]
                for part in each["parts"]
                for entry in each["entries"]
            ]
            await tablet.move_clock(plan.skew(seed, len(found)))
            offered = await scorekeeper.post(
                f"/scoring/panels/{panels[hall.place(division)[1]]}/enrolments", {"id": fresh_id()}
            )
            await tablet.enrol(offered["code"])
            found.append(tablet)
    return found


async def judge(scene: Scene, storm: Storm) -> Verdict:
    """Read everything there is to read, and compare."""
    intents = [*storm.intents, *(pick for tablet in scene.tablets for pick in tablet.picks)]
    records = [record for tablet in scene.tablets for record in await tablet.records()]
    ledger, broken = await _ledger(scene)
    verdict = judged(intents, records, ledger, await _standings(scene))
    verdict.chains_broken = broken
    verdict.rebuild = await _rebuild(scene.installation)
    return verdict


async def _ledger(scene: Scene) -> tuple[list[Noted], int]:
    """Every chain as the supervisor reads it, with the people behind the commitments."""
    owner = await asyncpg.connect(scene.installation.database_url("scoring", "owner"))
    try:
        people = {
            row["commitment"]: str(row["subject_id"])
            for row in await owner.fetch("SELECT subject_id, commitment FROM ledger_people")
        }
    finally:
        await owner.close()
    supervisor = await scene.play.one_of("supervisor")
    found, broken = list[Noted](), 0
    for division in scene.play.divisions.values():
        chain = await supervisor.get(f"/scoring/divisions/{division}/ledger")
        broken += chain["broken_at"] is not None
        for each in chain["entries"]:
            entry = msgspec.json.decode(each["entry"])
            judge = people.get(entry["subjects"].get("judge", ""), "")
            found.append(Noted(division=division, position=each["position"], kind=each["kind"], hash=each["hash"],
                               body=entry["body"], judge=judge))  # fmt: skip
    return found, broken


async def _standings(scene: Scene) -> dict[str, Results]:
    scorekeeper = await scene.play.one_of("scorekeeper")
    found = {}
    for division in scene.play.divisions.values():
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
