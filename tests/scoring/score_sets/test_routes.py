from collections.abc import Awaitable, Callable
from uuid import UUID

import httpx
import pytest

from services.scoring.events import ScoreSetSealed
from services.scoring.score_sets import actions
from shared.db import transaction
from shared.errors import NotAllowed
from shared.events import decode
from shared.ids import new_id
from tests.conftest import Database
from tests.scoring.people import sign_in
from tests.scoring.seated import SHARED, seated
from tests.scoring.stage import NOW, SCOREKEEPER, SUPERVISOR, Hall
from tests.scoring.two_people import lock

Open = Callable[..., Awaitable[httpx.AsyncClient]]


async def propose(place: Hall) -> UUID:
    score_set_id = new_id()
    async with transaction(place.pool, "scoring_desk") as tx:
        await actions.propose(tx, score_set_id, place.division_id, "final", SCOREKEEPER, NOW)
    return score_set_id


async def test_the_seal_leaves_as_one_event_with_its_ledger_entry(scoring_database: Database, client: Open) -> None:
    place = await seated(scoring_database, rule=SHARED)
    await place.mark_all()
    await lock(place)
    http = await client(scoring_database)
    keeper, supervisor = await sign_in(scoring_database, http, "scorekeeper"), await sign_in(scoring_database, http, "supervisor")
    body = {"id": str(new_id()), "stage": "final"}
    for _ in range(2):
        assert (await keeper.post(f"/scoring/divisions/{place.division_id}/score-sets", body)).status_code == 201
    for _ in range(2):
        sealed = await supervisor.post(f"/scoring/score-sets/{body['id']}/seals")
        assert sealed.status_code == 201 and sealed.json()["sealed"]
    (row,) = await scoring_database.rows("SELECT subject, body FROM outbox")
    event = decode(ScoreSetSealed, row["body"])
    assert row["subject"] == "scoring.score_set.sealed.v1" and str(event.aggregate_id) == body["id"]
    entry = (await scoring_database.rows("SELECT position, encode(hash, 'hex') AS hash FROM ledger WHERE kind = 'score_set_sealed'"))[0]
    assert (event.ledger_position, event.ledger_head) == (entry["position"], entry["hash"])
    assert sorted((each.code, each.rank, each.shown, each.decided_by) for each in event.items) == [
        ("A01", 1, "89.00", "shared"), ("A02", 1, "89.00", "shared"),
    ]  # fmt: skip
    assert event.hash == await scoring_database.value("SELECT hash FROM score_sets")
    (told,) = (await keeper.get(f"/scoring/divisions/{place.division_id}/score-sets")).json()["score_sets"]
    assert (told["version"], told["hash"]) == (1, event.hash)


async def test_a_scorekeeper_cannot_seal_and_the_proposer_is_never_the_second_person(
    scoring_database: Database, client: Open
) -> None:
    place = await seated(scoring_database, rule=SHARED)
    await place.mark_all()
    await lock(place)
    score_set_id = await propose(place)
    keeper = await sign_in(scoring_database, await client(scoring_database), "scorekeeper")
    assert (await keeper.post(f"/scoring/score-sets/{score_set_id}/seals")).status_code == 403
    with pytest.raises(NotAllowed, match="second_person_needed"):
        async with transaction(place.pool, "scoring_supervisor") as tx:
            await actions.seal(tx, score_set_id, SCOREKEEPER, NOW)
    assert await scoring_database.value("SELECT count(*) FROM outbox") == 0


async def test_before_the_lock_nothing_can_be_proposed(scoring_database: Database, client: Open) -> None:
    place = await seated(scoring_database, rule=SHARED)
    await place.mark_all()
    keeper = await sign_in(scoring_database, await client(scoring_database), "scorekeeper")
    answer = await keeper.post(f"/scoring/divisions/{place.division_id}/score-sets", {"id": str(new_id()), "stage": "final"})
    assert (answer.status_code, answer.json()["code"]) == (422, "seal_before_lock")


async def test_the_preselection_is_sealed_by_its_one_part(scoring_database: Database) -> None:
    place = await seated(scoring_database, preselection_part="design", stages=("preselection",))
    await place.mark_all(parts=["design"])
    await lock(place, "preselection")
    async with transaction(place.pool, "scoring_desk") as tx:
        made = await actions.propose(tx, new_id(), place.division_id, "preselection", SCOREKEEPER, NOW)
    async with transaction(place.pool, "scoring_supervisor") as tx:
        sealed = await actions.seal(tx, made.id, SUPERVISOR, NOW)
    assert sealed.content.stage == "preselection" and [each.shown for each in sealed.content.items] == ["18.00", "18.00"]
