"""What people sign up for: an activity, its divisions, its times and the rules of its sign-up. Pure.

A *place* is capacity of a division; a *quota* is what one branch may send. Instants are aware UTC, deadlines
end-exclusive.
Not here: whether somebody is eligible, who is admitted (entries, admissions); how marks are given (scoring).
"""

from datetime import date as Day
from datetime import datetime
from typing import Literal
from uuid import UUID

from msgspec import Struct

Kind = Literal["competition", "tournament", "exhibition", "quiz", "gathering"]
Admission = Literal["ranked", "arrival", "lot"]
Criterion = Literal["preselection", "recommendation"]
Condition = Literal["member", "born_after", "teaching_years", "employment_not", "not_listed"]
Phase = Literal["announced", "signup", "review", "admission", "promotion", "drawn", "hall"]


class Eligibility(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One line of the conditions; every line must hold. Which fields count depends on the kind.

    member: nothing more. born_after: `date`, that day itself is excluded. teaching_years: `years` completed on the day
    `on`, that day included. employment_not: `values`. not_listed: `staff_nos` of people named in `title`.
    sex: the line is only for these; empty: for everybody.
    """

    kind: Condition
    sex: str = ""
    date: Day | None = None
    years: int = 0
    on: Day | None = None
    values: tuple[str, ...] = ()
    staff_nos: tuple[str, ...] = ()
    title: str = ""


class Waiver(Struct, frozen=True, kw_only=True):
    """One person is let off the lines of one kind, for a recorded reason."""

    staff_no: str
    rule: Condition
    reason: str


class QuotaStep(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A branch whose number of `quota_base` is below `below` may send `entries`; None: all larger ones."""

    entries: int
    below: int | None = None


class Division(Struct, frozen=True, kw_only=True):
    """A part of an activity that is ranked on its own.

    own_quota: branch code -> entries it may send; None: the activity's quota holds.
    """

    id: UUID
    activity_id: UUID
    key: str
    position: int
    title: str
    title_en: str = ""
    places: int
    own_quota: dict[str, int] | None = None
    venue: str = ""


class Activity(Struct, frozen=True, kw_only=True):
    """An activity with everything its sign-up is decided by."""

    id: UUID
    season_id: UUID
    key: str
    kind: Kind
    title: str
    title_en: str = ""
    edition: int | None = None
    document_no: str = ""
    call_at: datetime
    signup_opens: datetime
    signup_closes: datetime
    review_closes: datetime
    admission_at: datetime
    draw_at: datetime
    hall_at: datetime
    admission: Admission
    order: tuple[Criterion, ...] = ()
    entries_per_person: int
    entries_per_course: int | None = None
    quota_base: str | None = None
    quota: tuple[QuotaStep, ...] = ()
    eligibility: tuple[Eligibility, ...] = ()
    waivers: tuple[Waiver, ...] = ()
    preselection_part: str | None = None
    divisions: tuple[Division, ...] = ()

    def division(self, id: UUID) -> Division | None:
        return next((each for each in self.divisions if each.id == id), None)


def phase(activity: Activity, now: datetime) -> Phase:
    """Where the activity stands on its timetable; each end is exclusive."""
    ends: tuple[tuple[datetime, Phase], ...] = (
        (activity.signup_opens, "announced"),
        (activity.signup_closes, "signup"),
        (activity.review_closes, "review"),
        (activity.admission_at, "admission"),
        (activity.draw_at, "promotion"),
        (activity.hall_at, "drawn"),
    )
    return next((name for end, name in ends if now < end), "hall")


def quota(activity: Activity, division: Division, branch_code: str, numbers: dict[str, int]) -> int | None:
    """How many entries the branch may send; None: no quota.

    A division with its own quota is counted alone, and a branch it does not name may send none. All other divisions of
    the activity share one number. numbers: the branch's head-counts by name.
    """
    if division.own_quota is not None:
        return division.own_quota.get(branch_code, 0)
    if activity.quota_base is None:
        return None
    size = numbers.get(activity.quota_base, 0)
    return next((step.entries for step in activity.quota if step.below is None or size < step.below), 0)
