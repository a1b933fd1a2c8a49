"""Sheets against PostgreSQL: one entry per revision, who may read what, two tablets at once, and the rebuild."""

import asyncio
from typing import Any

import asyncpg
import pytest

from services.scoring.board import actions as board
from services.scoring.cli import rebuild
from services.scoring.ledger import actions as ledger
from services.scoring.ledger.domain import Entry, first_break
from services.scoring.sheets import actions as sheets
from services.scoring.sheets.domain import Acknowledgement, Revision, Submission
from services.scoring.standings import actions as standings
from shared.batching import Batching
from shared.db import Transaction, transaction
from shared.errors import Conflict, NotAllowed
from shared.ids import new_id
from tests.scoring.samples import judge
from tests.scoring.stage import MARKS, NOW, SUPERVISOR, Hall, assign, hall

LESSON = MARKS["lesson"]


async def ledger_rows(stage: Hall) -> list[Any]:
    rows: list[Any] = await stage.database.rows(
        "SELECT position, kind, body FROM ledger WHERE division_id = $1 ORDER BY position", stage.division_id
    )
    return rows


async def test_the_same_revision_ten_times_gives_one_ledger_entry(scoring_database: Any) -> None:
    stage = await hall(scoring_database)
    revision = stage.revision(judge(1), stage.entries[0], "lesson", LESSON)
    answers = [(await stage.send(revision))[0] for _ in range(9)] + await stage.send(revision, revision)
    assert len({(each.id, each.ledger_position, each.chain_hash, each.disposition, each.head) for each in answers}) == 1
    assert answers[0].disposition == "counted"
    rows = await ledger_rows(stage)
    assert len(rows) == 1
    assert answers[0].ledger_position == rows[0]["position"] == 1


async def test_the_acknowledgement_names_the_chain_as_it_is_stored(scoring_database: Any) -> None:
    stage = await hall(scoring_database)
    (answer,) = await stage.send(stage.revision(judge(1), stage.entries[0], "lesson", LESSON))
    stored = await scoring_database.rows("SELECT position, encode(hash, 'hex') AS hash FROM ledger")
    assert [(row["position"], row["hash"]) for row in stored] == [(answer.ledger_position, answer.chain_hash)]


async def test_one_id_with_other_content_is_a_conflict_and_the_first_stays(scoring_database: Any) -> None:
    stage = await hall(scoring_database)
    revision = stage.revision(judge(1), stage.entries[0], "lesson", LESSON)
    await stage.send(revision)
    other = Revision(**{**{f: getattr(revision, f) for f in revision.__struct_fields__}, "marks": {"content": 1}})
    with pytest.raises(Conflict) as conflict:
        await stage.send(other)
    assert conflict.value.code == "revision_reused"
    assert await scoring_database.value("SELECT marks FROM revisions") == '{"content":270,"delivery":400}'


async def test_a_judge_who_is_not_assigned_is_refused_and_nothing_is_written(scoring_database: Any) -> None:
    stage = await hall(scoring_database)
    stage.devices[judge(99)] = new_id()
    with pytest.raises(NotAllowed) as refused:
        await stage.send(stage.revision(judge(99), stage.entries[0], "lesson", LESSON))
    assert refused.value.code == "not_assigned"
    assert await ledger_rows(stage) == []


async def test_the_writers_statement_itself_joins_the_assignment(scoring_database: Any) -> None:
    """Even handed a revision of a stranger, the INSERT adds none: the join is in the statement, not before it."""
    stage = await hall(scoring_database)
    await stage.send(stage.revision(judge(1), stage.entries[0], "lesson", LESSON))
    await scoring_database.execute("DELETE FROM sheet_heads; DELETE FROM revisions; DELETE FROM assignments WHERE true")
    from services.scoring.sheets import domain, store  # the store alone, as no product code may use it

    revision = stage.revision(judge(1), stage.entries[0], "lesson", LESSON)
    decided = domain.Decided(revision=revision, division_id=stage.division_id, disposition="counted", head=revision.id)
    async with transaction(stage.pool, "scoring_system") as tx:
        recorded = await ledger.chain(tx, stage.division_id)
    async with transaction(stage.pool, "scoring_writer") as tx:
        assert await store.add_revisions(tx, [decided], recorded) == 0


