from collections.abc import Awaitable, Callable
from uuid import UUID

import httpx

from shared.ids import new_id
from tests.conftest import Database
from tests.scoring.people import Person, sign_in
from tests.scoring.samples import judge
from tests.scoring.seated import seated, unit
from tests.scoring.stage import Hall

Open = Callable[..., Awaitable[httpx.AsyncClient]]
LESSON = {"marks.content": "27.5", "marks.delivery": "40"}


async def judge_of(database: Database, http: httpx.AsyncClient, number: int) -> Person:
    return await sign_in(database, http, "judge", handle=judge(number))


def form(base: UUID | str = "", **fields: str) -> dict[str, str]:
    return {"id": str(new_id()), "base": str(base), "rubric_version": "1", "comment": "", **LESSON, **fields}


def path(place: Hall, part: str = "lesson", entry: int = 0) -> str:
    return f"/scoring/sheets/{place.entries[entry]}/{part}"


async def test_a_plain_form_ends_in_the_ledger_and_the_page_shows_what_counts(scoring_database: Database, client: Open) -> None:
    place = await seated(scoring_database)
    person = await judge_of(scoring_database, await client(scoring_database), 1)
    sent = await person.form(path(place), form(comment="板书清楚"))
    assert (sent.status_code, sent.headers["location"]) == (303, path(place))
    row = (await scoring_database.rows("SELECT marks, comment, disposition, ledger_position FROM revisions"))[0]
    assert tuple(row) == ('{"content":275,"delivery":400}', "板书清楚", "counted", 1)
    page = (await person.get(path(place), accept="text/html")).text
    assert "已计入 第 1 条" in page and "67.5" in page
    read = (await person.get(path(place))).json()
    assert read["marks"] == {"content": 275, "delivery": 400} and read["base"] is not None


async def test_a_faulty_form_keeps_every_typed_text_and_says_each_fault(scoring_database: Database, client: Open) -> None:
    place = await seated(scoring_database)
    person = await judge_of(scoring_database, await client(scoring_database), 1)
    answer = await person.form(path(place), form(**{"marks.content": "30.05", "marks.delivery": "", "comment": "留着"}))
    assert answer.status_code == 422
    assert 'value="30.05"' in answer.text and "留着" in answer.text
    assert "0.1 的整数倍" in answer.text and "未评不是 0 分" in answer.text
    assert await scoring_database.value("SELECT count(*) FROM revisions") == 0


async def test_a_correction_needs_a_reason(scoring_database: Database, client: Open) -> None:
    place = await seated(scoring_database)
    person = await judge_of(scoring_database, await client(scoring_database), 1)
    await person.form(path(place), form())
    base = (await person.get(path(place))).json()["base"]
    assert (await person.form(path(place), form(base, **{"marks.content": "28"}))).status_code == 422
    changed = await person.form(path(place), form(base, reason="看错一行", **{"marks.content": "28"}))
    assert changed.status_code == 303
    assert await scoring_database.value("SELECT marks FROM sheet_heads") == '{"content":280,"delivery":400}'


async def test_the_same_form_sent_twice_is_one_revision(scoring_database: Database, client: Open) -> None:
    place = await seated(scoring_database)
    person = await judge_of(scoring_database, await client(scoring_database), 1)
    fields = form()
    assert [(await person.form(path(place), fields)).status_code for _ in range(2)] == [303, 303]
    assert await scoring_database.value("SELECT count(*) FROM revisions") == 1


async def test_a_recused_entry_is_neither_listed_nor_shown(scoring_database: Database, client: Open) -> None:
    place = await seated(scoring_database, units={judge(1): unit(1)})
    person = await judge_of(scoring_database, await client(scoring_database), 1)
    (division,) = (await person.get("/scoring/sheets")).json()["divisions"]
    assert [each["entry_id"] for each in division["entries"]] == [str(place.entries[1])]
    assert (await person.get(path(place))).json()["code"] == "no_such_sheet"
    assert (await person.form(path(place), form())).status_code == 404


async def test_a_judge_sees_only_the_own_marks(scoring_database: Database, client: Open) -> None:
    place = await seated(scoring_database)
    http = await client(scoring_database)
    first, second = await judge_of(scoring_database, http, 1), await judge_of(scoring_database, http, 2)
    await first.form(path(place), form(**{"marks.content": "11.1"}))
    assert "11.1" not in (await second.get(path(place), accept="text/html")).text
    assert (await second.get(path(place))).json()["marks"] == {}


async def test_the_list_tells_a_program_what_it_needs_to_send_a_sheet(scoring_database: Database, client: Open) -> None:
    await seated(scoring_database)
    person = await judge_of(scoring_database, await client(scoring_database), 1)
    (division,) = (await person.get("/scoring/sheets")).json()["divisions"]
    assert (division["rubric_version"], division["protocol"], division["stage"]) == (1, 1, "final")
    assert division["parts"][0]["criteria"][0]["unit"] == {"n": 1, "d": 10}


async def test_who_is_no_judge_has_no_sheets(scoring_database: Database, client: Open) -> None:
    person = await sign_in(scoring_database, await client(scoring_database), "scorekeeper")
    assert (await person.get("/scoring/sheets")).status_code == 403
