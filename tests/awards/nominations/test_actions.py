"""Nominating against PostgreSQL: the quota of a stratum holds under a rush, and a freed place is free."""

import asyncio
from collections import Counter

import asyncpg
import pytest

from services.awards.nominations import actions
from shared.db import transaction
from shared.errors import Conflict, NotAllowed, Refused, Told
from shared.ids import new_id
from tests.awards import sample
from tests.awards.sample import NOMINATING, SECRETARY, SOMEBODY
from tests.conftest import Database

OFFICER = actions.Actor(person=SOMEBODY, officer_of=frozenset({"17"}))


async def test_sixty_requests_for_five_places_give_five_nominations(awards_database: Database) -> None:
    programme_id = await sample.install(awards_database)

    async def one(code: str) -> None:
        async with transaction(awards_database.pool, "awards_member") as tx:
            await actions.nominate(tx, new_id(), programme_id, code, "理由", SECRETARY, NOMINATING)

    codes = ["01", "02", "03", "04", "05", "06"] * 10
    outcomes = await asyncio.gather(*[one(code) for code in codes], return_exceptions=True)
    told = Counter(each.code if isinstance(each, Told) else type(each).__name__ for each in outcomes)
    assert told["NoneType"] == 5
    assert set(told) == {"NoneType", "branch_nominated", "nomination_quota_used"}
    places = await awards_database.rows("SELECT place FROM nominations WHERE withdrawn_at IS NULL ORDER BY place")
    assert [row["place"] for row in places] == [1, 2, 3, 4, 5]


async def test_the_database_itself_has_no_sixth_place(awards_database: Database) -> None:
    programme_id = await sample.install(awards_database)
    branch_id = await awards_database.value("SELECT id FROM branches WHERE code = '06'")
    with pytest.raises(asyncpg.ForeignKeyViolationError):
        async with transaction(awards_database.pool, "awards_member") as tx:
            await tx.execute(
                """INSERT INTO nominations (id, programme_id, branch_id, stratum, place, reason, nominated_by, nominated_at)
                   VALUES ($1, $2, $3, 'faculty', 6, '理由', $1, $4)""",
                new_id(), programme_id, branch_id, NOMINATING,
            )  # fmt: skip


async def test_an_officer_acts_for_the_own_branch_only(awards_database: Database) -> None:
    programme_id = await sample.install(awards_database)
    async with transaction(awards_database.pool, "awards_member") as tx:
        done = await actions.nominate(tx, new_id(), programme_id, "17", "理由", OFFICER, NOMINATING)
        assert (done.branch, done.stratum) == ("第17分工会", "office")
        with pytest.raises(NotAllowed, match="other_branch"):
            await actions.nominate(tx, new_id(), programme_id, "18", "理由", OFFICER, NOMINATING)
        desk = await actions.desk(tx, "model-home-2026", OFFICER, NOMINATING)
    assert ([s.key for s in desk.strata], desk.branches, len(desk.standing)) == (["office"], (), 1)


async def test_the_same_form_twice_is_one_nomination(awards_database: Database) -> None:
    programme_id = await sample.install(awards_database)
    nomination_id = new_id()
    async with transaction(awards_database.pool, "awards_member") as tx:
        first = await actions.nominate(tx, nomination_id, programme_id, "17", "理由", OFFICER, NOMINATING)
        again = await actions.nominate(tx, nomination_id, programme_id, "17", "理由", OFFICER, NOMINATING)
        assert first == again
        with pytest.raises(Conflict, match="branch_nominated"):
            await actions.nominate(tx, new_id(), programme_id, "17", "理由", OFFICER, NOMINATING)


async def test_a_withdrawn_nomination_stays_on_record_and_frees_its_place(awards_database: Database) -> None:
    programme_id = await sample.install(awards_database)
    made = await sample.nominate(awards_database, programme_id, ["17", "18"])
    async with transaction(awards_database.pool, "awards_member") as tx:
        await actions.withdraw(tx, made["17"], OFFICER, NOMINATING)
        fresh = await actions.nominate(tx, new_id(), programme_id, "17", "理由", OFFICER, NOMINATING)
        assert fresh.place == 1
        with pytest.raises(Refused, match="nominations_closed"):
            await actions.withdraw(tx, fresh.id, OFFICER, sample.EXAMINING)
    assert await awards_database.value("SELECT count(*) FROM nominations WHERE withdrawn_by IS NOT NULL") == 1
