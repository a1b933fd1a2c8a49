"""Which rule an activity is marked by, and that the first mark freezes it."""

from typing import Any

import msgspec
import pytest

from services.scoring.rubrics import actions as rubrics
from services.scoring.rubrics.domain import Rule, rule_hash
from shared.db import transaction
from shared.errors import Missing, Refused
from shared.ids import new_id
from tests.scoring.samples import TEACHING, TEACHING_FILE, judge
from tests.scoring.stage import MARKS, NOW, Hall, hall

OTHER = msgspec.structs.replace(TEACHING, version=2, ties=("shared",))


async def attach(pool: Any, rule: Rule, preselection_part: str | None = None) -> None:
    async with transaction(pool, "scoring_desk") as tx:
        await rubrics.attach(tx, "teaching-9", rule, TEACHING_FILE, preselection_part, NOW)


async def attached(stage: Hall) -> Rule:
    async with transaction(stage.pool, "scoring_judge", handle=judge(1)) as tx:
        return (await rubrics.of_division(tx, stage.division_id)).rule


async def test_a_rule_can_be_replaced_until_the_first_mark(scoring_database: Any) -> None:
    stage = await hall(scoring_database)
    assert await attached(stage) == TEACHING
    await attach(stage.pool, OTHER)
    assert await attached(stage) == OTHER


async def test_the_first_mark_freezes_the_rule(scoring_database: Any) -> None:
    stage = await hall(scoring_database)
    await stage.send(stage.revision(judge(1), stage.entries[0], "lesson", MARKS["lesson"]))
    await attach(stage.pool, TEACHING)
    with pytest.raises(Refused) as refused:
        await attach(stage.pool, OTHER)
    assert refused.value.code == "rule_frozen"
    assert await attached(stage) == TEACHING


async def test_a_tablet_with_another_version_is_held(scoring_database: Any) -> None:
    stage = await hall(scoring_database)
    (answer,) = await stage.send(stage.revision(judge(1), stage.entries[0], "lesson", MARKS["lesson"], version=2))
    assert answer.disposition == "held_rubric"


async def test_the_stored_rule_is_the_bytes_its_hash_is_taken_of(scoring_database: Any) -> None:
    await hall(scoring_database)
    stored = await scoring_database.value("SELECT encode(sha256(convert_to(canonical, 'UTF8')), 'hex') FROM rules")
    assert stored == rule_hash(TEACHING)


async def test_the_preselection_needs_a_part_of_the_rule(scoring_database: Any) -> None:
    with pytest.raises(Refused) as refused:
        await attach(scoring_database.pool, TEACHING, "dance")
    assert refused.value.code == "preselection_part_unknown"


async def test_a_division_nobody_opened_has_no_rule(scoring_database: Any) -> None:
    async with transaction(scoring_database.pool, "scoring_desk") as tx:
        with pytest.raises(Missing):
            await rubrics.of_division(tx, new_id())


@pytest.mark.parametrize(
    ("changes", "code"), [({"from_memory": True}, "rule_from_memory"), ({"parts": ()}, "rule_from_marks")]
)
async def test_a_rule_that_marks_no_contest_is_not_attached(
    scoring_database: Any, changes: dict[str, Any], code: str
) -> None:
    with pytest.raises(Refused) as refused:
        await attach(scoring_database.pool, msgspec.structs.replace(TEACHING, **changes))
    assert refused.value.code == code
    assert await scoring_database.value("SELECT count(*) FROM rules") == 0
