"""Keep a competition's root: made in the transaction of the seal that completes it."""

from collections.abc import Sequence
from uuid import UUID

from services.scoring.ledger import actions as ledger
from services.scoring.ledger.domain import Recorded
from services.scoring.rolls import actions as rolls
from services.scoring.roots import domain, store
from services.scoring.roots.domain import Root
from shared.db import Transaction


async def lock(tx: Transaction, activity_id: UUID) -> None:
    """Hold an activity's root until the transaction ends. Whoever holds a ledger too has taken that first."""
    await store.lock(tx, activity_id)


async def sealed(tx: Transaction, division_id: UUID, position: int) -> None:
    """A final was sealed at this position; with the last one of an activity the root is made, with a correction anew."""
    activity_id = (await rolls.division(tx, division_id)).activity_id
    await lock(tx, activity_id)
    await store.set_sealed(tx, division_id, position)
    contested = await rolls.contested(tx, activity_id)
    chains = await store.sealed(tx, contested)
    if set(chains) != set(contested):
        return
    tree = domain.levels(await leaves(tx, chains))
    counts = {str(division): chains[division] for division in sorted(chains, key=str)}
    await store.save(tx, activity_id, Root(root=domain.root_of(tree, counts), size=len(tree[0]), sealed=counts))


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


async def rebuild(tx: Transaction, division_id: UUID, chain: Sequence[Recorded]) -> dict[str, int]:
    """How far a division is sealed and its activity's root, made anew from the chain; 1 where something else stood."""
    finals = [each.position for each in chain if each.kind == "score_set_sealed" and each.fields["body"]["stage"] == "final"]
    if not finals:
        return {"roots": 0}
    activity_id = (await rolls.division(tx, division_id)).activity_id
    stood = await store.sealed(tx, [division_id]), await store.find(tx, activity_id)
    await sealed(tx, division_id, finals[-1])
    return {"roots": int(stood != (await store.sealed(tx, [division_id]), await store.find(tx, activity_id)))}
