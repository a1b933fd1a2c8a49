"""The notice clock against the real working-day calendar of 2026."""

from datetime import date, timedelta

import pytest
from chinese_calendar import constants

from services.awards.notices.domain import (
    Calendar,
    Terms,
    Year,
    check_ended,
    check_year,
    days_left,
    joined,
    last_day,
    running,
    unknown_year,
    year_of,
)
from shared.clock import instant
from shared.errors import Refused

KNOWN = Calendar(frozenset(range(2004, 2027)), frozenset(constants.holidays), frozenset(constants.workdays))
NEXT = Year(year=2027, source="invented", holidays=(date(2027, 1, 1), date(2027, 10, 1)), workdays=(date(2027, 1, 3),))


def terms(starts_on: date, days: int = 5, unit: str = "workday", count_first_day: bool = True) -> Terms:
    return Terms(
        starts_on=starts_on, days=days, unit="workday" if unit == "workday" else "day", count_first_day=count_first_day
    )


@pytest.mark.parametrize(
    ("starts_on", "ends_on"),
    [
        (date(2026, 5, 26), date(2026, 6, 1)),
        (date(2026, 12, 21), date(2026, 12, 25)),
        (date(2026, 4, 28), date(2026, 5, 7)),  # over the May holiday; a Monday-to-Friday clock says 05-04
        (date(2026, 2, 11), date(2026, 2, 24)),  # over the Spring Festival, with its working Saturday
    ],
)
def test_five_working_days_with_the_first_counted(starts_on: date, ends_on: date) -> None:
    assert last_day(terms(starts_on), KNOWN) == ends_on


def test_the_first_day_not_counted_moves_the_end_by_a_working_day() -> None:
    assert last_day(terms(date(2026, 5, 26), count_first_day=False), KNOWN) == date(2026, 6, 2)


def test_days_of_the_calendar_count_weekends_and_need_no_calendar() -> None:
    assert last_day(terms(date(2026, 12, 28), days=7, unit="day"), KNOWN) == date(2027, 1, 3)


def test_a_notice_that_reaches_an_unknown_year_is_refused_an_end() -> None:
    with pytest.raises(Refused, match="calendar_year_unknown") as told:
        last_day(terms(date(2026, 12, 28)), KNOWN)
    assert told.value.values == {"year": 2027}
    assert unknown_year(terms(date(2026, 12, 28)), KNOWN) == 2027


def test_a_data_file_for_the_next_year_lets_the_clock_run_again() -> None:
    assert last_day(terms(date(2026, 12, 28)), joined(KNOWN, [NEXT])) == date(2027, 1, 3)


def test_a_data_file_cannot_change_a_known_year() -> None:
    forged = Year(year=2026, source="x", holidays=(date(2026, 5, 27),), workdays=())
    assert last_day(terms(date(2026, 5, 26)), joined(KNOWN, [forged])) == date(2026, 6, 1)


def test_the_clock_never_ends_before_its_days_on_any_start_of_2026() -> None:
    on = date(2026, 1, 1)
    while on <= date(2026, 12, 21):
        end = last_day(terms(on), KNOWN)
        counted = [
            on + timedelta(days=n) for n in range((end - on).days + 1) if KNOWN.is_workday(on + timedelta(days=n))
        ]
        assert len(counted) == 5 and counted[-1] == end
        on += timedelta(days=1)


def test_the_last_day_belongs_to_the_notice_whole() -> None:
    start, end = date(2026, 5, 26), date(2026, 6, 1)
    assert running(start, end, instant(date(2026, 5, 25))) == "ahead"
    assert running(start, end, instant(date(2026, 5, 26))) == "running"
    assert running(start, end, instant(date(2026, 6, 2)) - timedelta(microseconds=1)) == "running"
    assert running(start, end, instant(date(2026, 6, 2))) == "ended"


def test_a_stopped_clock_does_not_end_however_late_it_is() -> None:
    assert running(date(2026, 12, 28), None, instant(date(2030, 1, 1))) == "stopped"
    with pytest.raises(Refused, match="notice_stopped"):
        check_ended(date(2026, 12, 28), None, instant(date(2030, 1, 1)))


def test_a_running_notice_is_not_over() -> None:
    with pytest.raises(Refused, match="notice_running"):
        check_ended(date(2026, 5, 26), date(2026, 6, 1), instant(date(2026, 6, 1)))
    assert check_ended(date(2026, 5, 26), date(2026, 6, 1), instant(date(2026, 6, 2))) == date(2026, 6, 1)


@pytest.mark.parametrize(
    ("today", "left"), [(date(2026, 5, 26), 5), (date(2026, 5, 30), 1), (date(2026, 6, 1), 1), (date(2026, 6, 2), 0)]
)
def test_days_left_count_today(today: date, left: int) -> None:
    assert days_left(terms(date(2026, 5, 26)), date(2026, 6, 1), today, KNOWN) == left


@pytest.mark.parametrize(
    ("year", "code"),
    [
        (Year(year=2027, source="x", holidays=(date(2026, 1, 1),), workdays=()), "calendar_day_elsewhere"),
        (Year(year=2027, source="x", holidays=(date(2027, 1, 2),), workdays=(date(2027, 1, 2),)), "calendar_day_twice"),
        (
            Year(year=2027, source="x", holidays=(date(2027, 1, 1),), workdays=(date(2027, 1, 4),)),
            "calendar_workday_wrong",
        ),
        (Year(year=2027, source="x", holidays=(date(2027, 1, 1),), workdays=()), "calendar_incomplete"),
    ],
)
def test_a_wrong_calendar_year_is_refused(year: Year, code: str) -> None:
    with pytest.raises(Refused, match=code):
        check_year(year)


def test_a_calendar_file_is_read_or_refused() -> None:
    table = {
        "year": 2027,
        "source": "invented",
        "holidays": [date(2027, 1, 1), date(2027, 10, 1)],
        "workdays": [date(2027, 1, 3)],
    }
    assert year_of(table) == NEXT
    with pytest.raises(Refused, match="calendar_file_wrong"):
        year_of({**table, "holidays": ["2027-01-01"]})