@pytest.mark.parametrize(("disposition", "added"), [("counted", 0), ("superseded", 0), ("held_recused", 1)])
async def test_the_writers_statement_never_counts_a_recused_judge(
    scoring_database: Any, disposition: Any, added: int
) -> None:
    """Whatever our own code decides, the statement adds a recused judge's revision only as held."""
    from services.scoring.sheets import domain, store  # the store alone, as no product code may use it

    stage = await hall(scoring_database)
    await assign(scoring_database, stage.division_id, judge(1), stage.entries[0], "recused")
    revision = stage.revision(judge(1), stage.entries[0], "lesson", LESSON)
    decided = domain.Decided(revision=revision, division_id=stage.division_id, disposition=disposition, head=None)
    async with transaction(stage.pool, "scoring_desk") as tx:
        entry = Entry(division_id=stage.division_id, kind="revision", actor=judge(1), body={})
        recorded = await ledger.append(tx, [entry], NOW)
    async with transaction(stage.pool, "scoring_writer") as tx:
        assert await store.add_revisions(tx, [decided], recorded) == added


async def test_a_recused_judges_revision_is_kept_and_not_counted(scoring_database: Any) -> None:
    stage = await hall(scoring_database)
    await assign(scoring_database, stage.division_id, judge(1), stage.entries[0], "recused")
    (answer,) = await stage.send(stage.revision(judge(1), stage.entries[0], "lesson", LESSON))
    assert (answer.disposition, answer.head) == ("held_recused", None)
    assert await scoring_database.value("SELECT count(*) FROM sheet_heads") == 0
    assert len(await ledger_rows(stage)) == 1


async def test_two_tablets_at_once_keep_both_and_count_one(scoring_database: Any) -> None:
    stage = await hall(scoring_database)
    ours = stage.revision(judge(1), stage.entries[0], "lesson", LESSON)
    theirs = stage.revision(judge(1), stage.entries[0], "lesson", {"content": "1"}, device_id=new_id())
    answers = await asyncio.gather(stage.send(ours), stage.send(theirs))
    dispositions = {answer.disposition for (answer,) in answers}
    assert dispositions == {"counted", "held_conflict"}
    assert len({answer.head for (answer,) in answers}) == 1
    assert [row["position"] for row in await ledger_rows(stage)] == [1, 2]


async def test_many_judges_through_the_batching_writer_leave_a_gapless_chain(scoring_database: Any) -> None:
    stage = await hall(scoring_database, entries=4)
    writer: Batching[Submission, Acknowledgement] = Batching(stage.pool, "scoring_writer", sheets.submit)
    writer.start()
    revisions = [
        stage.revision(judge_id, entry_id, part, MARKS[part])
        for entry_id in stage.entries
        for judge_id in stage.judges
        for part in MARKS
    ]
    stage.devices[judge(99)] = new_id()
    stranger = stage.revision(judge(99), stage.entries[0], "lesson", LESSON)
    try:
        answers = await asyncio.gather(
            *(writer.submit(Submission(each, NOW)) for each in [*revisions, stranger]), return_exceptions=True
        )
    finally:
        await writer.stop()
    assert isinstance(answers.pop(), NotAllowed)
    acknowledged = [answer for answer in answers if isinstance(answer, Acknowledgement)]
    assert sorted(answer.ledger_position for answer in acknowledged) == list(range(1, len(revisions) + 1))
    async with transaction(stage.pool, "scoring_supervisor") as tx:
        assert first_break(await ledger.chain(tx, stage.division_id)) is None
        assert (await standings.of_division(tx, stage.division_id, "final")).standings.unmarked == ()


