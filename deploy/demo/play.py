"""The state of one rehearsal: who is who, what was sent, which id stands for what. Stages read and fill it.

Ids of things that users create are made here, as a browser makes them, so that every write can be repeated.
"""

import asyncio
import time
from collections.abc import Awaitable, Callable, Iterable
from datetime import datetime
from typing import Any, TypeVar

from msgspec import Struct

from deploy.demo.agenda import Agenda
from deploy.demo.screen import Bars
from deploy.demo.season import Season, SheetKey
from deploy.demo.tablets import Hall, Stored, Tablet
from deploy.demo.user import People, User
from deploy.installation import Installation
from shared.ids import new_id

T = TypeVar("T")
AT_ONCE = 16
ARRIVES_SECONDS = 60.0
Place = tuple[str, str]
"""An activity's key and a division's key."""


class RehearsalFailed(RuntimeError):
    """The rehearsal met what no season folder explains."""


class Sent(Struct, frozen=True, kw_only=True):
    """One revision as a judge gave it, and as the tablet keeps it with what the service said to it."""

    stored: Stored
    sheet: SheetKey
    marks: dict[str, int]

    @property
    def id(self) -> str:
        return self.stored.id

    @property
    def is_acknowledged(self) -> bool:
        return bool(self.stored.disposition)


class Appealed(Struct, frozen=True, kw_only=True):
    """An appeal that a contestant (account) filed, and what must be answered to it."""

    id: str
    account: str
    outcome: str
    answer: str


class Play:
    """Everything the stages share.

    recorded: (kind, id) of what must stand in a ledger beside the marks. prizes_asked: for more prizes without a minute.
    tablets: enrolled for a judge's seat (account); browsers: a judge's own; panels: as the desk shows them; pins: of each
    judge's id. waiting: sheets that will be given while a hall has no network, with the rule's version; kept: ids of those
    that then were. revealed, last_frames: by activity, the prizes as the ceremony showed them step by step, and at its end.
    """

    def __init__(self, season: Season, installation: Installation, bars: Bars) -> None:
        self.season = season
        self.installation = installation
        self.bars = bars
        self.agenda = Agenda()
        self.people = People(installation.url)
        self.public = self.people.visitor()
        self.administrator = self.people.new("admin")
        self.activities: dict[str, str] = {}
        self.divisions: dict[Place, str] = {}
        self.entries: dict[tuple[str, str, str], str] = {}
        self.sent: list[Sent] = []
        self.recorded: list[tuple[str, str]] = []
        self.appeals: list[Appealed] = []
        self.prizes_asked = self.prizes_refused = 0
        self.halls: dict[Place, Hall] = {}
        self.tablets: dict[tuple[Place, str], Tablet] = {}
        self.browsers: dict[str, Tablet] = {}
        self.panels: dict[Place, dict[str, Any]] = {}
        self.pins: dict[Place, dict[str, str]] = {}
        self.waiting: dict[tuple[Place, str], tuple[int, list[SheetKey]]] = {}
        self.kept: set[str] = set()
        self.at_draw: dict[str, str] = {}
        self.final_states: dict[str, str] = {}
        self.rolls: dict[Place, str] = {}
        self.final_rolls: set[Place] = set()
        self.revealed: dict[str, list[tuple[Any, ...]]] = {}
        self.last_frames: dict[str, list[tuple[Any, ...]]] = {}
        self.notices: dict[str, str] = {}
        self.receipts: list[str] = []
        self.nominations: dict[tuple[str, str], str] = {}
        self.certificates: dict[str, bool] = {}
        self.recusals: set[tuple[Place, str, str]] = set()
        self._now: datetime | None = None
        self._gate = asyncio.Semaphore(AT_ONCE)

    def move_clock(self, at: datetime) -> None:
        """Business time goes forward to this instant; it never goes back."""
        if self._now is None or at > self._now:
            self._now = at
            self.installation.set_clock(at)

    async def user(self, account: str) -> User:
        return await self.people.get(account)

    async def one_of(self, role: str, at: int = 0) -> User:
        """The holder of a role of the season, signed in."""
        return await self.people.get(self.season.role(role)[at])

    async def all(self, work: Iterable[Awaitable[T]]) -> list[T]:
        """Do these at once, but not too many; the first failure is raised."""

        async def guarded(each: Awaitable[T]) -> T:
            async with self._gate:
                return await each

        return await asyncio.gather(*(guarded(each) for each in work))

    async def until(self, what: str, found: Callable[[], Awaitable[T | None]]) -> T:
        """Look again until an event has arrived and taken effect. Raises RehearsalFailed after a minute."""
        deadline = time.monotonic() + ARRIVES_SECONDS
        while True:
            answer = await found()
            if answer:
                return answer
            if time.monotonic() > deadline:
                raise RehearsalFailed(f"waited {ARRIVES_SECONDS:.0f} s for {what}")
            await asyncio.sleep(0.1)

    def place(self, place: Place) -> dict[str, Any]:
        """The division's table in season.toml."""
        activity = next(each for each in self.season.activities if each["key"] == place[0])
        found: dict[str, Any] = next(each for each in activity["division"] if each["key"] == place[1])
        return found


def fresh_id() -> str:
    """An id made by whoever creates a thing, so that sending it twice is sending it once."""
    return str(new_id())
