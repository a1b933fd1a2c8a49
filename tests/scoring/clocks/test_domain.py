from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest

from services.scoring.clocks.domain import Clock, take
from shared.errors import Refused

START = datetime(2026, 5, 16, 0, 0, tzinfo=UTC)


def after(seconds: int) -> datetime:
    return START + timedelta(seconds=seconds)


def running() -> Clock:
    return Clock(
        division_id=UUID(int=1), entry_id=UUID(int=2), number=1, limit_seconds=1200, warning_seconds=1080, running_since=START
    )


def test_a_running_clock_counts_from_its_start() -> None:
    assert running().passed(after(61)) == 61_000 and running().state == "running"


def test_a_pause_stops_the_count_and_going_on_adds_to_it() -> None:
    paused = take(running(), "pause", after(60))
    assert paused.state == "paused" and paused.passed(after(600)) == 60_000
    assert take(paused, "resume", after(600)).passed(after(630)) == 90_000


def test_a_double_click_changes_nothing() -> None:
    assert take(running(), "resume", after(30)) == running()
    paused = take(running(), "pause", after(60))
    assert take(paused, "pause", after(90)) == paused
    ended = take(running(), "end", after(1201))
    assert take(ended, "end", after(1300)) == ended


def test_an_ended_clock_keeps_the_time_that_was_used() -> None:
    ended = take(running(), "end", after(1240))
    assert (ended.state, ended.passed(after(9999))) == ("ended", 1_240_000)
    with pytest.raises(Refused, match="clock_ended"):
        take(ended, "resume", after(1300))


def test_a_clock_never_runs_backwards() -> None:
    assert running().passed(after(-5)) == 0
