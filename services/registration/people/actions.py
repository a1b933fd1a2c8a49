"""Reading persons, and taking over a roster; whoever is new or changed is described to the other services."""

from uuid import UUID

from services.registration.events import MemberDescribed
from services.registration.people import domain, store
from services.registration.people.domain import Person
from services.registration.units import actions as units
from services.registration.units.domain import Branch, Unit
from shared import outbox
from shared.db import Transaction
from shared.errors import Missing


async def person(tx: Transaction, id: UUID) -> Person:
    """Raises Missing: no_such_person."""
    found = await store.persons(tx, [id])
    if not found:
        raise Missing("no_such_person")
    return found[0]


async def persons(tx: Transaction, ids: list[UUID]) -> dict[UUID, Person]:
    return {each.id: each for each in await store.persons(tx, ids)}


async def by_staff_no(tx: Transaction, staff_nos: list[str]) -> dict[str, Person]:
    """Persons by 工号; one who is not on the roster is absent."""
    return {each.staff_no: each for each in await store.by_staff_no(tx, staff_nos) if each.staff_no}


async def page(tx: Transaction, wanted: str, number: int, size: int = 100) -> list[Person]:
    """A page of the roster in the order of names; wanted: a 工号 or the beginning of a name. number counts from 1."""
    return await store.page(tx, wanted.strip(), size, (max(number, 1) - 1) * size)


async def numbers(tx: Transaction) -> tuple[int, int]:
    """How many persons of the roster, and how many of them are members."""
    return await store.numbers(tx)


async def add(tx: Transaction, id: UUID, name: str, name_key: str) -> None:
    """Somebody who is not of the roster and is known by name only: the first administrator."""
    await store.add(tx, id, name, name_key)


async def take_over(tx: Transaction, described: list[Person]) -> int:
    """Store whoever is new or changed, describe them to the other services, and say how many they were.

    Their units and branches must be stored.
    """
    known = await persons(tx, [each.id for each in described])
    changed = domain.changed(known, described)
    await store.save(tx, changed)
    branches, by_id = await units.branches(tx), await units.units(tx)
    for each in changed:
        await outbox.add(tx, _described(each, branches, by_id))
    return len(changed)


def _described(person: Person, branches: dict[UUID, Branch], units: dict[UUID, Unit]) -> MemberDescribed:
    branch = branches.get(person.branch_id) if person.branch_id else None
    unit = units.get(person.unit_id) if person.unit_id else None
    return MemberDescribed(
        aggregate_id=person.id,
        version=person.version,
        name=person.name,
        name_key=person.name_key,
        staff_no=person.staff_no or "",
        unit=unit.name if unit else "",
        branch_code=branch.code if branch else "",
        branch=branch.name if branch else "",
        category=branch.category if branch else "",
        sex=person.sex,
        is_member=person.is_member,
    )
