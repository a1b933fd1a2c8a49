"""Corrections against PostgreSQL: shown first, applied by one or two people, and every earlier result stays."""

import asyncio
from typing import Any

import asyncpg
import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from services.scoring.bundles import actions as bundles
from services.scoring.cli import rebuild
from services.scoring.corrections import actions as corrections
from services.scoring.corrections.domain import CorrectedSheet, WithdrawnDeduction
from services.scoring.deductions import actions as deductions
from services.scoring.ledger import actions as ledger
from services.scoring.ledger.domain import first_break
from services.scoring.releases import actions as releases
from services.scoring.rubrics.domain import Deduction
from services.scoring.sheets import actions as sheets
from services.scoring.standings import actions as standings
from services.scoring.standings.domain import TieVote
from shared.db import transaction
from shared.errors import Conflict, NotAllowed, Refused
from shared.exact import Ratio
from shared.ids import new_id
from shared.verifier.verify import verify
from tests.conftest import Database
from tests.scoring.correcting import applied, asked, confirmed, head, proposed, sheet, shown, spread
from tests.scoring.samples import TEACHING
from tests.scoring.sealed import all_bundles, public
from tests.scoring.sealed import sealed as played
from tests.scoring.seated import SHARED, seated
from tests.scoring.stage import NOW, SCOREKEEPER, SUPERVISOR, Hall
from tests.scoring.two_people import lock, seal

OVERTIME = Deduction(
    key="overtime", title="超时", title_en="", points=Ratio(1, 1), each=Ratio(30, 1), measured_in="seconds", most=Ratio(5, 1)
)


async def ranks(place: Hall) -> list[tuple[int, int, str]]:
    """(Entry from 0, rank, result) in rank order, as the ledger stands."""
    async with transaction(place.pool, "scoring_desk") as tx:
        found = (await standings.of_division(tx, place.division_id, "final")).standings
    return [(place.entries.index(line.entry_id), line.rank, line.shown) for line in found.lines]


async def kinds(database: Database, after: int = 0) -> list[str]:
    return [row["kind"] for row in await database.rows("SELECT kind FROM ledger WHERE position > $1 ORDER BY position", after)]


def up(place: Hall, judges: int, content: str = "30.0") -> list[Any]:
    """The second entry's sheets of so many judges, as the paper has them."""
    return [sheet(place, number, 1, content) for number in range(judges)]


async def test_a_proposal_shows_who_moves_and_changes_nothing(scoring_database: Database) -> None:
    place = await spread(scoring_database, 2)
    before = await ranks(place)
    at = await head(place)
    found = (await shown(place, await proposed(place, sheet(place, 0, 1, "30.0")))).difference
    assert [(row.code, row.before.rank, row.after.rank) for row in found.rows] == [("A01", 1, 1), ("A02", 2, 2)]
    assert [row.code for row in found.changed] == []
    trimmed = (await shown(place, await proposed(place, sheet(place, 0, 1, "20.0")))).difference
    assert trimmed.changed == () and await ranks(place) == before and await head(place) == at
    assert await scoring_database.value("SELECT count(*) FROM corrections WHERE applied_at IS NULL AND asked_at IS NULL") == 2


async def test_before_the_lock_the_scorekeeper_applies_alone_with_a_reason(scoring_database: Database) -> None:
    place = await spread(scoring_database, 2, is_locked=False)
    for change in up(place, 3):
        done = await asked(place, await proposed(place, change))
        assert done.state == "applied" and done.applied_by == SCOREKEEPER
    assert (await kinds(scoring_database))[-2:] == ["revision", "correction_applied"]
    assert [(entry, rank) for entry, rank, _ in await ranks(place)] == [(1, 1), (0, 2)]
    with pytest.raises(Refused, match="correction_without_reason"):
        await proposed(place, sheet(place, 5, 1, "30.0"), reason=" ")


