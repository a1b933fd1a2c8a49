"""Standings as the service computes them, votes and lots on a tie: incidents E13 and E14 at the service."""

from typing import Any
from uuid import UUID

import pytest

from services.scoring.cli import rebuild
from services.scoring.standings import actions as standings
from services.scoring.standings.domain import Standings, TieVote
from shared.db import transaction
from shared.errors import Missing, Refused
from shared.ids import new_id
from tests.scoring.samples import judge
from tests.scoring.stage import MARKS, NOW, SCOREKEEPER, Hall, hall, roll


async def current(stage: Hall) -> Standings:
    async with transaction(stage.pool, "scoring_desk") as tx:
        return (await standings.of_division(tx, stage.division_id, "final")).standings


async def vote(stage: Hall, *named: UUID, vote_id: UUID | None = None, minutes: str = "合议记录第1号") -> int:
    votes = tuple((judge(number), each) for number, each in enumerate(named, start=1))
    cast = TieVote(entries=frozenset(stage.entries[:2]), votes=votes, minutes=minutes)
    async with transaction(stage.pool, "scoring_desk") as tx:
        return await standings.record_vote(tx, vote_id or new_id(), stage.division_id, "final", cast, SCOREKEEPER, NOW)


async def draw(stage: Hall, lot_id: UUID | None = None) -> int:
    async with transaction(stage.pool, "scoring_desk") as tx:
        entries = frozenset(stage.entries[:2])
        return await standings.record_lot(tx, lot_id or new_id(), stage.division_id, "final", entries, SCOREKEEPER, NOW)


async def test_e13_an_exact_tie_at_the_service_goes_to_the_higher_lesson(scoring_database: Any) -> None:
    """E13: 文科6/7名精确同分(二、三等奖分界)→课堂教学高者先."""
    stage = await hall(scoring_database)
    await stage.mark_all(parts=["reflection"])
    design_high, lesson_high = stage.entries
    for each in stage.judges:
        await stage.send(
            stage.revision(each, design_high, "design", {"design": "18.5"}),
            stage.revision(each, design_high, "lesson", {"content": "27.0", "delivery": "40.0"}),
            stage.revision(each, lesson_high, "design", {"design": "18.0"}),
            stage.revision(each, lesson_high, "lesson", {"content": "27.5", "delivery": "40.0"}),
        )
    found = await current(stage)
    assert [(line.entry_id, line.rank, line.shown, line.decided_by) for line in found.lines] == [
        (lesson_high, 1, "89.50", "part:lesson"),
        (design_high, 2, "89.50", "part:lesson"),
    ]


async def test_e14_the_recorded_vote_of_the_panel_decides_by_four_to_three(scoring_database: Any) -> None:
    """E14: 理科第1名四级仍同→合议4:3."""
    stage = await hall(scoring_database)
    await stage.mark_all()
    first, second = stage.entries
    assert [(set(each.entries), each.step) for each in (await current(stage)).pending] == [({first, second}, "panel_vote")]
    vote_id = new_id()
    named = (second, first, second, first, second, first, second)
    position = await vote(stage, *named, vote_id=vote_id)
    assert await vote(stage, *named, vote_id=vote_id) == position
    found = await current(stage)
    assert [(line.entry_id, line.rank, line.decided_by) for line in found.lines] == [
        (second, 1, "panel_vote"),
        (first, 2, "panel_vote"),
    ]
    assert found.is_complete
    body = await scoring_database.value("SELECT body FROM ledger WHERE kind = 'tie_voted'")
    assert not [each for each in stage.judges if str(each) in body]


async def test_a_lot_is_refused_before_the_panel_has_voted_in_vain(scoring_database: Any) -> None:
    stage = await hall(scoring_database)
    await stage.mark_all()
    with pytest.raises(Refused) as refused:
        await draw(stage)
    assert refused.value.code == "tie_not_waiting"
    first, second = stage.entries
    await vote(stage, first, first, second, second)
    lot_id = new_id()
    assert await draw(stage, lot_id) == await draw(stage, lot_id)
    found = await current(stage)
    assert {line.decided_by for line in found.lines} == {"lot"}
    assert [line.rank for line in found.lines] == [1, 2]
    assert set((await rebuild(stage.pool, NOW))[stage.division_id].values()) == {0}
    assert await current(stage) == found


async def test_a_decided_tie_cannot_be_voted_again(scoring_database: Any) -> None:
    stage = await hall(scoring_database)
    await stage.mark_all()
    await vote(stage, stage.entries[0], stage.entries[0])
    with pytest.raises(Refused) as refused:
        await vote(stage, stage.entries[1], stage.entries[1])
    assert refused.value.code == "tie_not_waiting"


async def test_only_the_panel_votes_and_with_minutes(scoring_database: Any) -> None:
    stage = await hall(scoring_database, judges=5)
    await stage.mark_all()
    for code, named, minutes in [
        ("vote_by_stranger", [stage.entries[0]] * 6, "合议记录"),
        ("vote_without_minutes", [stage.entries[0]], ""),
    ]:
        with pytest.raises(Refused) as refused:
            await vote(stage, *named, minutes=minutes)
        assert refused.value.code == code


async def test_an_entry_that_a_later_roll_leaves_out_is_not_ranked(scoring_database: Any) -> None:
    """E7 in scoring: the number stays empty, nobody moves up into its code."""
    from services.scoring.rolls import actions as rolls

    stage = await hall(scoring_database, entries=3)
    await stage.mark_all()
    async with transaction(stage.pool, "scoring_system") as tx:
        later = roll(stage.division_id, [stage.entries[0], stage.entries[2]], version=2)
        assert await rolls.receive(tx, later, NOW)
        assert not await rolls.receive(tx, later, NOW)
    found = await current(stage)
    assert {entry for each in found.pending for entry in each.entries} == {stage.entries[0], stage.entries[2]}


async def test_an_older_roll_that_arrives_late_does_not_stand(scoring_database: Any) -> None:
    from services.scoring.rolls import actions as rolls

    stage = await hall(scoring_database, stages=())
    async with transaction(stage.pool, "scoring_system") as tx:
        newer, older = roll(stage.division_id, stage.entries, version=2), roll(stage.division_id, stage.entries[:1])
        await rolls.receive(tx, newer, NOW)
        await rolls.receive(tx, older, NOW)
        assert await rolls.current(tx, stage.division_id, "final") == newer


async def test_the_preselection_is_ranked_by_its_part_while_the_others_are_unmarked(scoring_database: Any) -> None:
    stage = await hall(scoring_database, preselection_part="design", stages=("preselection",))
    await stage.mark_all(parts=["design"])
    await stage.send(stage.revision(judge(1), stage.entries[1], "design", {"design": "20.0"}))
    await stage.send(stage.revision(judge(2), stage.entries[1], "design", {"design": "20.0"}))
    async with transaction(stage.pool, "scoring_desk") as tx:
        found = (await standings.of_division(tx, stage.division_id, "preselection")).standings
        with pytest.raises(Missing):
            await standings.of_division(tx, stage.division_id, "final")
    assert [(line.entry_id, line.rank, line.shown) for line in found.lines] == [
        (stage.entries[1], 1, "18.40"),
        (stage.entries[0], 2, "18.00"),
    ]
    assert MARKS["design"] == {"design": "18.0"}
