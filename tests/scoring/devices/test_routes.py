"""A tablet is enrolled once with its code, a judge of its panel takes it in hand, and staff can take it out of use."""

import asyncio
import base64
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import httpx
import pytest

from shared.ids import new_id, secret_id
from tests.conftest import Database
from tests.scoring.people import ORIGIN, Enrolled, Person, sign_in
from tests.scoring.seated import beside, seated
from tests.scoring.stage import Hall
from tests.scoring.tablets import Tablet

Open = Callable[..., Awaitable[httpx.AsyncClient]]
ABLE = {"secure_context": True, "worker": True, "strict_storage": True, "locks": True, "subtle": True, "persist": False}
DRAWN = "M10 20L30 40Q50 60 70 80"


@dataclass
class Desk:
    """A scorekeeper at the desk of a seated panel."""

    place: Hall
    keeper: Person
    panel_id: UUID

    @property
    def http(self) -> httpx.AsyncClient:
        return self.keeper.http

    async def code(self) -> str:
        offered = await self.keeper.post(f"/scoring/panels/{self.panel_id}/enrolments", {"id": str(new_id())})
        assert offered.status_code == 201, offered.text
        return str(offered.json()["code"])

    async def enrol(self, tablet: Tablet, code: str, **more: Any) -> httpx.Response:
        return await self.write(None, "/scoring/enrolments", {**known(tablet), "code": code, **more})

    async def enrolled(self, tablet: Tablet | None = None) -> Enrolled:
        answer = await self.enrol(tablet or Tablet(), await self.code())
        assert answer.status_code == 201, answer.text
        return Enrolled(answer.cookies["laurel_device"])

    async def sign_on(self, device: Enrolled, judge_id: UUID, **more: Any) -> httpx.Response:
        return await self.write(device, "/scoring/sign-ons", {"id": str(new_id()), "judge_id": str(judge_id), "signature": DRAWN, **more})

    async def write(self, device: Enrolled | None, path: str, body: Any, **headers: str) -> httpx.Response:
        """What a tablet sends on which nobody has signed on."""
        sent = device.headers() if device else {"Origin": ORIGIN, "Accept": "application/json"}
        answer = await self.http.post(path, json=body, headers={**sent, **headers})
        self.http.cookies.clear()
        return answer

    async def tablets(self) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = (await self.keeper.get("/scoring/devices")).json()["tablets"]
        return found


def known(tablet: Tablet) -> dict[str, Any]:
    point = base64.urlsafe_b64encode(tablet.public_key).decode().rstrip("=")
    return {"device_id": str(tablet.id), "public_key": point, "label": "iPad", "abilities": ABLE}


@pytest.fixture
async def desk(scoring_database: Database, client: Open) -> Desk:
    place = await seated(scoring_database)
    keeper = await sign_in(scoring_database, await client(scoring_database), "scorekeeper")
    return Desk(place, keeper, await scoring_database.value("SELECT id FROM panels"))


async def test_a_code_lets_one_tablet_in_and_only_within_two_minutes(desk: Desk, scoring_database: Database) -> None:
    code, first = await desk.code(), Tablet()
    answer = await desk.enrol(first, code)
    assert (answer.status_code, answer.json()["label"]) == (201, "1 · iPad")
    assert "HttpOnly" in answer.headers["set-cookie"] and "Path=/scoring/" in answer.headers["set-cookie"]
    again, other = await desk.enrol(first, code.lower()), await desk.enrol(Tablet(), code)
    assert (again.status_code, again.json()["label"]) == (201, "1 · iPad")
    assert (other.status_code, other.json()["code"]) == (422, "enrolment_used")
    assert (await desk.enrol(Tablet(), "NOSUCHCODE")).json()["code"] == "enrolment_unknown"
    late = await desk.code()
    lasts = await scoring_database.value("SELECT max(expires_at) - clock_timestamp() FROM enrolments")
    assert 115 < lasts.total_seconds() <= 120
    await scoring_database.execute("UPDATE enrolments SET expires_at = clock_timestamp() WHERE used_at IS NULL")
    assert (await desk.enrol(Tablet(), late)).json()["code"] == "enrolment_over"
    rows = await scoring_database.rows("SELECT * FROM enrolments")
    assert not [row for row in rows if code in str(tuple(row.values())) or code.encode() in row["code_hash"]]


