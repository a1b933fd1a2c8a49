"""A lesson's clock: what its taps come to. Pure; the instant comes in as an argument.

A tap is never taken out of the log: a wrong one is taken back, or moved to the instant it should have had, by another
tap with a reason. Not here: what overtime costs (deductions), and what a screen shows between two events (it counts on).
"""

import hashlib
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Literal
from uuid import UUID

import msgspec
from msgspec import Struct

from shared.errors import Refused

Step = Literal["pause", "resume", "end"]
State = Literal["running", "paused", "ended"]
MOST_SECONDS = 3600
"""A tap is moved by at most so much."""


class Tap(Struct, frozen=True, kw_only=True):
    """number: its place in the entry's log. corrects: the tap that is taken back or moved to `moved_to`."""

    id: UUID
    number: int
    step: Literal["start", "pause", "resume", "end", "take_back", "move"]
    at: datetime
    tapped_by: UUID | None
    reason: str = ""
    corrects: UUID | None = None
    moved_to: datetime | None = None


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


def standing(taps: Sequence[Tap]) -> list[Tap]:
    """The taps that count, each at the instant that counts."""
    gone = {each.corrects for each in taps if each.step == "take_back"}
    moved = {each.corrects: each.moved_to for each in taps if each.step == "move"}
    return [
        msgspec.structs.replace(each, at=moved.get(each.id) or each.at)
        for each in taps
        if each.corrects is None and each.id not in gone
    ]


def replayed(clock: Clock, taps: Sequence[Tap]) -> Clock | None:
    """What the log comes to; None where nothing of it counts. Raises Refused: clock_order."""
    counted = standing(taps)
    if not counted:
        return None
    instants = [each.at for each in counted]
    if counted[0].step != "start" or instants != sorted(instants):
        raise Refused("clock_order")
    found = msgspec.structs.replace(clock, passed_ms=0, running_since=counted[0].at, ended_at=None)
    for each in counted[1:]:
        match each.step:
            case "pause" | "resume" | "end":
                found = take(found, each.step, each.at)
            case _:
                raise Refused("clock_order")
    return found


def check_reason(step: Step, reason: str, taps: Sequence[Tap]) -> None:
    """A pause is told a reason at once or before the lesson goes on. Raises Refused: clock_reason_missing."""
    if step != "resume" or reason.strip():
        return
    paused = next((each for each in reversed(standing(taps)) if each.step == "pause"), None)
    if paused and not paused.reason:
        raise Refused("clock_reason_missing", field="reason")


def correction(tap: Tap, seconds: int | None) -> datetime | None:
    """The instant a tap is moved to; None takes it back. Raises Refused: clock_moved_too_far."""
    if seconds is None:
        return None
    if abs(seconds) > MOST_SECONDS:
        raise Refused("clock_moved_too_far", field="seconds", most=MOST_SECONDS)
    return tap.at + timedelta(seconds=seconds)


def digest(taps: Sequence[Tap]) -> str:
    """The checksum of a log: whoever deducts by it says which log that was."""
    return hashlib.sha256(msgspec.json.encode(list(taps), order="sorted")).hexdigest()
