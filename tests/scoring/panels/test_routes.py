"""A relation is declared in words."""

from collections.abc import Awaitable, Callable

import httpx
import pytest

from shared.ids import new_id
from tests.conftest import Database
from tests.scoring.people import sign_in
from tests.scoring.seated import seated


@pytest.mark.parametrize(("relation", "status", "kept"), [("师生", 201, 1), (" ", 400, 0), ("\n\t\u3000", 400, 0), ("", 400, 0)])
async def test_a_recusal_needs_its_relation_in_words(
    scoring_database: Database, client: Callable[..., Awaitable[httpx.AsyncClient]], relation: str, status: int, kept: int
) -> None:
    place = await seated(scoring_database)
    keeper = await sign_in(scoring_database, await client(scoring_database), "scorekeeper")
    body = {"id": str(new_id()), "judge": str(place.judges[0]), "entry_id": str(place.entries[0]), "relation": relation}
    answer = await keeper.post(f"/scoring/divisions/{place.division_id}/recusals", body)
    assert (answer.status_code, await scoring_database.value("SELECT count(*) FROM recusals")) == (status, kept)
