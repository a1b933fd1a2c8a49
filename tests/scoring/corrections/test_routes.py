"""Corrections over HTTP and on the desk's pages: forms without JavaScript, both languages, a stale page told in words."""

import re
from collections.abc import Awaitable, Callable

import httpx

from shared.ids import new_id
from tests.conftest import Database
from tests.scoring.correcting import head, spread
from tests.scoring.people import Person, sign_in
from tests.scoring.stage import Hall

Open = Callable[..., Awaitable[httpx.AsyncClient]]


async def desk(database: Database, client: Open) -> tuple[Person, Person]:
    http = await client(database)
    return await sign_in(database, http, "scorekeeper"), await sign_in(database, http, "supervisor")


def body(place: Hall, judge: int, entry: int, content: str, **more: str) -> dict[str, object]:
    marks = {"content": content, "delivery": "40.0"}
    return {
        "id": str(new_id()), "kind": "sheet", "ground": "transcription", "reason": "纸质表为准", "entry_id": str(place.entries[entry]),
        "judge_id": str(place.judges[judge]), "part": "lesson", "marks": marks, **more,
    }  # fmt: skip


async def test_two_people_correct_a_sealed_result_over_http(scoring_database: Database, client: Open) -> None:
    place = await spread(scoring_database, 2, is_released=True, is_sealed=True)
    keeper, supervisor = await desk(scoring_database, client)
    address = f"/scoring/divisions/{place.division_id}"
    for judge in range(3):
        made = await keeper.post(f"{address}/corrections", body(place, judge, 1, "30.0"))
        assert (made.status_code, made.json()["state"]) == (201, "open")
        path = f"/scoring/corrections/{made.json()['id']}"
        shown = (await keeper.get(f"{path}?prizes=1")).json()
        seen = {"seen": shown["difference"]["position"]}
        assert (await supervisor.post(f"{path}/confirmations", seen)).json()["code"] == "correction_not_asked"
        assert (await keeper.post(f"{path}/applications", seen)).json()["state"] == "asked"
        assert (await keeper.post(f"{path}/confirmations", seen)).status_code == 403
        done = await supervisor.post(f"{path}/confirmations", seen)
        assert (done.status_code, done.json()["state"]) == (201, "applied")
    edges = shown["difference"]["edges"]
    assert [(each["limit"], each["entering"], each["leaving"]) for each in edges] == [(1, ["A02"], ["A01"])]
    versions = (await supervisor.get(f"{address}/versions")).json()["versions"]
    assert [each["version"] for each in versions] == [4, 3, 2, 1]
    assert [each["reason"] for each in versions] == ["纸质表为准"] * 3 + [""]


async def test_a_keeper_who_is_also_supervisor_cannot_do_both(scoring_database: Database, client: Open) -> None:
    place = await spread(scoring_database, 2)
    both = await sign_in(scoring_database, await client(scoring_database), "scorekeeper", "supervisor")
    made = (await both.post(f"/scoring/divisions/{place.division_id}/corrections", body(place, 0, 0, "1.0"))).json()
    seen = {"seen": await head(place)}
    await both.post(f"/scoring/corrections/{made['id']}/applications", seen)
    refused = await both.post(f"/scoring/corrections/{made['id']}/confirmations", seen)
    assert (refused.status_code, refused.json()["code"]) == (403, "second_person_needed")


