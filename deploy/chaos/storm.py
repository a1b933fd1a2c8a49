"""The storm itself: judges mark at their tablets while the plan's events happen, then everything heals and drains."""

import asyncio
import random
import time
from collections import Counter
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from datetime import UTC, datetime, timedelta

from msgspec import Struct
from playwright.async_api import Error

from deploy.chaos import hall
from deploy.chaos.browsers import Chromium
from deploy.chaos.plan import Event
from deploy.chaos.proxy import Proxy
from deploy.chaos.server import Disk
from deploy.chaos.tablets import HAND, Tablet
from deploy.chaos.verdict import Intent, Record
from deploy.demo.play import Place, Play, fresh_id
from deploy.demo.user import Told
from deploy.embedded.process import PartFailed
from deploy.installation import Installation

STAGE = "final"
PATIENCE_SECONDS = 60.0
"""How long anything may take while everything falls down around it."""
STAFF_SECONDS = 600.0
"""How long a lock may be refused: a stage locks only when each entry has marks enough, and these may wait on tablets."""
GLANCE_SECONDS = 0.5


class StormFailed(RuntimeError):
    """Something stood still that the plan does not explain."""


class Scene(Struct):
    """Everything there is."""

    installation: Installation
    play: Play
    proxy: Proxy
    disk: Disk
    browsers: list[Chromium]
    tablets: list[Tablet]
    to_lock: Place
    seed: int
    size: int

    @property
    def divisions(self) -> list[str]:
        return sorted({division for tablet in self.tablets for division, _, _ in tablet.sheets})

    async def records(self) -> list[Record]:
        return [
            record for found in await asyncio.gather(*(each.records() for each in self.tablets)) for record in found
        ]

    def of(self, browser: Chromium) -> list[Tablet]:
        return [tablet for tablet in self.tablets if tablet.browser is browser]


