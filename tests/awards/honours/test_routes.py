"""The way of an award list through the pages, as JSON clients and browsers walk it."""

from collections.abc import Awaitable, Callable
from pathlib import Path

import httpx

from shared.files import Files
from tests.awards import competition
from tests.awards.competition import APPROVED, DECIDED, ENTRIES, POSTED, SCAN, SEALED
from tests.conftest import Database, MovedClock

Client = Callable[..., Awaitable[httpx.AsyncClient]]
RECEIPT = "ab" * 16
HTML = {"Accept": "text/html"}


async def test_a_list_is_posted_approved_decided_issued_and_checked(
    awards_database: Database, client: Client, clock: MovedClock
) -> None:
    await competition.proposed(awards_database)
    office = await competition.signed_in(awards_database, client, "organiser")
    clock.set(POSTED)
    posted = (await office.post("/awards/editions/teaching-9/notices", json={})).json()
    assert (posted["starts_on"], posted["ends_on"]) == ("2026-05-26", "2026-06-01")

    clock.set(APPROVED)
    approval = {"body": "校党委会", "on": "2026-06-03", "document_no": "江大党纪要〔2026〕11号"}
    answer = await office.post(
        "/awards/editions/teaching-9/approvals", data=approval, files={"scan": ("纪要.pdf", SCAN, "application/pdf")}
    )
    assert answer.status_code == 201, answer.text
    clock.set(DECIDED)
    answer = await office.post(
        "/awards/editions/teaching-9/commendations", json={"document_no": "江大工〔2026〕15号", "on": "2026-06-05"}
    )
    assert answer.status_code == 201, answer.text
    assert (await office.post("/awards/editions/teaching-9/certificates", json={})).json() == {"issued": 3}
    assert (await office.post("/awards/editions/teaching-9/certificates", json={})).json() == {"issued": 0}

    whole = (await office.get("/awards/editions/teaching-9")).json()
    assert [(a["entry_id"], a["tier"], a["rank"], a["result"]) for a in whole["awards"]] == [
        (str(ENTRIES[0]), "一等奖", 1, "90.00"), (str(ENTRIES[1]), "二等奖", 2, "89.00"), (str(ENTRIES[2]), "二等奖", 3, "88.00"),
    ]  # fmt: skip
    assert [(r["code"], r["tier"]) for r in whole["results"]["arts"]][-1] == ("04", "")

    anybody = await client(awards_database)
    anybody.headers["Accept"] = "application/json"
    for award in whole["awards"]:
        checked = (await anybody.get(f"/awards/certificates/{award['certificate_token']}")).json()
        assert checked["verdict"] == "established" and checked["certificate"]["name"] == award["name"]
        assert checked["certificate"]["number"] == award["certificate_no"]
    sheet = await anybody.get(f"/awards/certificates/{whole['awards'][0]['certificate_token']}/sheet")
    assert sheet.headers["content-type"] == "application/pdf" and sheet.content.startswith(b"%PDF")


async def test_the_public_sees_no_rank_no_result_and_nobody_without_a_prize(
    awards_database: Database, client: Client, clock: MovedClock, files: Files, secrets: Path
) -> None:
    edition_id, notice = await competition.posted(awards_database)
    clock.set(POSTED)
    anybody = await client(awards_database)
    anybody.headers["Accept"] = "application/json"
    on_notice = (await anybody.get(f"/awards/notices/{notice.id}")).json()
    assert {a["name"] for a in on_notice["awards"]} == {"林若溪", "顾承泽", "陈知远"}
    assert on_notice["clock"]["running"] == "running" and on_notice["clock"]["left"] == 5
    assert (await anybody.get("/awards/results/teaching-9")).json()["awards"] == []
    await competition.approved(awards_database, edition_id, files)
    await competition.decided(awards_database, edition_id)
    shown = await anybody.get("/awards/editions/teaching-9")
    assert {a["tier"] for a in shown.json()["awards"]} == {"一等奖", "二等奖"}
    for page in (on_notice, shown.json()):
        assert not any({"rank", "result", "code", "certificate_token", "token"} & a.keys() for a in page["awards"])


async def test_a_public_objection_gets_a_receipt_and_its_answer(
    awards_database: Database, client: Client, clock: MovedClock
) -> None:
    _, notice = await competition.posted(awards_database)
    clock.set(POSTED)
    anybody = await client(awards_database)
    anybody.headers.update({"Accept": "application/json", "Origin": "http://laurel.test"})
    form = (await anybody.get(f"/awards/notices/{notice.id}/objections")).json()
    about = next(a["id"] for a in form["awards"] if a["name"] == "顾承泽")
    body = {
        "award_id": about,
        "ground": "eligibility",
        "text": "任教未满两年。",
        "receipt": RECEIPT,
        "name": "何一",
        "contact": "分机 0",
    }
    answer = await anybody.post(f"/awards/notices/{notice.id}/objections", json=body)
    assert answer.status_code == 201 and answer.json() == {"receipt": RECEIPT, "named": True}

    office = await competition.signed_in(awards_database, client, "organiser")
    whole = await office.get("/awards/editions/teaching-9")
    assert [a["standing"] for a in whole.json()["awards"]] == ["proposed", "suspended", "proposed"]
    assert "何一" not in whole.text
    (objection,) = whole.json()["objections"]
    await office.post(
        f"/awards/objections/{objection['id']}/answers",
        json={"outcome": "dismissed", "answer": "经核实，任教已满两年。"},
    )
    assert (await anybody.get(f"/awards/receipts/{RECEIPT}")).json()["answer"] == "经核实，任教已满两年。"
    assert (await office.get("/awards/objections")).status_code == 403
    supervisor = await competition.signed_in(awards_database, client, "supervisor")
    assert (await supervisor.get("/awards/objections")).json()["objections"][0]["name"] == "何一"


