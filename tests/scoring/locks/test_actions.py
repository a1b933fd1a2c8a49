"""Locking takes two people and every mark; incident E9 at the service."""

from typing import Any
from uuid import UUID

import msgspec
import pytest

from services.scoring.cli import rebuild
from services.scoring.locks import actions as locks
from services.scoring.locks.domain import Kind, LockRequest
from services.scoring.rubrics.domain import Stage
from shared.db import transaction
from shared.errors import Missing, NotAllowed, Refused
from shared.ids import new_id
from tests.scoring.samples import TEACHING, judge, judged
from tests.scoring.stage import MARKS, NOW, SCOREKEEPER, SUPERVISOR, Hall, hall
from tests.scoring.two_people import lock


async def ask(stage: Hall, kind: Kind = "lock", reason: str = "", name: Stage = "final") -> LockRequest:
    request = LockRequest(
        id=new_id(), division_id=stage.division_id, stage=name, kind=kind, reason=reason, asked_by=SCOREKEEPER, asked_at=NOW
    )  # fmt: skip
    async with transaction(stage.pool, "scoring_desk") as tx:
        return await locks.ask(tx, request)


async def confirm(stage: Hall, request_id: UUID, by: UUID = SUPERVISOR) -> LockRequest:
    async with transaction(stage.pool, "scoring_supervisor") as tx:
        return await locks.confirm(tx, request_id, by, NOW)


async def test_e9_a_stage_with_an_unmarked_reflection_cannot_be_locked_until_it_is_given(scoring_database: Any) -> None:
    """E9: 评委5漏打一项"反思"→锁前补;规则为"空缺不计0,不得锁定"."""
    stage = await hall(scoring_database)
    await stage.mark_all(skip=[(judge(5), stage.entries[1], "reflection")])
    await stage.send(stage.revision(judge(5), stage.entries[1], "reflection", {}))
    with pytest.raises(Refused) as refused:
        await ask(stage)
    assert refused.value.code == "lock_unmarked"
    assert refused.value.values == {"count": 1, "where": "A02 reflection"}
    await stage.send(stage.revision(judge(5), stage.entries[1], "reflection", MARKS["reflection"], reason="漏打"))
    await lock(stage)
    assert await scoring_database.value("SELECT locked FROM stage_locks")


async def test_a_lock_holds_late_revisions_and_an_unlock_lets_them_count(scoring_database: Any) -> None:
    stage = await hall(scoring_database)
    await stage.mark_all()
    await lock(stage)
    (late,) = await stage.send(stage.revision(judge(1), stage.entries[0], "lesson", {"content": "1"}))
    assert late.disposition == "held_locked"
    await confirm(stage, (await ask(stage, "unlock", reason="录入有误")).id)
    (now,) = await stage.send(stage.revision(judge(1), stage.entries[0], "lesson", {"content": "1"}, base=late.head))
    assert now.disposition == "counted"


async def test_nobody_locks_alone(scoring_database: Any) -> None:
    stage = await hall(scoring_database)
    await stage.mark_all()
    request = await ask(stage)
    with pytest.raises(NotAllowed) as refused:
        await confirm(stage, request.id, by=SCOREKEEPER)
    assert refused.value.code == "second_person_needed"
    assert await scoring_database.value("SELECT count(*) FROM stage_locks") == 0


async def test_the_ledger_says_who_asked_and_who_confirmed_and_why(scoring_database: Any) -> None:
    stage = await hall(scoring_database)
    await stage.mark_all()
    await lock(stage)
    await confirm(stage, (await ask(stage, "unlock", reason="录入有误")).id)
    bodies = await scoring_database.rows("SELECT kind, body FROM ledger WHERE kind LIKE '%locked' ORDER BY position")
    people = {r["commitment"]: r["subject_id"] for r in await scoring_database.rows("SELECT * FROM ledger_people")}
    said = [(row["kind"], msgspec.json.decode(row["body"])) for row in bodies]
    assert [(kind, each["body"]["stage"], each["body"]["reason"]) for kind, each in said] == [
        ("locked", "final", ""),
        ("unlocked", "final", "录入有误"),
    ]
    assert {people[each["actor"]] for _, each in said} == {SUPERVISOR}
    assert {people[each["subjects"]["asked_by"]] for _, each in said} == {SCOREKEEPER}


async def test_a_confirmation_twice_is_one_lock(scoring_database: Any) -> None:
    stage = await hall(scoring_database)
    await stage.mark_all()
    request = await ask(stage)
    assert await confirm(stage, request.id) == await confirm(stage, request.id)
    assert await scoring_database.value("SELECT count(*) FROM ledger WHERE kind = 'locked'") == 1


async def test_a_mark_taken_back_between_question_and_confirmation_stops_the_lock(scoring_database: Any) -> None:
    stage = await hall(scoring_database)
    await stage.mark_all()
    request = await ask(stage)
    await stage.send(stage.revision(judge(1), stage.entries[0], "reflection", {}))
    with pytest.raises(Refused) as refused:
        await confirm(stage, request.id)
    assert refused.value.code == "lock_unmarked"


@pytest.mark.parametrize(("kind", "reason", "code"), [("unlock", "x", "stage_not_locked"), ("lock", "", None)])
async def test_only_what_is_locked_is_unlocked(scoring_database: Any, kind: Kind, reason: str, code: str | None) -> None:
    stage = await hall(scoring_database)
    await stage.mark_all()
    if code is None:
        await lock(stage)
        code = "stage_locked_already"
    with pytest.raises(Refused) as refused:
        await ask(stage, kind, reason)
    assert refused.value.code == code


async def test_unlocking_needs_a_reason(scoring_database: Any) -> None:
    stage = await hall(scoring_database)
    await stage.mark_all()
    await lock(stage)
    with pytest.raises(Refused) as refused:
        await ask(stage, "unlock", "  ")
    assert refused.value.code == "unlock_without_reason"


async def test_the_preselection_locks_its_part_and_leaves_the_others_open(scoring_database: Any) -> None:
    stage = await hall(scoring_database, preselection_part="design", stages=("preselection", "final"))
    await stage.mark_all(parts=["design"])
    await lock(stage, "preselection")
    (design,) = await stage.send(stage.revision(judge(1), stage.entries[0], "design", {"design": "1"}))
    (lesson,) = await stage.send(stage.revision(judge(1), stage.entries[0], "lesson", MARKS["lesson"]))
    assert (design.disposition, lesson.disposition) == ("held_locked", "counted")


async def test_too_few_judges_keep_a_stage_open(scoring_database: Any) -> None:
    stage = await hall(scoring_database, judges=4, rule=judged(TEACHING, missing="exclude"))
    await stage.mark_all()
    with pytest.raises(Refused) as refused:
        await ask(stage)
    assert (refused.value.code, refused.value.values) == ("lock_thin", {"codes": "A01, A02"})


async def test_a_division_without_a_roll_cannot_be_locked(scoring_database: Any) -> None:
    stage = await hall(scoring_database, stages=())
    with pytest.raises(Missing) as missing:
        await ask(stage)
    assert missing.value.code == "roll_absent"


async def test_a_rebuild_recreates_locks(scoring_database: Any) -> None:
    stage = await hall(scoring_database)
    await stage.mark_all()
    await lock(stage)
    await confirm(stage, (await ask(stage, "unlock", reason="录入有误")).id)
    await lock(stage)
    assert set((await rebuild(stage.pool, NOW))[stage.division_id].values()) == {0}
