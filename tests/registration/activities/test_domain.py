"""The timetable of an activity and the quotas of its branches."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest

from services.registration.activities.domain import Activity, Division, QuotaStep, phase, quota

START = datetime(2026, 3, 1, tzinfo=UTC)


def activity() -> Activity:
    days = ["call_at", "signup_opens", "signup_closes", "review_closes", "admission_at", "draw_at", "hall_at"]
    return Activity(
        id=UUID(int=1), season_id=UUID(int=2), key="a", kind="competition", title="竞赛", admission="ranked",
        entries_per_person=1, quota_base="young_teachers",
        quota=(QuotaStep(below=15, entries=1), QuotaStep(below=40, entries=2), QuotaStep(entries=3)),
        **{name: START + timedelta(days=number) for number, name in enumerate(days)},
    )  # fmt: skip


def division(own_quota: dict[str, int] | None = None) -> Division:
    return Division(
        id=UUID(int=3), activity_id=UUID(int=1), key="d", position=0, title="组", places=1, own_quota=own_quota
    )


@pytest.mark.parametrize(
    ("day", "expected"),
    [(0, "announced"), (1, "signup"), (2, "review"), (3, "admission"), (4, "promotion"), (5, "drawn"), (6, "hall")],
)
def test_a_phase_begins_at_its_instant_and_ends_before_the_next(day: int, expected: str) -> None:
    at = START + timedelta(days=day)
    assert phase(activity(), at) == expected
    assert phase(activity(), at + timedelta(days=1) - timedelta(microseconds=1)) == expected


@pytest.mark.parametrize(("size", "entries"), [(0, 1), (14, 1), (15, 2), (39, 2), (40, 3), (500, 3)])
def test_line_9_a_branch_sends_by_its_young_teachers(size: int, entries: int) -> None:
    assert quota(activity(), division(), "01", {"young_teachers": size}) == entries


def test_line_10_a_division_of_its_own_admits_only_the_branches_it_names() -> None:
    own = division({"06": 8})
    assert quota(activity(), own, "06", {"young_teachers": 1}) == 8
    assert quota(activity(), own, "01", {"young_teachers": 99}) == 0
