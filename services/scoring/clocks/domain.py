"""A lesson's clock: started, paused, resumed and ended by the timekeeper. Pure; the instant comes in as an argument.

Not here: what overtime costs (deductions), and what a screen shows between two events (it counts on by itself).
"""

from datetime import datetime, timedelta
from typing import Literal
from uuid import UUID

import msgspec
from msgspec import Struct

from shared.errors import Refused

Step = Literal["pause", "resume", "end"]
State = Literal["running", "paused", "ended"]


class Clock(Struct, frozen=True, kw_only=True):
    """number: the how-manieth lesson of the division; passed_ms: what had passed before `running_since`."""

    division_id: UUID
    entry_id: UUID
    number: int
    limit_seconds: int
    warning_seconds: int
    passed_ms: int = 0
    running_since: datetime | None = None
    ended_at: datetime | None = None

    @property
    def state(self) -> State:
        if self.ended_at:
            return "ended"
        return "running" if self.running_since else "paused"

    @property
    def over_seconds(self) -> int:
        """Whole seconds over the limit, as far as recorded: what an ended lesson took too long."""
        return max(0, self.passed_ms // 1000 - self.limit_seconds)

    def passed(self, now: datetime) -> int:
        """Milliseconds the lesson has taken until now."""
        running = now - self.running_since if self.running_since else timedelta()
        return self.passed_ms + max(0, running // timedelta(milliseconds=1))


def take(clock: Clock, step: Step, now: datetime) -> Clock:
    """The clock after a step. A step that changes nothing is a double click and changes nothing.

    Raises Refused: clock_ended.
    """
    if clock.ended_at and step != "end":
        raise Refused("clock_ended")
    match step:
        case "pause":
            return msgspec.structs.replace(clock, passed_ms=clock.passed(now), running_since=None)
        case "resume":
            return clock if clock.running_since else msgspec.structs.replace(clock, running_since=now)
        case "end":
            ended_at = clock.ended_at or now
            return msgspec.structs.replace(clock, passed_ms=clock.passed(now), running_since=None, ended_at=ended_at)
