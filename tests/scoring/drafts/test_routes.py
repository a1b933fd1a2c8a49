"""Drafts: the judge's alone, the latest stands, a sheet that was sent makes them void, and they count for nothing."""

from typing import Any

from shared.db import transaction
from shared.ids import new_id
from tests.scoring.people import sign_in
from tests.scoring.samples import judge
from tests.scoring.seated import seated

TYPED = {"content": "27.", "delivery": ""}


def draft(**changes: Any) -> dict[str, Any]:
    return {
        "judge_id": str(judge(1)), "device_id": str(new_id()), "base": None, "marks": TYPED, "comment": "板书", "reason": "", "written_at": 5, **changes,
    }  # fmt: skip


async def test_a_draft_comes_back_on_another_tablet_until_the_sheet_is_sent(scoring_database: Any, client: Any) -> None:
    place, http = await seated(scoring_database), await client(scoring_database)
    person = await sign_in(scoring_database, http, "judge", handle=judge(1))
    path = f"/scoring/drafts/{place.entries[0]}/lesson"
    body = draft()
    kept = await person.put(path, body)
    again = await sign_in(scoring_database, http, "judge", handle=judge(1))
    read = (await again.get("/scoring/drafts")).json()["drafts"]
    assert kept.status_code == 200
    del body["judge_id"]
    assert read == [{"entry_id": str(place.entries[0]), "part": "lesson", **body}]
    assert await scoring_database.value("SELECT count(*) FROM ledger") == 0
    await scoring_database.execute("UPDATE drafts SET kept_at = '2026-01-01'")
    await place.send(place.revision(judge(1), place.entries[0], "lesson", {"content": "27.0"}))
    assert (await again.get("/scoring/drafts")).json() == {"drafts": []}


async def test_the_latest_stands_but_an_older_one_of_the_same_tablet_comes_too_late(scoring_database: Any, client: Any) -> None:
    place, http = await seated(scoring_database), await client(scoring_database)
    person = await sign_in(scoring_database, http, "judge", handle=judge(1))
    path, first = f"/scoring/drafts/{place.entries[0]}/lesson", draft(written_at=9)
    await person.put(path, first)
    await person.put(path, {**first, "written_at": 8, "comment": "older"})
    assert [each["comment"] for each in (await person.get("/scoring/drafts")).json()["drafts"]] == ["板书"]
    await person.put(path, draft(written_at=1, comment="another tablet, its clock behind"))
    read = (await person.get("/scoring/drafts")).json()["drafts"]
    assert [each["comment"] for each in read] == ["another tablet, its clock behind"]


async def test_nobody_else_reads_or_writes_a_draft(scoring_database: Any, client: Any) -> None:
    place, http = await seated(scoring_database), await client(scoring_database)
    person = await sign_in(scoring_database, http, "judge", handle=judge(1))
    await person.put(f"/scoring/drafts/{place.entries[0]}/lesson", draft())
    other = await sign_in(scoring_database, http, "judge", handle=judge(2))
    assert (await other.get("/scoring/drafts")).json() == {"drafts": []}
    stranger = await sign_in(scoring_database, http, "judge", handle=judge(55))
    for who, path in ((stranger, f"{place.entries[0]}/lesson"), (person, f"{new_id()}/lesson"), (person, f"{place.entries[0]}/song")):
        refused = await who.put(f"/scoring/drafts/{path}", draft(judge_id=str(who.handle)))
        assert (refused.status_code, refused.json()["code"]) == (404, "no_such_sheet")
    refused = await other.put(f"/scoring/drafts/{place.entries[0]}/lesson", draft())
    assert (refused.status_code, refused.json()["code"]) == (403, "not_assigned"), "typed by the judge before"
    staff = await sign_in(scoring_database, http, "scorekeeper", "supervisor")
    assert (await staff.get("/scoring/drafts")).status_code == 403
    for audience in ("scoring_desk", "scoring_supervisor", "scoring_system", "scoring_public"):
        async with transaction(place.pool, audience) as tx:
            assert not await tx.fetchval("SELECT has_table_privilege('drafts', 'SELECT')")
    async with transaction(place.pool, "scoring_judge", judge(2)) as tx:
        assert await tx.fetch("SELECT * FROM drafts") == []