async def test_of_two_tablets_with_one_code_at_once_one_comes_in(desk: Desk) -> None:
    code = await desk.code()
    answers = await asyncio.gather(*(desk.enrol(Tablet(), code) for _ in range(4)))
    assert sorted(each.status_code for each in answers) == [201, 422, 422, 422]


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"public_key": base64.urlsafe_b64encode(bytes(65)).decode()}, "key_unreadable"),
        ({"public_key": "x"}, "key_unreadable"),
        ({"public_key": "ü"}, "key_unreadable"),
        ({"label": " "}, "body_wrong"),
        ({"abilities": {"magic": True}}, "body_wrong"),
    ],
)
async def test_what_is_no_tablet_is_refused(desk: Desk, change: dict[str, Any], code: str) -> None:
    answer = await desk.enrol(Tablet(), await desk.code(), **change)
    assert answer.json()["code"] == code and await desk.tablets() == []


async def test_a_code_stands_for_one_panel(desk: Desk) -> None:
    await beside(desk.place)
    other = await desk.place.database.value("SELECT id FROM panels WHERE id <> $1", desk.panel_id)
    body = {"id": str(new_id())}
    answers = [await desk.keeper.post(f"/scoring/panels/{at}/enrolments", body) for at in (desk.panel_id, desk.panel_id, other)]
    assert [each.status_code for each in answers] == [201, 201, 409]
    assert answers[0].json() == answers[1].json() and answers[2].json()["code"] == "offer_reused"


async def test_a_tablets_number_is_not_another_keys(desk: Desk) -> None:
    tablet = Tablet()
    await desk.enrolled(tablet)
    answer = await desk.enrol(Tablet(id=tablet.id), await desk.code())
    assert (answer.status_code, answer.json()["code"]) == (409, "device_reused")


async def test_wechat_is_sent_elsewhere(desk: Desk) -> None:
    body = {**known(Tablet()), "code": await desk.code()}
    answer = await desk.write(None, "/scoring/enrolments", body, **{"User-Agent": "Mozilla/5.0 MicroMessenger/8.0.49"})
    assert (answer.status_code, answer.json()["code"]) == (422, "browser_refused")


async def test_a_tablet_offers_the_names_of_its_panel(desk: Desk) -> None:
    await beside(desk.place)
    device = await desk.enrolled()
    told = (await desk.http.get("/scoring/tablet/judges", headers=device.headers())).json()
    assert [each["name"] for each in told["judges"]] == [*(f"评委{at}" for at in range(1, 8)), "候补1", "候补2"]
    assert (told["venue"], told["division"], told["asks_pin"]) == ("第一会场", "文科组", False)
    stranger = await desk.http.get("/scoring/tablet/judges", headers=Enrolled("nobody").headers())
    assert (stranger.status_code, stranger.json()["code"]) == (401, "device_unknown")


