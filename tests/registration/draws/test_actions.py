"""The draw meeting against PostgreSQL."""

import asyncio
from typing import Any
from uuid import UUID

import asyncpg
import pytest

from services.registration.draws import actions as draws
from services.registration.draws.domain import Draw
from services.registration.entries.domain import Entry
from shared.db import transaction
from shared.errors import Conflict, Faulty, Refused
from shared.ids import lot, new_id
from tests.registration.small_season import ADMISSION, DRAW, LATE, ORGANISER, PROMOTION, Season

SEEDS = bytes(range(32)), bytes(range(32, 64))


async def holds(season: Season, id: UUID | None = None, now: Any = DRAW, present: list[str] | None = None) -> Draw:
    async with transaction(season.pool, "registration_organiser", ORGANISER) as tx:
        return await draws.hold(
            tx, id or new_id(), season.divisions["work"].id, ["陈立"] if present is None else present, SEEDS, ORGANISER, now
        )


async def admitted(season: Season, count: int = 3, places: int = 3) -> list[Entry]:
    await season.open(places=places, eligibility=(), quota_base=None, quota=(), order=())
    sent = [await season.signs_up(str(2001 + n)) for n in range(count)]
    await season.admits(now=ADMISSION)
    return sent


async def test_everybody_with_a_place_gets_a_number_by_the_recorded_seed_and_a_code(season: Season) -> None:
    sent = await admitted(season)
    draw = await holds(season)
    rows = await season.database.rows("SELECT entry_id FROM draw_numbers ORDER BY number")
    assert [row["entry_id"] for row in rows] == lot(draw.seed, [e.id for e in sent])
    codes = [row["code"] for row in await season.database.rows("SELECT code FROM codes")]
    assert len(set(codes)) == 3 and all(len(code) == 3 for code in codes)


async def test_a_draw_is_not_held_before_its_time_nor_without_anybody_watching(season: Season) -> None:
    await admitted(season)
    with pytest.raises(Refused, match="draw_not_yet"):
        await holds(season, now=PROMOTION)
    with pytest.raises(Faulty):
        await holds(season, present=["  "])
    assert await season.database.value("SELECT count(*) FROM draws") == 0


async def test_a_second_draw_is_refused_and_the_same_one_again_is_the_same(season: Season) -> None:
    await admitted(season)
    id = new_id()
    first = await holds(season, id)
    assert await holds(season, id) == first
    with pytest.raises(Conflict, match="draw_held"):
        await holds(season)


async def test_of_sixteen_meetings_at_once_one_is_held(season: Season) -> None:
    await admitted(season)
    told = await asyncio.gather(*(holds(season) for _ in range(16)), return_exceptions=True)
    assert sum(isinstance(each, Draw) for each in told) == 1
    assert await season.database.value("SELECT count(*) FROM draw_numbers") == 3


async def test_the_draw_ends_promotion_whatever_the_clock_of_another_process_says(season: Season) -> None:
    sent = await admitted(season, count=4, places=2)
    await holds(season)
    states = await season.states()
    leaver = next(e for e in sent if states[next(n for n, p in season.people.items() if p.id == e.person_id)] == "admitted")
    _, promoted = await season.withdraws(leaver, PROMOTION)
    assert promoted == []
    numbers = await season.database.rows("SELECT number FROM draw_numbers ORDER BY number")
    assert [row["number"] for row in numbers] == [1, 2]


async def test_a_withdrawal_after_the_draw_keeps_its_number_for_nobody(season: Season) -> None:
    sent = await admitted(season)
    await holds(season)
    before = await season.database.value("SELECT number FROM draw_numbers WHERE entry_id = $1", sent[0].id)
    await season.withdraws(sent[0], LATE)
    assert await season.database.value("SELECT number FROM draw_numbers WHERE entry_id = $1", sent[0].id) == before
    assert await season.database.value("SELECT count(*) FROM draw_numbers") == 3


async def test_only_the_supervisor_can_read_the_seed_of_the_codes(season: Season) -> None:
    await admitted(season)
    await holds(season)
    async with transaction(season.pool, "registration_supervisor") as tx:
        assert await tx.fetchval("SELECT seed FROM code_draws") == SEEDS[1]
    for audience in ("organiser", "member", "officer", "public", "system"):
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            async with transaction(season.pool, f"registration_{audience}", ORGANISER) as tx:
                await tx.fetchval("SELECT seed FROM code_draws")


async def test_a_participant_sees_the_own_code_and_an_officer_none(season: Season) -> None:
    sent = await admitted(season)
    await holds(season)
    async with transaction(season.pool, "registration_member", sent[0].person_id) as tx:
        assert [row["entry_id"] for row in await tx.fetch("SELECT entry_id FROM codes")] == [sent[0].id]
    async with transaction(season.pool, "registration_officer", sent[0].person_id) as tx:
        assert await tx.fetch("SELECT entry_id FROM codes") == []


async def test_anybody_can_repeat_the_lot_and_learns_no_name_by_it(season: Season) -> None:
    await admitted(season)
    await holds(season)
    async with transaction(season.pool, "registration_public") as tx:
        draw, numbers = await draws.public(tx, season.divisions["work"].id)
    assert draw is not None and set(draw) == {"id", "seed", "held_at"}
    assert [each["entry_id"] for each in numbers] == lot(draw["seed"], [each["entry_id"] for each in numbers])
    for sql in ("SELECT present FROM draws", "SELECT * FROM codes", "SELECT * FROM entries"):
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            async with transaction(season.pool, "registration_public") as tx:
                await tx.fetch(sql)