async def test_an_acknowledgement_before_the_commit_loses_a_mark_and_the_check_sees_it(scoring_database: Any) -> None:
    """The negative control: a writer that answers and then loses its transaction leaves fewer entries than answers."""
    stage = await hall(scoring_database)
    answered: list[Acknowledgement] = []

    async def too_early(tx: Transaction, submissions: list[Submission]) -> list[Acknowledgement]:
        answered.extend(await sheets.submit(tx, submissions))
        raise RuntimeError("killed before the commit")

    with pytest.raises(RuntimeError):
        async with transaction(stage.pool, "scoring_writer") as tx:
            await too_early(tx, [Submission(stage.revision(judge(1), stage.entries[0], "lesson", LESSON), NOW)])
    assert len(answered) == 1
    assert len(await ledger_rows(stage)) == 0


# who may read what --------------------------------------------------------------------------------------------------


async def test_a_judges_role_cannot_read_another_judges_marks_by_sql(scoring_database: Any) -> None:
    stage = await hall(scoring_database)
    await stage.mark_all()
    async with transaction(stage.pool, "scoring_judge", handle=judge(1)) as tx:
        for table in ("revisions", "sheet_heads", "assignments"):
            rows = await tx.fetch(f"SELECT DISTINCT judge_id FROM {table}")
            assert [row["judge_id"] for row in rows] == [judge(1)]
            others = await tx.fetchval(f"SELECT count(*) FROM {table} WHERE judge_id = $1", judge(2))
            assert others == 0
        assert {each.judge_id for each in await sheets.sheets(tx, stage.division_id)} == {judge(1)}
    async with transaction(stage.pool, "scoring_judge") as tx:
        assert await tx.fetchval("SELECT count(*) FROM revisions") == 0


@pytest.mark.parametrize("table", ["ledger", "ledger_people", "tie_votes", "lock_requests"])
async def test_a_judges_role_is_refused_the_tables_of_the_desk(scoring_database: Any, table: str) -> None:
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        async with transaction(scoring_database.pool, "scoring_judge", handle=judge(1)) as tx:
            await tx.fetch(f"SELECT * FROM {table}")


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT marks FROM revisions",
        "UPDATE revisions SET disposition = 'counted'",
        "DELETE FROM revisions",
        "DELETE FROM sheet_heads",
        "UPDATE assignments SET state = 'judging'",
        "UPDATE stage_locks SET locked = false",
        "SELECT body FROM ledger",
    ],
)
async def test_the_writers_role_may_only_add_and_move_the_head(scoring_database: Any, sql: str) -> None:
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        async with transaction(scoring_database.pool, "scoring_writer") as tx:
            await tx.execute(sql)


async def test_the_login_role_itself_reads_nothing(scoring_database: Any) -> None:
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        await scoring_database.pool.fetch("SELECT * FROM sheet_heads")


@pytest.mark.parametrize("audience", ["public", "gate"])
async def test_the_public_and_the_gate_see_no_mark(scoring_database: Any, audience: str) -> None:
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        async with transaction(scoring_database.pool, f"scoring_{audience}") as tx:
            await tx.fetch("SELECT * FROM sheet_heads")


# corrections --------------------------------------------------------------------------------------------------------


async def test_e11_a_correction_before_the_lock_stands_beside_what_was_sent_first(scoring_database: Any) -> None:
    """E11: 锁前改分1张,理由、监督签名."""
    stage = await hall(scoring_database)
    first = stage.revision(judge(3), stage.entries[0], "lesson", {"content": "25.8", "delivery": "40.0"})
    second = stage.revision(judge(3), stage.entries[0], "lesson", LESSON, base=first.id, reason="把27.0写成了25.8")
    (_, answer) = [*await stage.send(first), *await stage.send(second)]
    assert (answer.disposition, answer.head) == ("counted", second.id)
    async with transaction(stage.pool, "scoring_supervisor") as tx:
        _, position = await sheets.countersign(tx, second.id, SUPERVISOR, NOW)
        assert await sheets.countersign(tx, second.id, SUPERVISOR, NOW) == (stage.division_id, position)
        (sheet,) = await sheets.sheets(tx, stage.division_id)
        chain = await ledger.chain(tx, stage.division_id)
    assert sheet.head is not None
    assert (sheet.head.revision_id, sheet.head.reason) == (second.id, "把27.0写成了25.8")
    assert [(each.kind, each.position) for each in chain] == [("revision", 1), ("revision", 2), ("countersigned", 3)]
    assert [each.fields["body"].get("marks", {}).get("content") for each in chain] == [258, 270, None]


