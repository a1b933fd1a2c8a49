"""Recording letters against PostgreSQL: one veto stops one name, and few may read why."""

from datetime import date
from uuid import UUID

import asyncpg
import pytest

from services.awards.ballots import actions as ballots
from services.awards.consultations import actions
from services.awards.consultations.domain import Opinion
from shared.db import Transaction, transaction
from shared.errors import Conflict, Refused
from tests.awards import sample
from tests.awards.sample import EXAMINING, SOMEBODY
from tests.conftest import Database

ON = date(2026, 12, 8)
OFFICE, OTHER = "纪检监察室", "计划财务处"


async def reply(tx: Transaction, programme_id: UUID, office: str, branch: str, opinion: Opinion, reason: str = "") -> None:
    await actions.reply(tx, programme_id, office, branch, opinion, "函1号", reason, ON, SOMEBODY, EXAMINING)


async def test_one_veto_stops_one_name_and_only_that(awards_database: Database) -> None:
    programme_id = await sample.install(awards_database)
    made = await sample.nominate(awards_database, programme_id, ["17", "18"])
    async with transaction(awards_database.pool, "awards_committee") as tx:
        await reply(tx, programme_id, OFFICE, "17", "veto", "票据不合规")
        await reply(tx, programme_id, OFFICE, "*", "none")
        await reply(tx, programme_id, OTHER, "*", "none")
        hindrances = {each.nomination.id: each.hindrance for each in await ballots.candidates(tx, programme_id)}
    assert hindrances == {made["17"]: "vetoed", made["18"]: "unaudited"}
    rows = await awards_database.rows("SELECT opinion, office FROM replies ORDER BY opinion, office")
    assert [tuple(row) for row in rows] == [("none", OFFICE), ("none", OTHER), ("none", OTHER), ("veto", OFFICE)]


@pytest.mark.parametrize("audience", ["public", "gate", "member", "office", "system"])
async def test_the_reason_of_a_veto_is_closed_to_every_other_role(awards_database: Database, audience: str) -> None:
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        async with transaction(awards_database.pool, f"awards_{audience}") as tx:
            await tx.fetch("SELECT reason FROM veto_reasons")


async def test_an_answer_stays_and_the_same_letter_twice_is_once(awards_database: Database) -> None:
    programme_id = await sample.install(awards_database)
    await sample.nominate(awards_database, programme_id, ["17"])
    async with transaction(awards_database.pool, "awards_committee") as tx:
        await reply(tx, programme_id, OFFICE, "17", "none")
        await reply(tx, programme_id, OFFICE, "17", "none")
        with pytest.raises(Conflict, match="office_replied"):
            await reply(tx, programme_id, OFFICE, "17", "veto", "票据不合规")
        with pytest.raises(Refused, match="branch_not_nominated"):
            await reply(tx, programme_id, OFFICE, "18", "none")
        with pytest.raises(Refused, match="veto_of_everybody"):
            await reply(tx, programme_id, OFFICE, "*", "veto", "票据不合规")
    assert await awards_database.value("SELECT count(*) FROM replies") == 1
