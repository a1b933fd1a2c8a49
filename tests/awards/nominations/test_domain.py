"""Who may stand: quota of the stratum, once per branch, in time."""

from datetime import UTC, datetime
from uuid import UUID

import pytest

from services.awards.nominations import domain
from services.awards.nominations.domain import Line, Nomination
from shared.errors import Told
from tests.awards.sample import programme

RULE = programme()
IN_TIME = datetime(2026, 12, 1, tzinfo=UTC)


def standing(code: str, stratum: str = "office", place: int = 1) -> Nomination:
    number = UUID(int=int(code))
    return Nomination(
        id=number,
        programme_id=UUID(int=1),
        branch_id=number,
        branch_code=code,
        branch=code,
        stratum=stratum,
        place=place,
        reason="好",
    )


def test_a_branch_stands_in_the_stratum_of_its_category() -> None:
    assert domain.admit(RULE, "后勤附属", "23", "理由", [], IN_TIME).stratum.key == "service"


@pytest.mark.parametrize(
    ("category", "code", "reason", "others", "now", "refusal"),
    [
        ("机关", "17", "理由", [], datetime(2026, 11, 16, 0, 59, tzinfo=UTC), "nominations_not_open"),
        ("机关", "17", "理由", [], datetime(2026, 12, 4, 9, tzinfo=UTC), "nominations_closed"),
        ("公司", "17", "理由", [], IN_TIME, "branch_in_no_stratum"),
        ("机关", "17", " ", [], IN_TIME, "reason_missing"),
        ("机关", "17", "理由", [standing("17")], IN_TIME, "branch_nominated"),
        ("机关", "17", "理由", [standing("18"), standing("19", place=2)], IN_TIME, "nomination_quota_used"),
    ],
)
def test_a_nomination_is_refused_with_its_reason(
    category: str, code: str, reason: str, others: list[Nomination], now: datetime, refusal: str
) -> None:
    with pytest.raises(Told) as told:
        domain.admit(RULE, category, code, reason, others, now)
    assert told.value.code == refusal


def test_a_free_place_of_another_stratum_helps_nobody() -> None:
    others = [standing("18"), standing("19")]
    assert domain.admit(RULE, "院系", "01", "理由", others, IN_TIME).stratum.key == "faculty"


def test_a_freed_place_is_taken_again() -> None:
    place = domain.admit(RULE, "机关", "17", "理由", [standing("18", place=2)], IN_TIME)
    assert (place.stratum.key, place.number) == ("office", 1)


def test_every_fault_of_the_sheet_is_told_with_its_row() -> None:
    categories = {"17": "机关", "18": "机关", "19": "机关", "30": "公司"}
    rows = [("17", "好"), ("18", ""), ("17", "好"), ("99", "好"), ("30", "好"), ("19", "好")]
    lines = [Line(programme="p", branch_code=code, reason=reason, row=n) for n, (code, reason) in enumerate(rows, 2)]
    assert [(fault.row, fault.code) for fault in domain.check_lines(RULE, categories, lines)] == [
        (3, "reason_missing"),
        (4, "branch_nominated"),
        (5, "branch_unknown"),
        (6, "branch_in_no_stratum"),
        (7, "nomination_quota_used"),
    ]
