"""Two people type a sheet without seeing each other's numbers; equal counts, unequal is stopped; tablets are held meanwhile."""

import asyncio
from typing import Any
from uuid import UUID

import asyncpg
import pytest

from services.scoring.cli import rebuild
from services.scoring.corrections import actions as corrections
from services.scoring.corrections.domain import CorrectedSheet, Correction
from services.scoring.ledger import actions as ledger
from services.scoring.papers import actions
from services.scoring.papers.actions import Move, Outcome
from services.scoring.sheets import actions as sheets
from services.scoring.sheets.domain import SheetKey
from shared.db import transaction
from shared.errors import NotAllowed, Refused
from shared.files import Files
from shared.ids import new_id
from tests.conftest import Database
from tests.scoring.panels.test_departures import leave
from tests.scoring.running_orders.ordering import change
from tests.scoring.samples import judge
from tests.scoring.seated import FIRST_RESERVE, SHARED, seated
from tests.scoring.stage import MARKS, NOW, SUPERVISOR, Hall
from tests.scoring.two_people import lock

FIRST, SECOND, THIRD = UUID(int=0xC101), UUID(int=0xC102), UUID(int=0xC103)
READ = {"content": "28.5", "delivery": "40.0"}
MISREAD = {"content": "25.8", "delivery": "40.0"}
PNG = b"\x89PNG\r\n\x1a\n" + bytes(range(64))


def sheet(place: Hall, number: int = 1, entry: int = 0, part: str = "lesson") -> SheetKey:
    return SheetKey(judge(number), place.entries[entry], part)


async def to_paper(place: Hall, key: SheetKey | None = None, *, entry: int = 0, back: bool = False) -> int:
    move = Move(
        division_id=place.division_id, entry_id=key.entry_id if key else place.entries[entry],
        judge_id=key.judge_id if key else None, part=key.part if key else "", reason="平板故障", by=FIRST, now=NOW,
    )  # fmt: skip
    async with transaction(place.pool, "scoring_desk", FIRST, FIRST) as tx:
        return await (actions.from_paper if back else actions.to_paper)(tx, move)


async def types(
    place: Hall, by: UUID, key: SheetKey, marks: dict[str, str], *, typing_id: UUID | None = None, comment: str = ""
) -> Outcome:
    async with transaction(place.pool, "scoring_desk", by, by) as tx:
        return await actions.type_sheet(tx, typing_id or new_id(), key, marks, comment, by, NOW)


async def scans(place: Hall, files: Files, key: SheetKey, content: bytes = PNG) -> Any:
    async with transaction(place.pool, "scoring_desk", FIRST, FIRST) as tx:
        return await actions.attach_scan(tx, files, key, content, FIRST, NOW)


async def heads(place: Hall) -> dict[SheetKey, dict[str, int]]:
    async with transaction(place.pool, "scoring_desk") as tx:
        return {
            SheetKey(each.judge_id, each.entry_id, each.part): each.marks
            for each in await sheets.counting(tx, place.division_id)
        }


async def test_two_equal_typings_are_one_revision_with_both_people_in_the_ledger(scoring_database: Database) -> None:
    place = await seated(scoring_database)
    key = sheet(place)
    await to_paper(place, key)
    first = await types(place, FIRST, key, READ, comment="板书清楚")
    assert (first.state, await heads(place)) == ("first", {})
    second = await types(place, SECOND, key, READ)
    assert (second.state, await heads(place)) == ("counted", {key: {"content": 285, "delivery": 400}})
    async with transaction(place.pool, "scoring_supervisor") as tx:
        people = await ledger.people(tx)
        (entry,) = await ledger.of_kinds(tx, place.division_id, ["revision"])
    fields = entry.fields
    assert (entry.position, fields["body"]["source"], fields["body"]["comment"]) == (
        second.ledger_position,
        "paper",
        "板书清楚",
    )
    named = {name: people[who] for name, who in fields["subjects"].items()}
    assert (people[fields["actor"]], named) == (SECOND, {"judge": judge(1), "typed_by": FIRST})


async def test_E10_a_wrong_number_is_stopped_and_only_the_criterion_is_named(scoring_database: Database) -> None:
    place = await seated(scoring_database)
    key = sheet(place)
    await to_paper(place, key)
    await types(place, FIRST, key, MISREAD)
    stopped = await types(place, SECOND, key, READ)
    assert stopped == Outcome(state="differs", differing=("content",), ledger_position=None)
    assert await heads(place) == {}
    done = await types(place, FIRST, key, READ)
    assert (done.state, (await heads(place))[key]["content"]) == ("counted", 285)


