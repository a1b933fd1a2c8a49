"""The draw meeting, once per division; and blind codes for whoever has none yet.

Not here: who holds a place (slice `admissions`), what of it leaves the service (slice `rolls`).
"""

from datetime import datetime
from typing import Any
from uuid import UUID

from services.registration.activities import actions as activities
from services.registration.activities.domain import Activity
from services.registration.admissions import actions as admissions
from services.registration.draws import domain, store
from services.registration.draws.domain import Draw
from shared.clock import written
from shared.db import Transaction
from shared.errors import Conflict, Refused
from shared.ids import new_id


async def of_division(tx: Transaction, division_id: UUID) -> Draw | None:
    """The draw of a division, None before the meeting."""
    return await store.of_division(tx, division_id)


async def public(tx: Transaction, division_id: UUID) -> tuple[dict[str, Any] | None, list[dict[str, Any]]]:
    """What anybody needs to repeat the lot: `id`, `seed`, `held_at`, and `order`, `entry_id`, `state` of each number."""
    return await store.public_draw(tx, division_id), await store.public_numbers(tx, division_id)


async def numbers(tx: Transaction, division_id: UUID) -> dict[UUID, int]:
    """Entry -> place in the order; empty before the draw. An entry withdrawn later keeps its number: it stays empty."""
    return await store.numbers(tx, division_id)


async def hold(
    tx: Transaction,
    id: UUID,
    division_id: UUID,
    present: list[str],
    seeds: tuple[bytes, bytes],
    by: UUID,
    now: datetime,
) -> Draw:
    """End promotion, draw the order of everybody who holds a place, and a code for whoever has none.

    seeds: 32 random bytes for the order, which the meeting sees, and 32 for the codes, which stay sealed. The same id
    gets the same draw again. Raises Refused: draw_not_yet (at), nobody_to_draw; Faulty: present_absent;
    Conflict: draw_held.
    """
    activity = await activities.of_division(tx, division_id)
    if now < activity.draw_at:
        raise Refused("draw_not_yet", at=written(activity.draw_at))
    await admissions.lock(tx, division_id)
    if known := await store.of_division(tx, division_id):
        if known.id != id:
            raise Conflict("draw_held")
        return known
    holders = await admissions.close(tx, division_id, now)
    names = domain.present_names(present)
    order_seed, code_seed = seeds
    order = domain.order(order_seed, holders)
    draw = Draw(id=id, division_id=division_id, seed=order_seed, held_at=now, held_by=by, present=names)
    await store.add(tx, draw)
    await store.add_numbers(tx, division_id, order)
    await give_codes(tx, activity, division_id, list(holders), code_seed, now)
    return draw


async def give_codes(
    tx: Transaction, activity: Activity, division_id: UUID, entry_ids: list[UUID], seed: bytes, now: datetime
) -> dict[UUID, str]:
    """Entry -> code for all these entries; a code once given stays, the others are drawn."""
    await store.queue_up(tx, activity.id)
    known = await store.codes(tx, activity.id)
    lacking = [e for e in entry_ids if e not in known]
    drawn = domain.codes(seed, lacking, frozenset(known.values()))
    if drawn:
        await store.add_code_draw(tx, new_id(), division_id, seed, now)
        await store.add_codes(tx, activity.id, drawn)
    return {e: {**known, **drawn}[e] for e in entry_ids}
