"""Each step of two people, clicked five times at once: it happens once, and every click is told that it did."""

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable
from typing import Any

from services.scoring.locks import actions as locks
from services.scoring.locks.domain import LockRequest
from services.scoring.releases import actions as releases
from services.scoring.score_sets import actions as score_sets
from shared.db import transaction
from shared.ids import new_id
from tests.conftest import Database
from tests.scoring.correcting import spread
from tests.scoring.stage import NOW, SCOREKEEPER, SUPERVISOR, Hall

CLICKS = 5


async def clicked(place: Hall, audience: str, act: Callable[..., Awaitable[Any]], *about: Any) -> None:
    async def click() -> None:
        async with transaction(place.pool, audience) as tx:
            await act(tx, *about)

    await asyncio.gather(*(click() for _ in range(CLICKS)))


async def test_lock_seal_and_release_happen_once_however_often_they_are_clicked(scoring_database: Database) -> None:
    place = await spread(scoring_database, 2, is_locked=False)
    division, locking, sealing, releasing = place.division_id, new_id(), new_id(), new_id()
    request = LockRequest(
        id=locking, division_id=division, stage="final", kind="lock", reason="", asked_by=SCOREKEEPER, asked_at=NOW
    )
    await clicked(place, "scoring_desk", locks.ask, request)
    await clicked(place, "scoring_supervisor", locks.confirm, locking, SUPERVISOR, NOW)
    await clicked(place, "scoring_desk", score_sets.propose, sealing, division, "final", SCOREKEEPER, NOW)
    await clicked(place, "scoring_supervisor", score_sets.seal, sealing, SUPERVISOR, NOW)
    await clicked(place, "scoring_desk", releases.ask, releasing, division, "final", None, SCOREKEEPER, NOW)
    await clicked(place, "scoring_supervisor", releases.confirm, releasing, SUPERVISOR, NOW)
    kinds = Counter(row["kind"] for row in await scoring_database.rows("SELECT kind FROM ledger"))
    assert (kinds["locked"], kinds["score_set_sealed"], kinds["stated"], kinds["released"]) == (1, 1, 2, 1)