async def test_a_sheet_shows_the_head_and_the_held_revision(scoring_database: Any) -> None:
    stage = await hall(scoring_database)
    ours = stage.revision(judge(1), stage.entries[0], "lesson", LESSON)
    theirs = stage.revision(judge(1), stage.entries[0], "lesson", {"content": "1"}, device_id=new_id())
    await stage.send(ours, theirs)
    async with transaction(stage.pool, "scoring_judge", handle=judge(1)) as tx:
        (sheet,) = await sheets.sheets(tx, stage.division_id)
    assert sheet.head is not None
    assert (sheet.head.revision_id, sheet.last.revision_id, sheet.last.disposition) == (ours.id, theirs.id, "held_conflict")


# the ledger is the source ---------------------------------------------------------------------------------------------

PROJECTIONS = ("revisions", "sheet_heads", "countersignatures", "stage_locks", "tie_votes", "tie_lots")


async def stored(database: Any) -> dict[str, list[tuple[Any, ...]]]:
    return {
        table: sorted((tuple(row.values()) for row in await database.rows(f"SELECT * FROM {table}")), key=repr)
        for table in PROJECTIONS
    }


async def test_a_rebuild_recreates_the_projections_equal(scoring_database: Any) -> None:
    stage = await hall(scoring_database)
    await stage.mark_all()
    first = stage.revision(judge(1), stage.entries[0], "lesson", {"content": "9.9"}, reason="写错")
    await stage.send(first, stage.revision(judge(2), stage.entries[0], "lesson", {"content": "99"}))
    async with transaction(stage.pool, "scoring_supervisor") as tx:
        await sheets.countersign(tx, first.id, SUPERVISOR, NOW)
    before = await stored(scoring_database)
    assert set((await rebuild(stage.pool, NOW))[stage.division_id].values()) == {0}
    assert await stored(scoring_database) == before


async def test_a_rebuild_repairs_what_was_changed_behind_the_ledger(scoring_database: Any) -> None:
    stage = await hall(scoring_database)
    await stage.mark_all()
    before = await stored(scoring_database)
    await scoring_database.execute("""UPDATE sheet_heads SET marks = '{"design":200}' WHERE part = 'design'""")
    differences = (await rebuild(stage.pool, NOW))[stage.division_id]
    assert differences["sheet_heads"] == 2 * 14
    assert await stored(scoring_database) == before


async def test_a_rebuild_draws_a_board_that_shows_something_else_anew(scoring_database: Any) -> None:
    stage = await hall(scoring_database)
    await stage.mark_all()
    async with transaction(stage.pool, "scoring_system") as tx:
        drawn = await board.refresh(tx, stage.division_id, NOW)
    assert (await rebuild(stage.pool, NOW))[stage.division_id]["board_frames"] == 0
    await scoring_database.execute(
        """UPDATE board_frames SET version = 2,
                  body = replace(replace(body, '"total":2', '"total":3'), '"version":1', '"version":2')"""
    )
    assert (await rebuild(stage.pool, NOW))[stage.division_id]["board_frames"] == 1
    async with transaction(stage.pool, "scoring_public") as tx:
        frame = await board.frame(tx, stage.division_id)
    assert drawn is not None and drawn.public is not None
    assert (drawn.public.total, frame.total) == (2, 2)


async def test_a_rebuild_stops_at_a_broken_chain(scoring_database: Any) -> None:
    stage = await hall(scoring_database)
    await stage.mark_all(parts=["design"])
    await scoring_database.execute("ALTER TABLE ledger DISABLE TRIGGER USER")
    await scoring_database.execute("UPDATE ledger SET body = replace(body, '180', '200') WHERE position = 3")
    with pytest.raises(ValueError, match="position 3"):
        await rebuild(stage.pool, NOW)


