"""The desk uploads, looks and confirms; a judge reads what belongs to the entries to mark, and nothing else."""

from collections.abc import Awaitable, Callable
from typing import Any

import httpx
import pytest

from shared.db import transaction
from shared.web import gate
from tests.conftest import Database
from tests.scoring.people import Person, sign_in
from tests.scoring.samples import judge
from tests.scoring.seated import seated, unit
from tests.scoring.stage import Hall

Open = Callable[..., Awaitable[httpx.AsyncClient]]
PDF = b"%PDF-1.7 lesson plan"
NAMED = b"%PDF-1.7 <</Author (Zhang San)>>"


async def uploads(keeper: Person, place: Hall, files: dict[str, bytes]) -> httpx.Response:
    parts = [("files", (name, content)) for name, content in files.items()]
    headers = keeper.headers()
    return await keeper.http.post(
        f"/scoring/divisions/{place.division_id}/materials",
        files=parts,
        data={"_csrf": gate.csrf(keeper.token)},
        headers=headers,
    )


async def opened(database: Database, client: Open) -> tuple[Hall, Person, httpx.AsyncClient]:
    place = await seated(database, entries=3, units={judge(2): unit(1)})
    http = await client(database)
    return place, await sign_in(database, http, "scorekeeper"), http


async def given(keeper: Person, place: Hall, files: dict[str, bytes], **entries: Any) -> dict[str, Any]:
    seen = (await uploads(keeper, place, files)).json()
    answer = await keeper.post(
        f"/scoring/divisions/{place.division_id}/materials/uploads/{seen['id']}", {"entries": entries}
    )
    assert answer.status_code == 201, answer.text
    listed: list[dict[str, Any]] = (await keeper.get(f"/scoring/divisions/{place.division_id}/materials")).json()[
        "materials"
    ]
    return {each["name"]: each for each in listed}


async def test_the_preview_says_what_matches_and_changes_nothing(scoring_database: Database, client: Open) -> None:
    place, keeper, _ = await opened(scoring_database, client)
    answer = await uploads(
        keeper, place, {"A01-张三.pdf": NAMED, "plan.pdf": PDF, "A02.docx": b"PK\x03\x04", "A03.pdf": b""}
    )
    seen = {each["file_name"]: each for each in answer.json()["found"]}
    assert {name: (each["state"], each["author"]) for name, each in seen.items()} == {
        "A01-张三.pdf": ("fresh", "Zhang San"), "plan.pdf": ("unmatched", ""), "A02.docx": ("wrong_kind", ""), "A03.pdf": ("empty", ""),
    }  # fmt: skip
    page = await keeper.get(
        f"/scoring/divisions/{place.division_id}/materials/uploads/{answer.json()['id']}", accept="text/html"
    )
    assert page.status_code == 200 and "Zhang San" in page.text and "A02.docx" in page.text
    assert await scoring_database.value("SELECT count(*) FROM materials") == 0
    files = keeper.http._transport.app.state.house.more["files"]  # type: ignore[attr-defined]  # the app in this process
    assert not [each for each in files._folder.rglob("*") if each.is_file() and each.read_bytes().startswith(b"PK")]


async def test_a_judge_reads_the_entries_to_mark_and_learns_no_name(scoring_database: Database, client: Open) -> None:
    place, keeper, http = await opened(scoring_database, client)
    listed = await given(keeper, place, {"A01-张三.pdf": PDF, "A02-李四.pdf": NAMED})
    assert set(listed) == {"A01.pdf", "A02.pdf"}
    first, recused = (
        await sign_in(scoring_database, http, "judge", handle=judge(1)),
        await sign_in(scoring_database, http, "judge", handle=judge(2)),
    )
    stranger = await sign_in(scoring_database, http, "judge", handle=judge(50))
    address = f"/scoring/materials/{listed['A01.pdf']['id']}"
    answer = await first.get(address, accept="*/*")
    assert (answer.status_code, answer.content, answer.headers["content-type"]) == (200, PDF, "application/pdf")
    assert "张三" not in str(answer.headers) and "no-cache" in answer.headers["cache-control"]
    again = await http.get(address, headers=first.headers(accept="*/*", **{"If-None-Match": answer.headers["etag"]}))
    assert (again.status_code, again.content) == (304, b"")
    for person in (recused, stranger):
        assert (await person.get(address)).status_code == 404
    assert (await recused.get(f"/scoring/materials/{listed['A02.pdf']['id']}", accept="*/*")).content == NAMED
    async with transaction(place.pool, "scoring_judge", judge(2), judge(2)) as tx:
        assert [row["name"] for row in await tx.fetch("SELECT name FROM materials")] == ["A02.pdf"]
    desk = (await recused.get("/scoring/tablet/desk")).json()
    told = {entry["code"]: entry["materials"] for entry in desk["divisions"][0]["entries"]}
    assert [each["name"] for each in told["A02"]] == ["A02.pdf"] and told["A03"] == [] and "A01" not in told
    assert {"id", "name", "bytes", "media_type"} == set(told["A02"][0])


