"""What a tablet is given to mark with: own entries and own sheets only, and nothing again that it has already."""

from typing import Any

from shared.ids import new_id
from tests.scoring.people import Person, sign_in
from tests.scoring.samples import judge
from tests.scoring.seated import SHARED, seated, unit
from tests.scoring.stage import MARKS, NOW, SUPERVISOR, Hall
from tests.scoring.two_people import lock, seal


async def opened(database: Any, client: Any, **dress: Any) -> tuple[Hall, Person]:
    place = await seated(database, **dress)
    return place, await sign_in(database, await client(database), "judge", handle=judge(1))


async def test_the_desk_holds_all_to_mark_with_and_the_own_sheets_only(scoring_database: Any, client: Any) -> None:
    place, person = await opened(scoring_database, client, units={judge(1): unit(2)})
    mine = place.revision(judge(1), place.entries[0], "lesson", MARKS["lesson"])
    await place.send(mine, place.revision(judge(2), place.entries[0], "lesson", {"content": "1", "delivery": "2"}))
    desk = (await person.get("/scoring/tablet/desk")).json()
    (division,) = desk["divisions"]
    (entry,) = division["entries"]
    lesson = next(part for part in division["parts"] if part["key"] == "lesson")
    sent = entry["sheets"]["lesson"]
    assert (desk["protocol"], desk["judge"]) == (2, {"judge_id": str(judge(1)), "name": "评委1"})
    assert (division["seat"], division["is_leader"], division["sealed"], division["release"]) == (1, True, False, "ceremony")
    assert (entry["entry_id"], entry["code"], entry["order"]) == (str(place.entries[0]), "A01", 1), "recused from the second"
    assert [each["key"] for each in division["parts"]] == ["design", "lesson", "reflection"]
    assert (lesson["when"], lesson["highest"], lesson["digits"], lesson["locked"]) == ("hall", "75", 1, False)
    assert [(each["key"], each["highest_count"]) for each in lesson["criteria"]] == [("content", 300), ("delivery", 450)]
    assert not {"count", "value", "earlier"} & set(lesson["criteria"][0])
    assert sent["head"] == sent["last"] | {"disposition": "counted"}
    assert (sent["head"]["revision_id"], sent["head"]["marks"]) == (str(mine.id), {"content": 270, "delivery": 400})
    assert entry["sheets"]["design"]["head"] is None and not sent["asked_again"]


async def test_a_tablet_that_has_it_already_is_told_so(scoring_database: Any, client: Any) -> None:
    place, person = await opened(scoring_database, client)
    first = await person.get("/scoring/tablet/desk")
    headers = person.headers() | {"If-None-Match": first.headers["etag"]}
    again = await person.http.get("/scoring/tablet/desk", headers=headers)
    assert (again.status_code, again.content) == (304, b"")
    await place.send(place.revision(judge(1), place.entries[0], "lesson", MARKS["lesson"]))
    assert (await person.http.get("/scoring/tablet/desk", headers=headers)).status_code == 200


async def test_the_desk_says_when_a_part_is_locked_a_sheet_asked_for_again_and_all_sealed(scoring_database: Any, client: Any) -> None:
    place, person = await opened(scoring_database, client)
    await place.mark_all()
    await scoring_database.execute(
        "INSERT INTO remark_requests (id, division_id, stage, entry_id, scope, asked_by, asked_at)"
        " VALUES ($1, $2, 'final', $3, 'lesson', $4, $5::timestamptz + interval '1 minute')",
        new_id(), place.division_id, place.entries[0], SUPERVISOR, NOW,
    )  # fmt: skip
    (division,) = (await person.get("/scoring/tablet/desk")).json()["divisions"]
    asked = {part: each["asked_again"] for part, each in division["entries"][0]["sheets"].items()}
    assert asked == {"design": False, "lesson": True, "reflection": False}
    await lock(place)
    (division,) = (await person.get("/scoring/tablet/desk")).json()["divisions"]
    assert [part["locked"] for part in division["parts"]] == [True, True, True]
    assert not division["sealed"]


async def test_the_desk_says_that_all_is_sealed(scoring_database: Any, client: Any) -> None:
    place, person = await opened(scoring_database, client, rule=SHARED)
    await place.mark_all()
    await lock(place)
    await seal(place)
    (division,) = (await person.get("/scoring/tablet/desk")).json()["divisions"]
    assert division["sealed"]
