"""What a season folder brings to scoring, as it is kept between check and storing."""

from datetime import datetime
from typing import Literal
from uuid import UUID

from msgspec import Struct

from shared.errors import Fault


class PlannedSeat(Struct, frozen=True, kw_only=True):
    account: str
    position: int
    kind: Literal["judge", "reserve", "shadow"]
    name: str
    unit: str
    leader: bool = False


class PlannedPrize(Struct, frozen=True):
    """A tier with a number; awards owns it, scoring keeps it to show prize edges by."""

    name: str
    name_en: str
    count: int


class PlannedPanel(Struct, frozen=True, kw_only=True):
    division_key: str
    venue: str
    seats: tuple[PlannedSeat, ...]
    prizes: tuple[PlannedPrize, ...] = ()


class PlannedActivity(Struct, frozen=True, kw_only=True):
    """rule_file and rule_text: the rule as it was uploaded; preselection_part: the part that is marked to decide admission.

    judge_pin: a judge types a PIN when taking a tablet in hand.
    """

    key: str
    rule_file: str
    rule_text: str
    preselection_part: str | None
    panels: tuple[PlannedPanel, ...]
    judge_pin: bool = False


class Season(Struct, frozen=True, kw_only=True):
    """grants: (role, account) of those who work at the desk."""

    key: str
    title: str
    title_en: str
    organisation: str
    grants: tuple[tuple[str, str], ...]
    activities: tuple[PlannedActivity, ...]


class Summary(Struct, frozen=True, kw_only=True):
    """The preview: how many of each."""

    key: str = ""
    title: str = ""
    activities: int = 0
    rules: int = 0
    panels: int = 0
    judges: int = 0
    reserves: int = 0
    marks: int = 0


class Check(Struct, frozen=True, kw_only=True):
    """One upload, checked. season: what would be stored, or None where there are faults."""

    id: UUID
    key: str
    content_hash: str
    faults: tuple[Fault, ...]
    summary: Summary
    season: Season | None
    checked_at: datetime


class Stored(Struct, frozen=True, kw_only=True):
    key: str
    content_hash: str
    title: str
    title_en: str
    organisation: str
    stored_at: datetime
