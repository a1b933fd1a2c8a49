"""Uploading a season folder over HTTP: all or nothing, once, by an organiser."""

from typing import Any

import httpx

from tests.registration.conftest import Client, sent, uploads


async def test_a_fault_is_told_with_its_place_and_nothing_is_stored(
    administrator: Client, season_files: dict[str, bytes], registration_database: Any
) -> None:
    season_files["branches.csv"] = season_files["branches.csv"].replace(b",9\n", b",nine\n")
    checked = await sent(administrator, "/registration/seasons/checks", files=uploads(season_files))
    assert checked.status_code == 201
    (fault,) = checked.json()["faults"]
    assert (fault["file"], fault["row"], fault["column"], fault["value"]) == ("branches.csv", 3, "青年教师数", "nine")
    assert fault["sentence"] == "不是整数，请填写整数"
    stored = await sent(administrator, f"/registration/seasons/{checked.json()['check_id']}")
    assert (stored.status_code, stored.json()["code"]) == (422, "season_has_faults")
    assert await registration_database.value("SELECT count(*) FROM branches") == 0
    assert await registration_database.value("SELECT content FROM season_checks") is None


async def test_a_season_is_stored_whole_and_told_to_the_others(organiser: Client, registration_database: Any) -> None:
    count = registration_database.value
    assert await count("SELECT count(*) FROM persons") == 8
    assert await count("SELECT count(*) FROM accounts") == 8
    assert await count("SELECT count(*) FROM branches") == 2
    assert await count("SELECT count(*) FROM units WHERE branch_id IS NOT NULL") == 3
    assert await count("SELECT count(*) FROM grants WHERE role = 'branch_officer'") == 2
    assert await count("SELECT count(*) FROM outbox WHERE subject LIKE 'members.described.v1.%'") == 7
    assert await count("SELECT count(*) FROM outbox WHERE subject = 'registration.activity.opened.v1'") == 1
    assert await count("SELECT content FROM season_checks") is None, "the roster of the upload is gone"


async def test_the_same_folder_again_changes_nothing_and_another_is_refused(
    organiser: Client, season_files: dict[str, bytes], registration_database: Any
) -> None:
    checked = await sent(organiser, "/registration/seasons/checks", files=uploads(season_files))
    assert checked.json()["faults"] == []
    again = await sent(organiser, f"/registration/seasons/{checked.json()['check_id']}")
    assert again.status_code == 201
    assert await registration_database.value("SELECT count(*) FROM outbox") == 8
    season_files["branches.csv"] = season_files["branches.csv"].replace(b",9\n", b",10\n")
    other = await sent(organiser, "/registration/seasons/checks", files=uploads(season_files))
    assert [each["code"] for each in other.json()["faults"]] == ["season_exists"]


async def test_a_zip_of_the_folder_is_as_good(administrator: Client, season_files: dict[str, bytes]) -> None:
    import io
    import zipfile

    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        for path, each in season_files.items():
            archive.writestr(f"season/{path}", each)
    checked = await sent(
        administrator, "/registration/seasons/checks", files=[("archive", ("season.zip", content.getvalue()))]
    )
    assert checked.json()["faults"] == []


async def test_the_upload_page_lists_each_fault(administrator: Client, season_files: dict[str, bytes]) -> None:
    season_files["branches.csv"] = season_files["branches.csv"].replace(b",9\n", b",nine\n")
    session = (await administrator.get("/registration/session")).json()
    done = await administrator.post(
        "/registration/seasons/checks",
        files=[*uploads(season_files), ("_csrf", (None, session["csrf"]))],
        headers={"Origin": "http://laurel.test", "Accept": "text/html"},
    )
    assert done.status_code == 303
    page = await administrator.get(done.headers["location"], headers={"Accept": "text/html"})
    assert page.status_code == 200
    assert "不是整数，请填写整数" in page.text
    assert "nine" in page.text
    english = await administrator.get(done.headers["location"] + "?language=en", headers={"Accept": "text/html"})
    assert "This is not a whole number" in english.text or "whole number" in english.text


async def test_every_page_of_the_organiser_opens_in_both_languages(organiser: Client) -> None:
    paths = [
        "",
        "overview",
        "seasons",
        "accounts",
        "people",
        "branches",
        "activities",
        "sign-in",
        "passwords",
        "setup",
        "tickets?service=scoring",
    ]
    listed = await organiser.get("/registration/activities", headers={"Accept": "application/json"})
    activity_id = listed.json()["activities"][0]["id"]
    for path in [*paths, f"activities/{activity_id}"]:
        for language in ("zh-CN", "en"):
            mark = "&" if "?" in path else "?"
            page = await organiser.get(
                f"/registration/{path}{mark}language={language}", headers={"Accept": "text/html"}
            )
            assert page.status_code == 200, (path, page.text)
            assert f'<html lang="{language}">' in page.text


async def test_somebody_without_the_role_uploads_nothing(client: Any, registration_database: Any) -> None:
    opened: httpx.AsyncClient = await client(registration_database)
    refused = await sent(opened, "/registration/seasons/checks", files=uploads({"season.toml": b""}))
    assert (refused.status_code, refused.json()["code"]) == (401, "sign_in_first")
