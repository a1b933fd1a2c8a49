"""The one door to the ledger. Whoever decides something under a division's order takes `lock` first, then reads."""

import os
from collections.abc import Iterable, Sequence
from datetime import datetime
from uuid import UUID

from services.scoring.events import LedgerHeaded
from services.scoring.ledger import domain, store
from services.scoring.ledger.domain import Entry, Head, Recorded
from shared import outbox
from shared.db import Transaction


async def lock(tx: Transaction, divisions: Iterable[UUID]) -> dict[UUID, Head]:
    """Hold these divisions' chains until the transaction ends: whatever is read after this is decided in ledger order.

    Where they stand.
    """
    ids = sorted(set(divisions))
    heads = await store.lock_heads(tx, ids)
    if len(heads) < len(ids):
        await store.open_chains(tx, ids)
        heads = await store.lock_heads(tx, ids)
    return heads


async def append(
    tx: Transaction, entries: list[Entry], now: datetime, heads: dict[UUID, Head] | None = None
) -> list[Recorded]:
    """Append entries in the order given; one division's entries are gapless whoever else appends meanwhile.

    heads: what `lock` said in this transaction, if nothing was appended since.
    """
    if not entries:
        return []
    heads = heads or await lock(tx, {entry.division_id for entry in entries})
    people = await _commitments(tx, domain.people_of(entries))
    recorded = domain.chain(heads, entries, people, now)
    await store.add(tx, recorded)
    await store.move_heads(tx, {each.division_id: Head(each.position, each.hash) for each in recorded})
    return recorded


async def head(tx: Transaction, division_id: UUID) -> Head:
    """Where the division's chain stands."""
    return await store.head(tx, division_id)


async def tell_heads(tx: Transaction, now: datetime) -> None:
    """Tell the other services where each chain that has grown stands; they keep it. The minute tick runs it."""
    heads = await store.untold(tx)
    told = [
        LedgerHeaded(
            aggregate_id=division,
            version=head.position,
            ledger_position=head.position,
            ledger_head=head.hash.hex(),
            headed_at=now,
        )
        for division, head in heads.items()
    ]
    await outbox.add(tx, *told)
    await store.set_told(tx, heads)


async def told(tx: Transaction, division_id: UUID) -> Head | None:
    """The head that the other services were last told, None before the first."""
    return await store.told(tx, division_id)


async def at(tx: Transaction, division_id: UUID, position: int) -> Head | None:
    """The head as it was when the chain ended at this position."""
    return await store.at(tx, division_id, position)


async def made_at(tx: Transaction, division_id: UUID, position: int) -> datetime | None:
    """When the entry at this position was appended."""
    return await store.made_at(tx, division_id, position)


async def chain(tx: Transaction, division_id: UUID) -> list[Recorded]:
    """The whole chain of a division, in order."""
    return await store.read(tx, division_id)


async def of_kinds(tx: Transaction, division_id: UUID, kinds: Sequence[str]) -> list[Recorded]:
    """The entries of these kinds, in order."""
    return await store.of_kinds(tx, division_id, kinds)


async def between(tx: Transaction, division_id: UUID, first: int, last: int) -> list[Recorded]:
    """The entries from one position to another, both included."""
    return await store.between(tx, division_id, first, last)


async def leaves(tx: Transaction, division_id: UUID, until: int) -> list[bytes]:
    """The leaves that a chain's first entries are in a Merkle tree."""
    return await store.leaves(tx, division_id, until)


async def divisions(tx: Transaction) -> list[UUID]:
    """Every division that has a chain."""
    return await store.divisions(tx)


async def people(tx: Transaction) -> dict[str, UUID]:
    """Commitment -> person, for a rebuild; who was forgotten is missing."""
    return await store.people(tx)


async def _commitments(tx: Transaction, people: set[UUID]) -> dict[UUID, str]:
    known = await store.commitments(tx, sorted(people))
    if fresh := sorted(people - known.keys()):
        salts = {person: os.urandom(32) for person in fresh}
        await store.add_people(
            tx, [(person, salts[person], domain.commitment(salts[person], person)) for person in fresh]
        )
        known = await store.commitments(tx, sorted(people))
    return known
