"""What awards reads of season.toml: prize tiers, notices, approvals and commendations of activities, and its own roles.

Pure: no I/O, no clock, no randomness. Every fault is collected, with its place in the file. Registration and scoring read the
rest of the file; programmes/*.toml belongs to programmes.
"""

import hashlib
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from msgspec import Struct

from shared.errors import Fault

FILE = "season.toml"
ROLES = ("organiser", "committee", "teller", "supervisor")
OWN_ROLES = ("committee", "teller")
"""The roles whose accounts awards checks; the others are checked where they work most."""


class TierLine(Struct, frozen=True, kw_only=True):
    name: str
    name_en: str
    count: int | None


class DivisionLine(Struct, frozen=True, kw_only=True):
    key: str
    title: str
    title_en: str
    tiers: tuple[TierLine, ...]
    tier_ties: str


class ActivityLine(Struct, frozen=True, kw_only=True):
    """A competition with prizes. place: its name in the file for faults; table: what stands in the file."""

    key: str
    title: str
    title_en: str
    divisions: tuple[DivisionLine, ...]
    place: str
    table: dict[str, Any]


class SeasonLine(Struct, frozen=True, kw_only=True):
    key: str
    title: str
    title_en: str
    organisation: str
    language: str
    roles: dict[str, tuple[str, ...]]
    activities: tuple[ActivityLine, ...]
    programme_files: tuple[str, ...]


class Stored(Struct, frozen=True, kw_only=True):
    """A season that is in use."""

    id: UUID
    key: str
    title: str
    title_en: str
    content_hash: bytes
    stored_at: datetime


class Check(Struct, frozen=True, kw_only=True):
    """An upload between its check and its storing. summary: what would be stored."""

    id: UUID
    content_hash: bytes
    faults: list[Fault]
    summary: dict[str, Any]
    season_id: UUID | None = None


def content_hash(files: Mapping[str, bytes]) -> bytes:
    """One hash over names and contents, whatever their order."""
    whole = hashlib.sha256()
    for name in sorted(files):
        whole.update(hashlib.sha256(name.encode()).digest() + hashlib.sha256(files[name]).digest())
    return whole.digest()


def _fault(faults: list[Fault], code: str, column: str, value: object = "", **values: str | int) -> None:
    faults.append(Fault(code=code, file=FILE, column=column, value=str(value), values=values))


def _text(table: Mapping[str, Any], name: str, place: str, faults: list[Fault], needed: bool = True) -> str:
    value = table.get(name, "")
    if not isinstance(value, str) or (needed and not value.strip()):
        _fault(faults, "text_needed", f"{place}{name}", value)
        return ""
    return value.strip()


def tables(value: object) -> list[dict[str, Any]]:
    """The tables of an array of tables; anything else is none."""
    return [each for each in value if isinstance(each, dict)] if isinstance(value, list) else []


def read(table: dict[str, Any], faults: list[Fault]) -> SeasonLine:
    """Read the season; faults are added and what is faulty is left out."""
    language = table.get("language")
    if language not in ("zh-CN", "en"):
        _fault(faults, "language_wrong", "language", language)
    activities = [
        line
        for n, each in enumerate(tables(table.get("activity")), start=1)
        if each.get("kind") == "competition" and (line := _activity(each, n, faults))
    ]
    files = [_text(each, "file", "programme.", faults) for each in tables(table.get("programme"))]
    return SeasonLine(
        key=_text(table, "key", "", faults), title=_text(table, "title", "", faults),
        title_en=_text(table, "title_en", "", faults, needed=False), organisation=_text(table, "organisation", "", faults),
        language=str(language), roles=_roles(table.get("roles"), faults), activities=tuple(activities),
        programme_files=tuple(filter(None, files)),
    )  # fmt: skip


def _roles(found: object, faults: list[Fault]) -> dict[str, tuple[str, ...]]:
    if not isinstance(found, dict):
        _fault(faults, "section_absent", "roles")
        return {}
    roles: dict[str, tuple[str, ...]] = {}
    for role in ROLES:
        accounts = found.get(role, [])
        if not isinstance(accounts, list) or not all(isinstance(each, str) and each for each in accounts):
            _fault(faults, "role_list_wrong", f"roles.{role}", accounts)
            continue
        roles[role] = tuple(accounts)
    return roles


