"""What scoring keeps of an activity and of a sealed roll: ids, codes and titles, never a name."""

from uuid import UUID

from msgspec import Struct

from services.scoring.rubrics.domain import Stage


class Division(Struct, frozen=True, kw_only=True):
    """A part of an activity that is ranked on its own."""

    division_id: UUID
    activity_id: UUID
    activity_key: str
    activity_title: str
    activity_title_en: str
    key: str
    title: str
    title_en: str
    places: int
    is_rehearsal: bool = False


class Activity(Struct, frozen=True, kw_only=True):
    """An activity registration has opened. An older version changes nothing."""

    activity_id: UUID
    version: int
    key: str
    title: str
    title_en: str
    edition: int | None
    kind: str


class RollItem(Struct, frozen=True, kw_only=True):
    """One entry as the panel sees it. order: None before the draw. unit_id: opaque, serves recusal only."""

    entry_id: UUID
    code: str
    order: int | None
    title: str
    unit_id: UUID | None
    commitment: str


class Roll(Struct, frozen=True, kw_only=True):
    """A sealed roll of one division and stage; a later version supersedes it."""

    roll_id: UUID
    division_id: UUID
    stage: Stage
    version: int
    supersedes: UUID | None
    hash: str
    items: tuple[RollItem, ...]

    @property
    def entries(self) -> frozenset[UUID]:
        return frozenset(item.entry_id for item in self.items)

    @property
    def codes(self) -> dict[UUID, str]:
        """Entry -> its blind code, in the roll's order."""
        return {item.entry_id: item.code for item in self.items}

    def item(self, entry_id: UUID) -> RollItem | None:
        return next((item for item in self.items if item.entry_id == entry_id), None)
