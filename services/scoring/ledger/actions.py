"""The one door to the ledger. Whoever decides something under a division's order takes `lock` first, then reads."""

import os
from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from services.scoring.ledger import domain, store
from services.scoring.ledger.domain import Entry, Head, Recorded
from shared.db import Transaction


async def lock(tx: Transaction, divisions: Iterable[UUID]) -> None:
    """Hold these divisions' chains until the transaction ends: whatever is read after this is decided in ledger order."""
    ids = sorted(set(divisions))
    await store.open_chains(tx, ids)
    await store.lock_heads(tx, ids)


async def append(tx: Transaction, entries: list[Entry], now: datetime) -> list[Recorded]:
    """Append entries in the order given; one division's entries are gapless whoever else appends meanwhile."""
    if not entries:
        return []
    divisions = sorted({entry.division_id for entry in entries})
    await store.open_chains(tx, divisions)
    heads = await store.lock_heads(tx, divisions)
    people = await _commitments(tx, domain.people_of(entries))
    recorded = domain.chain(heads, entries, people, now)
    await store.add(tx, recorded)
    await store.move_heads(tx, {each.division_id: Head(each.position, each.hash) for each in recorded})
    return recorded


async def head(tx: Transaction, division_id: UUID) -> Head:
    """Where the division's chain stands."""
    return await store.head(tx, division_id)


async def chain(tx: Transaction, division_id: UUID) -> list[Recorded]:
    """The whole chain of a division, in order."""
    return await store.read(tx, division_id)


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
