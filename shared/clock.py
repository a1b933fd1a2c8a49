"""Business time. Instants are aware UTC; days and deadlines are those of Asia/Shanghai.

A clock is made once, in `app.py`, and handed to the edges. `CLOCK=file:PATH` reads an offset in seconds from PATH at
each use, so that a demo can move time; sessions, tickets and limits never use it.
"""

from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

ZONE = ZoneInfo("Asia/Shanghai")


class Clock:
    """Tells business time; `offset` is added to system time at each look."""

    def __init__(self, offset: Callable[[], timedelta] = timedelta) -> None:
        self._offset = offset

    def now(self) -> datetime:
        return datetime.now(UTC) + self._offset()


def clock_from(setting: str) -> Clock:
    """Make the clock of the CLOCK setting: "system" or "file:PATH". Raises ValueError for anything else."""
    if setting == "system":
        return Clock()
    kind, _, path = setting.partition(":")
    if kind != "file" or not path:
        raise ValueError(f"CLOCK={setting!r}: expected 'system' or 'file:PATH'")
    return Clock(lambda: timedelta(seconds=float(Path(path).read_text() or 0)))


def instant(at: date) -> datetime:
    """The UTC instant of a local date-time, or of the start of a local day. Aware values are only converted."""
    if not isinstance(at, datetime):
        at = datetime.combine(at, time())
    return (at if at.tzinfo else at.replace(tzinfo=ZONE)).astimezone(UTC)


def local(at: datetime) -> datetime:
    """The same instant as the wall clock in Asia/Shanghai shows it."""
    return at.astimezone(ZONE)


def day(at: datetime) -> date:
    """The calendar day in Asia/Shanghai."""
    return local(at).date()


def written(at: datetime) -> str:
    """The instant as the wall clock in Asia/Shanghai writes it, 2026-04-10 17:00: for sentences of either language."""
    return f"{local(at):%Y-%m-%d %H:%M}"
