"""The advisory page and the alerts over HTTP: what they say, and to whom they say nothing."""

from collections.abc import Awaitable, Callable
from fractions import Fraction

import httpx
import msgspec
import pytest

from services.scoring.rubrics.domain import Scale
from shared.exact import Ratio
from shared.ids import new_id
from tests.conftest import Database
from tests.scoring.people import Person, sign_in
from tests.scoring.samples import judge
from tests.scoring.seated import SHARED, seated, unit
from tests.scoring.stage import Hall

Open = Callable[..., Awaitable[httpx.AsyncClient]]
STRICT = {3: 20, 5: -15}
"""Judge -> tenths that this judge gives less in the part lesson."""


def marks(number: int, place: int) -> dict[str, dict[str, str]]:
    """What judge `number` gives the entry at `place`: better entries later, small differences of taste, own strictness."""
    taste = (number * 7 + place * 5 + number * place) % 4
    delivery = 300 + 12 * place + taste - STRICT.get(number, 0)
    return {
        "design": {"design": f"{15 + place % 3}.0"},
        "lesson": {"content": f"{20 + place % 4}.{taste}", "delivery": f"{delivery // 10}.{delivery % 10}"},
        "reflection": {"reflection": f"4.{taste}"},
    }


async def marked(place: Hall, wild: tuple[int, int, str] | None = None, but: tuple[int, int] | None = None) -> None:
    """Everybody who sits marks everything. wild: judge, place and a delivery mark that is off; but: a lesson left out."""
    rows = await place.database.rows("SELECT judge_id, entry_id FROM assignments WHERE state = 'judging' ORDER BY entry_id, judge_id")
    sent = []
    for row in rows:
        number, at = row["judge_id"].int & 0xFFF, place.entries.index(row["entry_id"]) + 1
        given = marks(number, at)
        if wild and (number, at) == wild[:2]:
            given["lesson"]["delivery"] = wild[2]
        parts = [part for part in given if (number, at, part) != (*(but or (0, 0)), "lesson")]
        sent += [place.revision(row["judge_id"], row["entry_id"], part, given[part]) for part in parts]
    await place.send(*sent)


async def desk(database: Database, http: httpx.AsyncClient) -> Person:
    return await sign_in(database, http, "scorekeeper")


def address(place: Hall, page: str) -> str:
    return f"/scoring/divisions/{place.division_id}/{page}"


async def test_where_everybody_marks_everybody_nothing_is_corrected_and_no_table_says_so(scoring_database: Database, client: Open) -> None:
    place = await seated(scoring_database, rule=SHARED, entries=6)
    await marked(place)
    keeper = await desk(scoring_database, await client(scoring_database))
    (section,) = (await keeper.get(address(place, "fairness"))).json()["sections"]
    assert (section["state"], section["samples"], section["owed"]) == ("complete", 0, 0)
    assert all(each["sure"] is None and each["raw"] == pytest.approx(each["additive"]) for each in section["entries"])
    severity = {each["judge_id"]: each["severity"] for each in section["judges"]}
    assert severity[str(judge(3))] - severity[str(judge(5))] == pytest.approx(3.5, abs=0.5)
    page = (await keeper.get(address(place, "fairness"), accept="text/html")).text
    assert "仅供参考，不改变任何成绩" in page and "宽严相互抵消" in page and "z 分" in page
    assert "加法校正</th>" not in page and "混合模型</th>" not in page
    assert page.count("<svg viewBox") >= 2 and 'role="img"' in page


async def test_where_a_reserve_stood_in_both_corrections_stand_beside_the_official_result(scoring_database: Database, client: Open) -> None:
    place = await seated(scoring_database, rule=SHARED, entries=6, units={judge(3): unit(2)})
    await marked(place)
    keeper = await desk(scoring_database, await client(scoring_database))
    answer = (await keeper.get(address(place, "fairness") + "?places=2")).json()
    (section,) = answer["sections"]
    assert (section["state"], section["samples"], answer["places"]) == ("differ", 10_000, 2)
    assert {each["judge_id"]: each["marked"] for each in section["judges"]}[str(judge(3))] == 5
    assert sum(each["sure"]["among"] for each in section["entries"]) == pytest.approx(2)
    assert sum(each["sure"]["first"] for each in section["entries"]) == pytest.approx(1)
    assert all(each["sure"]["lowest"] <= each["sure"]["rank"] <= each["sure"]["highest"] for each in section["entries"])
    again = (await keeper.get(address(place, "fairness") + "?places=2")).json()
    assert again == answer
    spared = next(each for each in section["entries"] if each["entry_id"] == str(place.entries[1]))
    assert spared["additive"] < spared["raw"]
    page = (await keeper.get(address(place, "fairness"), accept="text/html")).text
    assert "正式名次" in page and "10000" in page and str(answer["seed"]) in page


async def test_a_rule_that_corrects_shows_what_its_correction_did(scoring_database: Database, client: Open) -> None:
    judging = msgspec.structs.replace(SHARED.judging, aggregate="mean", drop=type(SHARED.judging.drop)(0, 0))
    rule = msgspec.structs.replace(SHARED, judging=judging, correction="additive")
    place = await seated(scoring_database, rule=rule, entries=6, units={judge(3): unit(2)})
    await marked(place)
    keeper = await desk(scoring_database, await client(scoring_database))
    (section,) = (await keeper.get(address(place, "fairness"))).json()["sections"]
    lines = (await keeper.get(address(place, "standings"))).json()["lines"]
    official = {line["entry_id"]: float(Fraction(line["result"]["n"], line["result"]["d"])) for line in lines}
    assert {each["entry_id"]: each["additive"] for each in section["entries"]} == pytest.approx(official)
    assert "正式成绩" in (page := (await keeper.get(address(place, "fairness"), accept="text/html")).text) and "规则本身用加法校正" in page


