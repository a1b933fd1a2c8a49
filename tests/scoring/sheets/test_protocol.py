"""Protocol 2: what a device signed is recorded whatever becomes of it; what it did not sign is no revision."""

import base64
from typing import Any
from uuid import UUID

import msgspec
import pytest

from services.scoring.cli import rebuild
from services.scoring.sheets.domain import SIGNED, Decided, as_body, canonical, from_body, wire
from shared.db import transaction
from shared.errors import Refused
from shared.ids import new_id
from tests.conftest import Database
from tests.scoring.people import Person, sign_in
from tests.scoring.samples import judge
from tests.scoring.stage import NOW, Hall, assign, hall
from tests.scoring.tablets import Tablet

MARKS = {"content": 270, "delivery": 400}


async def opened(database: Database, client: Any) -> tuple[Hall, Person, Tablet]:
    """A hall, judge 1 signed in, on a tablet of judge 1."""
    stage, http = await hall(database), await client(database)
    person = await sign_in(database, http, "judge", handle=judge(1))
    tablet = Tablet()
    await tablet.enrol(database, judge(1))
    return stage, person, tablet


async def test_a_signed_revision_is_recorded_with_what_proves_it(scoring_database: Any, client: Any) -> None:
    stage, person, tablet = await opened(scoring_database, client)
    body = tablet.write(judge(1), stage.entries[0], "lesson", MARKS, comment='板书清楚 😀 "引号" \\ / \u2028')
    signature = tablet.sign(body)
    answer = await tablet.send(person, body, signature)
    again = await tablet.send(person, body, signature)
    (row,) = await scoring_database.rows("SELECT * FROM revisions")
    (entry,) = await scoring_database.rows("SELECT position, body FROM ledger")
    told = msgspec.json.decode(entry["body"])["body"]
    assert (answer.status_code, answer.json()["disposition"]) == (200, "counted")
    assert again.json() == answer.json()
    assert answer.json()["ledger_position"] == entry["position"] == 1
    assert (row["protocol"], row["signature"], row["source"]) == (2, signature, "tablet")
    assert (told["protocol"], told["signature"], told["source"]) == (2, signature, "tablet")
    replayed = from_body(told, judge(1), stage.division_id).revision
    assert canonical(replayed) == body
    wire.check(tablet.key.public_key(), canonical(replayed), told["signature"])


@pytest.mark.parametrize(
    ("disposition", "changes"),
    [
        ("counted", {}),
        ("superseded", {"seq": 1, "base": UUID(int=5)}),
        ("held_locked", {}),
        ("held_conflict", {"base": UUID(int=5)}),
        ("held_invalid", {"marks": {"content": 301}}),
        ("held_recused", {}),
        ("held_rubric", {"rubric_version": 2}),
    ],
)
async def test_each_disposition_is_recorded(
    scoring_database: Any, client: Any, disposition: str, changes: dict[str, Any]
) -> None:
    stage, person, tablet = await opened(scoring_database, client)
    earlier = Tablet() if disposition == "held_conflict" else tablet
    if earlier is not tablet:
        await earlier.enrol(scoring_database, judge(1))
    if disposition in ("superseded", "held_conflict"):
        first = earlier.write(judge(1), stage.entries[0], "lesson", MARKS, seq=9)
        assert (await earlier.send(person, first)).json()["disposition"] == "counted"
    if disposition == "held_locked":
        await scoring_database.execute("INSERT INTO stage_locks VALUES ($1, 'final', true, 1)", stage.division_id)
    if disposition == "held_recused":
        await assign(scoring_database, stage.division_id, judge(1), stage.entries[0], "recused")
    answer = await tablet.send(
        person, tablet.write(judge(1), stage.entries[0], "lesson", **{"marks": MARKS, **changes})
    )
    stored = await scoring_database.value("SELECT disposition FROM revisions ORDER BY ledger_position DESC LIMIT 1")
    kept = await scoring_database.value("SELECT body FROM ledger ORDER BY position DESC LIMIT 1")
    assert (answer.status_code, answer.json()["disposition"], stored) == (200, disposition, disposition)
    assert f'"disposition":"{disposition}"' in kept


