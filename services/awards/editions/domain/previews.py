"""What the committee would confirm: a competition's results with the prize each rank would bring. Pure."""

from collections.abc import Sequence
from uuid import UUID

from msgspec import Struct

from services.awards.editions.domain.lists import Edition, ProposedAward
from services.awards.editions.domain.tiers import Division, ExtraPrize, Standing, Tier, assign, enlarged
from shared.errors import Conflict, Refused


class Ranked(Struct, frozen=True, kw_only=True):
    """An entry of a sealed score set with the person behind it, once known."""

    entry_id: UUID
    code: str
    rank: int
    shown: str
    decided_by: str
    work: str
    person_id: UUID | None = None
    name: str = ""
    name_key: str = ""
    unit: str = ""


class PreviewRow(Struct, frozen=True, kw_only=True):
    """A line of the list to be confirmed. tied: shares its rank; position: the tier's place, 0 without a prize."""

    entry_id: UUID
    code: str
    rank: int
    shown: str
    decided_by: str
    name: str
    unit: str
    work: str
    tier: str
    tier_en: str
    position: int
    tied: bool


class DivisionPreview(Struct, frozen=True, kw_only=True):
    """missing: the code of what stands in the way, empty when ready."""

    key: str
    title: str
    title_en: str
    score_set_id: UUID | None
    ready: bool
    missing: str
    rows: tuple[PreviewRow, ...]
    extras: tuple[ExtraPrize, ...]
    tiers: tuple[Tier, ...]


class Preview(Struct, frozen=True, kw_only=True):
    edition: Edition
    divisions: tuple[DivisionPreview, ...]
    ready: bool
    confirmed: bool


def preview_division(
    division: Division, score_set_id: UUID | None, ranked: Sequence[Ranked], extras: Sequence[ExtraPrize]
) -> DivisionPreview:
    """What the committee would confirm now, or what it waits for.

    missing: score_set_waited, opening_waited, names_waited or tie_at_tier_edge.
    """
    tiers = enlarged(division, extras)
    given: dict[UUID, int] = {}
    missing = _missing(score_set_id, ranked)
    try:
        given = assign([Standing(each.entry_id, each.rank) for each in ranked], tiers, division.tier_ties)
    except Refused as refused:
        missing = missing or refused.code
    ranks = [each.rank for each in ranked]
    rows = tuple(
        PreviewRow(
            entry_id=e.entry_id, code=e.code, rank=e.rank, shown=e.shown, decided_by=e.decided_by, name=e.name, unit=e.unit,
            work=e.work, tier=tiers[given[e.entry_id]].name if e.entry_id in given else "",
            tier_en=tiers[given[e.entry_id]].name_en if e.entry_id in given else "",
            position=given.get(e.entry_id, -1) + 1, tied=ranks.count(e.rank) > 1,
        )
        for e in ranked
    )  # fmt: skip
    return DivisionPreview(
        key=division.key, title=division.title, title_en=division.title_en, score_set_id=score_set_id, ready=not missing,
        missing=missing, rows=rows, extras=tuple(e for e in extras if e.division_key == division.key), tiers=tiers,
    )  # fmt: skip


def _missing(score_set_id: UUID | None, ranked: Sequence[Ranked]) -> str:
    if score_set_id is None:
        return "score_set_waited"
    if any(each.person_id is None for each in ranked):
        return "opening_waited"
    return "names_waited" if any(not each.name for each in ranked) else ""


def awards_of(preview: DivisionPreview, ranked: Sequence[Ranked]) -> list[ProposedAward]:
    """The lines with a prize, in rank order."""
    known = {each.entry_id: each for each in ranked}
    return [
        ProposedAward(
            subject_kind="entry", subject_id=row.entry_id, person_id=known[row.entry_id].person_id, name=row.name,
            name_key=known[row.entry_id].name_key, unit=row.unit, division_key=preview.key, division=preview.title,
            division_en=preview.title_en, work=row.work, code=row.code, rank=row.rank, result=row.shown, tier=row.tier,
            tier_en=row.tier_en, tier_position=row.position,
        )
        for row in preview.rows
        if row.tier
    ]  # fmt: skip


def check_seen(seen: Sequence[UUID], divisions: Sequence[DivisionPreview]) -> None:
    """The committee confirms what it saw. Raises Refused with what is missing; Conflict: score_set_newer."""
    for each in divisions:
        if not each.ready:
            raise Refused(each.missing, division=each.title, tier="", tied=0, left=0)
    if {each.score_set_id for each in divisions} != set(seen):
        raise Conflict("score_set_newer")
