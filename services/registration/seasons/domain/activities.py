"""The activities of season.toml with the rules of their sign-up. Pure.

A rule that leaves a question open is a fault that asks it. What scoring and awards read here (panels, tiers, notice …)
is passed over.
"""

from collections.abc import Callable
from datetime import datetime
from itertools import pairwise
from uuid import UUID

from services.registration.activities.domain import (
    Activity,
    Admission,
    Condition,
    Criterion,
    Division,
    Eligibility,
    Kind,
    QuotaStep,
    Waiver,
)
from services.registration.seasons.domain.outline import NEVER, Outline, repeated
from services.registration.seasons.domain.plan import BranchRow
from services.registration.seasons.domain.roster import SEXES

KINDS: tuple[Kind, ...] = ("competition", "tournament", "exhibition", "quiz", "gathering")
ADMISSIONS: tuple[Admission, ...] = ("ranked", "arrival", "lot")
CRITERIA: tuple[Criterion, ...] = ("preselection", "recommendation")
CONDITIONS: tuple[Condition, ...] = ("member", "born_after", "teaching_years", "employment_not", "not_listed")
TIMES = ("call_at", "signup_opens", "signup_closes", "review_closes", "admission_at", "draw_at", "hall_at")
MOST_ENTRIES = 2000

MakeId = Callable[[], UUID]


def activities(
    outlines: list[Outline], season_id: UUID, branches: list[BranchRow], staff_nos: set[str], make_id: MakeId
) -> tuple[Activity, ...]:
    """Adds activity_key_twice, activity_title_twice and what the parts add."""
    found = tuple(_activity(each, season_id, branches, staff_nos, make_id) for each in outlines)
    repeated(outlines, lambda each: each.text("key"), "key", "activity_key_twice")
    repeated(outlines, lambda each: each.text("title"), "title", "activity_title_twice")
    return found


def _activity(
    outline: Outline, season_id: UUID, branches: list[BranchRow], staff_nos: set[str], make_id: MakeId
) -> Activity:
    id, times = make_id(), _times(outline)
    admission = outline.choice("admission", ADMISSIONS)
    outline.others("rule", "notice", "approval", "commendation", "tiers", "judge_pin")
    activity = Activity(
        id=id,
        season_id=season_id,
        key=_key(outline),
        kind=outline.choice("kind", KINDS),
        title=outline.text("title"),
        title_en=outline.text("title_en", ""),
        edition=outline.maybe_whole("edition", 1),
        document_no=outline.text("document_no", ""),
        **times,
        admission=admission,
        order=_order(outline, admission),
        entries_per_person=outline.whole("entries_per_person", 1),
        entries_per_course=outline.maybe_whole("entries_per_course", 1),
        quota_base=_quota_base(outline, branches),
        quota=_quota(outline),
        eligibility=tuple(_eligibility(each) for each in outline.tables("eligibility", "kind")),
        waivers=tuple(_waiver(each, staff_nos) for each in outline.tables("waiver", "staff_no")),
        preselection_part=_preselection(outline),
        divisions=_divisions(outline, id, branches, make_id),
    )
    if activity.preselection_part and "preselection" not in activity.order:
        outline.fault("preselection_unused", "preselection")
    if "preselection" in activity.order and not activity.preselection_part:
        outline.fault("preselection_part_open", "preselection")
    outline.close()
    return activity


def _times(outline: Outline) -> dict[str, datetime]:
    """Adds times_out_of_order: an instant before the one it must follow, or a sign-up without length."""
    times = {name: outline.moment(name) for name in TIMES}
    for first, second in pairwise(TIMES):
        is_known = NEVER not in (times[first], times[second])
        is_empty = second == "signup_closes" and times[first] == times[second]
        if is_known and (times[first] > times[second] or is_empty):
            outline.fault("times_out_of_order", second, before=first)
    return times


def _key(outline: Outline) -> str:
    key = outline.text("key")
    if key and not (key.replace("-", "").isalnum() and key.isascii() and key.islower() and key[0] != "-"):
        outline.fault("key_malformed", "key")
    return key


def _order(outline: Outline, admission: Admission) -> tuple[Criterion, ...]:
    if admission != "ranked":
        if outline.has("order"):
            outline.fault("order_only_ranked", "order")
        outline.others("order")
        return ()
    named = outline.texts("order")
    found = tuple(each for each in CRITERIA if each in named)
    if len(found) != len(named) or (outline.has("order") and not named):
        outline.fault("setting_not_choice", "order", choices=" | ".join(CRITERIA))
    return tuple(sorted(found, key=named.index))


