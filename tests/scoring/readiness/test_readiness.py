"""能不能开始: each line is ready only when the hall is, and says what is missing otherwise."""

from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any
from uuid import UUID

import httpx
import msgspec
import pytest

from services.scoring.clocks.domain import Clock
from services.scoring.halls.domain import Tablet
from services.scoring.panels.domain import Assignment
from services.scoring.readiness import domain
from services.scoring.readiness.domain import Facts, Preparation
from services.scoring.rubrics.domain import ActivityRule
from services.scoring.rubrics.domain import rule_hash as hashed
from shared.ids import new_id
from tests.conftest import Database
from tests.scoring.people import sign_in
from tests.scoring.running_orders.ordering import ask, change, request
from tests.scoring.samples import TEACHING, judge
from tests.scoring.seated import panel, seated, unit
from tests.scoring.stage import NOW, roll

Open = Callable[..., Awaitable[httpx.AsyncClient]]
ENTRIES = [UUID(int=place) for place in (1, 2)]
ROLL = roll(UUID(int=9), ENTRIES)
RULE = ActivityRule(activity_key="teaching-9", rule=TEACHING, hash=hashed(TEACHING), preselection_part=None)
PANEL = panel()


def tablet(judge_id: UUID, **more: Any) -> Tablet:
    told = {"heard_at": NOW, "queue": 0, "parked": 0, "position": 1, "battery": 80, "skew_ms": 0, **more}
    return Tablet(id=new_id(), label=f"平板 {judge_id.int % 10}", judge_id=judge_id, **told)


def said(item: Any, **more: str) -> Preparation:
    return Preparation(item=item, **{"roll_hash": ROLL.hash, "rule_hash": RULE.hash, **more}, said_at=NOW)


READY = Facts(
    roll=ROLL, attached=RULE, panel=PANEL,
    assignments=tuple(
        Assignment(judge_id=seat.judge_id, entry_id=entry, seat=seat.position, state="judging") for seat in PANEL.judges for entry in ENTRIES
    ),
    absent=frozenset(), waiting=0, tablets=tuple(tablet(seat.judge_id) for seat in PANEL.judges), clock=None,
    preparations=(said("sheets"), said("clock")), free=50 * 1024**3, now=NOW,
)  # fmt: skip
CLOCK = Clock(division_id=ROLL.division_id, entry_id=ENTRIES[0], number=1, limit_seconds=1200, warning_seconds=1080, running_since=NOW)
ONE = READY.tablets[0]


def with_tablet(**more: Any) -> dict[str, Any]:
    return {"tablets": (msgspec.structs.replace(ONE, **more), *READY.tablets[1:])}


def missing(facts: Facts) -> list[str]:
    return [line.key for line in domain.lines(facts) if not line.is_ready]


def test_a_hall_with_everything_may_begin() -> None:
    assert missing(READY) == [] and domain.may_begin(domain.lines(READY))


@pytest.mark.parametrize(
    ("changed", "keys"),
    [
        ({"roll": None}, ["roll", "order", "seats", "said_sheets_changed", "said_clock_changed"]),
        ({"attached": None}, ["rule", "seats", "said_sheets_changed", "said_clock_changed"]),
        ({"panel": None, "tablets": ()}, ["panel", "seats", "tablets", "offline"]),
        ({"waiting": 1}, ["order_waits"]),
        ({"assignments": READY.assignments[:-1]}, ["seats"]),
        ({"tablets": READY.tablets[1:]}, ["tablets"]),
        (with_tablet(heard_at=NOW - timedelta(minutes=2)), ["tablets"]),
        (with_tablet(heard_at=None), ["tablets"]),
        (with_tablet(absent=("worker",)), ["offline"]),
        (with_tablet(battery=12), ["battery"]),
        (with_tablet(skew_ms=-90_000), ["skew"]),
        (with_tablet(queue=2), ["queue"]),
        (with_tablet(parked=1), ["queue"]),
        ({"preparations": (said("clock"),)}, ["said_sheets"]),
        ({"preparations": (said("sheets", roll_hash="old"), said("clock"))}, ["said_sheets_changed"]),
        ({"preparations": (said("sheets"), said("clock", rule_hash="old"))}, ["said_clock_changed"]),
        ({"clock": CLOCK}, ["clock"]),
        ({"free": 10**9}, ["disk"]),
    ],
)
def test_what_is_missing_has_a_line_of_its_own(changed: dict[str, Any], keys: list[str]) -> None:
    assert missing(msgspec.structs.replace(READY, **changed)) == keys


def test_an_absent_contestant_needs_no_judges() -> None:
    thin = msgspec.structs.replace(READY, assignments=tuple(each for each in READY.assignments if each.entry_id != ENTRIES[0]))
    assert missing(thin) == ["seats"]
    assert missing(msgspec.structs.replace(thin, absent=frozenset({ENTRIES[0]}))) == []


async def test_the_page_leads_to_what_is_missing_and_takes_what_people_say(scoring_database: Database, client: Open) -> None:
    place = await seated(scoring_database, reserves=0, units={judge(4): unit(1)})
    http = await client(scoring_database)
    usher = await sign_in(scoring_database, http, "usher")
    address = f"/scoring/divisions/{place.division_id}/readiness"
    told = (await usher.get(address)).json()
    assert told["may_begin"] is False
    assert [line["key"] for line in told["lines"] if not line["is_ready"]] == ["seats", "tablets", "offline", "said_sheets", "said_clock"]
    text = (await usher.get(address, accept="text/html")).text
    assert "评委不够：A01" in text and f'href="/scoring/divisions/{place.division_id}/panel"' in text and 'href="/scoring/devices"' in text
    say = f"/scoring/divisions/{place.division_id}/preparations"
    assert [(await usher.form(say, {"item": "sheets"})).status_code for _ in range(2)] == [303, 303]
    assert (await usher.form(say, {"item": "lunch"})).status_code == 422
    after = {line["key"]: line["is_ready"] for line in (await usher.get(address)).json()["lines"]}
    assert after["said_sheets"] and not after["said_clock"]
    await change(place, "absent", place.entries[0])
    await ask(place, request(place, "absent", place.entries[1]))
    after = {line["key"]: line["is_ready"] for line in (await usher.get(address)).json()["lines"]}
    assert after["seats"] and not after["order_waits"]
    english = await usher.http.get(f"{address}?language=en", headers=usher.headers(accept="text/html"))
    assert "Not yet" in english.text
    assert (await (await sign_in(scoring_database, http, "judge")).get(address)).status_code == 403


async def test_an_empty_installation_says_so(scoring_database: Database, client: Open) -> None:
    place = await seated(scoring_database)
    await scoring_database.execute("DELETE FROM activity_rules; DELETE FROM roll_items; DELETE FROM rolls; DELETE FROM seats; DELETE FROM panels")
    keeper = await sign_in(scoring_database, await client(scoring_database), "scorekeeper")
    page = await keeper.get(f"/scoring/divisions/{place.division_id}/readiness", accept="text/html")
    assert page.status_code == 200 and "还没有评委组" in page.text
    said = await keeper.form(f"/scoring/divisions/{place.division_id}/preparations", {"item": "clock"})
    assert said.status_code == 422 and "才能确认就位" in said.text
