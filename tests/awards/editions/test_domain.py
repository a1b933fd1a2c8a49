"""Tiers: counts, ties at an edge, one more first prize, and the plan's tables."""

from datetime import date
from uuid import UUID

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.awards.editions.domain import (
    Division,
    ExtraPrize,
    Minute,
    ProposedAward,
    Standing,
    Tier,
    assign,
    check_extra,
    check_proposal,
    enlarged,
    further,
    list_hash,
    plan_of,
)
from shared.errors import Conflict, Fault, Refused

TIERS = (Tier(name="一等奖", count=2), Tier(name="二等奖", count=4), Tier(name="三等奖", count=5), Tier(name="优秀奖"))


def standings(*ranks: int) -> list[Standing]:
    return [Standing(UUID(int=n), rank) for n, rank in enumerate(ranks, start=1)]


def counts(given: dict[UUID, int], tiers: int) -> list[int]:
    return [sum(place == each for place in given.values()) for each in range(tiers)]


def test_humanities_gets_two_four_five_and_the_rest_merit() -> None:
    assert counts(assign(standings(*range(1, 19)), TIERS, ""), 4) == [2, 4, 5, 7]


def test_without_a_rest_tier_the_others_get_nothing() -> None:
    given = assign(standings(1, 2, 3, 4), TIERS[:1], "")
    assert given == {UUID(int=1): 0, UUID(int=2): 0}


def test_a_tie_inside_a_tier_needs_no_policy() -> None:
    assert counts(assign(standings(1, 1, 3, 4), TIERS[:2], ""), 2) == [2, 2]


def test_a_tie_at_a_tier_edge_without_policy_is_refused() -> None:
    with pytest.raises(Refused, match="tie_at_tier_edge"):
        assign(standings(1, 2, 2, 4), TIERS, "")


def test_expand_gives_all_of_a_tie_the_higher_tier() -> None:
    assert counts(assign(standings(1, 2, 2, 4, 5, 6, 7, 8), TIERS, "expand"), 4) == [3, 4, 1, 0]


def test_shrink_gives_none_of_a_tie_the_higher_tier() -> None:
    assert counts(assign(standings(1, 2, 2, 4, 5, 6, 7, 8), TIERS, "shrink"), 4) == [1, 4, 3, 0]


def test_a_tier_may_stay_partly_empty_when_few_are_ranked() -> None:
    assert counts(assign(standings(1, 2, 3), TIERS, ""), 4) == [2, 1, 0, 0]


@given(st.lists(st.integers(1, 12), min_size=1, max_size=30), st.sampled_from(["expand", "shrink"]))
def test_a_better_rank_never_gets_a_lower_tier(ranks: list[int], ties: str) -> None:
    given = assign(standings(*ranks), TIERS, "expand" if ties == "expand" else "shrink")
    by_rank = sorted((s.rank, given[s.entry_id]) for s in standings(*ranks))
    places = [place for _, place in by_rank]
    assert places == sorted(places)
    assert all(len({place for r, place in by_rank if r == rank}) == 1 for rank in ranks)


DIVISION = Division(key="arts", title="文科组", tiers=TIERS)


TODAY = date(2026, 5, 20)
WHOLE = Minute(title="领导小组会议纪要", document_no="江大工纪〔2026〕3号", dated=TODAY)


def extra(division: str, tier: str, more: int) -> ExtraPrize:
    return ExtraPrize(
        id=UUID(int=more + 40), division_key=division, tier=tier, more=more, minute=WHOLE, scan_sha256="ab" * 32,
        scan_name="纪要.pdf", scan_size=9,
    )  # fmt: skip


@pytest.mark.parametrize("field", ["title", "document_no", "dated"])
def test_E16_one_more_first_prize_needs_title_number_and_date_of_the_minute(field: str) -> None:
    lacking = msgspec.structs.replace(WHOLE, **{field: None if field == "dated" else ""})
    with pytest.raises(Refused, match="minute_required") as refused:
        check_extra(DIVISION, "一等奖", 1, lacking, [], False, TODAY)
    assert refused.value.values["field"] == field
    check_extra(DIVISION, "一等奖", 1, WHOLE, [], False, TODAY)