async def test_nobody_reads_what_another_typed_before_both_agree_neither_page_nor_sql(
    scoring_database: Database,
) -> None:
    place = await seated(scoring_database)
    key = sheet(place)
    await to_paper(place, key)

    async def seen(audience: str, who: UUID) -> list[str]:
        async with transaction(place.pool, audience, who, who) as tx:
            by_action = [each.marks for each in (await actions.pick(tx, key)).typings]
            by_sql = [row["marks"] for row in await tx.fetch("SELECT marks FROM paper_typings ORDER BY number")]
        assert len(by_action) == len(by_sql)
        return by_sql

    readers = [
        ("scoring_desk", FIRST),
        ("scoring_desk", SECOND),
        ("scoring_desk", THIRD),
        ("scoring_supervisor", SUPERVISOR),
    ]
    await types(place, FIRST, key, MISREAD)
    wrong, right = '{"content":258,"delivery":400}', '{"content":285,"delivery":400}'
    assert [await seen(*reader) for reader in readers] == [[wrong], [], [], []]
    await types(place, SECOND, key, READ)
    assert [await seen(*reader) for reader in readers] == [[wrong], [right], [], []]
    await types(place, FIRST, key, READ)
    assert [await seen(*reader) for reader in readers] == [[wrong, right, right]] * 4
    for audience in ("scoring_judge", "scoring_public", "scoring_member", "scoring_writer", "scoring_system"):
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            async with transaction(place.pool, audience, judge(1), judge(1)) as tx:
                await tx.fetch("SELECT marks FROM paper_typings")


async def test_nobody_types_in_anothers_name_or_edits_a_typing(scoring_database: Database) -> None:
    place = await seated(scoring_database)
    key = sheet(place)
    await to_paper(place, key)
    await types(place, FIRST, key, READ)
    forged = """INSERT INTO paper_typings (id, division_id, judge_id, entry_id, part, paper_position, typist_id, marks, comment, typed_at)
                SELECT gen_random_uuid(), division_id, judge_id, entry_id, part, paper_position, $1, marks, '', typed_at
                  FROM paper_typings"""
    for statement, values in (
        (forged, (SECOND,)),
        ("UPDATE paper_typings SET marks = '{}'", ()),
        ("DELETE FROM paper_typings", ()),
    ):
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            async with transaction(place.pool, "scoring_desk", FIRST, FIRST) as tx:
                await tx.execute(statement, *values)


async def test_one_person_alone_never_makes_a_sheet_count(scoring_database: Database) -> None:
    place = await seated(scoring_database)
    key = sheet(place)
    await to_paper(place, key)
    for marks in (READ, MISREAD, READ):
        assert (await types(place, FIRST, key, marks)).state == "first"
    assert await heads(place) == {}


async def test_the_same_typing_twice_is_one(scoring_database: Database) -> None:
    place = await seated(scoring_database)
    key, typing_id = sheet(place), new_id()
    await to_paper(place, key)
    await types(place, FIRST, key, READ)
    once = await types(place, SECOND, key, READ, typing_id=typing_id)
    assert await types(place, SECOND, key, READ, typing_id=typing_id) == once
    assert await scoring_database.value("SELECT count(*) FROM ledger WHERE kind = 'revision'") == 1


async def test_a_third_person_decides_from_the_scan_by_agreeing_with_one(
    scoring_database: Database, tmp_path: Any
) -> None:
    place = await seated(scoring_database)
    key, files = sheet(place), Files(f"file://{tmp_path}")
    await to_paper(place, key)
    await types(place, FIRST, key, MISREAD)
    await types(place, SECOND, key, READ)
    with pytest.raises(Refused, match="paper_scan_needed"):
        await types(place, THIRD, key, READ)
    scan = await scans(place, files, key)
    assert files.get(scan.sha256) == PNG
    assert await scans(place, files, key) == scan
    neither = await types(place, THIRD, key, {"content": "20.0", "delivery": "41.0"})
    assert (neither.state, neither.differing) == ("differs", ("content", "delivery"))
    assert (await types(place, THIRD, key, READ)).state == "counted"
    assert (await heads(place))[key] == {"content": 285, "delivery": 400}


async def test_a_judge_of_the_division_types_no_sheet_of_it(scoring_database: Database) -> None:
    place = await seated(scoring_database)
    key = sheet(place)
    await to_paper(place, key)
    for typist in (judge(1), judge(2)):
        with pytest.raises(NotAllowed, match="paper_judge_types"):
            await types(place, typist, key, READ)