async def test_marks_in_bands_bring_infit_and_outfit(scoring_database: Database, client: Open) -> None:
    scale = Scale(kind="points", unit=Ratio(1, 1), lowest=0, highest=3, grades=(), steps=())
    parts = tuple(
        msgspec.structs.replace(part, criteria=tuple(
            msgspec.structs.replace(each, items=(msgspec.structs.replace(each.items[0], scale=scale),)) for each in part.criteria
        )) for part in SHARED.parts
    )  # fmt: skip
    place = await seated(scoring_database, rule=msgspec.structs.replace(SHARED, parts=parts), entries=6)
    bands = {"design": ["design"], "lesson": ["content", "delivery"], "reflection": ["reflection"]}
    for at, entry in enumerate(place.entries):
        for number, each in enumerate(place.judges):
            revisions = [
                msgspec.structs.replace(
                    place.revision(each, entry, part, {}),
                    marks={key: (at + (number * 5 + at * 3 + len(key)) % 3) % 4 for key in keys},
                )
                for part, keys in bands.items()
            ]
            await place.send(*revisions)
    keeper = await desk(scoring_database, await client(scoring_database))
    (section,) = (await keeper.get(address(place, "fairness"))).json()["sections"]
    fits = section["diagnosis"]["judges"]
    assert len(fits) == 7 and all(0 < each["infit"] < 4 and 0 < each["outfit"] < 9 for each in fits)
    assert "infit" in (await keeper.get(address(place, "fairness"), accept="text/html")).text


async def test_before_the_first_mark_the_page_says_that_there_is_none(scoring_database: Database, client: Open) -> None:
    place = await seated(scoring_database)
    keeper = await desk(scoring_database, await client(scoring_database))
    (section,) = (await keeper.get(address(place, "fairness"))).json()["sections"]
    assert section["state"] == "no_marks"
    assert "还没有评委" in (await keeper.get(address(place, "fairness"), accept="text/html")).text


async def test_a_wild_sheet_is_told_to_the_desk_a_strict_judge_is_not(scoring_database: Database, client: Open) -> None:
    place = await seated(scoring_database, rule=SHARED, entries=6)
    await marked(place, wild=(2, 4, "22.0"))
    keeper = await desk(scoring_database, await client(scoring_database))
    (found,) = (await keeper.get(address(place, "outliers"))).json()["outliers"]
    assert (found["judge_id"], found["entry_id"], found["part"]) == (str(judge(2)), str(place.entries[3]), "lesson")
    assert found["beyond"] == pytest.approx(found["value"] - found["expected"]) and found["beyond"] < -10
    page = (await keeper.get(address(place, "outliers"), accept="text/html")).text
    assert "评委2" in page and "A04" in page and "评委3" not in page
    division = f"/scoring/divisions/{place.division_id}"
    assert (await keeper.get(division)).json()["outliers"] == [found]
    assert "偏离较大的评分" in (await keeper.get(division, accept="text/html")).text


async def test_nobody_is_an_outlier_where_all_keep_to_their_own_measure(scoring_database: Database, client: Open) -> None:
    place = await seated(scoring_database, rule=SHARED, entries=6)
    await marked(place)
    keeper = await desk(scoring_database, await client(scoring_database))
    assert (await keeper.get(address(place, "outliers"))).json() == {"outliers": []}


async def test_the_leader_sees_an_outlier_only_after_the_own_sheet_and_other_judges_never(scoring_database: Database, client: Open) -> None:
    place = await seated(scoring_database, rule=SHARED, entries=6)
    await marked(place, wild=(2, 4, "22.0"), but=(1, 4))
    http = await client(scoring_database)
    leader = await sign_in(scoring_database, http, "judge", "panel_leader", handle=judge(1))
    assert (await leader.get(address(place, "outliers"))).json() == {"outliers": []}
    await place.send(place.revision(judge(1), place.entries[3], "lesson", marks(1, 4)["lesson"]))
    (found,) = (await leader.get(address(place, "outliers"))).json()["outliers"]
    assert found["judge_id"] == str(judge(2))
    assert address(place, "outliers") in (await leader.get("/scoring/sheets", accept="text/html")).text
    other = await sign_in(scoring_database, http, "judge", handle=judge(2))
    assert "outliers" not in (await other.get("/scoring/sheets", accept="text/html")).text
    stranger = await sign_in(scoring_database, http, "panel_leader", handle=judge(4))
    assert (await other.get(address(place, "outliers"))).status_code == 403
    assert (await stranger.get(address(place, "outliers"))).json()["code"] == "leader_needed"
    for person in (leader, other, stranger):
        assert (await person.get(address(place, "fairness"))).status_code == 403


async def test_a_page_of_an_unknown_division_is_missing(scoring_database: Database, client: Open) -> None:
    keeper = await desk(scoring_database, await client(scoring_database))
    for page in ("fairness", "outliers"):
        assert (await keeper.get(f"/scoring/divisions/{new_id()}/{page}")).status_code == 404
