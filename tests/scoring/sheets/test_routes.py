"""The wire form of a revision, and who may use the door."""

from typing import Any
from uuid import uuid4

import pytest

from shared.ids import new_id
from tests.scoring.people import ORIGIN, sign_in
from tests.scoring.samples import judge
from tests.scoring.stage import Hall, hall


def body(stage: Hall, **changes: Any) -> dict[str, Any]:
    return {
        "protocol": 1,
        "device_id": str(stage.devices[judge(1)]),
        "seq": 1,
        "base": None,
        "entry_id": str(stage.entries[0]),
        "part": "lesson",
        "rubric_version": 1,
        "marks": {"content": 270, "delivery": 400},
    } | changes


async def test_a_revision_is_acknowledged_by_its_id_position_and_hash(scoring_database: Any, client: Any) -> None:
    stage, http = await hall(scoring_database), await client(scoring_database)
    sender = await sign_in(scoring_database, http, "judge", handle=judge(1))
    revision_id = str(new_id())
    answer = await sender.put(f"/scoring/revisions/{revision_id}", body(stage, written_at="2026-05-16T09:00:00+08:00"))
    again = await sender.put(f"/scoring/revisions/{revision_id}", body(stage, written_at="2026-05-16T09:00:00+08:00"))
    stored = await scoring_database.rows("SELECT position, encode(hash, 'hex') AS hash FROM ledger")
    assert answer.status_code == 200
    assert answer.json() == {
        "id": revision_id,
        "ledger_position": stored[0]["position"],
        "chain_hash": stored[0]["hash"],
        "disposition": "counted",
        "head": revision_id,
    }
    assert (again.json(), len(stored)) == (answer.json(), 1)


async def test_the_judge_is_the_sessions_and_nobody_marks_for_another(scoring_database: Any, client: Any) -> None:
    stage, http = await hall(scoring_database), await client(scoring_database)
    stranger = await sign_in(scoring_database, http, "judge")
    refused = await stranger.put(f"/scoring/revisions/{new_id()}", body(stage))
    assert (refused.status_code, refused.json()["code"]) == (403, "not_assigned")
    told = await stranger.put(f"/scoring/revisions/{new_id()}", body(stage, judge_id=str(judge(1))))
    assert (told.status_code, told.json()["code"]) == (400, "body_wrong")


@pytest.mark.parametrize(
    ("changes", "status", "code"),
    [
        ({"protocol": 9}, 422, "protocol_unsupported"),
        ({"marks": {"content": 27.5}}, 400, "body_wrong"),
        ({"marks": {"content": "27"}}, 400, "body_wrong"),
        ({"marks": {"content": True}}, 400, "body_wrong"),
        ({"marks": {"content": 10**12}}, 400, "body_wrong"),
        ({"seq": 0}, 400, "body_wrong"),
        ({"device_id": "tablet"}, 400, "body_wrong"),
        ({"colour": "red"}, 400, "body_wrong"),
        ({"part": "les\x00son"}, 400, "body_wrong"),
        ({"comment": "\x00"}, 400, "body_wrong"),
        ({"written_at": "2026-05-16T09:00:00"}, 400, "body_wrong"),
    ],
)
async def test_a_malformed_revision_is_told_why(
    scoring_database: Any, client: Any, changes: dict[str, Any], status: int, code: str
) -> None:
    stage, http = await hall(scoring_database), await client(scoring_database)
    sender = await sign_in(scoring_database, http, "judge", handle=judge(1))
    refused = await sender.put(f"/scoring/revisions/{new_id()}", body(stage, **changes))
    assert (refused.status_code, refused.json()["code"]) == (status, code)
    assert refused.headers["content-type"].startswith("application/problem+json")
    assert await scoring_database.value("SELECT count(*) FROM ledger") == 0


async def test_a_mark_over_the_highest_is_held_not_refused(scoring_database: Any, client: Any) -> None:
    stage, http = await hall(scoring_database), await client(scoring_database)
    sender = await sign_in(scoring_database, http, "judge", handle=judge(1))
    answer = await sender.put(f"/scoring/revisions/{new_id()}", body(stage, marks={"content": 301}))
    assert (answer.status_code, answer.json()["disposition"], answer.json()["head"]) == (200, "held_invalid", None)


async def test_the_same_id_with_other_content_is_a_conflict(scoring_database: Any, client: Any) -> None:
    stage, http = await hall(scoring_database), await client(scoring_database)
    sender = await sign_in(scoring_database, http, "judge", handle=judge(1))
    path = f"/scoring/revisions/{new_id()}"
    await sender.put(path, body(stage))
    conflict = await sender.put(path, body(stage, marks={"content": 1}))
    assert (conflict.status_code, conflict.json()["code"]) == (409, "revision_reused")


async def test_without_a_session_a_role_or_the_token_nothing_is_taken(scoring_database: Any, client: Any) -> None:
    stage, http = await hall(scoring_database), await client(scoring_database)
    path = f"/scoring/revisions/{new_id()}"
    nobody = await http.put(path, json=body(stage), headers={"Origin": ORIGIN, "Accept": "application/json"})
    scorekeeper = await sign_in(scoring_database, http, "scorekeeper", handle=judge(1))
    roleless = await scorekeeper.put(path, body(stage))
    sender = await sign_in(scoring_database, http, "judge", handle=judge(2))
    forged = await http.put(
        path, json=body(stage), headers={"Origin": ORIGIN, "Cookie": f"laurel_scoring={sender.token}", "X-CSRF-Token": "x"}
    )
    assert [nobody.status_code, roleless.status_code, forged.status_code] == [401, 403, 403]
    assert (roleless.json()["code"], forged.json()["code"]) == ("role_absent", "csrf_wrong")
    assert await scoring_database.value("SELECT count(*) FROM ledger") == 0


async def test_a_supervisor_countersigns_a_correction(scoring_database: Any, client: Any) -> None:
    stage, http = await hall(scoring_database), await client(scoring_database)
    sender = await sign_in(scoring_database, http, "judge", handle=judge(1))
    supervisor = await sign_in(scoring_database, http, "supervisor")
    revision_id = str(new_id())
    await sender.put(f"/scoring/revisions/{revision_id}", body(stage, reason="写错"))
    signed = await supervisor.post(f"/scoring/revisions/{revision_id}/countersignatures")
    assert (signed.status_code, signed.json()) == (201, {"revision_id": revision_id, "ledger_position": 2})
    missing = await supervisor.post(f"/scoring/revisions/{uuid4()}/countersignatures")
    assert (missing.status_code, missing.json()["code"]) == (404, "revision_unknown")
    refused = await sender.post(f"/scoring/revisions/{revision_id}/countersignatures")
    assert refused.status_code == 403
