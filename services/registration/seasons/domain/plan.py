"""What a season folder asks registration to store. Pure.

People, units and branches are named as the files name them; the action finds or makes their ids.
"""

from datetime import date, datetime
from uuid import UUID

from msgspec import Struct

from services.registration.activities.domain import Activity
from shared.errors import Fault


class BranchRow(Struct, frozen=True, kw_only=True):
    code: str
    name: str
    category: str
    units: tuple[str, ...]
    officers: tuple[str, ...]
    numbers: dict[str, int]


class MemberRow(Struct, frozen=True, kw_only=True):
    """One row of the roster; branch: its code."""

    staff_no: str
    name: str
    sex: str
    born: date | None
    unit: str
    branch: str
    title: str
    employment: str
    is_member: bool
    employed_on: date | None
    teaching_since: date | None


class Outsider(Struct, frozen=True, kw_only=True):
    """Somebody who signs in and is not on the roster; unit may be empty."""

    account: str
    name: str
    unit: str


class RoleRow(Struct, frozen=True, kw_only=True):
    """account gets role; scope: a branch's code for `branch_officer`, else empty."""

    account: str
    role: str
    scope: str = ""


class Season(Struct, frozen=True, kw_only=True):
    id: UUID
    key: str
    title: str
    title_en: str
    language: str
    organisation: str
    as_of: date
    outsiders: tuple[Outsider, ...]
    branches: tuple[BranchRow, ...]
    members: tuple[MemberRow, ...]
    roles: tuple[RoleRow, ...]
    activities: tuple[Activity, ...]


class Summary(Struct, frozen=True, kw_only=True):
    """What the preview shows before anything is stored."""

    key: str = ""
    title: str = ""
    organisation: str = ""
    branches: int = 0
    persons: int = 0
    members: int = 0
    outsiders: int = 0
    activities: tuple[str, ...] = ()
    divisions: int = 0
    places: int = 0
    signups: int = 0


class Stored(Struct, frozen=True, kw_only=True):
    """A season that has been stored."""

    id: UUID
    key: str
    title: str
    title_en: str
    language: str
    organisation: str
    as_of: date
    content_hash: bytes
    stored_at: datetime


class Check(Struct, frozen=True, kw_only=True):
    """An upload that has been checked. season_id: once it is stored."""

    id: UUID
    content_hash: bytes
    faults: list[Fault]
    summary: Summary
    season_id: UUID | None = None
