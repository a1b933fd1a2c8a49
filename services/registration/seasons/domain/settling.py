"""From the names of a season folder to things with ids: known ones keep theirs, new ones get one. Pure."""

from collections.abc import Callable, Mapping
from uuid import UUID

from msgspec import Struct

from services.registration.people.domain import Person, name_key, title_key
from services.registration.seasons.domain.activities import MakeId
from services.registration.seasons.domain.plan import Season
from services.registration.units.domain import Branch, Unit


class Settled(Struct, frozen=True, kw_only=True):
    """What is stored, in the order in which it must be. accounts: sign-in name -> person."""

    branches: list[Branch]
    units: list[Unit]
    persons: list[Person]
    accounts: dict[str, UUID]


def settle(
    season: Season,
    branches: Mapping[str, UUID],
    units: Mapping[str, UUID],
    people: Mapping[str, UUID],
    handle: Callable[[str], UUID],
    make_id: MakeId,
) -> Settled:
    """branches: code -> id, units: name -> id, people: account -> person, of what is already stored.

    handle: a unit's name -> what other services know it by.
    """
    branch_ids = {each.code: branches.get(each.code) or make_id() for each in season.branches}
    covered = {unit: branch_ids[each.code] for each in season.branches for unit in each.units}
    others = [each.unit for each in season.outsiders if each.unit]
    names = dict.fromkeys([season.organisation, *covered, *others])
    unit_ids = {name: units.get(name) or make_id() for name in names}
    accounts = [each.staff_no for each in season.members] + [each.account for each in season.outsiders]
    person_ids = {account: people.get(account) or make_id() for account in accounts}
    return Settled(
        branches=_branches(season, branch_ids),
        units=_units(season.organisation, unit_ids, covered, handle),
        persons=_persons(season, person_ids, branch_ids, unit_ids),
        accounts=person_ids,
    )


def _branches(season: Season, ids: Mapping[str, UUID]) -> list[Branch]:
    return [
        Branch(
            id=ids[each.code],
            code=each.code,
            name=each.name,
            name_key=title_key(each.name),
            category=each.category,
            numbers=each.numbers,
        )
        for each in season.branches
    ]


def _units(
    organisation: str, ids: Mapping[str, UUID], covered: Mapping[str, UUID], handle: Callable[[str], UUID]
) -> list[Unit]:
    """The organisation first: it is the parent of what its branches cover."""
    root = ids[organisation]
    return [
        Unit(
            id=id,
            handle=handle(name),
            name=name,
            name_key=title_key(name),
            parent_id=root if name in covered and id != root else None,
            branch_id=covered.get(name),
        )
        for name, id in ids.items()
    ]


def _persons(
    season: Season, ids: Mapping[str, UUID], branches: Mapping[str, UUID], units: Mapping[str, UUID]
) -> list[Person]:
    members = [
        Person(
            id=ids[each.staff_no],
            staff_no=each.staff_no,
            name=each.name,
            name_key=name_key(each.name),
            sex=each.sex,
            born=each.born,
            unit_id=units[each.unit],
            branch_id=branches[each.branch],
            title=each.title,
            employment=each.employment,
            is_member=each.is_member,
            employed_on=each.employed_on,
            teaching_since=each.teaching_since,
        )
        for each in season.members
    ]
    outsiders = [
        Person(id=ids[each.account], name=each.name, name_key=name_key(each.name), unit_id=units.get(each.unit))
        for each in season.outsiders
    ]
    return members + outsiders