class Storm:
    """intents: everything that judges meant. happened: what really came about, by kind of event.

    is_over: whoever looks on has seen enough; no further sheet is begun.
    """

    def __init__(self, scene: Scene, events: Sequence[Event]) -> None:
        self.scene = scene
        self.intents: list[Intent] = []
        self.happened: Counter[str] = Counter()
        self.is_over = False
        self._events = list(events)
        self._draw = random.Random(f"marks {scene.seed}")
        self._to_kill: dict[Chromium, asyncio.Event] = {}
        self._held_down: set[str] = set()
        self._said = ""
        self._on_the_server = asyncio.Lock()
        self._at_the_browser = {browser: asyncio.Lock() for browser in scene.browsers}

    async def ride(self) -> None:
        """Mark until all intents are saved and every event has happened."""
        for tablet in self.scene.tablets:
            self.scene.proxy.link(tablet.name).stormy = True
        glancing = asyncio.create_task(self._glance())
        try:
            async with asyncio.TaskGroup() as group:
                for tablet in self.scene.tablets:
                    group.create_task(self._judge(tablet))
                group.create_task(self._direct(group))
        finally:
            glancing.cancel()

    async def drain(self, seconds: float) -> float:
        """Wait until no tablet has anything left to send: for a while in the storm, then the network is well again.

        Returns the seconds it took, after which something may still wait.
        """
        scene, began = self.scene, time.monotonic()
        glancing = asyncio.create_task(self._glance())  # a judge who was signed out last is asked now
        try:
            await self._until_sent(min(seconds, scene.size / 60))
            scene.proxy.calm()
            await scene.proxy.settled()
            await self._until_sent(seconds)
        finally:
            glancing.cancel()
        return time.monotonic() - began

    async def _until_sent(self, seconds: float) -> None:
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            waiting = await asyncio.gather(*(tablet.waiting() for tablet in self.scene.tablets))
            if not any(waiting) and not self.scene.installation.broken():
                return
            await asyncio.sleep(0.5)

    async def revive(self) -> None:
        """Start again whatever has died, each by itself: a service that starts waits for its database."""
        installation = self.scene.installation
        starting: dict[str, asyncio.Task[None]] = {}

        async def start(name: str) -> None:
            with suppress(PartFailed):  # a full disk lets nothing start: it is tried again
                await installation.start(name)

        while True:
            for name in set(installation.broken()) - self._held_down:
                if name not in starting or starting[name].done():
                    starting[name] = asyncio.create_task(start(name))
            await asyncio.sleep(0.05)

    async def _glance(self) -> None:
        """Judges look at their tablets between marks, too: who is asked to confirm does so."""
        while True:
            await asyncio.gather(*(tablet.confirm() for tablet in self.scene.tablets if tablet.is_open.is_set()))
            await asyncio.sleep(GLANCE_SECONDS)

    @property
    def _goes_on(self) -> bool:
        return not self.is_over and len(self.intents) < self.scene.size

    # judges ---------------------------------------------------------------------------------------------------------

    async def _judge(self, tablet: Tablet) -> None:
        while self._goes_on:
            division, entry, part = tablet.next_sheet(self._draw)
            highest = hall.HIGHEST[part]
            number = len(self.intents) + 1
            intent = Intent(
                number=number,
                tablet=tablet.name,
                judge=tablet.judge,
                division=division,
                entry=entry,
                part=part,
                marks={item: self._draw.randint(0, most) for item, most in highest.items()},
                comment=f"{number} {self._draw.randrange(10**6)}",
            )
            self.intents.append(intent)
            await self._carry_out(tablet, intent)

    async def _carry_out(self, tablet: Tablet, intent: Intent) -> None:
        """Until the screen says saved; a sheet that is closed is left for another one."""
        deadline = time.monotonic() + STAFF_SECONDS
        while time.monotonic() < deadline:
            await tablet.is_open.wait()
            outcome = await tablet.mark(intent)
            if outcome == "saved":
                intent.state = "saved"
                if killing := self._to_kill.pop(tablet.browser, None):
                    self._die(tablet.browser)
                    killing.set()
                return
            if outcome == "closed":
                _, intent.entry, intent.part = tablet.next_sheet(self._draw)
                intent.marks = {item: self._draw.randint(0, most) for item, most in hall.HIGHEST[intent.part].items()}
                await asyncio.sleep(GLANCE_SECONDS)
            elif outcome == "full":
                self.happened["storage full, told by the screen"] += 1
                await asyncio.sleep(0.2)
            else:
                intent.state = "unsure"
                self.happened["page loaded again by the judge"] += outcome == "stuck"
                if await self._is_remembered(tablet, intent, is_stuck=outcome == "stuck"):
                    intent.state = "saved"
                    return
                intent.state = "planned"
        raise StormFailed(f"{tablet.name} found no open sheet, or could not save: {await tablet.told()}")

    async def _is_remembered(self, tablet: Tablet, intent: Intent, *, is_stuck: bool) -> bool:
        """Whether the tablet kept it, looked up when it is open again, however often its browser dies meanwhile."""
        while True:
            await tablet.is_open.wait()
            if is_stuck:
                await tablet.reopen()
            try:
                return await tablet.remembers(intent.comment)
            except Error:
                is_stuck = tablet.browser.is_up
                await asyncio.sleep(0.2)

    def _die(self, browser: Chromium) -> None:
        for each in self.scene.of(browser):
            each.is_open.clear()
        browser.kill()

    # events ---------------------------------------------------------------------------------------------------------

    async def _direct(self, group: asyncio.TaskGroup) -> None:
        for event in self._events:
            while self._goes_on and len(self.intents) < event.at:
                await asyncio.sleep(0.02)
            if self.is_over:
                return
            group.create_task(self._happen(event))

    async def _happen(self, event: Event) -> None:
        tablet = self.scene.tablets[event.whom % len(self.scene.tablets)]
        browser = self.scene.browsers[event.whom % len(self.scene.browsers)]
        match event.kind:
            case "scoring killed" | "nats killed" | "postgres killed":
                await self._kill(event.kind.split()[0], event.seconds)
            case "disk full":
                await self._fill_disk()
            case "browser killed" | "browser killed, storage full":
                await self._kill_browser(browser, tablet, is_full=event.kind.endswith("full"))
            case "wifi gone" | "portal":
                await self._cut(tablet, event)
            case "clock moved":
                await tablet.move_clock(event.hours)
            case "lock":
                await self._lock()
            case "unlock":
                await self._unlock()
        self.happened[event.kind] += 1

    async def _kill(self, part: str, seconds: float) -> None:
        installation = self.scene.installation
        async with self._on_the_server:
            self._held_down.add(part)
            installation.kill(part)
            await asyncio.sleep(seconds)
            self._held_down.discard(part)
            await self._until(f"{part} is up again", self._is_up(part))

    def _is_up(self, part: str) -> Callable[[], Awaitable[bool]]:
        async def look() -> bool:
            return part not in self.scene.installation.broken()

        return look

    async def _fill_disk(self) -> None:
        if not self.scene.disk.kind:
            return
        async with self._on_the_server:
            await self._until("the disk is full", lambda: self.scene.disk.fill(self.scene.installation))
            await self._until("PostgreSQL is up again", self._is_up("postgres"))

    async def _kill_browser(self, browser: Chromium, full: Tablet, *, is_full: bool) -> None:
        """Right after the next time one of its screens says saved. is_full: one tablet comes back without room."""
        async with self._at_the_browser[browser]:
            killed = asyncio.Event()
            self._to_kill[browser] = killed
            while not killed.is_set() and self._goes_on:
                await asyncio.sleep(0.02)
            if not killed.is_set():  # nobody marks any more
                del self._to_kill[browser]
                self._die(browser)
            await browser.start(HAND)
            mine = self.scene.of(browser)
            poor = next((each for each in mine if each is full), mine[0]) if is_full else None
            if poor:
                await poor.reopen(is_full=True)
            await asyncio.gather(*(each.reopen() for each in mine if each is not poor))
            if poor:
                await self._until("a screen says that there is no room", self._is_told_full(poor))
                await poor.make_room()

    def _is_told_full(self, tablet: Tablet) -> Callable[[], Awaitable[bool]]:
        before = self.happened["storage full, told by the screen"]

        async def look() -> bool:
            return self.happened["storage full, told by the screen"] > before or not self._goes_on

        return look

    async def _cut(self, tablet: Tablet, event: Event) -> None:
        link = self.scene.proxy.link(tablet.name)
        link.state = "gone" if event.kind == "wifi gone" else "portal"
        await asyncio.sleep(event.seconds)
        if event.hours:
            await self._pass_time(event.hours)
        link.state = "there"
        await tablet.hear_network()

    async def _pass_time(self, hours: float) -> None:
        """So long the Wi-Fi was gone: everybody's clock has moved."""
        installation = self.scene.installation
        assert installation.clock_file
        offset = timedelta(seconds=float(installation.clock_file.read_text()), hours=hours)
        installation.set_clock(datetime.now(UTC) + offset)
        await asyncio.gather(*(tablet.move_clock(hours) for tablet in self.scene.tablets))

    async def _lock(self) -> None:
        """Scorekeeper and supervisor, who go on trying: marks may be too few yet, or nobody answers."""
        play = self.scene.play
        scorekeeper, supervisor = await play.one_of("scorekeeper"), await play.one_of("supervisor")
        division = play.divisions[self.scene.to_lock]

        async def act() -> bool:
            body = {"id": fresh_id(), "stage": STAGE, "kind": "lock", "reason": ""}
            asked = await scorekeeper.post(f"/scoring/divisions/{division}/locks", body)
            await supervisor.post(f"/scoring/locks/{asked['id']}/confirmations")
            return True

        await self._until("the lock of a stage", self._untold(act), STAFF_SECONDS)

    async def _unlock(self) -> None:
        """By a correction, after both have seen that no mark changes; a late sheet in between, and they look again."""
        play = self.scene.play
        scorekeeper, supervisor = await play.one_of("scorekeeper"), await play.one_of("supervisor")
        address = f"/scoring/divisions/{play.divisions[self.scene.to_lock]}/corrections"
        body = {"id": fresh_id(), "stage": STAGE, "kind": "unlock", "ground": "procedure", "reason": "storm"}

        async def act() -> bool:
            await scorekeeper.post(address, body)
            shown = await scorekeeper.get(f"/scoring/corrections/{body['id']}")
            if shown["state"] == "applied":
                return True
            seen = {"seen": shown["difference"]["position"]}
            await scorekeeper.post(f"/scoring/corrections/{body['id']}/applications", seen)
            done = await supervisor.post(f"/scoring/corrections/{body['id']}/confirmations", seen)
            return bool(done["state"] == "applied")

        await self._until("the lock", self._has_happened("lock"), STAFF_SECONDS)
        await self._until("the unlocking of a stage", self._untold(act), STAFF_SECONDS)

    def _untold(self, act: Callable[[], Awaitable[bool]]) -> Callable[[], Awaitable[bool]]:
        """The act, of which a refusal is only that it is to be tried again."""

        async def tried() -> bool:
            try:
                return await act()
            except Told as told:
                self._said = str(told)
                return False

        return tried

    def _has_happened(self, kind: str) -> Callable[[], Awaitable[bool]]:
        async def look() -> bool:
            return self.happened[kind] > 0

        return look

    async def _until(self, what: str, look: Callable[[], Awaitable[bool]], seconds: float = PATIENCE_SECONDS) -> None:
        deadline = time.monotonic() + seconds
        while not await look() and not self.is_over:
            if time.monotonic() > deadline:
                raise StormFailed(f"waited {seconds:.0f} s: {what} {self._said}")
            await asyncio.sleep(0.2)
