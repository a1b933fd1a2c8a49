from collections.abc import Awaitable, Callable

import httpx

from shared.ids import new_id
from tests.conftest import Database
from tests.scoring.people import sign_in
from tests.scoring.samples import judge
from tests.scoring.seated import seated, unit
from tests.scoring.stage import MARKS

Open = Callable[..., Awaitable[httpx.AsyncClient]]


async def test_the_desk_says_who_has_not_marked_what(scoring_database: Database, client: Open) -> None:
    place = await seated(scoring_database)
    await place.mark_all(skip=[(judge(5), place.entries[1], "reflection"), (judge(2), place.entries[0], "lesson")])
    await place.send(place.revision(judge(2), place.entries[0], "lesson", {"content": "20.0"}))
    keeper = await sign_in(scoring_database, await client(scoring_database), "scorekeeper")
    told = (await keeper.get(f"/scoring/divisions/{place.division_id}")).json()
    assert [(each["seat"], each["marks"]) for each in told["owing"]] == [(2, ["A01 lesson·delivery"]), (5, ["A02 reflection"])]
    assert (told["sheets_sent"], told["sheets_needed"]) == (41, 42)
    page = await keeper.get(f"/scoring/divisions/{place.division_id}", accept="text/html")
    assert page.status_code == 200 and "评委5" in page.text and "可以开始" in page.text


async def test_a_thin_panel_means_we_cannot_start(scoring_database: Database, client: Open) -> None:
    place = await seated(scoring_database, reserves=0, units={judge(4): unit(1)})
    keeper = await sign_in(scoring_database, await client(scoring_database), "scorekeeper")
    page = (await keeper.get(f"/scoring/divisions/{place.division_id}", accept="text/html")).text
    assert "还不能开始" in page and "A01" in page
    (row,) = (await keeper.get("/scoring/divisions")).json()["divisions"]
    assert [each["code"] for each in row["thin"]] == ["A01"]


async def test_an_open_tie_is_shown_with_those_who_vote(scoring_database: Database, client: Open) -> None:
    place = await seated(scoring_database)
    await place.mark_all()
    http = await client(scoring_database)
    keeper, supervisor = await sign_in(scoring_database, http, "scorekeeper"), await sign_in(scoring_database, http, "supervisor")
    (tie,) = (await keeper.get(f"/scoring/divisions/{place.division_id}")).json()["ties"]
    assert tie["step"] == "panel_vote" and len(tie["voters"]) == 7 and {code for _, code in tie["entries"]} == {"A01", "A02"}
    page = (await keeper.get(f"/scoring/divisions/{place.division_id}", accept="text/html")).text
    assert "等评委记名合议" in page and "记下合议" in page
    assert "记下合议" not in (await supervisor.get(f"/scoring/divisions/{place.division_id}", accept="text/html")).text
    votes = {f"votes.{each}": str(place.entries[number > 3]) for number, each in enumerate(place.judges)}
    fields = {"id": str(new_id()), "stage": "final", "minutes": "第一会议室，组长主持", "entries": [str(each) for each in place.entries]}
    sent = await keeper.form(f"/scoring/divisions/{place.division_id}/votes", {**fields, **votes})  # type: ignore[arg-type]  # entries is a list
    assert sent.status_code == 303
    lines = (await keeper.get(f"/scoring/divisions/{place.division_id}")).json()["lines"]
    assert [(each["code"], each["decided_by"]) for each in lines] == [("A01", "panel_vote"), ("A02", "panel_vote")]


async def test_a_correction_waits_for_the_supervisor_and_is_then_signed(scoring_database: Database, client: Open) -> None:
    place = await seated(scoring_database)
    (first,) = await place.send(place.revision(judge(1), place.entries[0], "design", MARKS["design"]))
    await place.send(place.revision(judge(1), place.entries[0], "design", {"design": "17.0"}, base=first.id, reason="看错一行"))
    http = await client(scoring_database)
    keeper, supervisor = await sign_in(scoring_database, http, "scorekeeper"), await sign_in(scoring_database, http, "supervisor")
    address = f"/scoring/divisions/{place.division_id}"
    (correction,) = (await keeper.get(address)).json()["corrections"]
    assert (correction["reason"], correction["is_signed"], correction["judge"]) == ("看错一行", False, "评委1")
    await supervisor.post(f"/scoring/revisions/{correction['revision_id']}/countersignatures")
    assert (await keeper.get(address)).json()["corrections"][0]["is_signed"]


async def test_each_role_finds_its_way_from_the_front_page(scoring_database: Database, client: Open) -> None:
    http = await client(scoring_database)
    for role, words in (("judge", "我的评分"), ("scorekeeper", "组别"), ("timekeeper", "计时"), ("administrator", "年度文件夹")):
        person = await sign_in(scoring_database, http, role)
        page = await person.get("/scoring/", accept="text/html")
        assert page.status_code == 200 and words in page.text


async def test_a_judge_has_no_desk(scoring_database: Database, client: Open) -> None:
    place = await seated(scoring_database)
    person = await sign_in(scoring_database, await client(scoring_database), "judge", handle=judge(1))
    assert (await person.get(f"/scoring/divisions/{place.division_id}")).status_code == 403
