"""Recording scorecards against PostgreSQL: a correction is a new version with a reason."""

import pytest

from services.awards.nominations.actions import Actor
from services.awards.scorecards import actions
from shared.db import transaction
from shared.errors import NotAllowed, Refused
from shared.ids import new_id
from tests.awards import sample
from tests.awards.sample import EXAMINING, FULL, NOMINATING, SECRETARY, SOMEBODY
from tests.conftest import Database

OFFICER = Actor(person=SOMEBODY, officer_of=frozenset({"17"}))


async def test_a_correction_is_a_new_version_with_a_reason(awards_database: Database) -> None:
    programme_id = await sample.install(awards_database)
    nomination = (await sample.nominate(awards_database, programme_id, ["17"]))["17"]
    less = FULL | {"records": "0"}
    async with transaction(awards_database.pool, "awards_committee") as tx:
        await actions.record(tx, new_id(), nomination, "audited", FULL, "", SECRETARY, EXAMINING)
        await actions.record(tx, new_id(), nomination, "audited", FULL, "", SECRETARY, EXAMINING)
        with pytest.raises(Refused, match="correction_missing"):
            await actions.record(tx, new_id(), nomination, "audited", less, " ", SECRETARY, EXAMINING)
        standing = await actions.record(tx, new_id(), nomination, "audited", less, "台账缺失", SECRETARY, EXAMINING)
    assert (standing.audited_total, standing.verdict) == (80, "below_pass")
    rows = await awards_database.rows(
        "SELECT version, correction FROM scorecards WHERE kind = 'audited' ORDER BY version"
    )
    assert [tuple(row) for row in rows] == [(1, ""), (2, "台账缺失")]


async def test_a_branch_scores_itself_in_time_and_never_audits_itself(awards_database: Database) -> None:
    programme_id = await sample.install(awards_database)
    made = await sample.nominate(awards_database, programme_id, ["17", "18"])
    async with transaction(awards_database.pool, "awards_member") as tx:
        less = FULL | {"records": "19"}
        await actions.record(tx, new_id(), made["17"], "self", less, "算错", OFFICER, NOMINATING)
        with pytest.raises(Refused, match="self_scores_closed"):
            await actions.record(tx, new_id(), made["17"], "self", FULL, "算错", OFFICER, EXAMINING)
        with pytest.raises(NotAllowed, match="other_branch"):
            await actions.record(tx, new_id(), made["18"], "self", FULL, "", OFFICER, NOMINATING)
        with pytest.raises(NotAllowed, match="other_branch"):
            await actions.record(tx, new_id(), made["17"], "audited", FULL, "", OFFICER, NOMINATING)
