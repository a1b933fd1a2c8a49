"""What registration and scoring tell, in any order."""

import itertools

import pytest

from services.awards.score_sets import actions
from shared.db import transaction
from tests.awards import competition
from tests.awards.competition import PERSONS, SCORES
from tests.conftest import Database

EVENTS = (
    ("awards_activities", competition.activity()),
    ("awards_score_sets", competition.score_set()),
    ("awards_openings", competition.roll_opened()),
)


@pytest.mark.parametrize("order", list(itertools.permutations(EVENTS)))
async def test_the_events_of_two_streams_come_in_any_order(
    awards_database: Database, order: tuple[tuple[str, dict[str, object]], ...]
) -> None:
    for name, event in (*order, *order):
        await competition.delivered(awards_database, name, event)
    async with transaction(awards_database.pool, "awards_committee") as tx:
        found = await actions.results(tx, "teaching-9", "arts")
    assert found.sealed is not None and found.sealed.id == SCORES
    assert [line.person_id for line in found.lines] == list(PERSONS)


async def test_a_preselection_is_none_of_awards_business(awards_database: Database) -> None:
    await competition.delivered(
        awards_database, "awards_score_sets", {**competition.score_set(), "stage": "preselection"}
    )
    assert await awards_database.value("SELECT count(*) FROM score_sets") == 0


async def test_results_keep_their_exact_value(awards_database: Database) -> None:
    await competition.delivered(awards_database, "awards_score_sets", competition.score_set())
    row = (await awards_database.rows("SELECT result_n, result_d, shown FROM score_set_items ORDER BY rank"))[0]
    assert (int(row["result_n"]), int(row["result_d"]), row["shown"]) == (9000, 100, "90.00")
