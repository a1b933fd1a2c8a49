"""Judges out of the rule's tolerance are asked to look again, and learn nothing of each other."""

from collections.abc import Awaitable, Callable
from datetime import timedelta
from uuid import UUID

import httpx
import pytest

from services.scoring.rubrics.domain import Tolerance
from services.scoring.sheets import actions as sheets
from services.scoring.sheets.domain import Submission
from shared.db import transaction
from shared.exact import Ratio
from shared.ids import new_id
from tests.conftest import Database
from tests.scoring.people import Person, sign_in
from tests.scoring.samples import judge, judged
from tests.scoring.seated import SHARED, seated
from tests.scoring.stage import MARKS, NOW, Hall

Open = Callable[..., Awaitable[httpx.AsyncClient]]
GATED = judged(SHARED, tolerance=Tolerance("given", Ratio(5, 1), "remark"))
HIGH = {"content": "30.0", "delivery": "45.0"}


async def wide(database: Database, rule: object = GATED) -> Hall:
    """All alike at 89.0 but for judge 2, who gives the first entry 97.0."""
    place = await seated(database, rule=rule)  # type: ignore[arg-type]  # a rule of the test
    await place.mark_all(skip=[(judge(2), place.entries[0], "lesson")])
    await place.send(place.revision(judge(2), place.entries[0], "lesson", HIGH))
    return place


async def sheet_of(person: Person, place: Hall, part: str = "lesson", entry: int = 0) -> str:
    return (await person.get(f"/scoring/sheets/{place.entries[entry]}/{part}", accept="text/html")).text


def asking(place: Hall, entry: int = 0, scope: str = "") -> dict[str, str]:
    return {"id": str(new_id()), "entry_id": str(place.entries[entry]), "scope": scope}


async def test_the_desk_sees_how_far_apart_and_asks_and_a_judge_answers_with_the_own_marks(
    scoring_database: Database, client: Open
) -> None:
    place = await wide(scoring_database)
    http = await client(scoring_database)
    keeper = await sign_in(scoring_database, http, "scorekeeper")
    one, two = [await sign_in(scoring_database, http, "judge", handle=judge(number)) for number in (1, 2)]
    address = f"/scoring/divisions/{place.division_id}"
    (seen,) = (await keeper.get(address)).json()["remarks"]
    assert (seen["code"], seen["spread"], seen["asked"], seen["waits"]) == ("A01", "8", False, 0)
    assert "请再看一遍" not in await sheet_of(one, place)
    assert (await keeper.post(f"{address}/remarks", asking(place))).status_code == 201
    for person in (one, two):
        text = await sheet_of(person, place)
        assert "请再看一遍本号的分" in text and "相差" not in text
        assert "请再看一遍" not in await sheet_of(person, place, entry=1)
    assert "97.0" not in await sheet_of(one, place) and "30.0" not in await sheet_of(one, place)
    (seen,) = (await keeper.get(address)).json()["remarks"]
    assert (seen["asked"], seen["waits"]) == (True, 7)
    await answer(place, judge(1), MARKS)
    assert "请再看一遍" not in await sheet_of(one, place) and "请再看一遍" in await sheet_of(two, place)
    assert (await keeper.get(address)).json()["remarks"][0]["waits"] == 6
    await answer(place, judge(2), {**MARKS, "lesson": {"content": "28.0", "delivery": "42.0"}})
    found = (await keeper.get(address)).json()
    assert found["remarks"] == [] and {line["code"] for line in found["lines"]} == {"A01", "A02"}


async def answer(place: Hall, who: UUID, marks: dict[str, dict[str, str]]) -> None:
    """The judge sends all parts of the first entry again, an hour later."""
    sent = [place.revision(who, place.entries[0], part, marks[part], reason="复核") for part in marks]
    async with transaction(place.pool, "scoring_writer") as tx:
        await sheets.submit(tx, [Submission(each, NOW + timedelta(days=9000)) for each in sent])


async def test_nobody_is_asked_where_the_judges_are_within_the_tolerance(scoring_database: Database, client: Open) -> None:
    place = await wide(scoring_database)
    keeper = await sign_in(scoring_database, await client(scoring_database), "scorekeeper")
    refused = await keeper.post(f"/scoring/divisions/{place.division_id}/remarks", asking(place, entry=1))
    assert refused.json()["code"] == "remark_not_needed"
    assert await scoring_database.value("SELECT count(*) FROM remark_requests") == 0


async def test_an_alert_is_shown_to_the_desk_and_counts(scoring_database: Database, client: Open) -> None:
    place = await wide(scoring_database, judged(SHARED, tolerance=Tolerance("given", Ratio(5, 1), "alert")))
    http = await client(scoring_database)
    keeper, one = await sign_in(scoring_database, http, "scorekeeper"), await sign_in(scoring_database, http, "judge", handle=judge(1))
    found = (await keeper.get(f"/scoring/divisions/{place.division_id}")).json()
    assert [(each["code"], each["spread"]) for each in found["alerts"]] == [("A01", "8")]
    assert found["remarks"] == [] and len(found["lines"]) == 2
    page = await keeper.get(f"/scoring/divisions/{place.division_id}", accept="text/html")
    assert "相差 8" in page.text and "照常计入" in page.text
    assert "分差" not in await sheet_of(one, place)


@pytest.mark.parametrize("state", ["recused", "nobody"])
async def test_a_judge_learns_of_a_remark_only_where_the_judge_marks(scoring_database: Database, state: str) -> None:
    place = await wide(scoring_database)
    who = judge(3) if state == "recused" else judge(77)
    if state == "recused":
        await scoring_database.execute("UPDATE assignments SET state = 'recused' WHERE judge_id = $1", who)
    await scoring_database.execute(
        "INSERT INTO remark_requests (id, division_id, stage, entry_id, scope, asked_by, asked_at) VALUES ($1, $2, 'final', $3, '', $1, $4)",
        new_id(), place.division_id, place.entries[0], NOW,
    )  # fmt: skip
    seen = {}
    for reader in (who, judge(1)):
        async with transaction(place.pool, "scoring_judge", reader) as tx:
            seen[reader] = await tx.fetchval("SELECT count(*) FROM remark_requests")
    assert seen == {who: 0, judge(1): 1}
