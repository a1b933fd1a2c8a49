"""Confirming a competition's list from what registration and scoring told."""

from uuid import UUID

import pytest

from services.awards.editions import actions as editions
from shared.db import transaction
from shared.errors import Conflict, Refused
from tests.awards import competition
from tests.awards.competition import ENTRIES, OFFICE, SCORES, SEALED
from tests.conftest import Database


async def test_the_committee_waits_for_score_set_then_codes_then_names(awards_database: Database) -> None:
    edition_id = await competition.opened(awards_database)
    seen = []
    for name, event in (
        ("", {}), ("awards_activities", competition.activity()), ("awards_score_sets", competition.score_set()),
        ("awards_openings", competition.roll_opened()),
    ):  # fmt: skip
        if name:
            await competition.delivered(awards_database, name, event)
        async with transaction(awards_database.pool, "awards_committee") as tx:
            seen.append((await editions.preview(tx, edition_id)).divisions[0].missing)
    assert seen == ["score_set_waited", "score_set_waited", "opening_waited", "names_waited"]
    await competition.named(awards_database)
    async with transaction(awards_database.pool, "awards_committee") as tx:
        assert (await editions.preview(tx, edition_id)).ready


async def test_a_confirmed_list_gives_each_rank_its_tier_and_leaves_the_rest_out(awards_database: Database) -> None:
    edition_id = await competition.proposed(awards_database)
    rows = await awards_database.rows("SELECT subject_id, name, tier, rank, work FROM awards ORDER BY position")
    assert [tuple(row) for row in rows] == [
        (ENTRIES[0], "林若溪", "一等奖", 1, "课程1"), (ENTRIES[1], "顾承泽", "二等奖", 2, "课程2"),
        (ENTRIES[2], "陈知远", "二等奖", 3, "课程3"),
    ]  # fmt: skip
    assert await awards_database.value("SELECT state FROM editions WHERE id = $1", edition_id) == "proposed"


async def test_confirming_twice_is_confirming_once(awards_database: Database) -> None:
    edition_id = await competition.proposed(awards_database)
    async with transaction(awards_database.pool, "awards_committee") as tx:
        await editions.confirm(tx, edition_id, [SCORES], OFFICE, SEALED)
    assert await awards_database.value("SELECT count(*) FROM proposals") == 1


async def test_a_newer_score_set_must_be_seen_before_it_is_confirmed(awards_database: Database) -> None:
    edition_id = await competition.proposed(awards_database)
    newer = UUID(int=0x5F)
    event = competition.score_set((2, 1, 3, 4), newer, 2, SCORES)
    await competition.delivered(awards_database, "awards_score_sets", event)
    async with transaction(awards_database.pool, "awards_committee") as tx:
        with pytest.raises(Conflict, match="score_set_newer"):
            await editions.confirm(tx, edition_id, [SCORES], OFFICE, SEALED)
    async with transaction(awards_database.pool, "awards_committee") as tx:
        await editions.confirm(tx, edition_id, [newer], OFFICE, SEALED)
    assert [(a.name, a.tier) for a in await competition.states(awards_database, edition_id)][:2] == [
        ("顾承泽", "一等奖"), ("林若溪", "二等奖"),
    ]  # fmt: skip


async def test_a_posted_list_cannot_be_replaced(awards_database: Database) -> None:
    edition_id, _ = await competition.posted(awards_database)
    newer = UUID(int=0x5F)
    await competition.delivered(
        awards_database, "awards_score_sets", competition.score_set((2, 1, 3, 4), newer, 2, SCORES)
    )
    async with transaction(awards_database.pool, "awards_committee") as tx:
        with pytest.raises(Conflict, match="edition_on_notice"):
            await editions.confirm(tx, edition_id, [newer], OFFICE, SEALED)


async def test_E16_one_more_first_prize_needs_a_minute_before_the_names_are_open(awards_database: Database) -> None:
    edition_id = await competition.opened(awards_database)
    await competition.delivered(awards_database, "awards_activities", competition.activity())
    async with transaction(awards_database.pool, "awards_office") as tx:
        with pytest.raises(Refused, match="minute_required"):
            await editions.add_prize(tx, edition_id, "arts", "一等奖", 1, "", OFFICE, SEALED)
    async with transaction(awards_database.pool, "awards_office") as tx:
        await editions.add_prize(tx, edition_id, "arts", "一等奖", 1, "领导小组纪要〔2026〕3号", OFFICE, SEALED)
    await competition.scored(awards_database)
    async with transaction(awards_database.pool, "awards_office") as tx:
        with pytest.raises(Refused, match="codes_already_open"):
            await editions.add_prize(tx, edition_id, "arts", "一等奖", 1, "领导小组纪要〔2026〕4号", OFFICE, SEALED)
    async with transaction(awards_database.pool, "awards_committee") as tx:
        division = (await editions.preview(tx, edition_id)).divisions[0]
    assert [row.tier for row in division.rows] == ["一等奖", "一等奖", "二等奖", "二等奖"]
    assert [extra.minute for extra in division.extras] == ["领导小组纪要〔2026〕3号"]


async def test_a_teller_cannot_post_and_the_public_cannot_read_a_proposed_list(awards_database: Database) -> None:
    await competition.proposed(awards_database)
    for audience, statement in (
        ("awards_committee", "INSERT INTO notices SELECT * FROM notices"),
        ("awards_public", "SELECT name FROM awards"),
        ("awards_public", "SELECT * FROM award_states"),
        ("awards_member", "SELECT * FROM people"),
    ):
        with pytest.raises(Exception, match="permission denied"):
            async with transaction(awards_database.pool, audience) as tx:
                await tx.execute(statement)
