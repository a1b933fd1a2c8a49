"""The addresses of entries, asked as a program and as a browser, signed in as the users would be."""

import asyncio
from typing import Any
from uuid import uuid4

import pytest_asyncio

from tests.registration.conftest import Client, sent
from tests.registration.hall import ADMISSION, DRAW, REVIEW, Hall


@pytest_asyncio.fixture
async def hall(organiser: Client, registration_database: Any, clock: Any) -> Hall:
    opened = Hall(organiser, registration_database, clock)
    await opened.open()
    return opened


async def test_a_sign_up_is_answered_with_its_state_and_the_same_id_gets_the_same_answer(hall: Hall) -> None:
    id = uuid4()
    first, again = await hall.signs_up("2001", id), await hall.signs_up("2001", id)
    assert (first.status_code, first.json()["state"], first.json()["eligible"]) == (201, "submitted", True)
    assert again.json() == first.json()
    assert await hall.database.value("SELECT count(*) FROM entries") == 1


async def test_64_requests_at_once_with_the_same_id_are_one_sign_up(hall: Hall) -> None:
    id = uuid4()
    await hall.who("2001")
    told = await asyncio.gather(*(hall.signs_up("2001", id) for _ in range(64)))
    assert {each.status_code for each in told} == {201}
    assert len({each.text for each in told}) == 1
    assert await hall.database.value("SELECT count(*) FROM entries") == 1


async def test_the_same_id_with_other_content_is_a_conflict(hall: Hall) -> None:
    id = uuid4()
    await hall.signs_up("2001", id)
    told = await hall.signs_up("2001", id, course="高等数学")
    assert (told.status_code, told.json()["code"]) == (409, "entry_reused")


async def test_who_is_not_eligible_is_recorded_as_refused_and_told_why(hall: Hall) -> None:
    told = await hall.signs_up("2002", uuid4())
    assert (told.status_code, told.json()["state"], told.json()["eligible"]) == (201, "refused", False)
    assert [r["code"] for r in told.json()["reasons"]] == ["not_a_member"]
    assert told.json()["reasons"][0]["sentence"].startswith("本活动限工会会员")
    assert await hall.database.value("SELECT state FROM entries") == "refused"


async def test_everything_missing_is_told_at_once_and_the_typed_text_survives(hall: Hall) -> None:
    path = f"/registration/activities/{hall.activity_id}/entries"
    id = str(uuid4())
    told = await hall.form("2001", path, id=id, course="")
    assert told.status_code == 422
    for said in ("请选择参赛组别", "请填写参赛课程名称", "请勾选承诺"):
        assert told.text.count(said) == 2, said
    assert id in told.text
    kept = await hall.form("2001", path, id=id, course="大学语文《赤壁赋》")
    assert kept.status_code == 422 and 'value="大学语文《赤壁赋》"' in kept.text


async def test_a_form_leads_to_my_entries(hall: Hall) -> None:
    path = f"/registration/activities/{hall.activity_id}/entries"
    id = str(uuid4())
    told = await hall.form("2001", path, id=id, division_id=hall.divisions["arts"], course="大学语文", commitment="true")
    assert (told.status_code, told.headers["location"]) == (303, f"/registration/entries#e{id}")
    assert "大学语文" in (await hall.page("2001", "/registration/entries")).text
    assert "Under review" in (await hall.page("2001", "/registration/entries", "en")).text


async def test_the_verdict_stands_before_the_form_and_says_what_the_branch_may_still_send(hall: Hall) -> None:
    path = f"/registration/entries/new?activity_id={hall.activity_id}"
    told = await hall.json("2001", path)
    assert told["eligible"] and {d["key"]: d["left"] for d in told["divisions"]} == {"arts": 2, "special": 0}
    page = await hall.page("2001", path)
    assert page.text.index("符合参赛条件") < page.text.index('class="signing"') < page.text.index("参赛课程名称")
    assert "不符合参赛条件" in (await hall.page("2002", path)).text


async def test_nobody_sees_or_withdraws_the_entry_of_somebody_else(hall: Hall) -> None:
    id = uuid4()
    await hall.signs_up("2001", id)
    assert (await hall.json("2002", "/registration/entries"))["entries"] == []
    told = await sent(await hall.who("2002"), f"/registration/entries/{id}/withdrawals", {"reason": ""})
    assert (told.status_code, told.json()["code"]) == (403, "not_your_entry")
    page = await hall.page("2002", f"/registration/entries/{id}/withdrawals")
    assert page.status_code == 404


async def test_an_officer_reviews_the_own_branch_only(hall: Hall) -> None:
    await hall.signs_up("2001", uuid4())
    other = f"/registration/activities/{hall.activity_id}/branches/01/recommendations"
    assert (await hall.page("1003", other)).status_code == 403
    assert len((await hall.json("1002", other))["entries"]) == 1
    assert [r["branch"] for r in (await hall.json("1003", "/registration/reviews"))["reviews"]] == ["02"]


async def test_an_officer_ranks_without_javascript_and_an_error_stands_at_its_number(hall: Hall) -> None:
    id = str(uuid4())
    await hall.signs_up("2001", id)
    path = f"/registration/activities/{hall.activity_id}/branches/01/recommendations"
    wrong = await hall.form("1002", path, **{f"numbers.{id}": "0"})
    assert wrong.status_code == 422 and f'id="numbers.{id}-said"' in wrong.text and 'value="0"' in wrong.text
    assert (await hall.form("1002", path, **{f"numbers.{id}": "x"})).status_code == 422
    assert (await hall.form("1002", path, **{f"numbers.{id}": "1"})).status_code == 303
    assert await hall.database.value("SELECT state FROM entries") == "approved"


