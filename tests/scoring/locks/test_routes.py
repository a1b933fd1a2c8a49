"""Locking over HTTP: one asks, another confirms; as JSON and as a plain form."""

from typing import Any

from shared.ids import new_id
from tests.scoring.people import sign_in
from tests.scoring.samples import judge
from tests.scoring.stage import hall


async def test_scorekeeper_and_supervisor_lock_a_stage_together(scoring_database: Any, client: Any) -> None:
    stage, http = await hall(scoring_database), await client(scoring_database)
    await stage.mark_all()
    scorekeeper = await sign_in(scoring_database, http, "scorekeeper")
    supervisor = await sign_in(scoring_database, http, "supervisor")
    request_id = str(new_id())
    path = f"/scoring/divisions/{stage.division_id}/locks"
    asked = await scorekeeper.post(path, {"id": request_id, "stage": "final", "kind": "lock"})
    alone = await scorekeeper.post(f"/scoring/locks/{request_id}/confirmations")
    confirmed = await supervisor.post(f"/scoring/locks/{request_id}/confirmations")
    assert [asked.status_code, alone.status_code, confirmed.status_code] == [201, 403, 201]
    assert confirmed.json()["confirmed_by"] == str(supervisor.handle)
    assert await scoring_database.value("SELECT locked FROM stage_locks") is True


async def test_one_person_with_both_roles_cannot_do_both(scoring_database: Any, client: Any) -> None:
    stage, http = await hall(scoring_database), await client(scoring_database)
    await stage.mark_all()
    both = await sign_in(scoring_database, http, "scorekeeper", "supervisor")
    request_id = str(new_id())
    await both.post(f"/scoring/divisions/{stage.division_id}/locks", {"id": request_id, "stage": "final", "kind": "lock"})
    refused = await both.post(f"/scoring/locks/{request_id}/confirmations")
    assert (refused.status_code, refused.json()["code"]) == (403, "second_person_needed")


async def test_a_stage_is_unlocked_by_a_correction_only_where_its_effect_is_seen(scoring_database: Any, client: Any) -> None:
    stage, http = await hall(scoring_database), await client(scoring_database)
    scorekeeper = await sign_in(scoring_database, http, "scorekeeper")
    body = {"id": str(new_id()), "stage": "final", "kind": "unlock", "reason": "补评"}
    refused = await scorekeeper.post(f"/scoring/divisions/{stage.division_id}/locks", body)
    assert (refused.status_code, refused.json()["code"]) == (422, "unlock_by_correction")
    assert await scoring_database.value("SELECT count(*) FROM lock_requests") == 0


async def test_an_unmarked_mark_refuses_the_lock_with_its_place_in_both_languages(scoring_database: Any, client: Any) -> None:
    stage, http = await hall(scoring_database), await client(scoring_database)
    await stage.mark_all(skip=[(judge(5), stage.entries[1], "reflection")])
    scorekeeper = await sign_in(scoring_database, http, "scorekeeper")
    path = f"/scoring/divisions/{stage.division_id}/locks"
    sentences = []
    for language in ("zh-CN", "en"):
        body = {"id": str(new_id()), "stage": "final", "kind": "lock"}
        refused = await scorekeeper.post(path, body, **{"Accept-Language": language})
        assert (refused.status_code, refused.json()["code"]) == (422, "lock_unmarked")
        sentences.append(refused.text)
    assert all("A02 reflection" in each for each in sentences)
    assert sentences[0] != sentences[1]


async def test_a_form_without_javascript_locks_too(scoring_database: Any, client: Any) -> None:
    stage, http = await hall(scoring_database), await client(scoring_database)
    await stage.mark_all()
    scorekeeper = await sign_in(scoring_database, http, "scorekeeper")
    fields = {"id": str(new_id()), "stage": "final", "kind": "lock", "reason": ""}
    answer = await scorekeeper.form(f"/scoring/divisions/{stage.division_id}/locks", fields)
    assert (answer.status_code, answer.headers["location"]) == (303, f"/scoring/divisions/{stage.division_id}")
    assert await scoring_database.value("SELECT count(*) FROM lock_requests") == 1


async def test_a_refused_form_comes_back_with_its_reason_and_the_typed_text(scoring_database: Any, client: Any) -> None:
    stage, http = await hall(scoring_database), await client(scoring_database)
    scorekeeper = await sign_in(scoring_database, http, "scorekeeper")
    fields = {"id": str(new_id()), "stage": "final", "kind": "lock", "reason": ""}
    page = await scorekeeper.form(f"/scoring/divisions/{stage.division_id}/locks", fields)
    assert page.status_code == 422
    assert 'id="faults"' in page.text
    assert "56" in page.text
