"""The legal clock of a public notice. Pure: no I/O, no clock, no randomness.

A notice counts working days of the Chinese calendar, with its moved working Saturdays, or days of the calendar. A year whose
calendar is unknown stops the clock: it never guesses and never ends early. Not here: who posts (actions), objections.
"""

import hashlib
from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any, Literal
from uuid import UUID

import msgspec
from msgspec import Struct

from shared.clock import day
from shared.errors import Refused

Running = Literal["ahead", "running", "stopped", "ended"]
ONE_DAY = timedelta(days=1)


class Calendar(Struct, frozen=True):
    """years: those whose holidays were published; holidays: weekdays and others that are free; workdays: weekends worked."""

    years: frozenset[int]
    holidays: frozenset[date]
    workdays: frozenset[date]

    def is_workday(self, on: date) -> bool:
        """Raises Refused: calendar_year_unknown."""
        if on.year not in self.years:
            raise Refused("calendar_year_unknown", year=on.year)
        return on in self.workdays or (on.weekday() < 5 and on not in self.holidays)


class Year(Struct, frozen=True, kw_only=True):
    """One year of the calendar as its data file states it; source: the State Council's notice."""

    year: int
    source: str
    holidays: tuple[date, ...]
    workdays: tuple[date, ...]


class Terms(Struct, frozen=True, kw_only=True):
    starts_on: date
    days: int
    unit: Literal["workday", "day"]
    count_first_day: bool


class Notice(Struct, frozen=True, kw_only=True):
    """A posted list. ends_on: its last day, None while the clock is stopped; list_hash: of the bytes that were posted."""

    id: UUID
    edition_id: UUID
    proposal_id: UUID
    terms: Terms
    contact: str
    ends_on: date | None
    list_hash: str
    posted_at: datetime

    @classmethod
    def of(cls, row: dict[str, Any]) -> "Notice":
        """From flat values: the terms stand beside the rest."""
        terms = Terms(**{name: row.pop(name) for name in ("starts_on", "days", "unit", "count_first_day")})
        return cls(terms=terms, **row)


class Posting(Struct, frozen=True, kw_only=True):
    """Proof that the list hung elsewhere too: a photograph or screenshot, by its content's SHA-256."""

    id: UUID
    place: str
    sha256: str
    name: str
    size: int
    added_at: datetime


class Line(Struct, frozen=True, kw_only=True):
    """A line as posted: no rank, no result, no code. id: the award."""

    id: UUID
    subject_kind: str
    name: str
    unit: str
    division_key: str
    division: str
    division_en: str
    work: str
    tier: str
    tier_en: str


class Clockface(Struct, frozen=True, kw_only=True):
    """What a page says of the clock. unknown_year: whose calendar is missing, 0 if none."""

    running: Running
    starts_on: date
    ends_on: date | None
    left: int
    unknown_year: int


def clockface(terms: Terms, ends_on: date | None, now: datetime, calendar: Calendar) -> Clockface:
    return Clockface(
        running=running(terms.starts_on, ends_on, now), starts_on=terms.starts_on, ends_on=ends_on,
        left=days_left(terms, ends_on, day(now), calendar) if ends_on else 0,
        unknown_year=0 if ends_on else unknown_year(terms, calendar),
    )  # fmt: skip


def end_if_known(terms: Terms, calendar: Calendar) -> date | None:
    """The last day, or None where the calendar of a year it needs is missing: the clock stands."""
    try:
        return last_day(terms, calendar)
    except Refused:
        return None


def joined(calendar: Calendar, years: list[Year]) -> Calendar:
    """The calendar with later years; a year it already knows is not replaced."""
    fresh = [each for each in years if each.year not in calendar.years]
    return Calendar(
        calendar.years | {each.year for each in fresh},
        calendar.holidays | {on for each in fresh for on in each.holidays},
        calendar.workdays | {on for each in fresh for on in each.workdays},
    )


