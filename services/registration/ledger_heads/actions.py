"""Keep what scoring tells of its ledgers, and say where it contradicts itself."""

from uuid import UUID

from services.registration.ledger_heads import domain, store
from services.registration.ledger_heads.domain import Doubt, Head
from shared.db import Transaction


async def keep(tx: Transaction, head: Head) -> None:
    """Keep a head for good; one that contradicts a kept one is written down as a doubt instead, and counts nowhere."""
    await store.lock(tx, head.division_id)
    same = await store.at(tx, head.division_id, head.position)
    found = domain.doubt(head, same, (await store.newest(tx)).get(head.division_id))
    if found:
        await store.add_doubt(tx, found)
    else:
        await store.add(tx, head)


async def newest(tx: Transaction) -> list[Head]:
    """The furthest head of each division."""
    return list((await store.newest(tx)).values())


async def doubts(tx: Transaction) -> list[Doubt]:
    """Every contradiction, oldest first."""
    return await store.doubts(tx)


async def titles(tx: Transaction) -> dict[UUID, str]:
    """What the divisions are called."""
    return await store.titles(tx)
