"""A locked, perhaps released and sealed division, and the steps of a correction as its two people take them."""

from fractions import Fraction
from typing import Any
from uuid import UUID

import msgspec

from services.scoring.corrections import actions as corrections
from services.scoring.corrections.domain import Change, CorrectedSheet, Correction, Reopening
from services.scoring.ledger import actions as ledger
from services.scoring.sheets import actions as sheets
from shared.db import transaction
from shared.exact import count
from shared.ids import new_id
from tests.scoring.seated import SHARED, seated
from tests.scoring.stage import NOW, SCOREKEEPER, SUPERVISOR, Hall
from tests.scoring.two_people import lock, release, seal

TENTH = Fraction(1, 10)


async def spread(database: Any, entries: int = 4, *, is_locked: bool = True, is_released: bool = False, is_sealed: bool = False) -> Hall:
    """A division in which entry n is one point behind entry n - 1 with every judge, up to where the test begins."""
    place = await seated(database, rule=SHARED, entries=entries)
    await place.mark_all(parts=["design", "reflection"])
    await place.send(
        *(
            place.revision(judge_id, entry_id, "lesson", {"content": f"{27 - behind}.0", "delivery": "40.0"})
            for behind, entry_id in enumerate(place.entries)
            for judge_id in place.judges
        )
    )
    if is_locked:
        await lock(place)
    if is_released:
        await release(place)
    if is_sealed:
        await seal(place)
    return place


def sheet(place: Hall, judge: int, entry: int, content: str, *, was: str = "") -> CorrectedSheet:
    """The lesson of this judge (from 0) for this entry (from 0), as the paper has it; marks are decimal text of tenths.

    was: the content's mark it is typed against; else what counts when it is proposed.
    """
    marks = {"content": count(content, TENTH), "delivery": 400}
    return CorrectedSheet(
        revision_id=new_id(), judge_id=place.judges[judge], entry_id=place.entries[entry], part="lesson", marks=marks,
        was={"content": count(was, TENTH), "delivery": 400} if was else {},
    )  # fmt: skip


async def counting(place: Hall, change: CorrectedSheet) -> dict[str, int]:
    """The marks that count where this sheet would."""
    key = (change.judge_id, change.entry_id, change.part)
    async with transaction(place.pool, "scoring_desk") as tx:
        found = {(each.judge_id, each.entry_id, each.part): each.marks for each in await sheets.counting(tx, place.division_id)}
    return found.get(key, {})


async def proposed(place: Hall, change: Change | None = None, appeal_id: UUID | None = None, reason: str = "纸质表为准") -> Correction:
    if isinstance(change, CorrectedSheet) and not change.was:
        change = msgspec.structs.replace(change, was=await counting(place, change))
    correction = Correction(
        id=new_id(), division_id=place.division_id, stage="final", ground="transcription", reason=reason, appeal_id=appeal_id,
        change=change or Reopening(), proposed_by=SCOREKEEPER, proposed_at=NOW,
    )  # fmt: skip
    async with transaction(place.pool, "scoring_desk") as tx:
        return await corrections.propose(tx, correction)


async def shown(place: Hall, correction: Correction) -> corrections.Shown:
    async with transaction(place.pool, "scoring_desk") as tx:
        return await corrections.show(tx, correction.id)


async def head(place: Hall) -> int:
    async with transaction(place.pool, "scoring_desk") as tx:
        return (await ledger.head(tx, place.division_id)).position


async def asked(place: Hall, correction: Correction, seen: int | None = None, by: UUID = SCOREKEEPER) -> Correction:
    """The scorekeeper applies what is shown now."""
    position = await head(place) if seen is None else seen
    async with transaction(place.pool, "scoring_desk") as tx:
        return await corrections.apply(tx, correction.id, position, by, NOW)


async def confirmed(place: Hall, correction: Correction, seen: int | None = None, by: UUID = SUPERVISOR) -> Correction:
    position = await head(place) if seen is None else seen
    async with transaction(place.pool, "scoring_supervisor") as tx:
        return await corrections.confirm(tx, correction.id, position, by, NOW)


async def applied(place: Hall, change: Change) -> Correction:
    """The whole way, by two people."""
    correction = await proposed(place, change)
    await asked(place, correction)
    return await confirmed(place, correction)
