"""Descriptions of people arrive in any order and more than once."""

from tests.awards import competition
from tests.awards.competition import PERSONS
from tests.conftest import Database


async def test_the_newest_description_wins_in_any_order(awards_database: Database) -> None:
    for version, name in ((2, "新名"), (1, "旧名")):
        event = {"aggregate_id": PERSONS[0], "version": version, "name": name, "name_key": name}
        await competition.delivered(awards_database, "awards_members", event)
    assert await awards_database.value("SELECT name FROM people") == "新名"


async def test_a_redelivered_message_takes_effect_once(awards_database: Database) -> None:
    event = {"aggregate_id": PERSONS[0], "version": 1, "name": "林若溪", "name_key": "lin"}
    assert await competition.delivered(awards_database, "awards_members", event, "m1")
    assert not await competition.delivered(awards_database, "awards_members", event, "m1")