async def test_a_judge_signs_on_and_may_only_judge(desk: Desk, scoring_database: Database) -> None:
    first, tablet = desk.place.judges[0], Tablet()
    await scoring_database.execute("INSERT INTO grants (handle, role) VALUES ($1, 'judge'), ($1, 'administrator')", first)
    device = await desk.enrolled(tablet)
    undrawn = await desk.sign_on(device, first, signature="")
    assert undrawn.json()["code"] == "signature_absent"
    assert (await desk.sign_on(device, secret_id())).json()["code"] == "judge_not_in_panel"
    assert (await desk.sign_on(device, first, signature='M0 0"/><script>')).status_code == 400
    answer = await desk.sign_on(device, first)
    assert (answer.status_code, answer.json()["name"]) == (201, "评委1")
    cookie = {"Cookie": f"laurel_scoring={answer.cookies['laurel_scoring']}"}
    session = (await desk.http.get("/scoring/session", headers=cookie)).json()
    assert session["grants"] == [{"role": "judge", "scope": ""}] and session["csrf"] == answer.json()["csrf"]
    assert (await desk.http.get("/scoring/devices", headers=cookie | {"Accept": "application/json"})).status_code == 403
    (held,) = await desk.tablets()
    assert (held["judge"], held["signature"], held["also_on"]) == ("评委1", DRAWN, [])
    assert (await desk.sign_on(device, first, signature="")).status_code == 201
    assert (await desk.tablets())[0]["signature"] == DRAWN
    rows = await scoring_database.rows("SELECT DISTINCT device_id, judge_id FROM sign_ons")
    assert [tuple(row.values()) for row in rows] == [(tablet.id, first)]


async def test_a_sign_on_said_again_for_another_judge_opens_nothing(desk: Desk) -> None:
    device, said = await desk.enrolled(), {"id": str(new_id())}
    first, second = desk.place.judges[:2]
    for _ in range(2):
        assert (await desk.sign_on(device, first, **said)).status_code == 201
    answers = [await desk.sign_on(device, second, **said), await desk.sign_on(await desk.enrolled(), first, **said)]
    assert [(each.status_code, each.json()["code"]) for each in answers] == [(409, "sign_on_reused")] * 2
    assert not await desk.place.database.value("SELECT count(*) FROM sessions WHERE handle = $1", second)


async def test_a_second_tablet_of_a_judge_is_told_to_the_desk(desk: Desk) -> None:
    for _ in range(2):
        assert (await desk.sign_on(await desk.enrolled(), desk.place.judges[2])).status_code == 201
    assert [(each["label"], each["also_on"]) for each in await desk.tablets()] == [("1 · iPad", ["2 · iPad"]), ("2 · iPad", ["1 · iPad"])]


async def test_a_revoked_tablet_is_out_at_once_and_comes_back_only_by_a_new_code(desk: Desk) -> None:
    tablet = Tablet()
    device = await desk.enrolled(tablet)
    session = (await desk.sign_on(device, desk.place.judges[0])).cookies["laurel_scoring"]
    for _ in range(2):
        revoked = await desk.keeper.post(f"/scoring/devices/{tablet.id}/revocations")
        assert revoked.status_code == 201
    cookie = {"Cookie": f"laurel_scoring={session}"}
    assert (await desk.http.get("/scoring/session", headers=cookie)).json()["csrf"] is None
    for path in ("/scoring/sign-ons", "/scoring/devices/reports"):
        body = {"id": str(new_id()), "judge_id": str(new_id())} if "sign" in path else {"queue": 0, "parked": 0, "clock_ms": 0}
        assert (await desk.write(device, path, body)).json()["code"] == "device_revoked"
    assert (await desk.keeper.post(f"/scoring/devices/{secret_id()}/revocations")).status_code == 404
    fresh = await desk.enrolled(tablet)
    assert (await desk.sign_on(fresh, desk.place.judges[0])).status_code == 201
    assert [each["is_revoked"] for each in await desk.tablets()] == [False]


async def with_pins(desk: Desk) -> dict[UUID, str]:
    await desk.place.database.execute("UPDATE panels SET asks_pin = true")
    made = await desk.keeper.post(f"/scoring/panels/{desk.panel_id}/pins")
    assert made.status_code == 201 and "no-store" in made.headers["cache-control"]
    return {UUID(each["judge_id"]): each["pin"] for each in made.json()["pins"]}


