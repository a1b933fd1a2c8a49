"""Over HTTP: to paper and back, the code of a sheet, two typists, a scan; who may do what, and what tablets are told."""

from collections.abc import Awaitable, Callable
from typing import Any

import httpx
import pytest

from services.scoring.papers.domain import code_of
from services.scoring.sheets.domain import SheetKey
from shared.ids import new_id
from shared.web import gate
from tests.conftest import Database
from tests.scoring.papers.test_actions import FIRST, MISREAD, PNG, READ, SECOND, sheet
from tests.scoring.people import Person, sign_in
from tests.scoring.samples import judge
from tests.scoring.seated import seated
from tests.scoring.stage import Hall

Open = Callable[..., Awaitable[httpx.AsyncClient]]


def address(key: SheetKey) -> str:
    return f"/scoring/papers/{key.judge_id}/{key.entry_id}/{key.part}"


async def opened(database: Database, client: Open) -> tuple[Hall, SheetKey, Person, Person, httpx.AsyncClient]:
    place, http = await seated(database), await client(database)
    first = await sign_in(database, http, "scorekeeper", handle=FIRST)
    second = await sign_in(database, http, "scorekeeper", handle=SECOND)
    return place, sheet(place), first, second, http


async def sends(
    keeper: Person, place: Hall, key: SheetKey, *, whole: bool = False, back: bool = False
) -> httpx.Response:
    body = {"entry_id": str(key.entry_id), "sheet": "" if whole else f"{key.judge_id}/{key.part}", "reason": "没电"}
    return await keeper.post(f"/scoring/divisions/{place.division_id}/papers{'/returns' if back else ''}", body)


async def types(keeper: Person, key: SheetKey, marks: dict[str, str]) -> dict[str, Any]:
    answer = await keeper.post(f"{address(key)}/typings", {"id": str(new_id()), "marks": marks})
    assert answer.status_code == 201, answer.text
    told: dict[str, Any] = answer.json()
    return told


async def attaches(keeper: Person, key: SheetKey, content: bytes) -> httpx.Response:
    return await keeper.http.post(
        f"{address(key)}/scans",
        files={"scan": ("foto.bin", content)},
        data={"_csrf": gate.csrf(keeper.token)},
        headers=keeper.headers(),
    )


async def test_a_sheet_goes_to_paper_is_typed_by_two_and_comes_back(scoring_database: Database, client: Open) -> None:
    place, key, first, second, http = await opened(scoring_database, client)
    assert (await sends(first, place, key)).status_code == 201
    tablet = await sign_in(scoring_database, http, "judge", handle=key.judge_id)

    async def on_paper() -> dict[str, bool]:
        entries = (await tablet.get("/scoring/tablet/desk")).json()["divisions"][0]["entries"]
        told = next(each for each in entries if each["entry_id"] == str(key.entry_id))["sheets"]
        return {part: each["on_paper"] for part, each in told.items()}

    assert await on_paper() == {"design": False, "lesson": True, "reflection": False}
    assert (await types(first, key, READ))["state"] == "first"
    done = await types(second, key, READ)
    (told,) = (await second.get(f"/scoring/divisions/{place.division_id}/papers")).json()["papers"]
    assert (done["state"], told["state"], told["ledger_position"]) == ("counted", "counted", done["ledger_position"])
    assert (await sends(first, place, key, back=True)).status_code == 201
    assert not any((await on_paper()).values())
    desk = (await tablet.get("/scoring/tablet/desk")).json()["divisions"][0]["entries"][0]["sheets"]["lesson"]
    assert (desk["head"]["source"], desk["head"]["marks"]) == ("paper", {"content": 285, "delivery": 400})


async def test_E10_the_page_names_the_criterion_and_no_number(scoring_database: Database, client: Open) -> None:
    place, key, first, second, _ = await opened(scoring_database, client)
    await sends(first, place, key)
    await types(first, key, MISREAD)
    stopped = await types(second, key, READ)
    assert stopped == {"state": "differs", "differing": ["content"], "ledger_position": None}
    rule_hash = await scoring_database.value("SELECT rule_hash FROM activity_rules")
    asked = f"/scoring/papers?sheet={code_of(key, rule_hash).text}"
    for keeper, own, others in ((first, "25.8", "28.5"), (second, "28.5", "25.8")):
        page = (await keeper.get(asked, accept="text/html")).text
        assert f'value="{own}"' in page and others not in page
        assert (await keeper.get(asked)).json()["own"]["content"] == own
    third = await sign_in(scoring_database, first.http, "scorekeeper")
    supervisor = await sign_in(scoring_database, first.http, "supervisor")
    for person, where in ((third, asked), (third, f"/scoring/divisions/{place.division_id}/papers"),
                          (supervisor, f"/scoring/divisions/{place.division_id}/papers")):  # fmt: skip
        for accept in ("text/html", "application/json"):
            answer = await person.get(where, accept=accept)
            assert answer.status_code == 200 and "28.5" not in answer.text and "25.8" not in answer.text


