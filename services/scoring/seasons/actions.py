"""Check an uploaded season folder, and store what a clean check found: rules, panels and roles, all or nothing."""

from datetime import datetime
from uuid import UUID

from services.scoring.panels import actions as panels
from services.scoring.panels.domain import Panel, Seat
from services.scoring.prizes import actions as prizes
from services.scoring.prizes.domain import Prize
from services.scoring.rubrics import actions as rubrics
from services.scoring.seasons import domain, store
from services.scoring.seasons.domain import Check, PlannedActivity, PlannedPanel, Season, Stored
from shared.db import Transaction
from shared.errors import Conflict, Faulty, Missing
from shared.ids import new_id, opaque
from shared.tables import Folder
from shared.web import gate


async def check(tx: Transaction, folder: Folder, check_id: UUID, by: UUID, now: datetime) -> Check:
    """Check the folder as a whole and keep the outcome; faults are in it, nothing is raised for them."""
    season, summary, faults = domain.check(folder)
    checked = Check(
        id=check_id,
        key=summary.key,
        content_hash=domain.content_hash(folder),
        faults=tuple(faults),
        summary=summary,
        season=season,
        checked_at=now,
    )
    await store.add_check(tx, checked, by)
    return checked


async def of_check(tx: Transaction, check_id: UUID) -> Check:
    """Raises Missing: no_such_check."""
    found = await store.check_of(tx, check_id)
    if found is None:
        raise Missing("no_such_check")
    return found


async def seasons(tx: Transaction) -> list[Stored]:
    """What is stored, oldest first."""
    return await store.stored(tx)


async def load(tx: Transaction, check_id: UUID, key: bytes, by: UUID, now: datetime) -> str:
    """Store a checked season and return its key; the same folder again changes nothing.

    key: the installation's, which makes accounts and units opaque. Raises Missing: no_such_check. Raises Faulty.
    Raises Conflict: season_exists (same key, other content).
    """
    checked = await of_check(tx, check_id)
    if checked.season is None:
        raise Faulty(list(checked.faults))
    if not await store.add(tx, checked.season, checked.content_hash, by, now):
        if any(each.key == checked.key and each.content_hash == checked.content_hash for each in await seasons(tx)):
            return checked.key
        raise Conflict("season_exists", key=checked.key)
    for role, account in checked.season.grants:
        await gate.grant(tx, opaque(key, "account", account), role)
    for activity in checked.season.activities:
        await _add_activity(tx, activity, checked.season, key, now)
    return checked.key


async def _add_activity(tx: Transaction, activity: PlannedActivity, season: Season, key: bytes, now: datetime) -> None:
    rule = rubrics.read(activity.rule_file, activity.rule_text, [])
    if rule is None:
        raise Missing("no_such_check")
    await rubrics.attach(tx, activity.key, rule, activity.rule_text, activity.preselection_part, now)
    made = [_panel(activity, panel, key) for panel in activity.panels]
    await panels.add(tx, made, season.key)
    for planned in activity.panels:
        foreseen = [Prize(each.name, each.name_en, each.count) for each in planned.prizes]
        await prizes.keep(tx, activity.key, planned.division_key, foreseen)
    for panel in made:
        for seat in panel.seats:
            await gate.grant(tx, seat.judge_id, "judge", str(panel.id))
            if seat.leader:
                await gate.grant(tx, seat.judge_id, "panel_leader", str(panel.id))


def _panel(activity: PlannedActivity, planned: PlannedPanel, key: bytes) -> Panel:
    seats = tuple(
        Seat(
            judge_id=opaque(key, "account", seat.account),
            position=seat.position,
            kind=seat.kind,
            name=seat.name,
            unit_id=opaque(key, "unit", seat.unit) if seat.unit else None,
            leader=seat.leader,
        )
        for seat in planned.seats
    )
    return Panel(
        id=new_id(),
        activity_key=activity.key,
        division_key=planned.division_key,
        venue=planned.venue,
        seats=seats,
        asks_pin=activity.judge_pin,
    )
