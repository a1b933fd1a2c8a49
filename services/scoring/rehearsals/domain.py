"""A rehearsal: invented entries under a real rule, judged by the real panel on the tablets of the day. Pure.

Everything of it has ids of its own. That nothing of it reaches a season, registration or awards is the database's to
refuse (migration 2114). Rule: services/scoring/README.md#rehearsals
"""

from datetime import datetime
from uuid import UUID

import msgspec
from msgspec import Struct

from services.scoring.panels.domain import Panel
from services.scoring.rolls.domain import Activity, Division, Roll, RollItem
from services.scoring.rubrics.domain import ActivityRule
from shared.errors import Refused

ENTRIES = 6


class Rehearsal(Struct, frozen=True, kw_only=True):
    """modelled_on: the division whose panel judges. rule_key: the activity whose rule is used."""

    division_id: UUID
    activity_id: UUID
    modelled_on: UUID
    rule_key: str
    made_by: UUID
    made_at: datetime
    cleared_at: datetime | None = None


class Use(Struct, frozen=True, kw_only=True):
    """A rule that an activity of this or another year uses."""

    activity_key: str
    title: str
    title_en: str
    attached_at: datetime


def key(rehearsal: Rehearsal) -> str:
    """The key of its activity, which no season folder can have: a folder's keys are short."""
    return f"rehearsal-{rehearsal.division_id}"


def check(panel: Panel, rule: ActivityRule) -> None:
    """Raises Refused: rehearsal_panel_small."""
    if len(panel.judges) < rule.rule.fewest_marks:
        raise Refused(
            "rehearsal_panel_small", field="rule_key", judges=len(panel.judges), needed=rule.rule.fewest_marks
        )


def invented(
    rehearsal: Rehearsal, model: Division, panel: Panel, ids: tuple[UUID, ...], panel_id: UUID
) -> tuple[Activity, Division, Roll, Panel]:
    """The activity, its division, its roll and its panel. ids: of the roll, then of each entry."""
    activity = Activity(
        activity_id=rehearsal.activity_id,
        version=1,
        key=key(rehearsal),
        title=f"演练 · {model.activity_title}",
        title_en=f"Rehearsal · {model.activity_title_en or model.activity_title}",
        edition=None,
        kind="competition",
    )
    division = Division(
        division_id=rehearsal.division_id,
        activity_id=activity.activity_id,
        activity_key=activity.key,
        activity_title=activity.title,
        activity_title_en=activity.title_en,
        key=model.key,
        title=f"演练 · {model.title}",
        title_en=f"Rehearsal · {model.title_en or model.title}",
        places=ENTRIES,
        is_rehearsal=True,
    )
    items = tuple(
        RollItem(
            entry_id=entry,
            code=f"演{place:02}",
            order=place,
            title=f"演练课题 {place}",
            unit_id=None,
            commitment="",
        )
        for place, entry in enumerate(ids[1:], start=1)
    )
    roll = Roll(
        roll_id=ids[0],
        division_id=division.division_id,
        stage="final",
        version=1,
        supersedes=None,
        hash="",
        items=items,
    )
    seated = msgspec.structs.replace(panel, id=panel_id, activity_key=activity.key)
    return activity, division, roll, seated
