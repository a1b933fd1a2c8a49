"""The door under pressure: 64 at once, and never one place, one number or one course too many."""

import asyncio
from collections import Counter
from typing import Any

import asyncpg
import pytest

from services.registration.admissions import actions as admissions
from services.registration.entries.domain import Entry
from services.registration.people import actions as people
from services.registration.people.domain import Person
from shared.db import transaction
from shared.ids import lot, new_id
from tests.registration.small_season import ADMISSION, ORGANISER, PROMOTION, SIGNUP, Season

CROWD = 64


async def crowd(season: Season, branch: str = "05") -> list[Person]:
    unit, of = season.units[branch].id, season.branches[branch].id
    made = [
        Person(
            id=new_id(), staff_no=str(5001 + n), name=f"教师{n}", name_key=f"{n:03}", branch_id=of, unit_id=unit, is_member=True
        )
        for n in range(CROWD)
    ]  # fmt: skip
    async with transaction(season.pool, "registration_organiser", ORGANISER) as tx:
        await people.take_over(tx, made)
    season.people |= {p.staff_no: p for p in made if p.staff_no}
    return made


async def test_64_sign_ups_at_once_fill_every_place_and_not_one_more(season: Season) -> None:
    await season.open(places=20, admission="arrival", order=(), quota_base=None, quota=(), eligibility=())
    everybody = await crowd(season)
    sent = await asyncio.gather(*(season.signs_up(p.staff_no or "") for p in everybody))
    assert Counter(e.state for e in sent) == {"admitted": 20, "waiting": 44}
    assert await season.places_held() == 20
    first = await season.database.rows(
        """SELECT state FROM entries JOIN admission_positions ON entry_id = entries.id ORDER BY position"""
    )
    assert [row["state"] for row in first] == ["admitted"] * 20 + ["waiting"] * 44


async def test_64_withdrawals_at_once_promote_in_order_and_lose_no_place(season: Season) -> None:
    await season.open(places=20, admission="arrival", order=(), quota_base=None, quota=(), eligibility=())
    sent = [await season.signs_up(p.staff_no or "") for p in await crowd(season)]
    leaving = sent[::2]
    await asyncio.gather(*(season.withdraws(e, SIGNUP) for e in leaving))
    staying = sent[1::2]
    states = await season.database.rows("SELECT id, state FROM entries")
    state = {row["id"]: row["state"] for row in states}
    assert [state[e.id] for e in staying] == ["admitted"] * 20 + ["waiting"] * 12
    assert await season.places_held() == 20


async def test_64_come_and_go_at_once_and_no_place_stays_empty_while_somebody_waits(season: Season) -> None:
    await season.open(places=20, admission="arrival", order=(), quota_base=None, quota=(), eligibility=())
    everybody = await crowd(season)
    early = [await season.signs_up(p.staff_no or "") for p in everybody[:32]]
    late = (season.signs_up(p.staff_no or "") for p in everybody[32:])
    await asyncio.gather(*late, *(season.withdraws(e, SIGNUP) for e in early))
    states = Counter((await season.states()).values())
    assert states == {"withdrawn": 32, "admitted": 20, "waiting": 12}
    assert await season.places_held() == 20


async def test_64_sign_ups_of_one_branch_at_once_never_exceed_its_quota(season: Season) -> None:
    await season.open(places=40, admission="arrival", order=(), eligibility=())
    sent = await asyncio.gather(*(season.signs_up(p.staff_no or "") for p in await crowd(season)))
    assert Counter(e.state for e in sent) == {"admitted": 3, "returned": 61}


async def test_of_64_with_the_same_course_at_once_one_is_taken(season: Season) -> None:
    await season.open(places=40, eligibility=())
    sent = await asyncio.gather(*(season.signs_up(p.staff_no or "", "材料力学") for p in await crowd(season)))
    assert Counter(e.state for e in sent) == {"submitted": 1, "returned": 63}


async def test_of_64_sign_ups_of_one_person_at_once_one_is_taken(season: Season) -> None:
    await season.open(places=40, eligibility=())
    await season.person("2001")
    told = await asyncio.gather(*(season.signs_up("2001") for _ in range(CROWD)), return_exceptions=True)
    assert sum(isinstance(each, Entry) for each in told) == 1
    assert Counter(getattr(each, "code", "") for each in told if not isinstance(each, Entry)) == {"already_signed_up": 63}