async def test_a_judge_who_has_left_reads_no_more(scoring_database: Database, client: Open) -> None:
    place, keeper, http = await opened(scoring_database, client)
    listed = await given(keeper, place, {"A01.pdf": PDF})
    address, gone = f"/scoring/materials/{listed['A01.pdf']['id']}", await sign_in(scoring_database, http, "judge", handle=judge(1))
    assert (await gone.get(address, accept="*/*")).content == PDF
    left = await keeper.post(
        f"/scoring/divisions/{place.division_id}/departures", {"judge_id": str(judge(1)), "reason": "身体不适", "kept": []}
    )
    assert left.status_code == 201, left.text
    assert (await gone.get(address)).status_code == 404


async def test_what_is_replaced_or_removed_is_read_no_longer(scoring_database: Database, client: Open) -> None:
    place, keeper, http = await opened(scoring_database, client)
    old = (await given(keeper, place, {"A01.pdf": PDF}))["A01.pdf"]
    new = (await given(keeper, place, {"A01.pdf": NAMED}))["A01.pdf"]
    first = await sign_in(scoring_database, http, "judge", handle=judge(1))
    assert (await first.get(f"/scoring/materials/{old['id']}")).status_code == 404
    assert (await first.get(f"/scoring/materials/{new['id']}", accept="*/*")).content == NAMED
    assert (await keeper.post(f"/scoring/materials/{new['id']}/removals")).status_code == 201
    assert (await first.get(f"/scoring/materials/{new['id']}")).status_code == 404
    assert await scoring_database.value("SELECT count(*) FROM materials WHERE ended_at IS NOT NULL") == 2


async def test_a_file_without_a_code_is_given_to_the_entry_that_the_desk_picks(
    scoring_database: Database, client: Open
) -> None:
    place, keeper, _ = await opened(scoring_database, client)
    seen = (await uploads(keeper, place, {"plan.pdf": PDF, "A02.pdf": NAMED})).json()
    (plan,) = [each for each in seen["found"] if each["file_name"] == "plan.pdf"]
    address = f"/scoring/divisions/{place.division_id}/materials/uploads/{seen['id']}"
    wrong = await keeper.post(address, {"entries": {plan["sha256"]: "not an entry"}})
    assert (wrong.status_code, wrong.json()["code"]) == (422, "material_entry_unknown")
    assert (await keeper.post(address, {"entries": {plan["sha256"]: str(place.entries[2])}})).status_code == 201
    assert (await keeper.post(address, {"entries": {}})).status_code == 201
    rows = await scoring_database.rows("SELECT entry_id, name, file_name FROM materials ORDER BY name")
    assert [(row["entry_id"], row["name"], row["file_name"]) for row in rows] == [
        (place.entries[1], "A02.pdf", "A02.pdf"), (place.entries[2], "A03.pdf", "plan.pdf"),
    ]  # fmt: skip


@pytest.mark.parametrize("role", ["judge", "usher", "timekeeper", "participant"])
async def test_only_the_desk_uploads(scoring_database: Database, client: Open, role: str) -> None:
    place, _, http = await opened(scoring_database, client)
    person = await sign_in(scoring_database, http, role)
    assert (await uploads(person, place, {"A01.pdf": PDF})).status_code == 403


async def test_nothing_chosen_is_said_on_the_page(scoring_database: Database, client: Open) -> None:
    place, keeper, _ = await opened(scoring_database, client)
    sent = {"_csrf": gate.csrf(keeper.token)}
    answer = await keeper.http.post(
        f"/scoring/divisions/{place.division_id}/materials", data=sent, headers=keeper.headers(accept="text/html")
    )
    assert answer.status_code == 422 and "20 MB" in answer.text


async def test_what_is_larger_than_an_upload_may_be_is_refused_before_it_is_read(scoring_database: Database, client: Open) -> None:
    place, keeper, _ = await opened(scoring_database, client)
    headers = keeper.headers(accept="text/html", **{"Content-Type": "multipart/form-data; boundary=x", "Content-Length": str(200 * 2**20)})
    answer = await keeper.http.post(f"/scoring/divisions/{place.division_id}/materials", content=b"--x--", headers=headers)
    assert answer.status_code == 413 and "太大" in answer.text
