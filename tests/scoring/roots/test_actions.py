"""The root when two divisions of one activity are sealed at the same moment."""

import asyncio

from services.scoring.ledger import actions as ledger
from services.scoring.roots import actions
from shared.db import transaction
from tests.conftest import Database
from tests.scoring.seated import beside, seated


async def test_two_divisions_sealed_at_once_make_a_root(scoring_database: Database) -> None:
    first = await seated(scoring_database)
    second = await beside(first)
    await first.mark_all()
    await second.mark_all()
    went_on = asyncio.Event()

    async def other() -> None:
        async with transaction(scoring_database.pool, "scoring_supervisor") as tx:
            await actions.sealed(tx, second.division_id, 1)
            assert went_on.is_set()

    async with transaction(scoring_database.pool, "scoring_supervisor") as tx:
        await actions.sealed(tx, first.division_id, 2)
        waiting = asyncio.create_task(other())
        await asyncio.sleep(0.2)
        went_on.set()
    await waiting
    async with transaction(scoring_database.pool, "scoring_supervisor") as tx:
        found = await actions.current(tx, await tx.fetchval("SELECT activity_id FROM activities"))
        assert (await ledger.head(tx, first.division_id)).position > 2
    assert found is not None and found.sealed == {str(first.division_id): 2, str(second.division_id): 1}