def _quota_base(outline: Outline, branches: list[BranchRow]) -> str | None:
    if not outline.has("quota_base"):
        outline.others("quota_base")
        if outline.has("quota"):
            outline.fault("quota_base_open", "quota")
        return None
    base = outline.text("quota_base")
    numbers = sorted({name for branch in branches for name in branch.numbers})
    if base and branches and base not in numbers:
        outline.fault("quota_base_unknown", "quota_base", known=", ".join(numbers))
    if not outline.has("quota"):
        outline.fault("quota_open", "quota_base")
    return base


def _quota(outline: Outline) -> tuple[QuotaStep, ...]:
    steps = outline.tables("quota", "below")
    found = []
    for each in steps:
        found.append(QuotaStep(entries=each.whole("entries", 0, MOST_ENTRIES), below=each.maybe_whole("below", 1)))
        each.close()
    limits = [step.below for step in found]
    if found and (limits[-1] is not None or any(limit is None for limit in limits[:-1])):
        outline.fault("quota_last_open", "quota")
    known = [limit for limit in limits if limit is not None]
    if known != sorted(set(known)):
        outline.fault("quota_not_rising", "quota")
    return tuple(found)


def _eligibility(outline: Outline) -> Eligibility:
    kind = outline.choice("kind", CONDITIONS)
    sex = outline.text("sex", "")
    if sex and sex.lower() not in SEXES:
        outline.fault("sex_unknown", "sex")
    found = Eligibility(
        kind=kind,
        sex=SEXES.get(sex.lower(), ""),
        date=outline.day("date") if kind == "born_after" else None,
        years=outline.whole("years", 1, 60) if kind == "teaching_years" else 0,
        on=outline.day("on") if kind == "teaching_years" else None,
        values=outline.texts("values") if kind == "employment_not" else (),
        staff_nos=outline.texts("staff_nos") if kind == "not_listed" else (),
        title=outline.text("title") if kind == "not_listed" else "",
    )
    outline.close()
    return found


def _waiver(outline: Outline, staff_nos: set[str]) -> Waiver:
    found = Waiver(
        staff_no=outline.text("staff_no"), rule=outline.choice("rule", CONDITIONS), reason=outline.text("reason")
    )
    if found.staff_no and staff_nos and found.staff_no not in staff_nos:
        outline.fault("staff_no_unknown", "staff_no")
    outline.close()
    return found


def _preselection(outline: Outline) -> str | None:
    table = outline.table("preselection")
    if table is None:
        return None
    part = table.text("part")
    table.close()
    return part


def _divisions(outline: Outline, activity_id: UUID, branches: list[BranchRow], make_id: MakeId) -> tuple[Division, ...]:
    outlines = outline.tables("division")
    if not outlines:
        outline.fault("division_absent", "division")
    found = tuple(_division(each, activity_id, position, branches, make_id) for position, each in enumerate(outlines))
    repeated(outlines, lambda each: each.text("key"), "key", "division_key_twice")
    repeated(outlines, lambda each: each.text("title"), "title", "division_title_twice")
    for each in outlines:
        each.close()
    return found


def _division(
    outline: Outline, activity_id: UUID, position: int, branches: list[BranchRow], make_id: MakeId
) -> Division:
    outline.others("judge", "reserve", "shadow", "recusal", "tiers", "tier_ties", "title_en")
    return Division(
        id=make_id(),
        activity_id=activity_id,
        key=_key(outline),
        position=position,
        title=outline.text("title"),
        title_en=outline.text("title_en", ""),
        places=outline.whole("places", 1, MOST_ENTRIES),
        own_quota=_own_quota(outline, branches),
        venue=outline.text("venue", ""),
    )


def _own_quota(outline: Outline, branches: list[BranchRow]) -> dict[str, int] | None:
    if not outline.has("own_quota"):
        outline.others("own_quota")
        return None
    codes = {branch.code for branch in branches}
    found: dict[str, int] = {}
    for each in outline.tables("own_quota", "branch"):
        code = each.text("branch")
        if code and codes and code not in codes:
            each.fault("branch_unknown", "branch")
        if code in found:
            each.fault("branch_code_twice", "branch")
        found[code] = each.whole("entries", 0, MOST_ENTRIES)
        each.close()
    return found