def _activity(table: dict[str, Any], number: int, faults: list[Fault]) -> ActivityLine | None:
    place = f"activity[{table.get('key', number)}]."
    key = _text(table, "key", place, faults)
    divisions = tables(table.get("division"))
    if not divisions:
        _fault(faults, "section_absent", f"{place}division")
    return ActivityLine(
        key=key, title=_text(table, "title", place, faults), title_en=_text(table, "title_en", place, faults, needed=False),
        divisions=tuple(_division(each, place, n, faults) for n, each in enumerate(divisions, start=1)), place=place, table=table,
    )  # fmt: skip


def _division(table: dict[str, Any], activity: str, number: int, faults: list[Fault]) -> DivisionLine:
    place = f"{activity}division[{table.get('key', number)}]."
    ties = table.get("tier_ties", "")
    if ties not in ("", "expand", "shrink"):
        _fault(faults, "tier_ties_wrong", f"{place}tier_ties", ties)
        ties = ""
    tiers = _tiers(table.get("tiers"), place, faults)
    places, counted = table.get("places"), sum(tier.count or 0 for tier in tiers)
    if isinstance(places, int) and counted > places:
        _fault(faults, "tiers_exceed_places", f"{place}tiers", counted, places=places)
    return DivisionLine(
        key=_text(table, "key", place, faults), title=_text(table, "title", place, faults),
        title_en=_text(table, "title_en", place, faults, needed=False), tiers=tiers, tier_ties=ties,
    )  # fmt: skip


def _tiers(found: object, place: str, faults: list[Fault]) -> tuple[TierLine, ...]:
    lines = tables(found)
    if not lines:
        _fault(faults, "tiers_absent", f"{place}tiers")
    tiers = [_tier(each, f"{place}tiers[{n}].", faults) for n, each in enumerate(lines, start=1)]
    names = [tier.name for tier in tiers]
    for n, tier in enumerate(tiers, start=1):
        if tier.name and names.index(tier.name) < n - 1:
            _fault(faults, "tier_twice", f"{place}tiers[{n}].name", tier.name)
        if tier.count is None and n < len(tiers):
            _fault(faults, "tier_rest_not_last", f"{place}tiers[{n}].rest", tier.name)
    return tuple(tiers)


def _tier(table: dict[str, Any], place: str, faults: list[Fault]) -> TierLine:
    count, rest = table.get("count"), table.get("rest")
    for key in table:
        if key not in ("name", "name_en", "count", "rest"):
            _fault(faults, "key_unknown", f"{place}{key}", table[key])
    if (count is None) == (rest is not True):
        _fault(faults, "tier_count_open", place.rstrip("."), count if count is not None else "")
        count = 0
    if count is not None and (not isinstance(count, int) or isinstance(count, bool) or not 0 <= count <= 2000):
        _fault(faults, "tier_count_wrong", f"{place}count", count)
        count = 0
    name = _text(table, "name", place, faults)
    return TierLine(name=name, name_en=_text(table, "name_en", place, faults, needed=False), count=count)


def check_ties(activity: ActivityLine, tie_chain: object, faults: list[Fault]) -> None:
    """A rule whose tie chain may end shared needs a policy for a tie at a tier's edge. Adds tier_ties_open."""
    if not isinstance(tie_chain, list) or not tie_chain or tie_chain[-1] != "shared":
        return
    for division in activity.divisions:
        if not division.tier_ties:
            _fault(
                faults, "tier_ties_open", f"{activity.place}division[{division.key}].tier_ties", division=division.title
            )


def check_accounts(season: SeasonLine, known: Sequence[str], faults: list[Fault]) -> None:
    """Adds account_unknown for a committee member or teller who is neither in members.xlsx nor an outsider."""
    for role in OWN_ROLES:
        for account in season.roles.get(role, ()):
            if account not in known:
                _fault(faults, "account_unknown", f"roles.{role}", account)
