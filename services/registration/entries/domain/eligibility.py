"""May this person take part? Every rule answers for itself, and a refusal says what is missing and by when.

A *rule* is one line of the call (`born_after`, `teaching_years`, …); every rule must hold. A *reason* is one rule that
does not hold, with the values its sentence needs. A *waiver* lifts one rule of one person and stays visible.
Not here: quotas (`quotas`), places (slice `admissions`), what a page says about a reason (the catalogues).
Callers must ensure: `candidate` is the person as the roster describes them at the activity's snapshot.
"""

from calendar import monthrange
from collections.abc import Sequence
from datetime import date as Day
from datetime import timedelta
from typing import Protocol

from msgspec import Struct


class Candidate(Struct, frozen=True, kw_only=True):
    """A person as the roster describes them; an unknown date is None and fails the rule that needs it."""

    staff_no: str
    sex: str
    born: Day | None
    is_member: bool
    employment: str
    teaching_since: Day | None


class Rule(Protocol):
    """What is asked of one line of the call; `services.registration.activities` says what each kind means."""

    @property
    def kind(self) -> str: ...
    @property
    def title(self) -> str: ...
    @property
    def sex(self) -> str: ...
    @property
    def date(self) -> Day | None: ...
    @property
    def years(self) -> int: ...
    @property
    def on(self) -> Day | None: ...
    @property
    def values(self) -> tuple[str, ...]: ...
    @property
    def staff_nos(self) -> tuple[str, ...]: ...


class Waiver(Protocol):
    """A lifted rule: this person is not asked the rules of this kind, for a recorded reason."""

    @property
    def staff_no(self) -> str: ...
    @property
    def rule(self) -> str: ...
    @property
    def reason(self) -> str: ...


class Reason(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Why an entry is refused or returned: a catalogue key and the values of its sentence.

    rule: the rule that does not hold; field, text: what the branch says about a field; both may be empty.
    """

    code: str
    rule: str = ""
    field: str = ""
    text: str = ""
    title: str = ""
    limit: Day | None = None  # the day the rule names
    found: Day | None = None  # the day the roster holds
    until: Day | None = None  # the day on which the rule would hold
    days: int | None = None  # how many days are missing
    years: int | None = None
    value: str = ""


class Waived(Struct, frozen=True, kw_only=True):
    """A rule that would have refused and was lifted, with the reason that was recorded."""

    rule: str
    reason: str


class Verdict(Struct, frozen=True, kw_only=True):
    """Eligible exactly when no reason speaks against it; `waived` lists what was lifted."""

    reasons: tuple[Reason, ...] = ()
    waived: tuple[Waived, ...] = ()

    @property
    def is_eligible(self) -> bool:
        """Whether nothing speaks against it."""
        return not self.reasons


def verdict(candidate: Candidate, rules: Sequence[Rule], waivers: Sequence[Waiver]) -> Verdict:
    """Ask every rule and give every reason at once, in the order of the call.

    Rule: services/registration/README.md#eligibility
    """
    lifted = {w.rule: w for w in waivers if w.staff_no == candidate.staff_no}
    found = [(rule, reason(candidate, rule)) for rule in rules if not rule.sex or rule.sex == candidate.sex]
    return Verdict(
        reasons=tuple(r for rule, r in found if r is not None and rule.kind not in lifted),
        waived=tuple(
            Waived(rule=rule.kind, reason=lifted[rule.kind].reason)
            for rule, r in found
            if r is not None and rule.kind in lifted
        ),
    )


def reason(candidate: Candidate, rule: Rule) -> Reason | None:
    """Why this rule does not hold for the candidate, or None where it holds."""
    return {
        "member": _member,
        "born_after": _born_after,
        "teaching_years": _teaching_years,
        "employment_not": _employment_not,
        "not_listed": _not_listed,
    }[rule.kind](candidate, rule)


def anniversary(start: Day, years: int) -> Day:
    """The day on which `years` years are complete; where the month lacks the day, the month's last day.

    Rule: 民法典 §202: 到期月没有对应日的，月末日为期间的最后一日.
    """
    last = monthrange(start.year + years, start.month)[1]
    return Day(start.year + years, start.month, min(start.day, last))


def _of(rule: Rule, code: str, **values: object) -> Reason:
    return Reason(code=code, rule=rule.kind, title=rule.title, **values)  # type: ignore[arg-type]  # each caller below names the fields of Reason


def _member(candidate: Candidate, rule: Rule) -> Reason | None:
    return None if candidate.is_member else _of(rule, "not_a_member")


def _born_after(candidate: Candidate, rule: Rule) -> Reason | None:
    limit = _date(rule.date)
    if candidate.born is None:
        return _of(rule, "born_unknown", limit=limit)
    if candidate.born > limit:
        return None
    days = (limit + timedelta(days=1) - candidate.born).days
    return _of(rule, "born_too_early", limit=limit, found=candidate.born, days=days)


def _teaching_years(candidate: Candidate, rule: Rule) -> Reason | None:
    on = _date(rule.on)
    if candidate.teaching_since is None:
        return _of(rule, "teaching_unknown", limit=on, years=rule.years)
    complete = anniversary(candidate.teaching_since, rule.years)
    if complete <= on:
        return None
    values = {"limit": on, "found": candidate.teaching_since, "until": complete, "days": (complete - on).days}
    return _of(rule, "teaching_too_short", years=rule.years, **values)


def _employment_not(candidate: Candidate, rule: Rule) -> Reason | None:
    if candidate.employment not in rule.values:
        return None
    return _of(rule, "employment_excluded", value=candidate.employment)


def _not_listed(candidate: Candidate, rule: Rule) -> Reason | None:
    return _of(rule, "listed") if candidate.staff_no in rule.staff_nos else None


def _date(day: Day | None) -> Day:
    """The date of a rule that was checked at loading."""
    if day is None:
        raise ValueError("this rule needs a date")
    return day
