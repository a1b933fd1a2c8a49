from uuid import UUID

import msgspec
import pytest

from services.scoring.bundles import actions as bundles
from services.scoring.panels import actions
from services.scoring.panels.actions import Declaration
from services.scoring.rolls import actions as rolls
from services.scoring.rubrics.domain import Drop, Others, Recusal, Rule
from services.scoring.standings import actions as standings
from shared.db import transaction
from shared.errors import Refused
from shared.exact import Ratio
from shared.ids import new_id
from shared.verifier.verify import verify
from tests.conftest import Database
from tests.scoring.samples import TEACHING, judge, judged
from tests.scoring.seated import FIRST_RESERVE, seated, unit
from tests.scoring.stage import NOW, SCOREKEEPER, Hall, roll
from tests.scoring.two_people import lock, seal


def declaration(place: Hall, judge_id: UUID, entry_id: UUID, reserve_id: UUID | None = None) -> Declaration:
    return Declaration(
        id=new_id(),
        division_id=place.division_id,
        judge_id=judge_id,
        entry_id=entry_id,
        relation="师生",
        reserve_id=reserve_id,
        declared_by=SCOREKEEPER,
    )


async def declare(place: Hall, wanted: Declaration) -> None:
    async with transaction(place.pool, "scoring_desk") as tx:
        await actions.declare(tx, wanted, NOW)


async def seats(database: Database, entry_id: UUID) -> dict[UUID, tuple[int, str]]:
    rows = await database.rows("SELECT judge_id, seat, state FROM assignments WHERE entry_id = $1", entry_id)
    return {row["judge_id"]: (row["seat"], row["state"]) for row in rows}


async def test_e8_the_reserve_judges_stand_in_and_the_recused_are_out(scoring_database: Database) -> None:
    """E8: same unit found by the opaque ids of roll and judge; a declared relation by the desk."""
    place = await seated(scoring_database, units={judge(4): unit(1)})
    await declare(place, declaration(place, judge(6), place.entries[1], judge(FIRST_RESERVE + 1)))
    first, second = await seats(scoring_database, place.entries[0]), await seats(scoring_database, place.entries[1])
    assert first[judge(4)] == (4, "recused") and first[judge(FIRST_RESERVE)] == (4, "judging")
    assert second[judge(6)] == (6, "recused") and second[judge(FIRST_RESERVE + 1)] == (6, "judging")
    assert await scoring_database.value("SELECT relation FROM recusals") == "师生"


async def test_a_relation_that_makes_the_panel_too_thin_is_refused_and_leaves_nothing(
    scoring_database: Database,
) -> None:
    place = await seated(scoring_database, reserves=0)
    with pytest.raises(Refused, match="panel_too_thin"):
        await declare(place, declaration(place, judge(1), place.entries[0]))
    assert await scoring_database.value("SELECT count(*) FROM recusals") == 0
    assert (await seats(scoring_database, place.entries[0]))[judge(1)] == (1, "judging")


async def test_the_same_declaration_twice_is_one(scoring_database: Database) -> None:
    place = await seated(scoring_database)
    wanted = declaration(place, judge(1), place.entries[0])
    await declare(place, wanted)
    await declare(place, wanted)
    assert await scoring_database.value("SELECT count(*) FROM recusals") == 1


async def test_who_has_marked_an_entry_cannot_be_recused_from_it(scoring_database: Database) -> None:
    place = await seated(scoring_database)
    await place.send(place.revision(judge(1), place.entries[0], "design", {"design": "18.0"}))
    with pytest.raises(Refused, match="judge_has_marked"):
        await declare(place, declaration(place, judge(1), place.entries[0]))


async def test_a_reserve_of_another_panel_is_refused(scoring_database: Database) -> None:
    place = await seated(scoring_database)
    with pytest.raises(Refused, match="reserve_not_in_panel"):
        await declare(place, declaration(place, judge(1), place.entries[0], judge(3)))


async def test_a_later_roll_seats_the_new_entries_and_keeps_the_old(scoring_database: Database) -> None:
    place = await seated(scoring_database, units={judge(4): unit(1)})
    before = await seats(scoring_database, place.entries[0])
    more = [*place.entries, new_id()]
    async with transaction(place.pool, "scoring_system") as tx:
        await rolls.receive(tx, roll(place.division_id, more, version=2), NOW)
        assert await actions.assign(tx, place.division_id) == ()
    assert await seats(scoring_database, place.entries[0]) == before
    assert len(await seats(scoring_database, more[2])) == 7


async def test_an_entry_without_enough_judges_is_a_problem_before_the_day(scoring_database: Database) -> None:
    place = await seated(scoring_database, reserves=0, units={judge(4): unit(1)})
    async with transaction(place.pool, "scoring_desk") as tx:
        (problem,) = await actions.problems(tx, place.division_id)
    assert (problem.code, problem.judging, problem.empty) == ("A01", 6, (4,))
    assert problem.needed == TEACHING.fewest_marks


