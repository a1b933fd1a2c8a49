"""Keep a competition's root: made in the transaction of the seal that completes it."""

from uuid import UUID

from services.scoring.ledger import actions as ledger
from services.scoring.rolls import actions as rolls
from services.scoring.roots import domain, store
from services.scoring.roots.domain import Root
from shared.db import Transaction


async def sealed(tx: Transaction, division_id: UUID, position: int) -> None:
    """A final was sealed at this position; with the last one of an activity the root is made, with a correction anew."""
    await store.set_sealed(tx, division_id, position)
    activity_id = (await rolls.division(tx, division_id)).activity_id
    contested = await rolls.contested(tx, activity_id)
    chains = await store.sealed(tx, contested)
    if set(chains) != set(contested):
        return
    tree = domain.levels(await leaves(tx, chains))
    counts = {str(division): chains[division] for division in sorted(chains, key=str)}
    await store.save(tx, activity_id, Root(root=tree[-1][0].hex(), size=len(tree[0]), sealed=counts))


async def current(tx: Transaction, activity_id: UUID) -> Root | None:
    """The root that stands; None while a division with a final is not sealed."""
    found = await store.find(tx, activity_id)
    contested = {str(division) for division in await rolls.contested(tx, activity_id)}
    return found if found and set(found.sealed) == contested else None


async def leaves(tx: Transaction, chains: dict[UUID, int]) -> list[bytes]:
    """The leaves of these chains up to their seals, in the order of the tree."""
    found: list[bytes] = []
    for division_id in sorted(chains, key=str):
        found += await ledger.leaves(tx, division_id, chains[division_id])
    return found
