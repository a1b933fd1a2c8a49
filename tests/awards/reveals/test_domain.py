"""The order of the stage, what each step shows, and what the presenter's keys do."""

from itertools import groupby

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.awards.reveals.domain import (
    Course,
    Placed,
    Script,
    Winner,
    body,
    checksum,
    closed,
    frames_of,
    invented,
    moved,
    opened,
    packets,
    shown_once,
    steps_of,
)
from shared.errors import Conflict, Refused

TIERS = ("一等奖", "二等奖", "三等奖", "优秀奖")
NAMES = ("林若溪", "欧阳静姝", "阿卜杜热合曼·买买提·吐尔逊", "迪丽努尔·艾合买提", "方远", "桂冠代表队")
RUNNING = Course(state="running", version=5, step=2, is_blank=False, steps=6)


def placed(tier: int, name: str, rank: int | None, division: str = "文科组") -> Placed:
    return Placed(tier=TIERS[tier], position=tier + 1, winner=Winner(division=division, name=name, rank=rank))


def script_of(listed: list[Placed], one_by_one: int = 8) -> Script:
    return Script(
        edition="teaching-9", title="竞赛", organisation="工会", is_proposed=True, is_rehearsal=False,
        steps=steps_of(listed, one_by_one),
    )  # fmt: skip


def shown(listed: list[Placed], one_by_one: int = 8) -> list[list[str]]:
    """The names of each step of winners."""
    return [[w.name for w in step.winners] for step in steps_of(listed, one_by_one) if step.kind == "winners"]


@st.composite
def lists(draw: st.DrawFn) -> list[Placed]:
    """A signed list: divisions with tiers in order, ranks with ties, a team here and there."""
    listed = []
    for division in draw(st.lists(st.sampled_from(("文科组", "理科组", "工科组", "思政组")), min_size=1, unique=True)):
        rank, place = 0, 0
        for tier in range(draw(st.integers(1, 4))):
            for _ in range(draw(st.integers(0, 14))):
                place += 1
                rank = rank if rank and draw(st.booleans()) else place
                name = f"{draw(st.sampled_from(NAMES))}{place}"
                members = tuple(NAMES[: draw(st.integers(0, 3))])
                listed.append(
                    Placed(
                        tier=TIERS[tier], position=tier + 1,
                        winner=Winner(division=division, name=name, rank=rank, members=members),
                    )
                )  # fmt: skip
    return listed


@settings(max_examples=40, deadline=None)
@given(lists(), st.integers(0, 14))
def test_the_last_frame_is_the_whole_signed_list(listed: list[Placed], one_by_one: int) -> None:
    last = frames_of(script_of(listed, one_by_one), "")[-1].step
    whole = [(prize.tier, winner) for prize in last.prizes for winner in prize.winners]
    assert [tier for tier, _ in groupby(whole, lambda each: each[0])] == [
        t for t in TIERS if t in {p.tier for p in listed}
    ]
    for tier in TIERS:
        assert [w for t, w in whole if t == tier] == [p.winner for p in listed if p.tier == tier]


@settings(max_examples=40, deadline=None)
@given(lists(), st.integers(0, 14))
def test_every_winner_is_shown_once_before_the_list(listed: list[Placed], one_by_one: int) -> None:
    key = repr
    steps = steps_of(listed, one_by_one)
    assert sorted(shown_once(steps), key=key) == sorted([(p.tier, p.winner) for p in listed], key=key)
    assert max((len(step.winners) for step in steps), default=0) <= 12


@settings(max_examples=40, deadline=None)
@given(lists())
def test_the_stage_goes_from_the_lowest_tier_to_the_first(listed: list[Placed]) -> None:
    tiers = [TIERS.index(step.tier) for step in steps_of(listed, 8) if step.tier]
    assert tiers == sorted(tiers, reverse=True)


@settings(max_examples=40, deadline=None)
@given(lists(), st.integers(0, 14))
def test_each_frame_says_how_many_prizes_were_shown(listed: list[Placed], one_by_one: int) -> None:
    for frame in frames_of(script_of(listed, one_by_one), "")[:-1]:
        until = [w for step in steps_of(listed, one_by_one)[: frame.number + 1] for w in step.winners]
        assert sum(each.shown for each in frame.dots) == len(until)
        assert sum(each.total for each in frame.dots) == len(listed)


@settings(max_examples=40, deadline=None)
@given(lists())
def test_a_packets_length_tells_nothing_of_its_name(listed: list[Placed]) -> None:
    frames = frames_of(script_of(listed), "c" * 64)
    sealed = packets(frames)
    assert len({len(each) for each in sealed[:-1]}) == 1
    assert [msgspec.json.decode(each, type=type(frames[0])) for each in sealed] == list(frames)


def test_winners_of_one_rank_stand_side_by_side() -> None:
    listed = [placed(0, "甲", 1), placed(0, "乙", 2), placed(0, "丙", 2), placed(0, "丁", 4)]
    assert shown(listed) == [["丁"], ["乙", "丙"], ["甲"]]


def test_equal_ranks_of_two_divisions_are_no_tie() -> None:
    assert shown([placed(0, "甲", 1), placed(0, "乙", 1, "理科组")]) == [["甲"], ["乙"]]


def test_a_tier_with_many_winners_is_shown_whole_in_even_pages() -> None:
    listed = [placed(0, f"第{n}", n) for n in range(1, 15)]
    assert [len(names) for names in shown(listed)] == [7, 7]
    assert shown(listed[:9]) == [[f"第{n}" for n in range(1, 10)]]
    assert len(shown(listed[:8])) == 8


