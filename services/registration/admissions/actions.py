"""The one door: every path that gives or frees a place of a division comes through here, one at a time.

Each function locks the division's head first. Callers move the entries' states by what the door answers; the places
themselves are constraints of the database. Not here: whose entry it is and whether it may come (slice `entries`).
"""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from msgspec import Struct

from services.registration.admissions import domain, store
from services.registration.admissions.domain import Applicant, Decision, Head, Outcome
from shared.db import Transaction
from shared.errors import Refused


class SealedScores(Struct, frozen=True, kw_only=True):
    """What registration takes from a sealed score set: which roll was marked, and the rank of each entry."""

    id: UUID
    division_id: UUID
    stage: str
    roll_id: UUID
    version: int
    ranks: dict[UUID, int]


async def lock(tx: Transaction, division_id: UUID) -> Head:
    """Stand at the door: nobody else gives or frees a place of this division until the transaction ends."""
    await store.make_head(tx, division_id)
    return await store.locked_head(tx, division_id)


async def decide(
    tx: Transaction,
    division_id: UUID,
    applicants: Sequence[Applicant],
    keys: Sequence[str],
    seed: bytes,
    by: UUID,
    now: datetime,
) -> Outcome:
    """Rank all applicants at once, record keys and seed, give the places; the others wait in their order.

    Raises Refused: already_decided, preselection_missing, order_key_unknown.
    """
    head = await lock(tx, division_id)
    if head.decided_at is not None:
        raise Refused("already_decided")
    score_set_id = await store.newest_score_set(tx, division_id, "preselection") if "preselection" in keys else None
    ranks = await store.ranks(tx, score_set_id) if score_set_id else {}
    order = domain.ranked(applicants, keys, ranks, seed)
    await store.decide(tx, division_id, seed, list(keys), score_set_id, by, now)
    return await _queue(tx, head, order, now)


async def decision(tx: Transaction, division_id: UUID) -> Decision | None:
    """By which keys and which seed the places were given; None before, and where arrival decides."""
    return await store.decision(tx, division_id)


async def arrive(tx: Transaction, division_id: UUID, entry_ids: Sequence[UUID], now: datetime) -> Outcome:
    """Whoever comes stands behind those who came before, and gets a place while there is one.

    Raises Refused: admission_closed (the draw has begun).
    """
    head = await lock(tx, division_id)
    if head.closed_at is not None:
        raise Refused("admission_closed")
    return await _queue(tx, head, entry_ids, now)


async def free(
    tx: Transaction, division_id: UUID, entry_id: UUID, waiting: Sequence[UUID], ends_at: datetime, now: datetime
) -> tuple[UUID, ...]:
    """Free the entry's place, if it held one, and give it to the first who waits, while promotion lasts.

    waiting: entries in state `waiting`, in any order. Returns who was promoted. Call `lock` before reading `waiting`.
    """
    head = await lock(tx, division_id)
    was_held = await store.free(tx, entry_id, now)
    if not was_held or not domain.promotes(head, ends_at, now):
        return ()
    positions = await store.positions(tx, list(waiting))
    return await _give(tx, division_id, sorted(waiting, key=positions.__getitem__), now)


async def close(tx: Transaction, division_id: UUID, now: datetime) -> tuple[UUID, ...]:
    """The draw begins: promotion is over. Returns who holds a place, in the order of admission."""
    await lock(tx, division_id)
    await store.close(tx, division_id, now)
    return tuple(await store.holders(tx, division_id))


async def receive(tx: Transaction, scores: SealedScores, now: datetime) -> None:
    """Keep a sealed score set; the same one again, or one of the same version, changes nothing."""
    if await store.add_score_set(
        tx, scores.id, scores.division_id, scores.stage, scores.roll_id, scores.version, now
    ):
        await store.add_ranks(tx, scores.id, scores.ranks)


async def is_scored(tx: Transaction, roll_id: UUID) -> bool:
    """Whether a sealed score set cites this roll."""
    return await store.is_scored(tx, roll_id)


async def is_preselected(tx: Transaction, division_id: UUID) -> bool:
    """Whether the marks of the preselection have arrived."""
    return await store.newest_score_set(tx, division_id, "preselection") is not None


async def counts(tx: Transaction, activity_id: UUID) -> list[dict[str, object]]:
    """Per division, in order: places, and how many entries are admitted, waiting and pending."""
    return await store.counts(tx, activity_id)


async def _queue(tx: Transaction, head: Head, order: Sequence[UUID], now: datetime) -> Outcome:
    positions = [(entry_id, head.last_position + n) for n, entry_id in enumerate(order, start=1)]
    await store.add_positions(tx, head.division_id, positions)
    await store.advance(tx, head.division_id, len(positions))
    admitted = await _give(tx, head.division_id, order, now)
    return Outcome(admitted=admitted, waiting=tuple(e for e in order if e not in set(admitted)))


async def _give(tx: Transaction, division_id: UUID, order: Sequence[UUID], now: datetime) -> tuple[UUID, ...]:
    places = await store.places(tx, division_id)
    given = domain.given(order, domain.free_numbers(places, await store.taken(tx, division_id)))
    await store.give(tx, division_id, places, given, now)
    return tuple(given)
