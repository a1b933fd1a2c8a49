"""Scores of a nominated branch: exact, never invented, one zero heading fails."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec import structs

from services.awards.scorecards import domain
from shared.errors import Faulty
from shared.exact import Ratio
from tests.awards.sample import programme

CARD = programme().scorecard
FULL = {"congress": 30, "records": 20, "meeting": 50}


@pytest.mark.parametrize(
    ("audited", "total", "verdict"),
    [
        (FULL, 100, "passed"),
        ({"congress": 20, "records": 15, "meeting": 50}, 85, "passed"),
        ({"congress": 20, "records": 14, "meeting": 50}, 84, "below_pass"),
        ({"congress": 0, "records": 0, "meeting": 50}, 50, "zero_category"),
        ({"congress": 0, "records": 20, "meeting": 50}, 70, "below_pass"),
        ({"congress": 30, "records": 20}, None, "unaudited"),
        ({}, None, "unaudited"),
    ],
)
def test_the_pass_mark_includes_the_number_and_a_zero_heading_fails(
    audited: dict[str, int], total: int | None, verdict: str
) -> None:
    standing = domain.standing(CARD, FULL, audited)
    assert (standing.audited_total, standing.verdict) == (total, verdict)


def test_a_zero_heading_fails_even_with_enough_points() -> None:
    low = structs.replace(CARD, pass_mark=40)
    audited = {"congress": 0, "records": 0, "meeting": 50}
    assert domain.standing(low, FULL, audited).verdict == "zero_category"
    assert domain.standing(structs.replace(low, zero_category_fails=False), FULL, audited).verdict == "passed"


def test_only_the_audited_score_counts() -> None:
    assert domain.standing(CARD, FULL, {}).verdict == "unaudited"
    assert domain.standing(CARD, {}, FULL).verdict == "passed"


def test_every_fault_of_a_typed_scorecard_is_told_with_its_field() -> None:
    with pytest.raises(Faulty) as told:
        domain.read_scores(CARD, {"congress": "31", "records": "1.5", "colour": "1"}, prefix="scores.")
    assert sorted((fault.code, fault.field) for fault in told.value.faults) == [
        ("item_unknown", "scores.colour"),
        ("mark_not_multiple", "scores.records"),
        ("score_missing", "scores.meeting"),
        ("score_over_highest", "scores.congress"),
    ]


@given(st.fixed_dictionaries({key: st.integers(0, highest) for key, highest in FULL.items()}))
def test_points_typed_in_tenths_add_up_exactly(counts: dict[str, int]) -> None:
    tenths = structs.replace(CARD, unit=Ratio(1, 10))
    typed = {key: f"{count // 10}.{count % 10}" for key, count in counts.items()}
    scores = domain.read_scores(tenths, typed)
    assert scores == counts
    assert domain.total(scores, tuple(FULL)) == sum(Fraction(text) for text in typed.values()) * 10
