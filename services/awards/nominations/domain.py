"""Who may stand: one nomination per branch, at most the quota of its stratum. Pure: no I/O, no clock, no randomness.

A *nomination* names a branch for one programme and says why; it belongs to the stratum of the branch's category.
Strata are not pooled: an unused place of one is never given to another.

Not here: scores (scorecards), opinions of offices (consultations), votes (ballots). A nomination that is withdrawn
frees its place until nominations close.

Rule: services/awards/README.md#nominations
"""

from collections import Counter
from collections.abc import Collection, Iterable
from datetime import datetime
from uuid import UUID

from msgspec import Struct

from services.awards.programmes.domain import Programme, Stratum, told
from shared.errors import Conflict, Fault, NotAllowed, Refused


class Nomination(Struct, frozen=True, kw_only=True):
    """A branch that stands; `id` is made by whoever nominates, so a retry is safe."""

    id: UUID
    programme_id: UUID
    branch_id: UUID
    branch_code: str
    branch: str
    branch_key: str = ""
    stratum: str
    place: int = 1
    reason: str


class Place(Struct, frozen=True, kw_only=True):
    """Where one more nomination fits: its stratum, and the lowest free place there."""

    stratum: Stratum
    number: int


class Line(Struct, frozen=True, kw_only=True):
    """One line of the sheet 推荐; `row` as the user's program counts it, `headers` as its sheet writes them."""

    programme: str
    branch_code: str
    reason: str
    row: int
    sheet: str = "推荐"
    headers: dict[str, str] = {}


def admit(
    programme: Programme, category: str, branch_code: str, reason: str, standing: Iterable[Nomination], now: datetime
) -> Place:
    """The place that one more nomination of a branch of this category takes.

    Raises Refused: nominations_not_open, nominations_closed, branch_in_no_stratum, nomination_quota_used,
    reason_missing; Conflict: branch_nominated.
    """
    if now < programme.opens:
        raise Refused("nominations_not_open", opens=told(programme.opens))
    if now >= programme.nominations_close:
        raise Refused("nominations_closed", closed=told(programme.nominations_close))
    stratum = programme.stratum_of(category)
    if stratum is None:
        raise Refused("branch_in_no_stratum", category=category)
    if not reason.strip():
        raise Refused("reason_missing")
    standing = list(standing)
    if any(nomination.branch_code == branch_code for nomination in standing):
        raise Conflict("branch_nominated")
    if used(standing)[stratum.key] >= stratum.nominations:
        raise Refused("nomination_quota_used", stratum=stratum.title, quota=stratum.nominations)
    taken = {nomination.place for nomination in standing if nomination.stratum == stratum.key}
    return Place(stratum=stratum, number=min(set(range(1, stratum.nominations + 1)) - taken))


def may_act(branch_code: str, officer_of: Collection[str], is_secretary: bool) -> None:
    """An officer acts for the own branches, the committee's secretary for all. Raises NotAllowed: other_branch."""
    if not is_secretary and branch_code not in officer_of:
        raise NotAllowed("other_branch")


def may_withdraw(programme: Programme, now: datetime) -> None:
    """Raises Refused: nominations_closed."""
    if now >= programme.nominations_close:
        raise Refused("nominations_closed", closed=told(programme.nominations_close))


def used(standing: Iterable[Nomination]) -> Counter[str]:
    """Stratum key -> nominations that stand."""
    return Counter(nomination.stratum for nomination in standing)


def check_lines(programme: Programme, categories: dict[str, str], lines: list[Line]) -> list[Fault]:
    """Faults of a programme's lines of the sheet 推荐. categories: branch code -> branch category."""
    faults = []
    taken: Counter[str] = Counter()
    seen: set[str] = set()
    for line in lines:
        stratum = programme.stratum_of(categories.get(line.branch_code, ""))
        if line.branch_code not in categories:
            faults.append(_fault("branch_unknown", line, "branch"))
        elif line.branch_code in seen:
            faults.append(_fault("branch_nominated", line, "branch"))
        elif stratum is None:
            faults.append(_fault("branch_in_no_stratum", line, "branch", category=categories[line.branch_code]))
        else:
            taken[stratum.key] += 1
            if taken[stratum.key] > stratum.nominations:
                quota = stratum.nominations
                faults.append(_fault("nomination_quota_used", line, "branch", stratum=stratum.title, quota=quota))
        if not line.reason:
            faults.append(_fault("reason_missing", line, "reason"))
        seen.add(line.branch_code)
    return faults


def _fault(code: str, line: Line, column: str, **values: str | int) -> Fault:
    value = line.branch_code if column == "branch" else line.reason
    return Fault(
        code=code,
        file="nominations.xlsx",
        sheet=line.sheet,
        row=line.row,
        column=line.headers.get(column, column),
        value=value,
        values=values,
    )
