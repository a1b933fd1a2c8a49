"""Shadow judges mark like the others: everything is kept, and nothing anywhere is what it would not be without them."""

from random import Random
from typing import Any
from uuid import UUID

import msgspec
import pytest

from services.scoring.bundles import actions as bundles
from services.scoring.divisions import actions as divisions
from services.scoring.divisions import domain as desk
from services.scoring.fairness import actions as fairness
from services.scoring.panels import actions as panels
from services.scoring.panels.domain import Panel, Seat
from services.scoring.sheets import actions as sheets
from services.scoring.standings import actions as standings
from shared.db import transaction
from shared.ids import new_id
from shared.verifier.verify import verify
from tests.conftest import Database, clone
from tests.scoring.samples import TEACHING, judge
from tests.scoring.seated import panel, unit
from tests.scoring.stage import MARKS, Hall, hall
from tests.scoring.two_people import lock, release, seal

SHADOWS = (judge(201), judge(202))
RULES = [
    msgspec.structs.replace(TEACHING, ties=("most_firsts", "highest_mark", "untrimmed_mean", "shared")),
    msgspec.structs.replace(TEACHING, recusal="exclude", ties=("shared",)),
]


def with_shadows(made: Panel, units: dict[UUID, UUID]) -> Panel:
    seats = tuple(
        Seat(judge_id=each, position=place, kind="shadow", name=f"见习{place}", unit_id=units.get(each))
        for place, each in enumerate(SHADOWS, start=1)
    )
    return msgspec.structs.replace(made, seats=(*made.seats, *seats))


async def marked(database: Database, rule: Any, seed: int, *, shadows: bool) -> Hall:
    """Four entries marked at random, by shadow judges too if they sit there: their marks are drawn apart."""
    place = await hall(database, rule=rule, entries=4, judges=0)
    made = panel(7, 2, {judge(3): unit(2)})
    made = with_shadows(made, {SHADOWS[1]: unit(1)}) if shadows else made
    async with transaction(database.pool, "scoring_desk") as tx:
        await panels.add(tx, [made], "season")
    place.judges = [seat.judge_id for seat in made.judges]
    place.devices = {seat.judge_id: new_id() for seat in made.seats}
    rows = await database.rows("SELECT judge_id, entry_id, state FROM assignments")
    chance, apart = Random(seed), Random(seed + 1)
    codes = {entry: at for at, entry in enumerate(place.entries)}
    for row in sorted(rows, key=lambda row: (row["judge_id"], codes[row["entry_id"]])):
        drawn = {"judging": chance, "shadow": apart}.get(row["state"])
        for part in MARKS if drawn else ():
            assert drawn
            marks = {key: f"{drawn.randint(0, int(float(most) * 10)) / 10}" for key, most in MARKS[part].items()}
            (done,) = await place.send(place.revision(row["judge_id"], row["entry_id"], part, marks))
            assert done.disposition == "counted"
    return place


async def told(place: Hall) -> list[Any]:
    """All that is computed of a division, entries by code instead of id."""
    async with transaction(place.pool, "scoring_desk") as tx:
        picture = await standings.of_division(tx, place.division_id, "final")
        gathered = await divisions.gather(tx, place.division_id, "final")
        assigned = await sheets.seats(tx, place.division_id)
        thin = await panels.problems(tx, place.division_id)
    found = [
        picture.standings, fairness.outliers(picture.basis), desk.sheet_counts(gathered), desk.owing(gathered, "zh-CN"),
        desk.lines(gathered), assigned, thin,
    ]  # fmt: skip
    text = msgspec.json.encode(found).decode()
    for at, entry in enumerate(place.entries):
        text = text.replace(str(entry), f"entry {at}")
    return [sorted(each, key=str) if isinstance(each, list) else each for each in msgspec.json.decode(text)]


@pytest.mark.parametrize("rule", RULES, ids=["reserve", "exclude"])
@pytest.mark.parametrize("seed", range(3))
async def test_everything_is_as_it_would_be_without_them(scoring_database: Database, postgres: Any, rule: Any, seed: int) -> None:
    place = await marked(scoring_database, rule, seed, shadows=True)
    async with clone(postgres, "scoring") as other:
        alone = await marked(other, rule, seed, shadows=False)
        assert await told(place) == await told(alone)
        if seed == 0:
            assert await sealed(place) == await sealed(alone)
    kept = await scoring_database.value("SELECT count(*) FROM sheet_heads WHERE judge_id = ANY($1::uuid[])", list(SHADOWS))
    assert kept == (4 + 3) * len(MARKS)


async def sealed(place: Hall) -> list[tuple[str, int, str]]:
    """The result as the sealed bundle says it, checked by the verifier."""
    await lock(place)
    await seal(place)
    await release(place)
    async with transaction(place.pool, "scoring_supervisor") as tx:
        bundle = await bundles.supervision(tx, "teaching-9")
    assert verify(bundle)["ranks"] == 4
    rows = await place.database.rows("SELECT content FROM score_sets")
    items = msgspec.json.decode(rows[0]["content"])["items"]
    return [(each["code"], each["rank"], each["shown"]) for each in items]