async def test_after_the_lock_it_takes_the_supervisor_and_another_person(scoring_database: Database) -> None:
    place = await spread(scoring_database, 2)
    correction = await proposed(place, sheet(place, 0, 0, "1.0"))
    waiting = await asked(place, correction)
    assert waiting.state == "asked" and "correction_applied" not in await kinds(scoring_database)
    with pytest.raises(NotAllowed, match="second_person_needed"):
        await confirmed(place, correction, by=SCOREKEEPER)
    at = await head(place)
    assert (await confirmed(place, correction)).state == "applied"
    assert await kinds(scoring_database, at) == ["unlocked", "revision", "countersigned", "locked", "correction_applied"]
    assert await scoring_database.value("SELECT locked FROM stage_locks") is True


async def test_nobody_confirms_what_the_scorekeeper_has_not_asked_for(scoring_database: Database) -> None:
    place = await spread(scoring_database, 2)
    with pytest.raises(Refused, match="correction_not_asked"):
        await confirmed(place, await proposed(place, sheet(place, 0, 0, "1.0")))


async def test_the_ledger_says_what_was_corrected_why_by_whom_and_who_moved(scoring_database: Database) -> None:
    place = await spread(scoring_database, 2)
    for change in up(place, 3):
        done = await applied(place, change)
    entry = msgspec.json.decode(await scoring_database.value("SELECT body FROM ledger WHERE position = $1", done.ledger_position))
    people = {r["commitment"]: r["subject_id"] for r in await scoring_database.rows("SELECT * FROM ledger_people")}
    assert people[entry["actor"]] == SUPERVISOR and people[entry["subjects"]["asked_by"]] == SCOREKEEPER
    assert (entry["body"]["reason"], entry["body"]["ground"], entry["body"]["kind"]) == ("纸质表为准", "transcription", "sheet")
    cited = [
        await scoring_database.value("SELECT kind FROM ledger WHERE position = $1", each) for each in entry["body"]["cites"]
    ]
    assert cited == ["unlocked", "revision", "countersigned", "locked"]
    assert [each["rank"] for each in entry["body"]["moved"]] == [[2, 1], [1, 2]]
    (written,) = await scoring_database.rows("SELECT judge_id, reason, disposition FROM revisions WHERE device_id = $1", done.id)
    assert (written["judge_id"], written["reason"], written["disposition"]) == (place.judges[2], "纸质表为准", "counted")
    async with transaction(place.pool, "scoring_supervisor") as tx:
        assert first_break(await ledger.chain(tx, place.division_id)) is None


async def test_a_rebuild_from_the_ledger_finds_no_difference_after_corrections(scoring_database: Database) -> None:
    place = await spread(scoring_database, 3, is_released=True, is_sealed=True)
    for change in up(place, 3):
        await applied(place, change)
    before = await ranks(place)
    assert set((await rebuild(place.pool, NOW))[place.division_id].values()) == {0}
    assert await ranks(place) == before


async def test_a_sealed_result_gets_its_next_version_and_the_hall_sees_it(scoring_database: Database) -> None:
    place = await spread(scoring_database, 2, is_released=True, is_sealed=True)
    first = await scoring_database.value("SELECT id FROM score_sets")
    for change in up(place, 3):
        done = await applied(place, change)
    rows = await scoring_database.rows("SELECT id, version, supersedes, sealed_by FROM score_sets ORDER BY version")
    assert [row["version"] for row in rows] == [1, 2, 3, 4]
    assert rows[1]["supersedes"] == first and rows[-1]["id"] == done.score_set_id and rows[-1]["sealed_by"] == SUPERVISOR
    assert await scoring_database.value("SELECT count(*) FROM outbox WHERE subject = 'scoring.score_set.sealed.v1'") == 4
    async with transaction(place.pool, "scoring_desk") as tx:
        hall = (await releases.public(tx, place.division_id)).items
    assert [(item.code, item.rank) for item in hall] == [("A02", 1), ("A01", 2)]
    assert (await kinds(scoring_database)).count("released") == 3  # the ceremony's, and one for each change the hall could see


