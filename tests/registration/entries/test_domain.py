"""Eligibility and the life of an entry, as plain tables."""

from datetime import date

import pytest

from services.registration.activities.domain import Eligibility, Waiver
from services.registration.entries.domain import (
    FOLLOWS,
    Candidate,
    anniversary,
    moved,
    verdict,
)
from shared.errors import Refused

MEN = Eligibility(kind="born_after", date=date(1985, 5, 31), sex="男")
WOMEN = Eligibility(kind="born_after", date=date(1983, 5, 31), sex="女")
TWO_YEARS = Eligibility(kind="teaching_years", years=2, on=date(2026, 4, 10))


def person(**changes: object) -> Candidate:
    usual: dict[str, object] = {
        "staff_no": "2033", "sex": "男", "born": date(1990, 1, 1), "is_member": True, "employment": "在编",
        "teaching_since": date(2015, 9, 1),
    }  # fmt: skip
    return Candidate(**(usual | changes))  # type: ignore[arg-type]  # the table above names the fields


def test_the_named_day_itself_is_excluded_and_one_day_is_missing() -> None:
    (reason,) = verdict(person(born=date(1985, 5, 31)), [MEN, WOMEN], []).reasons
    assert (reason.code, reason.days, reason.limit) == ("born_too_early", 1, date(1985, 5, 31))


def test_the_day_after_the_named_day_is_eligible() -> None:
    assert verdict(person(born=date(1985, 6, 1)), [MEN, WOMEN], []).is_eligible


def test_a_line_for_the_other_sex_is_not_asked() -> None:
    assert verdict(person(sex="女", born=date(1983, 6, 1)), [MEN, WOMEN], []).is_eligible
    assert not verdict(person(sex="男", born=date(1983, 6, 1)), [MEN, WOMEN], []).is_eligible


def test_a_waiver_lifts_one_line_of_one_person_and_stays_visible() -> None:
    waiver = Waiver(staff_no="2033", rule="born_after", reason="产假，经审定")
    woman = person(sex="女", born=date(1983, 2, 1))
    told = verdict(woman, [MEN, WOMEN], [waiver])
    assert told.is_eligible and [w.reason for w in told.waived] == ["产假，经审定"]
    assert not verdict(person(staff_no="2034", sex="女", born=date(1983, 2, 1)), [WOMEN], [waiver]).is_eligible


@pytest.mark.parametrize(
    ("since", "missing"), [(date(2024, 4, 10), None), (date(2024, 4, 11), 1), (date(2024, 5, 1), 21)]
)
def test_two_years_are_complete_on_the_day_itself(since: date, missing: int | None) -> None:
    reasons = verdict(person(teaching_since=since), [TWO_YEARS], []).reasons
    assert [r.days for r in reasons] == ([] if missing is None else [missing])


def test_a_refusal_says_on_which_day_the_years_are_complete() -> None:
    (reason,) = verdict(person(teaching_since=date(2024, 5, 1)), [TWO_YEARS], []).reasons
    assert (reason.code, reason.until, reason.years) == ("teaching_too_short", date(2026, 5, 1), 2)


def test_years_from_a_leap_day_are_complete_on_the_last_day_of_february() -> None:
    assert anniversary(date(2024, 2, 29), 2) == date(2026, 2, 28)


def test_an_unknown_date_is_no_reason_to_accept() -> None:
    told = verdict(person(born=None, teaching_since=None), [MEN, TWO_YEARS], [])
    assert [r.code for r in told.reasons] == ["born_unknown", "teaching_unknown"]


def test_every_line_answers_at_once() -> None:
    rules = [
        Eligibility(kind="member"),
        MEN,
        Eligibility(kind="employment_not", values=("退休",)),
        Eligibility(kind="not_listed", staff_nos=("2033",), title="历届校一等奖"),
    ]
    told = verdict(person(is_member=False, born=date(1980, 1, 1), employment="退休"), rules, [])
    assert [r.code for r in told.reasons] == ["not_a_member", "born_too_early", "employment_excluded", "listed"]


def test_no_step_leads_out_of_a_final_state() -> None:
    for state in ("refused", "withdrawn", "absent", "disqualified"):
        assert not FOLLOWS[state]
        with pytest.raises(Refused, match="entry_state"):
            moved(state, "admitted")