async def results(place: Hall) -> dict[UUID, str]:
    """Entry -> its result as shown."""
    async with transaction(place.pool, "scoring_desk") as tx:
        picture = await standings.of_division(tx, place.division_id, "final")
    return {line.entry_id: line.shown for line in picture.standings.lines}


def policy(recusal: Recusal) -> Rule:
    """The mean of all judges, at least five of them, under this policy."""
    others = Others(Ratio(1, 10), "half_up")
    return msgspec.structs.replace(
        judged(TEACHING, aggregate="mean", drop=Drop(0, 0), missing="exclude", others=others),
        recusal=recusal,
        ties=("shared",),
    )


@pytest.mark.parametrize("recusal", ["void", "kept_not_counted"])
async def test_marks_given_before_the_recusal_stay_in_the_ledger_and_count_no_more(
    scoring_database: Database, recusal: Recusal
) -> None:
    place = await seated(scoring_database, rule=policy(recusal))
    await place.mark_all()
    high = {"content": "30.0", "delivery": "45.0"}
    await place.send(place.revision(judge(1), place.entries[0], "lesson", high, base=None))
    assert (await results(place))[place.entries[0]] == "90.14"
    await declare(place, declaration(place, judge(1), place.entries[0]))
    assert (await results(place))[place.entries[0]] == "89.00"
    kept = "kept" if recusal == "kept_not_counted" else "recused"
    assert (await seats(scoring_database, place.entries[0]))[judge(1)] == (1, kept)
    sheets = await scoring_database.value(
        "SELECT count(*) FROM revisions WHERE judge_id = $1 AND entry_id = $2", judge(1), place.entries[0]
    )
    assert sheets == 4


@pytest.mark.parametrize(("recusal", "disposition"), [("void", "held_recused"), ("kept_not_counted", "counted")])
async def test_only_where_marks_are_kept_does_a_recused_judge_send_a_sheet_that_stands(
    scoring_database: Database, recusal: Recusal, disposition: str
) -> None:
    place = await seated(scoring_database, rule=policy(recusal))
    await declare(place, declaration(place, judge(1), place.entries[0]))
    await place.mark_all(skip=[(judge(1), place.entries[0], part) for part in ("design", "lesson", "reflection")])
    (answer,) = await place.send(place.revision(judge(1), place.entries[0], "design", {"design": "0.0"}))
    assert answer.disposition == disposition
    assert (await results(place))[place.entries[0]] == "89.00"


async def test_nobody_is_recused_any_more_once_the_lock_has_stated_the_panel(scoring_database: Database) -> None:
    place = await seated(scoring_database, rule=policy("void"))
    await place.mark_all()
    await lock(place)
    with pytest.raises(Refused, match="recusal_after_lock"):
        await declare(place, declaration(place, judge(1), place.entries[0]))
    assert (await seats(scoring_database, place.entries[0]))[judge(1)] == (1, "judging")


async def test_the_others_mean_fills_the_seat_of_a_recused_judge(scoring_database: Database) -> None:
    place = await seated(scoring_database, rule=policy("mean_of_others"))
    await declare(place, declaration(place, judge(1), place.entries[0]))
    skipped = [
        (judge(number), place.entries[0], part) for number in (1, 2) for part in ("design", "lesson", "reflection")
    ]
    await place.mark_all(skip=skipped)
    low = {
        "design": {"design": "0.0"},
        "lesson": {"content": "0.0", "delivery": "0.0"},
        "reflection": {"reflection": "0.0"},
    }
    await place.send(*(place.revision(judge(2), place.entries[0], part, marks) for part, marks in low.items()))
    # 15.0 + 22.5 + 33.3 + 3.3 of the others' means stand for the seventh judge: (5 × 89 + 0 + 74.1) / 7
    assert (await results(place))[place.entries[0]] == "74.16"


@pytest.mark.parametrize("recusal", ["void", "kept_not_counted", "exclude"])
async def test_whoever_has_the_sealed_ledger_finds_the_result_without_the_recused_judge(
    scoring_database: Database, recusal: Recusal
) -> None:
    place = await seated(scoring_database, rule=policy(recusal))
    early = declaration(place, judge(1), place.entries[0])
    if recusal == "exclude":
        await declare(place, early)
    skipped = [(judge(1), place.entries[0], part) for part in ("design", "lesson", "reflection")]
    await place.mark_all(skip=skipped if recusal == "exclude" else [])
    if recusal != "exclude":
        high = {"content": "30.0", "delivery": "45.0"}
        await place.send(place.revision(judge(1), place.entries[0], "lesson", high))
        await declare(place, early)
    await lock(place)
    await seal(place, "final")
    async with transaction(place.pool, "scoring_supervisor") as tx:
        bundle = await bundles.supervision(tx, "teaching-9")
    assert verify(bundle) | {"root": ""} == {"kind": "supervision", "root": "", "ranks": 2, "results": 2}
    assert set((await results(place)).values()) == {"89.00"}