async def test_a_pin_is_asked_where_the_season_asks(desk: Desk) -> None:
    refused = await desk.keeper.post(f"/scoring/panels/{desk.panel_id}/pins")
    assert refused.json()["code"] == "pin_not_asked"
    first, second = desk.place.judges[:2]
    device = await desk.enrolled()
    await desk.place.database.execute("UPDATE panels SET asks_pin = true")
    assert (await desk.sign_on(device, first)).json()["code"] == "pin_absent"
    pins = await with_pins(desk)
    assert len(pins) == 9 and all(len(each) == 6 and each.isdigit() for each in pins.values())
    wrong = f"{(int(pins[first]) + 1) % 10**6:06}"
    assert [(await desk.sign_on(device, first, pin=each)).status_code for each in (wrong, "", pins[first])] == [422, 422, 201]
    anew = await desk.keeper.post(f"/scoring/panels/{desk.panel_id}/pins", {"judge_id": str(first)})
    (changed,) = anew.json()["pins"]
    assert (await desk.sign_on(device, first, pin=changed["pin"])).status_code == 201
    assert (await desk.sign_on(device, second, pin=pins[second])).status_code == 201
    assert not await desk.place.database.value("SELECT count(*) FROM pins WHERE hash NOT LIKE '$argon2id$%'")


async def test_five_wrong_pins_are_the_limit_even_all_at_once(desk: Desk, scoring_database: Database) -> None:
    pins, judge_id = await with_pins(desk), desk.place.judges[3]
    device, other = await desk.enrolled(), await desk.enrolled()
    wrong = f"{(int(pins[judge_id]) + 1) % 10**6:06}"
    answers = await asyncio.gather(*(desk.sign_on(each, judge_id, pin=wrong) for each in [device, other] * 4))
    codes = sorted(each.json()["code"] for each in answers)
    assert codes == ["pin_paused"] * 3 + ["pin_wrong"] * 5
    paused = await desk.sign_on(device, judge_id, pin=pins[judge_id])
    assert (paused.status_code, paused.json()["code"]) == (422, "pin_paused")
    assert (await desk.sign_on(device, desk.place.judges[4], pin=pins[desk.place.judges[4]])).status_code == 201
    await scoring_database.execute("UPDATE limits SET at = at - interval '10 minutes'")
    assert (await desk.sign_on(device, judge_id, pin=pins[judge_id])).status_code == 201


async def test_the_desk_hears_of_queue_battery_and_a_wrong_clock(desk: Desk) -> None:
    device = await desk.enrolled()
    ours = (await desk.write(device, "/scoring/devices/reports", {"queue": 0, "parked": 0, "clock_ms": 0})).json()["clock_ms"]
    body = {"queue": 3, "parked": 1, "clock_ms": ours + 90_000, "last_position": 41, "battery": 17, "version": "v9"}
    assert (await desk.write(device, "/scoring/devices/reports", body)).status_code == 200
    (told,) = await desk.tablets()
    kept = told["report"]
    assert (kept["queue"], kept["parked"], kept["last_position"], kept["battery"], kept["version"]) == (3, 1, 41, 17, "v9")
    assert 80_000 < kept["skew_ms"] <= 90_000
    page = (await desk.keeper.get("/scoring/devices", accept="text/html")).text
    assert "电量 17 %" in page and ("时钟差 90 秒" in page or "时钟差 89 秒" in page)
    for wrong in ({"battery": 101}, {"queue": -1}, {"clock_ms": "now"}):
        assert (await desk.write(device, "/scoring/devices/reports", body | wrong)).status_code == 400


async def test_a_tablet_that_will_not_work_offline_is_told_with_the_reason(desk: Desk) -> None:
    abilities = {**ABLE, "worker": False, "persist": False}
    assert (await desk.enrol(Tablet(), await desk.code(), abilities=abilities)).status_code == 201
    assert [each["absent"] for each in await desk.tablets()] == [["worker"]]
    page = (await desk.keeper.get("/scoring/devices", accept="text/html")).text
    assert "不能" in page and "无痕窗口" in page and "./laurel up --lan" in page