@pytest.mark.parametrize(
    ("tier", "more", "is_opened", "today", "code"),
    [
        ("一等奖", 1, True, TODAY, "codes_already_open"),
        ("优秀奖", 1, False, TODAY, "tier_unknown"),
        ("一等奖", 0, False, TODAY, "prize_count_wrong"),
        ("一等奖", 21, False, TODAY, "prize_count_wrong"),
        ("一等奖", -4, False, TODAY, "prize_count_wrong"),
        ("一等奖", 1, False, date(2026, 5, 19), "minute_ahead"),
    ],
)
def test_E16_prize_numbers_change_only_before_the_names_and_within_reason(
    tier: str, more: int, is_opened: bool, today: date, code: str
) -> None:
    with pytest.raises(Refused, match=code):
        check_extra(DIVISION, tier, more, WHOLE, [extra("arts", "一等奖", 1)], is_opened, today)


def test_a_minute_changes_only_its_tier_in_its_division() -> None:
    extras = [extra("arts", "一等奖", 1), extra("arts", "三等奖", -2), extra("science", "二等奖", 1)]
    assert [tier.count for tier in enlarged(DIVISION, extras)] == [3, 4, 3, None]


def award(name: str, subject: int = 1) -> ProposedAward:
    return ProposedAward(
        subject_kind="entry", subject_id=UUID(int=subject), name=name, name_key=name, division_key="arts", division="文科组",
        tier="一等奖",
    )  # fmt: skip


def test_a_posted_list_is_not_proposed_again() -> None:
    with pytest.raises(Conflict, match="edition_on_notice"):
        check_proposal("on_notice", [award("甲")])


def test_an_empty_list_and_the_same_prize_twice_are_refused() -> None:
    with pytest.raises(Refused, match="award_list_empty"):
        check_proposal("open", [])
    with pytest.raises(Refused, match="award_twice"):
        check_proposal("open", [award("甲"), award("甲")])


def test_equal_lists_have_equal_hashes_and_others_not() -> None:
    assert list_hash([award("甲")]) == list_hash([award("甲")])
    assert list_hash([award("甲"), award("乙", 2)]) != list_hash([award("乙", 2), award("甲")])


def test_an_edition_never_goes_back() -> None:
    assert further("issued", "approved") == "issued"
    assert further("on_notice", "approved") == "approved"


PLAN = {
    "notice": {
        "starts": date(2026, 5, 26),
        "days": 5,
        "unit": "workday",
        "count_first_day": True,
        "contact": "校工会办公室",
    },
    "approval": {"body": "校党委会", "on": date(2026, 6, 3), "document_no": "江大党纪要〔2026〕11号"},
    "commendation": {"document_no": "江大工〔2026〕15号", "on": date(2026, 6, 5)},
}


def test_a_whole_plan_is_read() -> None:
    faults: list[Fault] = []
    plan = plan_of(PLAN, "season.toml", "", faults)
    assert not faults and plan is not None
    assert plan.notice.count_first_day and plan.approval.body == "校党委会" and plan.commendation.on == date(2026, 6, 5)
    assert (plan.ceremony.one_by_one, plan.ceremony.figures) == (8, True)


def test_a_season_says_how_prizes_are_shown_on_stage() -> None:
    plan = plan_of({**PLAN, "ceremony": {"one_by_one": 3, "figures": False}}, "season.toml", "", [])
    assert plan is not None
    assert (plan.ceremony.one_by_one, plan.ceremony.figures) == (3, False)


@pytest.mark.parametrize(
    ("change", "code", "column"),
    [
        ({"notice": {**PLAN["notice"], "count_first_day": None}}, "first_day_open", "notice.count_first_day"),
        ({"notice": {**PLAN["notice"], "days": 0}}, "notice_days_wrong", "notice.days"),
        ({"notice": {**PLAN["notice"], "unit": "weeks"}}, "notice_unit_wrong", "notice.unit"),
        ({"notice": {**PLAN["notice"], "contact": ""}}, "text_needed", "notice.contact"),
        ({"notice": {**PLAN["notice"], "colour": "red"}}, "key_unknown", "notice.colour"),
        ({"approval": None}, "section_absent", "approval"),
        ({"commendation": {"document_no": "15号", "on": "soon"}}, "day_needed", "commendation.on"),
        ({"ceremony": {"one_by_one": "all"}}, "ceremony_wrong", "ceremony"),
        ({"ceremony": {"figures": 1}}, "ceremony_wrong", "ceremony"),
        ({"ceremony": {"music": True}}, "key_unknown", "ceremony.music"),
    ],
)
def test_a_plan_that_leaves_a_question_open_is_refused_with_the_question(
    change: dict[str, object], code: str, column: str
) -> None:
    faults: list[Fault] = []
    assert plan_of({**PLAN, **change}, "season.toml", "", faults) is None
    assert [(each.code, each.column) for each in faults] == [(code, column)]