def test_who_is_among_the_rest_is_shown_whole_and_without_figures() -> None:
    winners = [
        Winner(division="文科组", name=name, rank=rank, result="80.00") for rank, name in enumerate("甲乙丙", start=1)
    ]
    listed = [Placed(tier="一等奖", position=1, winner=winners[0])]
    listed += [Placed(tier="优秀奖", position=2, is_rest=True, winner=each) for each in winners[1:]]
    steps = steps_of(listed, 8)
    assert [[(w.name, w.rank, w.result) for w in step.winners] for step in steps if step.winners] == [
        [("乙", None, ""), ("丙", None, "")], [("甲", 1, "80.00")],
    ]  # fmt: skip
    assert [w.rank for prize in steps[-1].prizes for w in prize.winners] == [1, None, None]


def test_an_edition_without_figures_tells_none_and_still_knows_its_ties() -> None:
    winners = [Winner(division="文科组", name=name, rank=1, result="80.00") for name in "甲乙"]
    steps = steps_of([Placed(tier="一等奖", position=1, winner=each) for each in winners], 8, has_figures=False)
    assert [step.is_tied for step in steps] == [False, False, True, False]
    told = [w for step in steps for w in (*step.winners, *(w for prize in step.prizes for w in prize.winners))]
    assert {(w.rank, w.result) for w in told} == {(None, "")}


def test_a_tier_comes_by_its_name_where_divisions_count_differently() -> None:
    low = Placed(tier="二等奖", position=1, winner=Winner(division="理科组", name="乙", rank=1))
    steps = steps_of([placed(0, "甲", 1), low, placed(1, "丙", 2)], 8)
    assert [step.tier for step in steps if step.kind == "tier"] == ["二等奖", "一等奖"]


def test_equal_scripts_have_equal_bytes_and_checksums() -> None:
    one, other = script_of([placed(0, "甲", 1)]), script_of([placed(0, "甲", 1)])
    assert body(one) == body(other)
    assert checksum(body(one)) == checksum(body(other))
    assert list(msgspec.json.decode(body(one))) == sorted(msgspec.json.decode(body(one)))
    assert checksum(body(script_of([placed(0, "乙", 1)]))) != checksum(body(one))


def test_a_rehearsal_tries_a_tie_a_team_and_long_names() -> None:
    tiers = [("一等奖", "", 2), ("二等奖", "", 3), ("三等奖", "", None)]
    listed = invented([("文科组", "", tiers), ("理科组", "", tiers)])
    names = [each.winner.name for each in listed]
    assert "阿卜杜热合曼·买买提·吐尔逊" in names
    assert any(each.winner.members for each in listed)
    assert max(len(each.winner.unit) for each in listed) == 30
    assert any(len(step.winners) == 2 for step in steps_of(listed, 8))
    assert [sum(e.tier == t and e.winner.division == "文科组" for e in listed) for t, _, _ in tiers] == [2, 3, 4]


@pytest.mark.parametrize(
    ("kind", "step", "expected"),
    [("next", 0, (3, False)), ("back", 0, (1, False)), ("show", 5, (5, False)), ("blank", 0, (2, True))],
)
def test_a_press_moves_the_course(kind: str, step: int, expected: tuple[int, bool]) -> None:
    after = moved(RUNNING, kind, step, 5)  # type: ignore[arg-type]  # a kind of the table above
    assert (after.step, after.is_blank, after.version) == (*expected, 6)


@pytest.mark.parametrize(("kind", "step"), [("back", 0), ("next", 5), ("show", 2), ("blank", 2)])
def test_a_press_that_changes_nothing_keeps_the_version(kind: str, step: int) -> None:
    course = msgspec.structs.replace(RUNNING, step=step, is_blank=kind == "blank")
    assert moved(course, kind, step, 5) == course  # type: ignore[arg-type]  # a kind of the table above


@pytest.mark.parametrize("kind", ["next", "back"])
def test_a_blank_screen_comes_back_where_it_was(kind: str) -> None:
    after = moved(msgspec.structs.replace(RUNNING, is_blank=True), kind, 0, 5)  # type: ignore[arg-type]  # next or back
    assert (after.step, after.is_blank) == (2, False)


def test_a_console_that_saw_an_older_picture_moves_nothing() -> None:
    with pytest.raises(Conflict, match="reveal_moved") as told:
        moved(RUNNING, "next", 0, 4)
    assert told.value.values == {"step": 3}


def test_nothing_moves_before_the_beginning_or_after_the_end() -> None:
    ready = Course(state="ready", version=1, step=0, is_blank=False, steps=6)
    over = closed(opened(ready, 1), 2)
    for course in (ready, over):
        with pytest.raises(Refused, match="reveal_not_running"):
            moved(course, "next", 0, course.version)
    with pytest.raises(Conflict, match="reveal_begun"):
        opened(over, over.version)
    with pytest.raises(Refused, match="reveal_not_running"):
        closed(ready, 1)


def test_there_is_no_step_behind_the_last() -> None:
    with pytest.raises(Refused, match="step_unknown"):
        moved(RUNNING, "show", 6, 5)


def test_the_end_shows_what_was_blank() -> None:
    assert closed(msgspec.structs.replace(RUNNING, is_blank=True), 5).is_blank is False