async def test_every_earlier_version_stays_with_who_why_and_what_moved(scoring_database: Database) -> None:
    place = await spread(scoring_database, 2, is_sealed=True)
    for change in up(place, 3):
        await applied(place, change)
    async with transaction(place.pool, "scoring_desk") as tx:
        found = await corrections.versions(tx, place.division_id, "final")
    assert [each.sealed.content.version for each in found] == [4, 3, 2, 1]
    last, first = found[0], found[-1]
    assert last.correction and last.correction.reason == "纸质表为准" and first.correction is None
    assert [(row.code, row.before.rank, row.after.rank) for row in last.changed] == [("A02", 2, 1), ("A01", 1, 2)]
    assert [(row.code, row.after.rank) for row in first.rows] == [("A01", 1), ("A02", 2)]
    with pytest.raises(asyncpg.RestrictViolationError):
        await scoring_database.execute("UPDATE score_sets SET content = '{}' WHERE version = 1")
    with pytest.raises(asyncpg.RestrictViolationError):
        await scoring_database.execute("UPDATE corrections SET difference = '{}' WHERE applied_at IS NOT NULL")


async def test_when_the_ledger_moved_the_new_difference_is_shown_and_asked_again(scoring_database: Database) -> None:
    place = await spread(scoring_database, 2)
    correction, other = await proposed(place, sheet(place, 0, 0, "1.0")), await proposed(place, sheet(place, 1, 0, "1.0"))
    await asked(place, correction)
    await asked(place, other)
    await confirmed(place, other)
    with pytest.raises(Conflict, match="correction_stale"):
        await confirmed(place, correction)
    page = await shown(place, correction)
    assert page.is_stale and page.difference.position == await head(place)
    assert [(row.code, row.after.rank) for row in page.difference.changed] == [("A02", 1), ("A01", 2)]
    await asked(place, correction)
    assert (await confirmed(place, correction)).state == "applied"


async def test_a_page_left_open_or_gone_back_to_applies_nothing(scoring_database: Database) -> None:
    place = await spread(scoring_database, 2, is_locked=False)
    correction = await proposed(place, sheet(place, 0, 0, "1.0"))
    seen = await head(place)
    await place.send(place.revision(place.judges[1], place.entries[0], "lesson", {"content": "20.0", "delivery": "40.0"}))
    with pytest.raises(Conflict, match="correction_stale"):
        await asked(place, correction, seen)
    assert "correction_applied" not in await kinds(scoring_database)


async def test_a_second_click_finds_it_applied(scoring_database: Database) -> None:
    place = await spread(scoring_database, 2)
    correction = await proposed(place, sheet(place, 0, 0, "1.0"))
    await asked(place, correction)
    seen = await head(place)
    first = await confirmed(place, correction, seen)
    second = await confirmed(place, correction, seen)
    assert first.ledger_position == second.ledger_position
    assert (await kinds(scoring_database)).count("correction_applied") == 1


async def test_of_two_confirmations_at_once_one_wins_and_the_other_is_told(scoring_database: Database) -> None:
    place = await spread(scoring_database, 2)
    both = [await proposed(place, sheet(place, number, 0, "1.0")) for number in (0, 1)]
    for each in both:
        await asked(place, each)
    seen = await head(place)
    ended = await asyncio.gather(*(confirmed(place, each, seen) for each in both), return_exceptions=True)
    assert sorted(type(each).__name__ for each in ended) == ["Conflict", "Correction"]
    assert (await kinds(scoring_database)).count("correction_applied") == 1


async def test_a_withdrawn_proposal_is_not_applied(scoring_database: Database) -> None:
    place = await spread(scoring_database, 2, is_locked=False)
    correction = await proposed(place, sheet(place, 0, 0, "1.0"))
    async with transaction(place.pool, "scoring_desk") as tx:
        assert (await corrections.withdraw(tx, correction.id, NOW)).state == "withdrawn"
    with pytest.raises(Conflict, match="correction_withdrawn"):
        await asked(place, correction)