async def test_the_typed_text_survives_a_refused_objection(
    awards_database: Database, client: Client, clock: MovedClock
) -> None:
    _, notice = await competition.posted(awards_database)
    clock.set(POSTED)
    anybody = await client(awards_database)
    anybody.headers.update({**HTML, "Origin": "http://laurel.test"})
    body = {
        "award_id": "",
        "ground": "conduct",
        "text": "我要反映的事实",
        "receipt": RECEIPT,
        "name": "何一",
        "contact": "",
    }
    answer = await anybody.post(f"/awards/notices/{notice.id}/objections", data=body)
    assert answer.status_code == 422
    assert "我要反映的事实" in answer.text and RECEIPT in answer.text and "实名异议要同时填写" in answer.text


async def test_a_mistyped_number_comes_back_with_a_sentence(awards_database: Database, client: Client) -> None:
    anybody = await client(awards_database)
    anybody.headers.update({**HTML, "Origin": "http://laurel.test"})
    answer = await anybody.post("/awards/certificates", data={"number": "2026-0001-9"})
    assert answer.status_code == 422 and "2026-0001-9" in answer.text and "校验字符" in answer.text
    assert (await anybody.get("/awards/certificates/" + "0" * 32)).status_code == 404


async def test_the_steps_are_closed_to_everybody_but_the_office(
    awards_database: Database, client: Client, clock: MovedClock
) -> None:
    await competition.proposed(awards_database)
    clock.set(SEALED)
    for roles in (("committee",), ("supervisor",), ()):
        http = await competition.signed_in(awards_database, client, *roles)
        for step in ("notices", "approvals", "commendations", "certificates", "minutes"):
            assert (await http.post(f"/awards/editions/teaching-9/{step}", json={})).status_code == 403
    anybody = await client(awards_database)
    anybody.headers.update({"Accept": "application/json", "Origin": "http://laurel.test"})
    assert (await anybody.post("/awards/editions/teaching-9/notices", json={})).status_code == 401
    assert (await anybody.get("/awards/editions/teaching-9")).json()["awards"] == []


async def test_a_holder_finds_the_own_honours_only(
    awards_database: Database, client: Client, files: Files, secrets: Path
) -> None:
    edition_id, _ = await competition.posted(awards_database)
    await competition.approved(awards_database, edition_id, files)
    await competition.decided(awards_database, edition_id)
    await competition.issued(awards_database, edition_id, files, secrets)
    holder = await competition.signed_in(awards_database, client, person=competition.PERSONS[0])
    (honour,) = (await holder.get("/awards/honours")).json()["honours"]
    assert (honour["tier"], honour["certificate_no"]) == ("一等奖", "2026-0001-8")
    loser = await competition.signed_in(awards_database, client, person=competition.PERSONS[3])
    assert (await loser.get("/awards/honours")).json() == {"honours": []}


async def test_every_page_renders_in_both_languages(
    awards_database: Database, client: Client, clock: MovedClock, files: Files, secrets: Path
) -> None:
    edition_id, notice = await competition.posted(awards_database)
    clock.set(POSTED)
    office = await competition.signed_in(awards_database, client, "organiser", "supervisor")
    office.headers.update(HTML)
    first = (await competition.states(awards_database, edition_id))[0]
    body = {
        "award_id": str(first.id),
        "ground": "eligibility",
        "text": "任教未满两年。",
        "receipt": RECEIPT,
        "name": "何一",
        "contact": "1",
    }
    token = office.headers["X-CSRF-Token"]
    assert (
        await office.post(f"/awards/notices/{notice.id}/objections", data={**body, "_csrf": token})
    ).status_code == 303
    objection = await awards_database.value("SELECT id FROM objections")
    early = [
        "", "editions/teaching-9", "editions/teaching-9/notices", "editions/teaching-9/minutes", "editions/teaching-9/approvals",
        f"notices/{notice.id}", f"notices/{notice.id}/objections", f"receipts/{RECEIPT}", "objections", f"objections/{objection}",
        "calendars", "revocations", "seasons", "certificates", "results/teaching-9", "honours",
    ]  # fmt: skip
    await seen(office, early)
    await office.post(
        f"/awards/objections/{objection}/answers",
        data={"outcome": "dismissed", "answer": "经核实不成立。", "_csrf": token},
    )
    await competition.approved(awards_database, edition_id, files)
    await competition.decided(awards_database, edition_id)
    clock.set(DECIDED)
    await seen(office, ["editions/teaching-9", "editions/teaching-9/commendations", "editions/teaching-9/certificates"])
    await competition.issued(awards_database, edition_id, files, secrets)
    key = await awards_database.value("SELECT token FROM certificates LIMIT 1")
    await seen(
        office,
        ["", "editions/teaching-9", "results/teaching-9", f"certificates/{key}", "editions/teaching-9/certificates"],
    )
    anybody = await client(awards_database)
    anybody.headers.update(HTML)
    await seen(
        anybody, ["", "editions/teaching-9", "results/teaching-9", f"notices/{notice.id}", f"certificates/{key}"]
    )


async def seen(http: httpx.AsyncClient, pages: list[str]) -> None:
    for page in pages:
        for language in ("zh-CN", "en"):
            answer = await http.get(f"/awards/{page}?language={language}")
            assert answer.status_code == 200, (page, answer.status_code, answer.text[:400])
            assert f'<html lang="{language}">' in answer.text