async def test_bytes_that_are_no_revision_are_told_so_and_leave_nothing(scoring_database: Any, client: Any) -> None:
    stage, person, tablet = await opened(scoring_database, client)
    good = tablet.write(judge(1), stage.entries[0], "lesson", MARKS)
    stranger, path = Tablet(), f"/scoring/revisions/{msgspec.json.decode(good)['id']}"
    unknown = stranger.write(judge(1), stage.entries[0], "lesson", MARKS)
    tries = [
        (b"", None, "revision_unreadable"),
        (b"<html>", None, "revision_unreadable"),
        (good + b" ", None, "revision_unreadable"),
        (good.replace(b'"seq":1', b'"seq":1,"seq":1'), None, "revision_unreadable"),
        (good.replace(b'"seq":1', b'"seq":1.0'), None, "revision_unreadable"),
        (good.replace(b'"seq":1', b'"seq":0'), None, "revision_unreadable"),
        (good.replace(b'"protocol":2', b'"protocol":3'), None, "revision_unreadable"),
        (good.replace(b'"comment":""', b'"comment":"\\ud800"'), None, "revision_unreadable"),
        (good.replace(b'"comment":""', b'"comment":"\\u0000"'), None, "revision_unreadable"),
        (good.replace(b'"comment":""', b'"comment":"\xff"'), None, "revision_unreadable"),
        (good.replace(b'"comment":""', b'"comment":"' + b"a" * 2001 + b'"'), None, "revision_unreadable"),
        (good, "", "signature_wrong"),
        (good, "A" * 86, "signature_wrong"),
        (good, "你".encode().hex(), "signature_wrong"),
        (good, tablet.sign(good + b" "), "signature_wrong"),
        (good, stranger.sign(good), "signature_wrong"),
        (good.replace(b'"content":270', b'"content":271'), tablet.sign(good), "signature_wrong"),
        (unknown, stranger.sign(unknown), "device_unknown"),
    ]
    for body, signature, code in tries:
        own = f"/scoring/revisions/{msgspec.json.decode(body)['id']}" if body == unknown else path
        headers = person.headers() | {"Content-Type": "application/json"}
        headers["Laurel-Signature"] = tablet.sign(body) if signature is None else signature
        refused = await person.http.put(own, content=body, headers=headers)
        assert (refused.status_code, refused.json().get("code")) == (422, code), body
    other = await tablet.send(person, good, path=f"/scoring/revisions/{new_id()}")
    assert (other.status_code, other.json()["code"]) == (422, "revision_unreadable")
    assert await scoring_database.value("SELECT count(*) FROM ledger") == 0
    assert (await tablet.send(person, good)).json()["disposition"] == "counted"


async def test_an_enrolled_device_may_not_leave_the_signature_out(scoring_database: Any, client: Any) -> None:
    stage, person, tablet = await opened(scoring_database, client)
    said = {
        "protocol": 1, "device_id": str(tablet.id), "seq": 1, "base": None, "entry_id": str(stage.entries[0]),
        "part": "lesson", "rubric_version": 1, "marks": MARKS,
    }  # fmt: skip
    for body in (said, said | {"protocol": 2}):
        refused = await person.put(f"/scoring/revisions/{new_id()}", body)
        assert (refused.status_code, refused.json()["code"]) == (422, "signature_missing")
    taken = await person.put(f"/scoring/revisions/{new_id()}", said | {"device_id": str(new_id())})
    assert taken.json()["disposition"] == "counted"
    (row,) = await scoring_database.rows("SELECT protocol, signature, source FROM revisions")
    assert tuple(row) == (1, None, "form")


async def test_a_revoked_device_is_asked_to_hand_over_its_queue(scoring_database: Any, client: Any) -> None:
    stage, person, tablet = await opened(scoring_database, client)
    first, second = (tablet.write(judge(1), each, "lesson", MARKS) for each in stage.entries)
    assert (await tablet.send(person, first)).status_code == 200
    await tablet.revoke(scoring_database)
    refused = await tablet.send(person, second)
    assert (refused.status_code, refused.json()["code"]) == (401, "device_revoked")
    assert await scoring_database.value("SELECT count(*) FROM ledger") == 1


