"""A division with a real panel, seated by slice panels from the roll: judges 1…n, reserve judges 101, 102, …"""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

import msgspec

from services.scoring.panels import actions as panels
from services.scoring.panels.domain import Panel, Seat
from services.scoring.rolls import actions as rolls
from services.scoring.rolls.domain import Activity, Division
from services.scoring.rubrics.domain import Rule, Stage
from shared.db import transaction
from shared.ids import new_id
from tests.scoring.samples import TEACHING, judge
from tests.scoring.stage import NOW, Hall, hall, roll

FIRST_RESERVE = 101
SHARED = msgspec.structs.replace(TEACHING, ties=("shared",))
"""The teaching rule, but ties are shared: `Hall.mark_all` ties everybody."""


def unit(place: int) -> UUID:
    """The unit of the entry at this place of the roll that `stage.hall` makes."""
    return UUID(int=place)


def panel(judges: int = 7, reserves: int = 2, units: Mapping[UUID, UUID] | None = None) -> Panel:
    """units: judge -> unit; everybody else is from outside."""
    at = units or {}
    seats = [
        Seat(
            judge_id=judge(number),
            position=number,
            kind="judge",
            name=f"评委{number}",
            unit_id=at.get(judge(number)),
            leader=number == 1,
        )
        for number in range(1, judges + 1)
    ]
    seats += [
        Seat(judge_id=each, position=place, kind="reserve", name=f"候补{place}", unit_id=at.get(each))
        for place, each in enumerate((judge(FIRST_RESERVE + more) for more in range(reserves)), start=1)
    ]
    return Panel(id=new_id(), activity_key="teaching-9", division_key="arts", venue="第一会场", seats=tuple(seats))


async def seated(
    database: Any,
    *,
    rule: Rule = TEACHING,
    entries: int = 2,
    judges: int = 7,
    reserves: int = 2,
    units: Mapping[UUID, UUID] | None = None,
    preselection_part: str | None = None,
    stages: tuple[Stage, ...] = ("final",),
) -> Hall:
    """The hall of `stage`, its judges assigned by the panel's own rules."""
    place = await hall(
        database, rule=rule, entries=entries, judges=0, preselection_part=preselection_part, stages=stages
    )
    made = panel(judges, reserves, units)
    async with transaction(database.pool, "scoring_desk") as tx:
        await panels.add(tx, [made], "season")
    place.judges = [seat.judge_id for seat in made.judges]
    place.devices = {seat.judge_id: new_id() for seat in made.seats}
    return place


async def beside(place: Hall) -> Hall:
    """A second division of the same activity, seated, nothing marked."""
    activity_id = await place.database.value("SELECT activity_id FROM activities")
    division_id, entries = new_id(), [new_id(), new_id()]
    activity = Activity(activity_id=activity_id, version=2, key="teaching-9", title="教学竞赛", title_en="", edition=9, kind="competition")
    division = Division(
        division_id=division_id, activity_id=activity_id, activity_key="teaching-9", activity_title="教学竞赛",
        activity_title_en="", key="science", title="理科组", title_en="", places=2,
    )  # fmt: skip
    async with transaction(place.pool, "scoring_system") as tx:
        await rolls.open_activity(tx, activity, [division])
        await rolls.receive(tx, roll(division_id, entries), NOW)
    made = msgspec.structs.replace(panel(), division_key="science")
    async with transaction(place.pool, "scoring_desk") as tx:
        await panels.add(tx, [made], "season")
    judges = [seat.judge_id for seat in made.judges]
    return Hall(place.database, division_id, entries, judges, {each: new_id() for each in judges})