async def test_reopening_shows_what_the_held_sheets_would_change_and_opens_the_stage(scoring_database: Database) -> None:
    place = await spread(scoring_database, 2)
    late = [
        place.revision(judge, place.entries[1], "lesson", {"content": "30.0", "delivery": "45.0"}) for judge in place.judges
    ]
    assert {each.disposition for each in await place.send(*late)} == {"held_locked"}
    correction = await proposed(place)
    page = await shown(place, correction)
    assert page.difference.changed == () and page.if_sent_again
    assert [(row.code, row.after.rank) for row in page.if_sent_again.rows] == [("A02", 1), ("A01", 2)]
    await asked(place, correction)
    await confirmed(place, correction)
    assert await scoring_database.value("SELECT locked FROM stage_locks") is False
    assert (await kinds(scoring_database))[-2:] == ["unlocked", "correction_applied"]


async def test_a_tie_that_waits_is_sealed_only_after_it_was_decided(scoring_database: Database) -> None:
    """The correction stands at once; the next version waits for the vote."""
    place = await seated(scoring_database, rule=msgspec.structs.replace(TEACHING, ties=("panel_vote",)), entries=2)
    await place.mark_all()
    lower = {"content": "26.0", "delivery": "40.0"}
    await place.send(*(place.revision(each, place.entries[1], "lesson", lower, reason="x") for each in place.judges[:3]))
    await lock(place)
    await seal(place)
    for number in (0, 1):
        done = await applied(place, sheet(place, number, 1, "27.0"))
    assert done.waits_for_seal
    async with transaction(place.pool, "scoring_desk") as tx:
        vote = TieVote(
            entries=frozenset(place.entries), votes=tuple((judge, place.entries[1]) for judge in place.judges), minutes="合议"
        )
        await standings.record_vote(tx, new_id(), place.division_id, "final", vote, SCOREKEEPER, NOW)
    async with transaction(place.pool, "scoring_supervisor") as tx:
        whole = await corrections.complete(tx, done.id, SUPERVISOR, NOW)
    assert whole.score_set_id and [(entry, rank) for entry, rank, _ in await ranks(place)] == [(1, 1), (0, 2)]
    assert await scoring_database.value("SELECT supersedes FROM score_sets WHERE id = $1", whole.score_set_id) == whole.supersedes


@pytest.mark.parametrize(("judge", "entry", "code"), [(0, 0, "correction_changes_nothing"), (7, 0, "correction_judge_not_assigned")])
async def test_a_proposal_that_makes_no_sense_is_refused(scoring_database: Database, judge: int, entry: int, code: str) -> None:
    place = await spread(scoring_database, 2)
    place.judges.append(place.judges[0].__class__(int=0xBAD))
    with pytest.raises(Refused, match=code):
        await proposed(place, sheet(place, judge, entry, "27.0", was="27.0" if judge == 0 else ""))


async def test_a_correction_that_would_leave_a_mark_missing_is_not_applied(scoring_database: Database) -> None:
    place = await spread(scoring_database, 2)
    change = msgspec.structs.replace(sheet(place, 0, 0, "27.0"), marks={"content": 270})
    correction = await proposed(place, change)
    assert (await shown(place, correction)).difference.owed == 1
    await asked(place, correction)
    with pytest.raises(Refused, match="lock_unmarked"):
        await confirmed(place, correction)
    assert await scoring_database.value("SELECT locked FROM stage_locks") is True