async def test_unmarked_is_not_zero(scoring_database: Database) -> None:
    place = await seated(scoring_database)
    key = sheet(place)
    await to_paper(place, key)
    await types(place, FIRST, key, {"content": "0", "delivery": "40.0"})
    stopped = await types(place, SECOND, key, {"content": "-", "delivery": "40.0"})
    assert (stopped.state, stopped.differing) == ("differs", ("content",))
    await types(place, FIRST, key, {"content": "未评", "delivery": "40.0"})
    assert (await heads(place))[key] == {"delivery": 400}


async def test_while_an_entry_is_on_paper_its_tablets_are_held_and_the_judge_may_pick_afterwards(
    scoring_database: Database,
) -> None:
    place = await seated(scoring_database)
    key, other = sheet(place), sheet(place, entry=1)
    (before,) = await place.send(
        place.revision(*(key.judge_id, key.entry_id, key.part), {"content": "20.0", "delivery": "30.0"})
    )
    await to_paper(place, entry=0)
    late = place.revision(
        key.judge_id, key.entry_id, key.part, {"content": "21.0", "delivery": "30.0"}, base=before.id, reason="x"
    )
    kept, free = await place.send(late, place.revision(other.judge_id, other.entry_id, other.part, READ))
    assert (before.disposition, kept.disposition, kept.head, free.disposition) == (
        "counted",
        "held_locked",
        before.id,
        "counted",
    )
    await types(place, FIRST, key, READ)
    await types(place, SECOND, key, READ)
    async with transaction(place.pool, "scoring_desk", FIRST, FIRST) as tx:
        line = next(each for each in (await actions.book(tx, place.division_id)).lines if each.sheet == key)
    assert (line.state, line.held) == ("counted", kept.ledger_position)
    await to_paper(place, entry=0, back=True)
    async with transaction(place.pool, "scoring_judge", key.judge_id, key.judge_id) as tx:
        (own,) = [each for each in await sheets.sheets(tx, place.division_id) if each.entry_id == key.entry_id]
        assert await sheets.on_paper(tx, place.division_id) == []
    assert (
        own.head and (own.head.source, own.last.revision_id) == ("paper", late.id) or own.last.disposition == "counted"
    )
    (pick,) = await place.send(place.revision(key.judge_id, key.entry_id, key.part, {"content": "21.0", "delivery": "30.0"},
                                              base=own.head.revision_id if own.head else None, reason="平板上的为准"))  # fmt: skip
    assert pick.disposition == "counted"


async def test_a_judge_sees_only_that_the_own_sheets_are_on_paper(scoring_database: Database) -> None:
    place = await seated(scoring_database)
    await to_paper(place, sheet(place, 1))
    await to_paper(place, sheet(place, 2))
    async with transaction(place.pool, "scoring_judge", judge(1), judge(1)) as tx:
        assert [each.judge_id for each in await sheets.on_paper(tx, place.division_id)] == [judge(1)]
    await to_paper(place, entry=1)
    async with transaction(place.pool, "scoring_judge", judge(3), judge(3)) as tx:
        assert [each.entry_id for each in await sheets.on_paper(tx, place.division_id)] == [place.entries[1]]


async def test_what_was_typed_before_the_sheet_came_back_is_of_no_use_later(scoring_database: Database) -> None:
    place = await seated(scoring_database)
    key = sheet(place)
    await to_paper(place, key)
    await types(place, FIRST, key, READ)
    await to_paper(place, key, back=True)
    with pytest.raises(Refused, match="paper_not_on_paper"):
        await types(place, SECOND, key, READ)
    await to_paper(place, key)
    assert (await types(place, SECOND, key, READ)).state == "first"


async def test_a_sheet_typed_again_after_it_counted_needs_two_again(scoring_database: Database) -> None:
    place = await seated(scoring_database)
    key = sheet(place)
    await to_paper(place, key)
    for typist in (FIRST, SECOND):
        await types(place, typist, key, MISREAD)
    assert (await types(place, FIRST, key, READ)).state == "first"
    assert (await types(place, SECOND, key, READ)).state == "counted"
    assert (await heads(place))[key]["content"] == 285


async def test_what_may_not_go_to_paper_or_come_back(scoring_database: Database) -> None:
    place = await seated(scoring_database)
    key = sheet(place)
    with pytest.raises(Refused, match="paper_not_on_paper"):
        await to_paper(place, key, back=True)
    await to_paper(place, key)
    with pytest.raises(Refused, match="paper_already"):
        await to_paper(place, key)
    await to_paper(place, entry=0)
    with pytest.raises(Refused, match="paper_whole_entry"):
        await to_paper(place, key, back=True)
    await to_paper(place, entry=0, back=True)
    await place.mark_all()
    await lock(place)
    with pytest.raises(Refused, match="paper_after_lock"):
        await to_paper(place, key)


