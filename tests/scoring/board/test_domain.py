from datetime import UTC, datetime, timedelta
from uuid import UUID

import msgspec

from services.scoring.board.domain import (
    MOST_ROWS,
    Facts,
    Frame,
    Name,
    Released,
    ShownClock,
    change,
    frame,
    frozen,
    inside,
    is_same,
)
from services.scoring.freezes.domain import Kept
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


def test_a_rule_that_shows_results_shows_them_beside_the_lesson() -> None:
    released = (Released(entry_id=entry(1), code="01", rank=1, shown="91.00"),)
    seen = shown(released=released, shows="results")
    assert seen.phase == "results" and seen.entries[1].state == "current"


def test_when_all_are_done_a_rule_with_a_ceremony_waits_for_it() -> None:
    over = {"done": frozenset(entry(n) for n in range(1, 5)), "current": None}
    assert shown(**over, waits=True).phase == "ceremony"
    assert shown(**over).phase == "progress" and shown(waits=True).phase == "progress"
    out = (Released(entry_id=entry(1), code="01", rank=1, shown="91.00"),)
    assert shown(**over, waits=True, released=out).phase == "results"


KEPT = (Kept(entry_id=entry(3), code="03", rank=2, shown="92.00"), Kept(entry_id=entry(1), code="01", rank=1, shown="93.00"))


def test_a_frozen_frame_keeps_results_and_tells_neither_stage_nor_progress() -> None:
    last = shown(clock=clock(), reveal="/awards/reveals/1", names={entry(1): Name("林若溪", "外国语学院")})
    seen = frozen(last, KEPT, 9, NOW)
    assert (seen.phase, seen.version, seen.done, seen.total) == ("frozen", 9, 0, 4)
    assert (seen.entries, seen.clock, seen.reveal) == ((), None, "")
    assert [(each.code, each.rank, each.title) for each in seen.results] == [("01", 1, "T1"), ("03", 2, "T3")]


def test_a_frozen_frame_made_again_is_the_same_and_needs_nothing_newer() -> None:
    once = frozen(shown(), KEPT, 2, NOW)
    assert is_same(once, frozen(once, KEPT, 3, NOW + timedelta(hours=1)))


def test_inside_the_hall_the_stage_goes_on_and_results_and_names_do_not() -> None:
    public = frozen(shown(), KEPT, 2, NOW)
    released = tuple(Released(entry_id=entry(n), code=f"{n:02}", rank=n, shown="99.00") for n in (1, 2, 3))
    made = shown(clock=clock(), released=released, names={entry(1): Name("林若溪", "外国语学院")}, root="r")
    seen = inside(made, public)
    assert (seen.phase, seen.is_open, seen.root, seen.results) == ("frozen", False, "", public.results)
    assert seen.clock == made.clock and seen.entries[1].state == "current" and {each.name for each in seen.entries} == {""}


def large(ranks: dict[int, int], version: int) -> Frame:
    released = tuple(Released(entry_id=entry(n), code=f"{n:02}", rank=rank, shown=f"{n}.00") for n, rank in ranks.items())
    many = tuple((entry(n), f"{n:02}", n, f"T{n}") for n in range(1, 100))
    return frame(facts(entries=many, released=released, current=None), version, NOW)


def test_a_change_of_many_rows_is_much_shorter_than_the_whole_and_makes_the_same_picture() -> None:
    old = large({n: n for n in range(2, 80)}, 4)
    new = large({1: 1} | {n: n + 1 for n in range(2, 80)}, 5)
    made = change(old, new)
    assert made is not None and (made["base"], made["version"]) == (4, 5)
    assert [each.code for each in made["rows"]] == ["01"]
    rows = {each.code: each for each in (*old.results, *made["rows"])}
    results = tuple(msgspec.structs.replace(rows[code], rank=rank) for code, rank in zip(made["order"], made["ranks"], strict=True))
    assert msgspec.structs.replace(old, **made["rest"], results=results, version=5) == new
    assert len(msgspec.json.encode(made)) * 3 < len(msgspec.json.encode(new))


def test_few_rows_are_always_told_whole() -> None:
    assert change(large({1: 1}, 4), large({1: 1, 2: 2}, 5)) is None