async def test_a_deduction_is_taken_back_after_the_lock_only_by_a_correction(scoring_database: Database) -> None:
    rule = msgspec.structs.replace(SHARED, deductions=(OVERTIME,), below_zero=False)
    place = await seated(scoring_database, rule=rule, entries=2)
    await place.mark_all()
    about = deductions.About(
        id=new_id(), division_id=place.division_id, stage="final", entry_id=place.entries[0], by=SCOREKEEPER, now=NOW
    )
    async with transaction(place.pool, "scoring_desk") as tx:
        await deductions.deduct(tx, about, "overtime", "61", "超时")
    await lock(place)
    assert [(entry, shown) for entry, _, shown in await ranks(place)] == [(1, "89.00"), (0, "87.00")]
    with pytest.raises(Refused, match="deduction_after_lock"):
        async with transaction(place.pool, "scoring_desk") as tx:
            await deductions.withdraw(tx, about.id, "计时有误", SCOREKEEPER, NOW)
    change = WithdrawnDeduction(deduction_id=about.id, entry_id=place.entries[0], key="overtime", quantity="61")
    correction = await proposed(place, change)
    assert [(row.code, row.after.shown) for row in (await shown(place, correction)).difference.changed] == [("A01", "89.00"), ("A02", "89.00")]
    await asked(place, correction)
    await confirmed(place, correction)
    assert [(rank, result) for _, rank, result in await ranks(place)] == [(1, "89.00"), (1, "89.00")]
    assert (await kinds(scoring_database))[-4:] == ["unlocked", "deduction_withdrawn", "locked", "correction_applied"]
    assert set((await rebuild(place.pool, NOW))[place.division_id].values()) == {0}


async def test_a_reopened_result_takes_corrections_and_reaches_the_hall_with_its_next_seal(scoring_database: Database) -> None:
    place = await spread(scoring_database, 2, is_released=True, is_sealed=True)
    await asked(place, reopening := await proposed(place))
    await confirmed(place, reopening)
    for change in up(place, 3):
        done = await applied(place, change)
    assert done.score_set_id is None and not done.waits_for_seal
    async with transaction(place.pool, "scoring_desk") as tx:
        assert [item.code for item in (await releases.public(tx, place.division_id)).items] == ["A01", "A02"]
    await lock(place)
    await seal(place)
    async with transaction(place.pool, "scoring_desk") as tx:
        assert [item.code for item in (await releases.public(tx, place.division_id)).items] == ["A02", "A01"]
    assert await scoring_database.value("SELECT max(version) FROM score_sets WHERE sealed_at IS NOT NULL") == 2
    assert (await kinds(scoring_database))[-1] == "released"


@pytest.mark.parametrize("part", ["lesson", "design"])
async def test_the_verifier_recomputes_a_corrected_competition(scoring_database: Database, part: str) -> None:
    """The design was also the pre-selection: both locks open for it, and close again."""
    place = await played(scoring_database)
    async with transaction(place.pool, "scoring_desk") as tx:
        heads = {(each.judge_id, each.entry_id, each.part): each.marks for each in await sheets.counting(tx, place.division_id)}
    for judge in place.judges[:3]:
        marks = heads[judge, place.entries[4], part]
        higher = {key: count + 20 for key, count in marks.items()}
        change = CorrectedSheet(
            revision_id=new_id(), judge_id=judge, entry_id=place.entries[4], part=part, marks=higher, was=marks
        )
        await applied(place, change)
    assert await scoring_database.value("SELECT bool_and(locked) FROM stage_locks") is True
    told = await all_bundles(place)
    assert len({verify(bundle)["root"] for bundle in told.values()}) == 1
    assert b'"kind":"supervision"' in told["supervision"] and b"correction_applied" in told["supervision"]


async def test_after_a_correction_the_public_bundle_says_what_the_hall_is_shown_now(scoring_database: Database) -> None:
    place = await spread(scoring_database, 2, is_released=True, is_sealed=True)
    for change in up(place, 3):
        await applied(place, change)
    told = [await public(place)]
    async with transaction(place.pool, "scoring_system") as tx:
        told.append(await bundles.supervision(tx, "teaching-9"))
        hall = (await releases.public(tx, place.division_id)).items
    assert len({verify(bundle)["root"] for bundle in told}) == 1
    statements = [msgspec.json.decode(each["entry"]) for each in msgspec.json.decode(told[0])["statements"]]
    stated = [each["body"] for each in statements if each["kind"] == "stated"]
    assert [(each["code"], each["rank"], each["shown"]) for each in stated] == [(i.code, i.rank, i.shown) for i in hall]


