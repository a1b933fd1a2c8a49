"""What scorekeeper and supervisor do together, by the services' own doors: lock a stage, seal it, release it to the hall."""

from uuid import UUID

from services.scoring.locks import actions as locks
from services.scoring.locks.domain import LockRequest
from services.scoring.releases import actions as releases
from services.scoring.rubrics.domain import Stage
from services.scoring.score_sets import actions as score_sets
from shared.db import transaction
from shared.ids import new_id
from tests.scoring.stage import NOW, SCOREKEEPER, SUPERVISOR, Hall


async def lock(place: Hall, stage: Stage = "final") -> None:
    request = LockRequest(
        id=new_id(), division_id=place.division_id, stage=stage, kind="lock", reason="", asked_by=SCOREKEEPER, asked_at=NOW
    )
    async with transaction(place.pool, "scoring_desk") as tx:
        await locks.ask(tx, request)
    async with transaction(place.pool, "scoring_supervisor") as tx:
        await locks.confirm(tx, request.id, SUPERVISOR, NOW)


async def seal(place: Hall, stage: Stage = "final") -> UUID:
    """The id of the score set."""
    score_set_id = new_id()
    async with transaction(place.pool, "scoring_desk") as tx:
        await score_sets.propose(tx, score_set_id, place.division_id, stage, SCOREKEEPER, NOW)
    async with transaction(place.pool, "scoring_supervisor") as tx:
        await score_sets.seal(tx, score_set_id, SUPERVISOR, NOW)
    return score_set_id


async def release(place: Hall, *entries: UUID) -> None:
    """To the hall: these entries, or the whole division."""
    release_id = new_id()
    async with transaction(place.pool, "scoring_desk") as tx:
        await releases.ask(tx, release_id, place.division_id, "final", entries or None, SCOREKEEPER, NOW)
    async with transaction(place.pool, "scoring_supervisor") as tx:
        await releases.confirm(tx, release_id, SUPERVISOR, NOW)
