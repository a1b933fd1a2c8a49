"""Reading and taking over the tree of units and the branches that cover it."""

from uuid import UUID

from services.registration.units import store
from services.registration.units.domain import Branch, Unit
from shared.db import Transaction


async def branches(tx: Transaction) -> dict[UUID, Branch]:
    """All branches by id, in the order of their codes."""
    return {each.id: each for each in await store.branches(tx)}


async def acting_branches(tx: Transaction) -> list[Branch]:
    """The branches whose officer acts in this transaction."""
    return await store.acting_branches(tx)


async def units(tx: Transaction, ids: list[UUID] | None = None) -> dict[UUID, Unit]:
    """Units by id: all of them, or these."""
    found = await store.units(tx) if ids is None else await store.units_by_id(tx, ids)
    return {each.id: each for each in found}


async def organisation(tx: Transaction) -> str:
    """Whose installation this is; empty before the first season is stored."""
    return await store.organisation(tx) or ""


async def take_over(tx: Transaction, branches: list[Branch], units: list[Unit]) -> None:
    """Store new branches and units and the new state of known ones. Parents must come before their children."""
    await store.save_branches(tx, branches)
    await store.save_units(tx, units)
