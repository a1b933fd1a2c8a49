"""Keeping and finding descriptions of people."""

from uuid import UUID

from services.awards.people import store
from services.awards.people.domain import Person
from shared.db import Transaction

__all__ = ["Person", "describe", "names"]


async def describe(tx: Transaction, person: Person) -> None:
    """Keep a description; an older one changes nothing."""
    await store.save(tx, person)


async def names(tx: Transaction, ids: list[UUID]) -> dict[UUID, Person]:
    """Who these are; whoever was not described yet is absent."""
    return await store.found(tx, ids)