async def test_a_half_typed_sheet_keeps_the_stage_open(scoring_database: Database) -> None:
    place = await seated(scoring_database)
    key = sheet(place)
    await place.mark_all()
    await to_paper(place, key)
    await types(place, FIRST, key, READ)
    with pytest.raises(Refused, match="lock_on_paper"):
        await lock(place)
    await types(place, SECOND, key, READ)
    await lock(place)


async def test_a_rebuild_replays_what_went_to_paper_what_was_typed_and_scanned(
    scoring_database: Database, tmp_path: Any
) -> None:
    place = await seated(scoring_database)
    key = sheet(place)
    await place.mark_all(skip=[(key.judge_id, key.entry_id, key.part)])
    await to_paper(place, key)
    await to_paper(place, entry=1)
    await scans(place, Files(f"file://{tmp_path}"), key)
    for typist in (FIRST, SECOND):
        await types(place, typist, key, READ)
    await to_paper(place, entry=1, back=True)
    assert {sum(tables.values()) for tables in (await rebuild(place.pool, NOW)).values()} == {0}
    await scoring_database.execute("DELETE FROM paper_sheets")
    await scoring_database.execute("DELETE FROM paper_scans")
    found = (await rebuild(place.pool, NOW))[place.division_id]
    assert (found["paper_sheets"], found["paper_scans"], found["sheet_heads"]) == (1, 1, 0)


async def test_one_person_does_not_pass_the_two_typists_by_a_correction(scoring_database: Database) -> None:
    place = await seated(scoring_database)
    key = sheet(place)
    await place.mark_all()
    await to_paper(place, key)
    change = CorrectedSheet(
        revision_id=new_id(), judge_id=key.judge_id, entry_id=key.entry_id, part=key.part, marks={"content": 300, "delivery": 450},
        was=(await heads(place))[key],
    )  # fmt: skip
    proposal = Correction(
        id=new_id(), division_id=place.division_id, stage="final", ground="transcription", reason="x", appeal_id=None, change=change,
        proposed_by=FIRST, proposed_at=NOW,
    )  # fmt: skip
    async with transaction(place.pool, "scoring_desk", FIRST, FIRST) as tx:
        await corrections.propose(tx, proposal)
        seen = (await ledger.head(tx, place.division_id)).position
        asked = await corrections.apply(tx, proposal.id, seen, FIRST, NOW)
    assert (asked.state, (await heads(place))[key]) == ("asked", change.was)
    async with transaction(place.pool, "scoring_supervisor", SUPERVISOR, SUPERVISOR) as tx:
        await corrections.confirm(tx, proposal.id, (await ledger.head(tx, place.division_id)).position, SUPERVISOR, NOW)
    assert (await heads(place))[key] == change.marks


async def test_two_who_save_at_the_same_moment_count_once(scoring_database: Database) -> None:
    place = await seated(scoring_database)
    key = sheet(place)
    await to_paper(place, key)
    done = await asyncio.gather(*(types(place, typist, key, READ) for typist in (FIRST, SECOND, FIRST, SECOND)))
    assert sorted(each.state for each in done)[0] == "counted"
    assert await scoring_database.value("SELECT count(DISTINCT marks) FROM revisions WHERE source = 'paper'") == 1
    assert (await heads(place))[key] == {"content": 285, "delivery": 400}
    assert {sum(tables.values()) for tables in (await rebuild(place.pool, NOW)).values()} == {0}


async def test_a_half_typed_sheet_that_nobody_owes_any_more_keeps_nothing_open(scoring_database: Database) -> None:
    place = await seated(scoring_database, rule=SHARED, entries=3)
    absent, unfinished = place.entries[0], place.entries[1]
    await place.mark_all(skip=[(judge(1), unfinished, "lesson")])
    for key in (sheet(place, 2, 0), sheet(place, 1, 1)):
        await to_paper(place, key)
        await types(place, FIRST, key, READ)
    await change(place, "absent", absent)
    with pytest.raises(Refused, match="lock_unmarked"):
        await lock(place)
    found = await leave(place, judge(1))
    assert dict(found.taken)[unfinished] == judge(FIRST_RESERVE)
    await place.send(*(place.revision(judge(FIRST_RESERVE), unfinished, part, MARKS[part]) for part in MARKS))
    await lock(place)