async def test_yesterdays_judge_drains_through_todays_session(scoring_database: Any, client: Any) -> None:
    stage, person, tablet = await opened(scoring_database, client)
    body = tablet.write(judge(2), stage.entries[0], "lesson", MARKS)
    refused = await tablet.send(person, body)
    assert (refused.status_code, refused.json()["code"]) == (403, "not_signed_on")
    await scoring_database.execute(
        "INSERT INTO sign_ons (id, device_id, judge_id, signature, at) VALUES ($1, $2, $3, '', $4)",
        new_id(), tablet.id, judge(2), NOW,
    )  # fmt: skip
    taken = await tablet.send(person, body)
    assert taken.json()["disposition"] == "counted"
    assert await scoring_database.value("SELECT judge_id FROM revisions") == judge(2)


async def test_one_id_with_other_bytes_is_a_conflict(scoring_database: Any, client: Any) -> None:
    stage, person, tablet = await opened(scoring_database, client)
    body = tablet.write(judge(1), stage.entries[0], "lesson", MARKS)
    assert (await tablet.send(person, body)).status_code == 200
    other = body.replace(b'"content":270', b'"content":271')
    refused = await tablet.send(person, other)
    assert (refused.status_code, refused.json()["code"]) == (409, "revision_reused")
    resigned = await tablet.send(person, body)
    assert resigned.status_code == 200, "a signature of ECDSA is another each time; the bytes are what must be the same"
    assert await scoring_database.value("SELECT count(*) FROM ledger") == 1


async def test_a_rebuild_gives_both_protocols_back_and_entries_of_before(scoring_database: Any, client: Any) -> None:
    stage, person, tablet = await opened(scoring_database, client)
    await tablet.send(person, tablet.write(judge(1), stage.entries[0], "lesson", MARKS, comment="é"))
    await stage.send(stage.revision(judge(2), stage.entries[0], "lesson", {"content": "1"}))
    differences = await rebuild(stage.pool, NOW)
    assert {sum(tables.values()) for tables in differences.values()} == {0}
    await scoring_database.execute("UPDATE revisions SET source = 'export' WHERE protocol = 2")
    async with transaction(stage.pool, "scoring_system"):
        differences = await rebuild(stage.pool, NOW)
    assert differences[stage.division_id]["revisions"] == 2, "one row as it was and one as the ledger has it"
    rows = await scoring_database.rows("SELECT protocol, source FROM revisions ORDER BY protocol")
    assert [tuple(row) for row in rows] == [(1, "form"), (2, "tablet")]


def test_an_entry_of_before_protocol_2_replays_as_unsigned_and_from_a_form() -> None:
    tablet = Tablet()
    body = tablet.write(judge(1), judge(3), "lesson", MARKS)
    revision = wire.read(body, tablet.sign(body), "export")
    decided = Decided(revision=revision, division_id=new_id(), disposition="counted", head=revision.id)
    told = msgspec.json.decode(msgspec.json.encode(as_body(decided)))
    assert (told["protocol"], told["source"]) == (SIGNED, "export")
    for key in ("protocol", "signature", "source"):
        del told[key]
    old = from_body(told, judge(1), new_id()).revision
    assert (old.protocol, old.signature, old.source) == (1, None, "form")


def test_a_signature_is_raw_and_of_this_curve() -> None:
    tablet = Tablet()
    der = base64.urlsafe_b64encode(tablet.key.sign(b"x", wire.ALGORITHM)).decode().rstrip("=")
    with pytest.raises(Refused):
        wire.check(tablet.key.public_key(), b"x", der)
    with pytest.raises(Refused):
        wire.key(b"\x04" + bytes(64))
    wire.check(wire.key(tablet.public_key), b"x", tablet.sign(b"x"))


async def test_a_session_that_has_ended_sends_nothing_unsigned(scoring_database: Any, client: Any) -> None:
    stage, person, _ = await opened(scoring_database, client)
    body = {
        "protocol": 1, "device_id": str(new_id()), "seq": 1, "base": None, "entry_id": str(stage.entries[0]), "part": "lesson",
        "rubric_version": 1, "marks": MARKS,
    }  # fmt: skip
    assert (await person.put(f"/scoring/revisions/{new_id()}", body)).status_code == 200
    await scoring_database.execute("UPDATE sessions SET revoked_at = clock_timestamp()")
    answer = await person.put(f"/scoring/revisions/{new_id()}", {**body, "seq": 2})
    assert (answer.status_code, answer.json()["code"]) == (401, "sign_in_first")
