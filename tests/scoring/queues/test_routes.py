"""What a tablet could not send comes in at the desk: through the same writer, by its own signature, the carrier named."""

from typing import Any

import httpx
import msgspec

from services.scoring.cli import rebuild
from shared.web import gate
from tests.scoring.people import Person, sign_in
from tests.scoring.queues.carried import codes, content
from tests.scoring.samples import judge
from tests.scoring.seated import seated
from tests.scoring.stage import NOW, Hall
from tests.scoring.tablets import Tablet

MARKS = {"content": 270, "delivery": 400}


async def opened(database: Any, client: Any) -> tuple[Hall, Tablet, Person]:
    """A hall, an enrolled tablet of judge 1, and the scorekeeper."""
    place, tablet = await seated(database), Tablet()
    await tablet.enrol(database, judge(1))
    return place, tablet, await sign_in(database, await client(database), "scorekeeper")


async def bring(staff: Person, file: bytes = b"", typed: str = "", accept: str = "application/json") -> httpx.Response:
    return await staff.http.post(
        "/scoring/queues",
        data={"codes": typed, "_csrf": gate.csrf(staff.token)},
        files={"file": ("laurel-queue.json", file, "application/json")} if file else {"file": ("", b"")},
        headers=staff.headers(accept),
    )


async def test_a_revoked_tablets_queue_counts_and_names_who_carried_it(scoring_database: Any, client: Any) -> None:
    place, tablet, staff = await opened(scoring_database, client)
    written = [tablet.write(judge(1), entry, "lesson", MARKS) for entry in place.entries]
    await tablet.revoke(scoring_database)
    queue = content(*((body, tablet.sign(body)) for body in written))
    answer = await bring(staff, queue)
    again = await bring(staff, typed="\n".join(reversed(codes(queue))))
    assert answer.status_code == 200
    assert [each["disposition"] for each in answer.json()["lines"]] == ["counted", "counted"]
    assert again.json() == answer.json(), "what is here already changes nothing"
    rows = await scoring_database.rows("SELECT judge_id, source, signature, disposition FROM revisions ORDER BY seq")
    assert [(row["judge_id"], row["source"], row["disposition"]) for row in rows] == [
        (judge(1), "export", "counted")
    ] * 2
    told = [
        msgspec.json.decode(row["body"])
        for row in await scoring_database.rows("SELECT body FROM ledger ORDER BY position")
    ]
    carrier = await scoring_database.value("SELECT commitment FROM ledger_people WHERE subject_id = $1", staff.handle)
    assert [(each["actor"], each["body"]["source"]) for each in told] == [(carrier, "export")] * 2
    assert {each["subjects"]["judge"] for each in told} != {carrier}
    assert sum((await rebuild(place.pool, NOW))[place.division_id].values()) == 0


async def test_what_the_tablet_sent_itself_is_not_taken_twice(scoring_database: Any, client: Any) -> None:
    place, tablet, staff = await opened(scoring_database, client)
    body = tablet.write(judge(1), place.entries[0], "lesson", MARKS)
    person = await sign_in(scoring_database, staff.http, "judge", handle=judge(1))
    sent = (await tablet.send(person, body)).json()
    (line,) = (await bring(staff, content((body, tablet.sign(body))))).json()["lines"]
    assert (line["ledger_position"], line["disposition"]) == (sent["ledger_position"], "counted")
    assert await scoring_database.value("SELECT source FROM revisions") == "tablet"


async def test_a_forged_record_is_told_and_the_others_are_taken(scoring_database: Any, client: Any) -> None:
    place, tablet, staff = await opened(scoring_database, client)
    good, forged, foreign = (tablet.write(judge(1), place.entries[0], "lesson", MARKS) for _ in range(3))
    stranger, unsigned = Tablet(), tablet.write(judge(2), place.entries[0], "lesson", MARKS)
    foreign = stranger.write(judge(1), place.entries[0], "lesson", MARKS)
    records = [
        (forged.replace(b'"content":270', b'"content":300'), tablet.sign(forged)),
        (foreign, stranger.sign(foreign)),
        (b"{}", "x"),
        (unsigned, tablet.sign(unsigned)),
        (good, tablet.sign(good)),
    ]
    lines = (await bring(staff, content(*records))).json()["lines"]
    assert [each["code"] for each in lines] == [
        "signature_wrong",
        "device_unknown",
        "revision_unreadable",
        "not_signed_on",
        None,
    ]
    assert all(each["detail"] for each in lines[:4])
    assert await scoring_database.value("SELECT count(*) FROM ledger") == 1


async def test_the_page_says_what_became_of_each_sheet_and_keeps_what_was_scanned(
    scoring_database: Any, client: Any
) -> None:
    place, tablet, staff = await opened(scoring_database, client)
    written = tablet.write(judge(1), place.entries[0], "lesson", MARKS)
    queue = content((written, tablet.sign(written)))
    scanned = codes(queue)
    short = await bring(staff, typed="\n".join(scanned[:-1]), accept="text/html")
    assert short.status_code == 422
    assert f"还缺第 {len(scanned)} 张" in short.text and scanned[0] in short.text
    empty = await bring(staff, accept="text/html")
    assert (empty.status_code, "请先选择平板导出的文件" in empty.text) == (422, True)
    page = await bring(staff, typed="\n".join(scanned), accept="text/html")
    assert page.status_code == 200
    assert all(each in page.text for each in ("评委1", "A01", "lesson", "已计入", "共 1 张评分表，1 张已记入"))
    assert scanned[0] not in page.text, "the field is free for the next tablet"


async def test_only_the_scorekeeper_brings_queues_in(scoring_database: Any, client: Any) -> None:
    place, tablet, staff = await opened(scoring_database, client)
    written = tablet.write(judge(1), place.entries[0], "lesson", MARKS)
    person = await sign_in(scoring_database, staff.http, "judge", "supervisor", handle=judge(1))
    refused = await bring(person, content((written, tablet.sign(written))))
    assert (refused.status_code, refused.json()["code"]) == (403, "role_absent")
    assert (await person.get("/scoring/queues")).status_code == 403
