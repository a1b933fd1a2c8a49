from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest

from services.scoring.clocks.domain import Clock, Tap, check_reason, correction, digest, replayed, take
from shared.errors import Refused

START = datetime(2026, 5, 16, 0, 0, tzinfo=UTC)


def after(seconds: int) -> datetime:
    return START + timedelta(seconds=seconds)


def running() -> Clock:
    return Clock(
        division_id=UUID(int=1),
        entry_id=UUID(int=2),
        number=1,
        limit_seconds=1200,
        warning_seconds=1080,
        running_since=START,
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


def tap(number: int, step: str, at: int, **more: object) -> Tap:
    fields = {
        "id": UUID(int=number),
        "number": number,
        "step": step,
        "at": after(at),
        "tapped_by": None,
        "reason": "r",
        **more,
    }
    return Tap(**fields)  # type: ignore[arg-type]  # a step of the log


def taken_back(number: int, which: int) -> Tap:
    return tap(number, "take_back", 5000, corrects=UUID(int=which))


def moved(number: int, which: int, to: int) -> Tap:
    return tap(number, "move", 5000, corrects=UUID(int=which), moved_to=after(to))


LOG = [tap(1, "start", 0), tap(2, "pause", 60), tap(3, "resume", 100), tap(4, "end", 1300)]


def test_a_clock_is_what_its_log_comes_to() -> None:
    found = replayed(running(), LOG)
    assert found is not None and (found.state, found.passed_ms, found.over_seconds) == ("ended", 1_260_000, 60)


def test_an_end_that_was_taken_back_lets_the_lesson_go_on() -> None:
    found = replayed(running(), [*LOG, taken_back(5, 4)])
    assert found is not None and found.state == "running" and found.passed(after(200)) == 160_000


def test_a_pause_that_was_taken_back_was_none() -> None:
    found = replayed(running(), [*LOG, taken_back(5, 2)])
    assert found is not None and found.passed_ms == 1_300_000


def test_a_tap_that_came_too_late_is_moved_and_a_later_move_holds() -> None:
    found = replayed(running(), [*LOG, moved(5, 4, 1200), moved(6, 4, 1250)])
    assert found is not None and found.passed_ms == 1_210_000


def test_a_log_of_which_nothing_counts_is_no_clock() -> None:
    assert replayed(running(), [tap(1, "start", 0), taken_back(2, 1)]) is None


@pytest.mark.parametrize("wrong", [taken_back(5, 1), moved(5, 2, 200), moved(5, 4, 50)])
def test_what_would_be_out_of_order_is_refused(wrong: Tap) -> None:
    with pytest.raises(Refused, match="clock_order"):
        replayed(running(), [*LOG, wrong])


def test_a_pause_is_told_its_reason_before_the_lesson_goes_on() -> None:
    unsaid = [tap(1, "start", 0, reason=""), tap(2, "pause", 60, reason="")]
    with pytest.raises(Refused, match="clock_reason_missing"):
        check_reason("resume", " ", unsaid)
    check_reason("resume", "projector", unsaid)
    check_reason("resume", "", LOG[:2])
    check_reason("end", "", unsaid)


def test_a_tap_is_moved_by_an_hour_at_most() -> None:
    assert correction(LOG[3], -30) == after(1270) and correction(LOG[3], None) is None
    with pytest.raises(Refused, match="clock_moved_too_far"):
        correction(LOG[3], 3601)


def test_the_checksum_of_a_log_is_of_all_of_it() -> None:
    assert digest(LOG) == digest(list(LOG)) != digest([*LOG, taken_back(5, 4)])