async def test_the_desks_page_shows_the_code_as_a_picture_until_it_is_used(desk: Desk) -> None:
    offer_id = new_id()
    shown = await desk.keeper.form(f"/scoring/panels/{desk.panel_id}/enrolments", {"id": str(offer_id)})
    assert (shown.status_code, shown.headers["location"]) == (303, f"/scoring/devices?enrolment={offer_id}#offered")
    page = (await desk.keeper.get(f"/scoring/devices?enrolment={offer_id}", accept="text/html")).text
    assert "<svg" in page and "还剩 1" in page
    again = await desk.keeper.post(f"/scoring/panels/{desk.panel_id}/enrolments", {"id": str(offer_id)})
    code, address = again.json()["code"], again.json()["address"]
    assert code not in page and address == f"{ORIGIN}/scoring/tablet#enrol={code}"
    assert (await desk.enrol(Tablet(), code)).status_code == 201
    state = (await desk.keeper.get(f"/scoring/enrolments/{offer_id}")).json()
    assert (state["state"], state["label"]) == ("used", "1 · iPad")
    page = (await desk.keeper.get(f"/scoring/devices?enrolment={offer_id}", accept="text/html")).text
    assert "已登记：1 · iPad" in page and 'class="qr" id="picture" hidden' in page


async def test_the_list_for_the_day_before_names_tablets_and_judges(desk: Desk) -> None:
    await with_pins(desk)
    await desk.enrolled()
    page = (await desk.keeper.get(f"/scoring/panels/{desk.panel_id}/preparation", accept="text/html")).text
    assert all(each in page for each in ("1 · iPad", "评委7", "候补2", "已生成", f"{ORIGIN}/scoring/tablet"))
    assert (await desk.keeper.get(f"/scoring/panels/{new_id()}/preparation")).status_code == 404
    slips = await desk.keeper.form(f"/scoring/panels/{desk.panel_id}/pins", {"judge_id": str(desk.place.judges[0])})
    assert slips.status_code == 201 and "评委1" in slips.text and "评委2" not in slips.text


async def test_a_judges_own_browser_is_known_by_the_session(desk: Desk, scoring_database: Database) -> None:
    judge_id, tablet = desk.place.judges[1], Tablet()
    person = await sign_in(scoring_database, desk.http, "judge", handle=judge_id)
    answer = await person.post("/scoring/devices/own", known(tablet))
    assert (answer.status_code, answer.json()["label"]) == (201, "iPad")
    device = Enrolled(answer.cookies["laurel_device"])
    desk.http.cookies.clear()
    told = (await desk.http.get("/scoring/tablet/judges", headers=device.headers())).json()
    assert told["judges"] == []
    assert (await desk.sign_on(device, judge_id)).json()["code"] == "judge_not_in_panel"
    (held,) = await desk.tablets()
    assert (held["panel_id"], held["judge"]) == (None, "评委2")
    stranger = await sign_in(scoring_database, desk.http, "judge", handle=desk.place.judges[2])
    taken = await stranger.post("/scoring/devices/own", known(Tablet(id=tablet.id)))
    assert taken.status_code == 409
    assert (await person.post("/scoring/devices/own", known(tablet))).status_code == 201


async def test_a_lost_browser_of_a_judges_own_is_signed_out_and_cannot_come_back_by_its_session(desk: Desk, scoring_database: Database) -> None:
    judge_id, tablet = desk.place.judges[1], Tablet()
    held = await desk.sign_on(await desk.enrolled(), judge_id)
    person = await sign_in(scoring_database, desk.http, "judge", handle=judge_id)
    assert (await person.post("/scoring/devices/own", known(tablet))).status_code == 201
    desk.http.cookies.clear()
    assert (await desk.keeper.post(f"/scoring/devices/{tablet.id}/revocations")).status_code == 201
    assert (await person.post("/scoring/devices/own", known(tablet))).status_code == 401
    panel = {"Cookie": f"laurel_scoring={held.cookies['laurel_scoring']}"}
    assert (await desk.http.get("/scoring/session", headers=panel)).json()["csrf"]
