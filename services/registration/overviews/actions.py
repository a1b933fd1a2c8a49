"""Gathers from the other slices what an activity still needs."""

from datetime import datetime

from msgspec import Struct

from services.registration.accounts import actions as accounts
from services.registration.activities import actions as activities
from services.registration.activities.domain import Activity, Division, Phase, phase
from services.registration.admissions import actions as admissions
from services.registration.draws import actions as draws
from services.registration.overviews import domain
from services.registration.overviews.domain import DivisionFacts, Facts, Group
from services.registration.people import actions as people
from services.registration.rolls import actions as rolls
from services.registration.units import actions as units
from shared.db import Transaction


class Overview(Struct, frozen=True, kw_only=True):
    activity: Activity
    phase: Phase
    groups: tuple[Group, ...]
    missing: int

    @property
    def may_start(self) -> bool:
        return self.missing == 0


async def overview(tx: Transaction, activity: Activity, now: datetime) -> Overview:
    """Can we start? What is ready, what is missing, what comes later."""
    groups = domain.groups(await _facts(tx, activity, now))
    return Overview(activity=activity, phase=phase(activity, now), groups=groups, missing=domain.missing(groups))


async def overviews(tx: Transaction, now: datetime) -> list[Overview]:
    """The overview of every activity, in the order of their halls."""
    return [await overview(tx, each, now) for each in await activities.activities(tx)]


async def _facts(tx: Transaction, activity: Activity, now: datetime) -> Facts:
    persons, _ = await people.numbers(tx)
    _, _, no_code = await accounts.numbers(tx)
    served = {each.scope for each in await accounts.holders(tx, "branch_officer")}
    branches = (await units.branches(tx)).values()
    counts = {each["division_id"]: each for each in await admissions.counts(tx, activity.id)}
    return Facts(
        phase=phase(activity, now),
        persons=persons,
        accounts_without_code=no_code,
        supervisors=len(await accounts.holders(tx, "supervisor")),
        branches_without_officer=tuple(each.name for each in branches if each.code not in served),
        divisions=tuple([await _division(tx, activity, each, counts.get(each.id, {})) for each in activity.divisions]),
    )


async def _division(
    tx: Transaction, activity: Activity, division: Division, counts: dict[str, object]
) -> DivisionFacts:
    sealed = [each for each in await rolls.of_division(tx, division.id) if each.roll.stage == "final"]
    held = await admissions.is_preselected(tx, division.id) if activity.preselection_part else None
    return DivisionFacts(
        id=division.id,
        title=division.title,
        title_en=division.title_en,
        places=division.places,
        admitted=int(str(counts.get("admitted", 0))),
        waiting=int(str(counts.get("waiting", 0))),
        pending=int(str(counts.get("pending", 0))),
        preselected=held,
        is_drawn=await draws.of_division(tx, division.id) is not None,
        is_sealed=bool(sealed),
        is_outdated="final" in await rolls.outdated(tx, division.id),
    )