PLACES: dict[str, Hall] = {}


@settings(max_examples=6, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(changes=st.lists(st.tuples(st.integers(0, 6), st.integers(0, 2), st.integers(0, 300)), min_size=1, max_size=3))
async def test_what_was_shown_is_what_the_ledger_then_says(
    scoring_database: Database, changes: list[tuple[int, int, int]]
) -> None:
    """A property: for any corrected marks, applying and computing from the ledger equals the preview's "after"."""
    if scoring_database.name not in PLACES:
        PLACES[scoring_database.name] = await spread(scoring_database, 3)
    place = PLACES[scoring_database.name]
    for judge, entry, tenths in changes:
        try:
            correction = await proposed(place, sheet(place, judge, entry, f"{tenths // 10}.{tenths % 10}"))
        except Refused as refused:  # the mark that stands already
            assert refused.code == "correction_changes_nothing"
            continue
        foretold = (await shown(place, correction)).difference
        await asked(place, correction)
        assert (await confirmed(place, correction)).difference == foretold
        after = {place.entries.index(row.entry_id): (row.after.rank, row.after.shown) for row in foretold.rows}
        assert {entry: (rank, shown) for entry, rank, shown in await ranks(place)} == after
        assert after.keys() == {0, 1, 2}
    assert set((await rebuild(place.pool, NOW))[place.division_id].values()) == {0}


async def test_of_two_proposals_for_one_sheet_the_second_has_nothing_left_to_change(scoring_database: Database) -> None:
    place = await spread(scoring_database, 2, is_sealed=True)
    first, second = await proposed(place, sheet(place, 0, 1, "30.0")), await proposed(place, sheet(place, 0, 1, "29.0"))
    await asked(place, first)
    await confirmed(place, first)
    assert (await shown(place, second)).difference.changed == ()
    with pytest.raises(Conflict, match="correction_overtaken"):
        await asked(place, second)
    assert await scoring_database.value("SELECT count(*) FROM score_sets") == 2
    await applied(place, sheet(place, 0, 1, "29.0"))


async def test_a_deduction_or_a_lock_that_is_gone_is_not_taken_back_again(scoring_database: Database) -> None:
    rule = msgspec.structs.replace(SHARED, deductions=(OVERTIME,), below_zero=False)
    place = await seated(scoring_database, rule=rule, entries=2)
    await place.mark_all()
    about = deductions.About(
        id=new_id(), division_id=place.division_id, stage="final", entry_id=place.entries[0], by=SCOREKEEPER, now=NOW
    )
    async with transaction(place.pool, "scoring_desk") as tx:
        await deductions.deduct(tx, about, "overtime", "61", "超时")
    await lock(place)
    change = WithdrawnDeduction(deduction_id=about.id, entry_id=place.entries[0], key="overtime", quantity="61")
    for twice in (change, None):
        first, second = await proposed(place, twice), await proposed(place, twice)
        await asked(place, first)
        await confirmed(place, first)
        assert (await shown(place, second)).difference.changed == ()
        with pytest.raises(Conflict, match="correction_overtaken"):
            await asked(place, second)
    assert (await kinds(scoring_database)).count("correction_applied") == 2


async def test_a_double_click_proposes_once(scoring_database: Database) -> None:
    place = await spread(scoring_database, 2)
    correction = msgspec.structs.replace(await proposed(place, sheet(place, 0, 1, "30.0")), id=new_id())

    async def click() -> Any:
        async with transaction(place.pool, "scoring_desk") as tx:
            return await corrections.propose(tx, correction)

    made = await asyncio.gather(*(click() for _ in range(6)))
    assert {each.id for each in made} == {correction.id}
    assert await scoring_database.value("SELECT count(*) FROM corrections") == 2
