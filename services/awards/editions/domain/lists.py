"""An award list and how far it has come. Pure."""

import hashlib
from collections.abc import Sequence
from typing import Literal
from uuid import UUID

import msgspec
from msgspec import Struct

from services.awards.editions.domain.plans import Plan
from services.awards.editions.domain.tiers import Division
from shared.errors import Conflict, Refused

State = Literal["open", "proposed", "on_notice", "approved", "decided", "issued"]
STATES: tuple[State, ...] = ("open", "proposed", "on_notice", "approved", "decided", "issued")


class Opening(Struct, frozen=True, kw_only=True):
    """An edition as the season folder states it."""

    key: str
    kind: Literal["competition", "programme"]
    title: str
    title_en: str = ""
    organisation: str
    language: str
    divisions: tuple[Division, ...]
    plan: Plan


class Edition(Struct, frozen=True, kw_only=True):
    id: UUID
    season_id: UUID
    kind: str
    key: str
    title: str
    title_en: str
    organisation: str
    language: str
    divisions: tuple[Division, ...]
    plan: Plan
    state: State
    proposal_id: UUID | None

    def division(self, key: str) -> Division:
        """Raises Refused: division_unknown."""
        for each in self.divisions:
            if each.key == key:
                return each
        raise Refused("division_unknown", division=key)


class ProposedAward(Struct, frozen=True, kw_only=True):
    """One line of a proposed list. subject_id: the entry, branch or person; result: as shown, never posted."""

    subject_kind: Literal["entry", "branch", "person"]
    subject_id: UUID
    person_id: UUID | None = None
    name: str
    name_key: str
    unit: str = ""
    division_key: str
    division: str
    division_en: str = ""
    work: str = ""
    code: str = ""
    rank: int | None = None
    result: str = ""
    tier: str
    tier_en: str = ""
    tier_position: int = 1


class AwardState(Struct, frozen=True, kw_only=True):
    """An award of the list that counts and where it stands. suspended: a named objection waits; struck: one was upheld."""

    id: UUID
    edition_id: UUID
    subject_kind: str
    subject_id: UUID
    person_id: UUID | None
    name: str
    name_key: str
    unit: str
    division_key: str
    division: str
    division_en: str
    work: str
    code: str
    rank: int | None
    result: str
    tier: str
    tier_en: str
    tier_position: int
    position: int
    suspended: bool
    struck: bool
    approval_id: UUID | None
    commendation_id: UUID | None
    certificate_no: str | None
    certificate_id: UUID | None


class SeasonFacts(Struct, frozen=True, kw_only=True):
    """The season as an edition quotes it."""

    key: str
    title: str
    organisation: str
    language: str


def check_proposal(state: State, items: Sequence[ProposedAward]) -> None:
    """Raises Conflict: edition_on_notice (the list was posted); Refused: award_list_empty, award_twice."""
    if state not in ("open", "proposed"):
        raise Conflict("edition_on_notice")
    if not items:
        raise Refused("award_list_empty")
    seen: set[tuple[UUID, str]] = set()
    for each in items:
        if (each.subject_id, each.tier) in seen:
            raise Refused("award_twice", name=each.name)
        seen.add((each.subject_id, each.tier))


def list_hash(items: Sequence[ProposedAward]) -> str:
    """SHA-256 of the list in its order: equal lists have equal hashes."""
    return hashlib.sha256(msgspec.json.encode(list(items))).hexdigest()


def further(state: State, reached: State) -> State:
    """The later of two states: an edition never goes back."""
    return max(state, reached, key=STATES.index)