async def test_a_returned_entry_is_corrected_and_sent_again(hall: Hall) -> None:
    id = str(uuid4())
    await hall.signs_up("2001", id)
    back = await hall.form("1002", f"/registration/entries/{id}/returns", **{"reasons.course": "请写全称"})
    assert back.status_code == 303
    page = await hall.page("2001", f"/registration/entries/{id}/corrections")
    assert "课程名称：请写全称" in page.text
    told = await hall.form(
        "2001", f"/registration/entries/{id}/corrections",
        division_id=hall.divisions["arts"], course="大学语文（上）", commitment="true",
    )  # fmt: skip
    assert told.status_code == 303
    rows = await hall.database.rows("SELECT state, version, course FROM entries")
    assert [tuple(row) for row in rows] == [("submitted", 3, "大学语文（上）")]
    steps = await hall.database.rows("SELECT state FROM entry_steps ORDER BY version")
    assert [row["state"] for row in steps] == ["submitted", "returned", "submitted"]


async def test_a_return_without_a_reason_is_refused(hall: Hall) -> None:
    id = str(uuid4())
    await hall.signs_up("2001", id)
    told = await sent(await hall.who("1002"), f"/registration/entries/{id}/returns", {"reasons": {"course": " "}})
    assert (told.status_code, told.json()["faults"][0]["code"]) == (422, "return_reason_absent")


async def test_places_are_public_and_names_are_not(hall: Hall) -> None:
    id = str(uuid4())
    await hall.signs_up("2001", id)
    path = f"/registration/activities/{hall.activity_id}/branches/01/recommendations"
    await hall.form("1002", path, **{f"numbers.{id}": "1"})
    hall.clock.set(ADMISSION)
    division = hall.divisions["arts"]
    told = await sent(await hall.who("1001"), f"/registration/divisions/{division}/admissions")
    assert (told.status_code, told.json()["admitted"]) == (201, [id])
    counts = await hall.json("2002", f"/registration/activities/{hall.activity_id}/places")
    assert [(d["key"], d["places"], d["admitted"], d["waiting"]) for d in counts["divisions"]] == [
        ("arts", 2, 1, 0),
        ("special", 1, 0, 0),
    ]
    outsider = await hall.page("2002", f"/registration/activities/{hall.activity_id}/entries")
    assert (outsider.status_code, outsider.headers["location"]) == (
        303,
        f"/registration/entries/new?activity_id={hall.activity_id}",
    )
    listed = await hall.json("1001", f"/registration/activities/{hall.activity_id}/entries")
    assert [(e["staff_no"], e["division"], e["state"]) for e in listed["entries"]] == [("2001", "arts", "admitted")]


async def test_a_whole_way_from_sign_up_to_the_sealed_roll(hall: Hall) -> None:
    id = str(uuid4())
    await hall.signs_up("2001", id)
    hall.clock.set(REVIEW)
    path = f"/registration/activities/{hall.activity_id}/branches/01/recommendations"
    await sent(await hall.who("1002"), path, {"numbers": {id: 1}})
    division = f"/registration/divisions/{hall.divisions['arts']}"
    early = await sent(await hall.who("1001"), f"{division}/admissions")
    assert (early.status_code, early.json()["code"]) == (422, "admission_not_yet")
    assert "2026-04-19 09:00" in early.json()["detail"]
    hall.clock.set(ADMISSION)
    assert (await hall.form("1001", f"{division}/admissions")).status_code == 303
    hall.clock.set(DRAW)
    draw = await hall.form("1001", f"{division}/draws", id=str(uuid4()), present="陈立\n曾晓")
    assert draw.status_code == 303
    drawn = await hall.json("1001", f"{division}/draws")
    assert drawn["draw"]["present"] == ["陈立", "曾晓"] and [o["order"] for o in drawn["order"]] == [1]
    roll = await sent(await hall.who("1001"), f"{division}/rolls", {"id": str(uuid4()), "stage": "final"})
    assert roll.status_code == 201 and roll.json()["version"] == 1
    body = await hall.database.value("SELECT body FROM outbox WHERE subject = 'registration.roll.sealed.v1'")
    assert roll.json()["hash"].encode() in body and "王小明".encode() not in body and b'"2001"' not in body
    early_signature = await sent(await hall.who("1004"), f"/registration/rolls/{roll.json()['roll_id']}/signatures")
    assert (early_signature.status_code, early_signature.json()["code"]) == (422, "roll_not_scored")
    for account, pages in {
        "2001": ["/registration/entries", f"/registration/entries/{id}/withdrawals"],
        "1001": [f"{division}/{name}" for name in ("admissions", "draws", "rolls", "check-ins")]
        + [f"/registration/activities/{hall.activity_id}/entries", f"/registration/activities/{hall.activity_id}/places"],
        "1004": [f"{division}/{name}" for name in ("admissions", "draws", "rolls", "check-ins")],
    }.items():
        for each in pages:
            for language in ("zh-CN", "en"):
                assert (await hall.page(account, each, language)).status_code == 200, each
    for name in ("presence-list.pdf", "meeting-list.pdf"):
        assert (await hall.page("1001", f"{division}/{name}")).content.startswith(b"%PDF")
    check = await sent(await hall.who("1001"), f"/registration/entries/{id}/check-ins")
    assert check.status_code == 201
    mine = (await hall.json("2001", "/registration/entries"))["entries"][0]
    assert (mine["state"], mine["order"], len(mine["code"])) == ("admitted", 1, 3)