async def test_the_pages_lead_from_the_paper_to_the_applied_correction(scoring_database: Database, client: Open) -> None:
    place = await spread(scoring_database, 2)
    keeper, supervisor = await desk(scoring_database, client)
    address = f"/scoring/divisions/{place.division_id}"
    picked = f"{address}/corrections?entry_id={place.entries[1]}&judge_id={place.judges[0]}&part=lesson"
    page = (await keeper.get(picked, accept="text/html")).text
    assert 'name="marks.content"' in page and "现在计入：26.0" in page
    fields = {**{k: str(v) for k, v in body(place, 0, 1, "").items() if k != "marks"}, "stage": "final", "marks.content": "31.5", "marks.delivery": "40.0"}
    refused = await keeper.form(f"{address}/corrections", fields)
    assert refused.status_code == 422 and 'value="31.5"' in refused.text and 'name="marks.content"' in refused.text
    made = await keeper.form(f"{address}/corrections", fields | {"marks.content": "20.5"})
    assert made.status_code == 303
    path = made.headers["location"]
    shown = (await keeper.get(path, accept="text/html")).text
    assert "会有什么变化" in shown and "提请监督员确认" in shown and "20.5" in shown
    seen = re.search(r'name="seen" value="(\d+)"', shown)
    assert seen and (await keeper.form(f"{path}/applications", {"seen": seen[1]})).status_code == 303
    waiting = (await supervisor.get(path, accept="text/html")).text
    assert "确认并执行" in waiting
    assert (await supervisor.form(f"{path}/confirmations", {"seen": seen[1]})).status_code == 303
    assert "已执行，记入账本第" in (await keeper.get(path, accept="text/html")).text
    listed = (await keeper.get(f"{address}/corrections?language=en", accept="text/html")).text
    assert "applied" in listed and "Corrections" in listed


async def test_a_stale_page_comes_back_with_the_new_difference_in_words(scoring_database: Database, client: Open) -> None:
    place = await spread(scoring_database, 2, is_locked=False)
    keeper, _ = await desk(scoring_database, client)
    made = (await keeper.post(f"/scoring/divisions/{place.division_id}/corrections", body(place, 0, 0, "1.0"))).json()
    old = await head(place)
    await place.send(place.revision(place.judges[1], place.entries[0], "lesson", {"content": "1.0", "delivery": "1.0"}))
    told = await keeper.form(f"/scoring/corrections/{made['id']}/applications", {"seen": str(old)})
    assert told.status_code == 409 and "账本刚有新的记录" in told.text
    assert f'name="seen" value="{await head(place)}"' in told.text and "降 1 位" in told.text


async def test_prize_numbers_that_are_none_are_refused(scoring_database: Database, client: Open) -> None:
    place = await spread(scoring_database, 2)
    keeper, _ = await desk(scoring_database, client)
    made = (await keeper.post(f"/scoring/divisions/{place.division_id}/corrections", body(place, 0, 0, "1.0"))).json()
    assert (await keeper.get(f"/scoring/corrections/{made['id']}?prizes=two")).json()["code"] == "prizes_wrong"


async def test_a_held_sheet_and_a_reopening_are_offered_where_they_exist(scoring_database: Database, client: Open) -> None:
    place = await spread(scoring_database, 2)
    keeper, supervisor = await desk(scoring_database, client)
    (late,) = await place.send(place.revision(place.judges[0], place.entries[1], "lesson", {"content": "30.0", "delivery": "45.0"}))
    address = f"/scoring/divisions/{place.division_id}/corrections"
    told = (await keeper.get(address)).json()
    assert told["held"] == [str(late.id)]
    made = await keeper.post(address, {"id": str(new_id()), "kind": "held", "ground": "procedure", "reason": "断网", "held": str(late.id)})
    path, seen = f"/scoring/corrections/{made.json()['id']}", {"seen": await head(place)}
    await keeper.post(f"{path}/applications", seen)
    assert (await supervisor.post(f"{path}/confirmations", seen)).json()["state"] == "applied"
    counted = await scoring_database.value("SELECT marks FROM sheet_heads WHERE judge_id = $1 AND entry_id = $2 AND part = 'lesson'", place.judges[0], place.entries[1])
    assert counted == '{"content":300,"delivery":450}'
    opened = await keeper.post(address, {"id": str(new_id()), "kind": "unlock", "ground": "procedure", "reason": "补评"})
    assert opened.status_code == 201


async def test_before_anything_is_sealed_there_are_no_versions(scoring_database: Database, client: Open) -> None:
    place = await spread(scoring_database, 2)
    keeper, _ = await desk(scoring_database, client)
    answer = await keeper.get(f"/scoring/divisions/{place.division_id}/versions")
    assert (answer.status_code, answer.json()) == (200, {"versions": []})
    assert (await keeper.get(f"/scoring/divisions/{place.division_id}/versions", accept="text/html")).status_code == 200