async def test_a_scan_is_kept_by_its_content_and_shown_beside(scoring_database: Database, client: Open) -> None:
    place, key, first, second, _ = await opened(scoring_database, client)
    await sends(first, place, key)
    wrong = await attaches(first, key, b"GIF89a")
    assert (wrong.status_code, wrong.json()["code"]) == (422, "paper_scan_kind")
    kept = (await attaches(first, key, PNG)).json()
    shown = await second.get(f"{address(key)}/scans/{kept['sha256']}", accept="*/*")
    assert (shown.content, shown.headers["content-type"]) == (PNG, "image/png")
    assert (await second.get(f"{address(key)}/scans/{'0' * 64}")).status_code == 404
    supervisor = await sign_in(scoring_database, first.http, "supervisor")
    assert (await supervisor.get(f"{address(key)}/scans/{kept['sha256']}", accept="*/*")).status_code == 200
    (entry,) = await scoring_database.rows("SELECT body FROM ledger WHERE kind = 'scan_attached'")
    assert kept["sha256"] in entry["body"] and str(judge(1)) not in entry["body"]


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("hello", "paper_code_wrong"),
        ("L1.x.y.lesson.00000000", "paper_code_wrong"),
        ("{code}0", "paper_code_wrong"),
        ("{judge}.{entry}.lesson.{rule}", "paper_code_wrong"),
        ("L1.{judge}.{entry}.lesson.ffffffff", "paper_other_rule"),
        ("L1.{judge}.{judge}.lesson.{rule}", "no_such_sheet"),
        ("L1.{judge}.{entry}.dance.{rule}", "no_such_sheet"),
        ("L1.{judge}.{entry}.design.{rule}", "paper_not_on_paper"),
        ("  l1.{JUDGE}.{entry}.lesson.{rule}  ", ""),
    ],
)
async def test_what_a_scanner_may_bring(scoring_database: Database, client: Open, text: str, code: str) -> None:
    place, key, first, _, _ = await opened(scoring_database, client)
    await sends(first, place, key)
    rule = (await scoring_database.value("SELECT rule_hash FROM activity_rules"))[:8]
    filled = text.format(
        code=code_of(key, rule).text,
        judge=key.judge_id.hex,
        JUDGE=key.judge_id.hex.upper(),
        entry=key.entry_id.hex,
        rule=rule,
    )
    answer = await first.http.get("/scoring/papers", params={"sheet": filled}, headers=first.headers())
    page = await first.http.get("/scoring/papers", params={"sheet": filled}, headers=first.headers(accept="text/html"))
    assert answer.json().get("code", "") == code
    assert (answer.status_code, page.status_code) == (
        {"": 200, "no_such_sheet": 404}.get(code, 422),
        200 if not code else 422,
    )


async def test_the_desk_sees_what_a_tablet_sent_meanwhile(scoring_database: Database, client: Open) -> None:
    place, key, first, _, _ = await opened(scoring_database, client)
    await sends(first, place, key, whole=True)
    (held,) = await place.send(place.revision(key.judge_id, key.entry_id, key.part, READ))
    assert held.disposition == "held_locked"
    lines = (await first.get(f"/scoring/divisions/{place.division_id}/papers")).json()["papers"]
    assert {each["part"]: each["held"] for each in lines if each["judge_id"] == str(key.judge_id)} == {
        "design": None, "lesson": held.ledger_position, "reflection": None,
    }  # fmt: skip
    page = await first.get(f"/scoring/divisions/{place.division_id}/papers", accept="text/html")
    assert page.status_code == 200


@pytest.mark.parametrize("role", ["judge", "supervisor", "timekeeper", "usher", "participant"])
async def test_only_a_scorekeeper_types(scoring_database: Database, client: Open, role: str) -> None:
    place, key, first, _, http = await opened(scoring_database, client)
    await sends(first, place, key)
    person = await sign_in(scoring_database, http, role)
    assert (await person.post(f"{address(key)}/typings", {"id": str(new_id()), "marks": READ})).status_code == 403
    assert (await sends(person, place, key, whole=True)).status_code == 403
    assert (await person.get("/scoring/papers")).status_code == 403


async def test_a_wrong_number_is_told_at_its_field_and_keeps_what_was_typed(
    scoring_database: Database, client: Open
) -> None:
    place, key, first, _, _ = await opened(scoring_database, client)
    await sends(first, place, key)
    sent = {"id": str(new_id()), "marks.content": "31", "marks.delivery": "", "comment": "清楚"}
    page = await first.form(f"{address(key)}/typings", sent)
    assert page.status_code == 422 and 'value="31"' in page.text and "清楚" in page.text
    assert await scoring_database.value("SELECT count(*) FROM paper_typings") == 0
