"""What changes a result beside the marks is in the ledger, and the verifier finds the same result from it."""

import json
from typing import Any

import msgspec

from services.scoring.bundles import actions
from services.scoring.deductions import actions as deductions
from services.scoring.deductions.actions import About
from services.scoring.rubrics.domain import Adjustment, Deduction, Drop, Others
from shared.db import transaction
from shared.exact import Ratio
from shared.ids import new_id
from shared.verifier.verify import verify
from tests.conftest import Database
from tests.scoring.correcting import applied, sheet, spread
from tests.scoring.samples import ONE, judge, judged
from tests.scoring.sealed import opened, own, public
from tests.scoring.seated import SHARED, seated, unit
from tests.scoring.stage import NOW, SUPERVISOR, Hall
from tests.scoring.two_people import lock, release, seal

RULE = msgspec.structs.replace(
    judged(SHARED, missing="mean_of_others", others=Others(Ratio(1, 10), "half_up"), has_difficulty=True, drop=Drop(1, 1)),
    recusal="mean_of_others",
    deductions=(Deduction(key="over", title="超时", title_en="", points=ONE, each=Ratio(30, 1), measured_in="秒", most=Ratio(5, 1)),),
    below_zero=False,
    adjustment=Adjustment(Ratio(-1, 1), Ratio(1, 1), Ratio(1, 20)),
)


async def recorded(place: Hall) -> None:
    """One deduction that stands, one that was taken back, an adjustment twice, a difficulty for everybody."""

    def about(at: int) -> dict[str, Any]:
        return {"division_id": place.division_id, "stage": "final", "entry_id": place.entries[at], "by": judge(1), "now": NOW}

    async with transaction(place.pool, "scoring_desk") as tx:
        for at in range(len(place.entries)):
            await deductions.set_difficulty(tx, About(id=new_id(), **about(at)), "", "", "1.3" if at else "1.2")
        await deductions.deduct(tx, About(id=new_id(), **about(0)), "over", "95", "drew lots too long")
        gone = new_id()
        await deductions.deduct(tx, About(id=gone, **about(1)), "over", "60", "by mistake")
        await deductions.withdraw(tx, gone, "the clock stood", SUPERVISOR, NOW)
        for amount in ("1", "-0.35"):
            await deductions.adjust(tx, About(id=new_id(), **about(2)), amount, "whole impression")


async def supervision(place: Hall) -> bytes:
    async with transaction(place.pool, "scoring_supervisor") as tx:
        return await actions.supervision(tx, "teaching-9")


async def test_deductions_adjustments_difficulties_and_filled_marks_are_computed_again(scoring_database: Database) -> None:
    place = await seated(scoring_database, rule=RULE, entries=3, units={judge(2): unit(2)})
    missing = (place.judges[5], place.entries[2], "lesson")
    recused = [(place.judges[1], place.entries[1], part) for part in ("design", "lesson", "reflection")]
    await place.mark_all(skip=[missing, *recused])
    await recorded(place)
    await lock(place)
    await seal(place)
    await release(place)
    people = await opened(place)
    assert verify(await supervision(place)) | {"root": ""} == {"kind": "supervision", "root": "", "ranks": 3, "results": 3}
    own_ones = [await own(place, entry, people[entry]) for entry in place.entries]
    bodies = [json.loads(json.loads(each)["statements"][1]["entry"])["body"] for each in own_ones]
    assert [verify(each)["results"] for each in own_ones] == [1, 1, 1]
    assert [each["deductions"] for each in bodies] == [[{"key": "over", "quantity": "95", "reason": "drew lots too long"}], [], []]
    assert [each["adjustment"] for each in bodies] == [None, None, "-0.35"]
    assert [(each["recused_filled"], len(each["missing"]), len(each["judges"])) for each in bodies] == [(0, 0, 7), (1, 0, 6), (0, 1, 7)]


async def test_a_correction_makes_a_new_root_and_every_version_still_follows(scoring_database: Database) -> None:
    place = await spread(scoring_database, is_released=True, is_sealed=True)
    first = await supervision(place)
    await applied(place, sheet(place, 0, 1, "29.0", was="26.0"))
    second = await supervision(place)
    before, after = verify(first), verify(second)
    assert before["root"] != after["root"] and (before["ranks"], after["ranks"]) == (4, 8)
    kinds = [json.loads(text)["kind"] for _, text in json.loads(second)["divisions"][0]["entries"]]
    assert kinds.count("score_set_sealed") == 2 and "correction_applied" in kinds
    told = await public(place)
    assert {json.loads(each["entry"])["body"]["version"] for each in json.loads(told)["statements"]} == {2}
    assert verify(told)["root"] == after["root"]