def check_year(year: Year) -> None:
    """Raises Refused: calendar_day_elsewhere, calendar_day_twice, calendar_workday_wrong, calendar_incomplete."""
    for on in (*year.holidays, *year.workdays):
        if on.year != year.year:
            raise Refused("calendar_day_elsewhere", day=on.isoformat(), year=year.year)
    for on in set(year.holidays) & set(year.workdays):
        raise Refused("calendar_day_twice", day=on.isoformat())
    for on in year.workdays:
        if on.weekday() < 5:
            raise Refused("calendar_workday_wrong", day=on.isoformat())
    if date(year.year, 1, 1) not in year.holidays or date(year.year, 10, 1) not in year.holidays:
        raise Refused("calendar_incomplete", year=year.year)


def year_of(table: dict[str, Any]) -> Year:
    """Read a year's data file. Raises Refused: calendar_file_wrong."""
    year, source = table.get("year"), table.get("source")
    holidays, workdays = table.get("holidays"), table.get("workdays")
    if not isinstance(year, int) or not isinstance(source, str) or not source.strip():
        raise Refused("calendar_file_wrong")
    if not isinstance(holidays, list) or not isinstance(workdays, list):
        raise Refused("calendar_file_wrong")
    if not all(isinstance(on, date) and not isinstance(on, datetime) for on in (*holidays, *workdays)):
        raise Refused("calendar_file_wrong")
    return Year(year=year, source=source.strip(), holidays=tuple(holidays), workdays=tuple(workdays))


def _counts(on: date, terms: Terms, calendar: Calendar) -> bool:
    return terms.unit == "day" or calendar.is_workday(on)


def last_day(terms: Terms, calendar: Calendar) -> date:
    """The day with which the notice ends. Raises Refused: calendar_year_unknown.

    Rule: services/awards/README.md#the-notice-clock
    """
    on = terms.starts_on if terms.count_first_day else terms.starts_on + ONE_DAY
    counted = int(_counts(on, terms, calendar))
    while counted < terms.days:
        on += ONE_DAY
        counted += _counts(on, terms, calendar)
    return on


def days_left(terms: Terms, ends_on: date, today: date, calendar: Calendar) -> int:
    """Counted days from today to the last day, both included; 0 when it is over."""
    on, left = max(today, terms.starts_on), 0
    if on == terms.starts_on and not terms.count_first_day:
        on += ONE_DAY
    while on <= ends_on:
        left += _counts(on, terms, calendar)
        on += ONE_DAY
    return left


def running(starts_on: date, ends_on: date | None, now: datetime) -> Running:
    """Where the clock is: a notice without an end is stopped, whatever the time; the last day belongs to it whole."""
    today = day(now)
    if ends_on is None:
        return "stopped"
    if today > ends_on:
        return "ended"
    return "ahead" if today < starts_on else "running"


def unknown_year(terms: Terms, calendar: Calendar) -> int:
    """The first year after the start whose calendar is missing."""
    year = terms.starts_on.year
    while year in calendar.years:
        year += 1
    return year


def check_ended(starts_on: date, ends_on: date | None, now: datetime) -> date:
    """The last day of a notice that is over. Raises Refused: notice_stopped, notice_running."""
    if ends_on is None:
        raise Refused("notice_stopped")
    if running(starts_on, ends_on, now) != "ended":
        raise Refused("notice_running", last=ends_on.isoformat())
    return ends_on


def posted_bytes(
    title: str, terms: Terms, contact: str, lines: list[Line], remarks: Sequence[Struct] = ()
) -> tuple[bytes, str]:
    """The list as it is posted, as bytes that are kept, and their SHA-256 in hex. remarks: changed numbers of prizes."""
    content = msgspec.json.encode(
        {"title": title, "terms": terms, "contact": contact, "lines": lines, "remarks": remarks}
    )
    return content, hashlib.sha256(content).hexdigest()
