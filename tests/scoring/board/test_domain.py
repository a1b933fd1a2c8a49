from datetime import UTC, datetime, timedelta
from uuid import UUID

import msgspec

from services.scoring.board.domain import MOST_ROWS, Facts, Frame, Name, Released, ShownClock, frame, is_same
from tests.scoring.samples import entry

NOW = datetime(2026, 5, 16, 1, 0, tzinfo=UTC)
ENTRIES = tuple((entry(n), f"{n:02}", n, f"T{n}") for n in range(1, 5))


def facts(**changes: object) -> Facts:
    made = Facts(
        division_id=UUID(int=1), activity="竞赛", activity_en="", division="文科组", division_en="", venue="第一会场",
        entries=ENTRIES, done=frozenset({entry(1)}), current=entry(2), clock=None, released=(), names={},
    )  # fmt: skip
    return msgspec.structs.replace(made, **changes)


def clock(state: str = "running") -> ShownClock:
    return msgspec.convert(
        {"code": "02", "state": state, "limit_ms": 1_200_000, "warning_ms": 1_080_000, "passed_ms": 1000, "at": NOW}, ShownClock
    )


def shown(**changes: object) -> Frame:
    return frame(facts(**changes), 1, NOW)


def test_before_the_roll_the_screen_waits() -> None:
    assert shown(entries=(), done=frozenset(), current=None).phase == "waiting"


def test_progress_shows_codes_and_states_and_no_figure() -> None:
    seen = shown()
    assert (seen.phase, seen.done, seen.total, seen.is_open) == ("progress", 1, 4, False)
    assert [each.state for each in seen.entries] == ["done", "current", "waiting", "waiting"]
    assert all(each.name == "" and each.unit == "" for each in seen.entries) and seen.results == ()


def test_the_one_on_stage_is_not_done_although_the_marks_are_in() -> None:
    assert shown(done=frozenset({entry(1), entry(2)})).done == 1


def test_results_stand_in_rank_order_by_code_until_the_codes_are_opened() -> None:
    released = tuple(Released(entry_id=entry(n), code=f"{n:02}", rank=rank, shown=f"9{rank}.00") for n, rank in ((3, 2), (1, 2), (2, 1)))
    seen = shown(released=released, current=None)
    assert seen.phase == "results" and [each.code for each in seen.results] == ["02", "01", "03"]
    assert {each.name for each in seen.results} == {""}
    opened = shown(released=released, current=None, names={entry(2): Name("林若溪", "外国语学院")})
    assert (opened.results[0].name, opened.results[0].unit, opened.is_open) == ("林若溪", "外国语学院", True)


def test_a_running_lesson_keeps_its_clock_on_the_screen_while_results_are_released_one_by_one() -> None:
    released = (Released(entry_id=entry(1), code="01", rank=1, shown="91.00"),)
    assert shown(released=released).phase == "progress"
    assert shown(released=released, current=None).phase == "results"


def test_a_frame_that_shows_the_same_is_no_new_frame() -> None:
    assert is_same(shown(), frame(facts(), 7, NOW + timedelta(minutes=5)))
    assert not is_same(shown(), shown(current=entry(3)))


def test_a_running_clock_makes_no_new_frame_each_second_but_a_pause_does() -> None:
    later = msgspec.structs.replace(clock(), passed_ms=9000, at=NOW + timedelta(seconds=8))
    assert is_same(shown(clock=clock()), shown(clock=later))
    assert not is_same(shown(clock=clock()), shown(clock=clock("paused")))


def test_a_large_division_is_a_window_around_the_stage_and_stays_small() -> None:
    many = tuple((entry(n), f"{n:04}", n, "课" * 40) for n in range(1, 2001))
    seen = shown(entries=many, done=frozenset(entry(n) for n in range(1, 1000)), current=entry(1000))
    assert len(seen.entries) == MOST_ROWS and any(each.state == "current" for each in seen.entries)
    assert seen.total == 2000 and len(msgspec.json.encode(seen)) < 20_000