async def test_64_officers_at_once_never_approve_more_than_the_quota(season: Season) -> None:
    await season.open(places=40, eligibility=())
    sent = [await season.signs_up(p.staff_no or "") for p in await crowd(season)]
    orders = [[sent[(n + k) % CROWD] for k in range(3)] for n in range(CROWD)]
    await asyncio.gather(*(season.recommends("05", *order) for order in orders))
    assert Counter((await season.states()).values()) == {"approved": 3, "submitted": 61}
    rows = await season.database.rows("SELECT recommendation FROM entries WHERE recommendation IS NOT NULL ORDER BY 1")
    assert [row["recommendation"] for row in rows] == [1, 2, 3]


async def test_64_organisers_at_once_admit_a_division_once(season: Season) -> None:
    await season.open(places=2, eligibility=())
    sent = [await season.signs_up(str(2001 + n)) for n in range(3)]
    await season.recommends("05", *sent)
    told = await asyncio.gather(*(season.admits(seed=bytes([n]) * 32) for n in range(CROWD)), return_exceptions=True)
    assert Counter(getattr(each, "code", "done") for each in told) == {"done": 1, "already_decided": 63}
    assert [(await season.states())[no] for no in ("2001", "2002", "2003")] == ["admitted", "admitted", "waiting"]


async def refuses(season: Season, sql: str, *values: Any) -> str:
    with pytest.raises(asyncpg.IntegrityConstraintViolationError) as told:
        await season.database.execute(sql, *values)
    return type(told.value).__name__


async def test_the_database_itself_refuses_a_place_too_many_and_a_number_too_high(season: Season) -> None:
    await season.open(places=1, eligibility=())
    first, second = [await season.signs_up(str(2001 + n)) for n in range(2)]
    await season.recommends("05", first, second)
    await season.admits()
    division = season.divisions["work"].id
    give = """INSERT INTO admission_places (entry_id, division_id, number, places, given_at)
              VALUES ($1, $2, $3, $4, '2026-04-19T01:00Z')"""
    assert await refuses(season, give, second.id, division, 1, 1) == "UniqueViolationError"
    assert await refuses(season, give, second.id, division, 2, 1) == "CheckViolationError"
    assert await refuses(season, give, second.id, division, 2, 2) == "ForeignKeyViolationError"
    number = "UPDATE entries SET recommendation = $2 WHERE id = $1"
    assert await refuses(season, number, second.id, 4) == "CheckViolationError"
    assert await refuses(season, number, second.id, 1) == "UniqueViolationError"


async def test_a_lot_decides_by_the_recorded_seed_and_can_be_repeated(season: Season) -> None:
    await season.open(places=2, admission="lot", order=(), quota_base=None, quota=(), eligibility=())
    sent = [await season.signs_up(str(2001 + n)) for n in range(5)]
    seed = bytes(range(32))
    outcome = await season.admits(seed=seed)
    stored = await season.database.value("SELECT seed FROM admission_heads WHERE division_id = $1", season.divisions["work"].id)
    assert stored == seed
    assert [*outcome.admitted, *outcome.waiting] == lot(stored, [e.id for e in sent])


async def test_preselection_decides_before_the_branches_order(season: Season) -> None:
    await season.open(places=2, order=("preselection", "recommendation"), preselection_part="design", eligibility=())
    sent = [await season.signs_up(str(2001 + n)) for n in range(3)]
    await season.recommends("05", *sent)
    told = await asyncio.gather(season.admits(), return_exceptions=True)
    assert getattr(told[0], "code", "") == "preselection_missing"
    scores = admissions.SealedScores(
        id=new_id(), division_id=season.divisions["work"].id, stage="preselection", roll_id=new_id(), version=1,
        ranks={sent[0].id: 3, sent[1].id: 1, sent[2].id: 2},
    )  # fmt: skip
    for _ in range(2):
        async with transaction(season.pool, "registration_system") as tx:
            await admissions.receive(tx, scores, PROMOTION)
    outcome = await season.admits(now=ADMISSION)
    assert outcome.admitted == (sent[1].id, sent[2].id)
    assert outcome.waiting == (sent[0].id,)
