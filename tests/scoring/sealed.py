"""A small competition played to its end: marks that differ, a tie that the panel votes on, two stages, sealed and released."""

from typing import Any
from uuid import UUID

import msgspec

from services.scoring.board import actions as board
from services.scoring.bundles import actions as bundles
from services.scoring.proofs import actions as proofs
from services.scoring.rubrics.domain import Rule
from services.scoring.standings import actions as standings
from services.scoring.standings.domain import TieVote
from shared.db import transaction
from shared.ids import new_id
from tests.scoring.samples import TEACHING
from tests.scoring.seated import seated
from tests.scoring.stage import MARKS, NOW, SCOREKEEPER, Hall
from tests.scoring.two_people import lock, release, seal

CHAIN = msgspec.structs.replace(TEACHING, ties=("part:lesson", "part:design", "untrimmed_mean", "panel_vote", "lot"))
ENTRIES = 5
TIED = (1, 2)
"""Places of the entries that get the same marks."""


async def sealed(database: Any, rule: Rule = CHAIN) -> Hall:
    """Both stages marked, locked and sealed; the final's tie is decided by a vote. Nothing is released yet."""
    place = await seated(database, rule=rule, entries=ENTRIES, preselection_part="design", stages=("preselection", "final"))
    await mark(place, ["design"])
    await lock(place, "preselection")
    await seal(place, "preselection")
    await mark(place, ["lesson", "reflection"])
    await lock(place)
    tied = frozenset(place.entries[at] for at in TIED)
    vote = TieVote(entries=tied, votes=tuple((judge, place.entries[TIED[1]]) for judge in place.judges), minutes="minutes 3")
    async with transaction(place.pool, "scoring_desk") as tx:
        await standings.record_vote(tx, new_id(), place.division_id, "final", vote, SCOREKEEPER, NOW)
    await seal(place)
    return place


async def mark(place: Hall, parts: list[str]) -> None:
    """Marks differ by judge and entry, but not between the entries that shall be tied."""
    for at, entry in enumerate(place.entries):
        worth = TIED[0] if at in TIED else at
        await place.send(
            *(
                place.revision(
                    judge, entry, part, {key: f"{float(text) - worth / 2 - number / 10:.1f}" for key, text in MARKS[part].items()}
                )
                for number, judge in enumerate(place.judges)
                for part in parts
            )
        )


async def opened(place: Hall) -> dict[UUID, UUID]:
    """Entry -> person, as registration opens the codes."""
    people = {entry: new_id() for entry in place.entries}
    async with transaction(place.pool, "scoring_system") as tx:
        await board.open_roll(tx, place.division_id, list(people.items()))
    return people


async def all_bundles(place: Hall) -> dict[str, bytes]:
    """The three bundles after the release; own: of the second entry."""
    await release(place)
    people = await opened(place)
    entry = place.entries[1]
    async with transaction(place.pool, "scoring_supervisor") as tx:
        supervision = await bundles.supervision(tx, "teaching-9")
    return {"public": await public(place), "own": await own(place, entry, people[entry]), "supervision": supervision}


async def public(place: Hall) -> bytes:
    """The public bundle as anybody gets it."""
    async with transaction(place.pool, "scoring_public") as tx:
        return (await proofs.public(tx, "teaching-9", ())).content


async def own(place: Hall, entry: UUID, person: UUID) -> bytes:
    """The own bundle as this person gets it."""
    async with transaction(place.pool, "scoring_member", person) as tx:
        return await proofs.own(tx, "teaching-9", entry)
