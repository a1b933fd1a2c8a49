"""Change the running order and say who is absent: one asks, another confirms, and the ledger keeps it."""

from datetime import datetime
from typing import Any
from uuid import UUID

from services.scoring.ledger import actions as ledger
from services.scoring.ledger.domain import Entry, Recorded
from services.scoring.rolls import actions as rolls
from services.scoring.rolls.domain import Roll
from services.scoring.rubrics.domain import Stage
from services.scoring.running_orders import domain, store
from services.scoring.running_orders.domain import OrderRequest, Place, Presence, State
from services.scoring.sheets import actions as sheets
from shared.db import Transaction
from shared.errors import Missing, Refused


async def ask(tx: Transaction, request: OrderRequest) -> OrderRequest:
    """Ask for a change. The same id again changes nothing. Raises Refused: what `domain.check` raises."""
    stands = await store.find(tx, request.id)
    if stands:
        return stands
    await _check(tx, request)
    await store.add(tx, request)
    return request


async def confirm(tx: Transaction, request_id: UUID, by: UUID, now: datetime) -> OrderRequest:
    """The second person confirms, and the change holds. Confirmed once, it stays as it is.

    Raises Missing: order_request_unknown. NotAllowed: second_person_needed. Refused: order_withdrawn, and as `ask`.
    """
    request = await _found(tx, request_id)
    domain.check_second(request, by)
    await ledger.lock(tx, [request.division_id])
    if request.confirmed_at:
        return request
    await _check(tx, request)
    if request.kind == "swap":
        recorded = await _swap(tx, request, by, now)
    else:
        recorded = await _mark_absent(tx, request, by, now)
    await store.confirm(tx, request_id, by, now, recorded.position)
    return await _found(tx, request_id)


async def withdraw(tx: Transaction, request_id: UUID, now: datetime) -> OrderRequest:
    """Drop a request that nobody has confirmed. Raises Missing: order_request_unknown. Refused: order_confirmed."""
    request = await _found(tx, request_id)
    if request.confirmed_at:
        raise Refused("order_confirmed")
    await store.withdraw(tx, request_id, now)
    return request


async def requests(tx: Transaction, division_id: UUID) -> list[OrderRequest]:
    """What was asked and confirmed, the newest first."""
    return await store.of_division(tx, division_id)


async def absent(tx: Transaction, division_id: UUID) -> frozenset[UUID]:
    """Who does not take part in the final."""
    return await store.absent(tx, division_id)


async def absent_codes(tx: Transaction, division_id: UUID) -> tuple[str, ...]:
    """The same by code, in the running order."""
    away = await store.absent(tx, division_id)
    roll = await rolls.current(tx, division_id, "final") if away else None
    return tuple(item.code for item in roll.items if item.entry_id in away) if roll else ()


async def taking_part(tx: Transaction, division_id: UUID, stage: Stage) -> Roll | None:
    """The roll that stands without who is absent: everybody who is ranked and owed marks."""
    roll = await rolls.current(tx, division_id, stage)
    return domain.taking_part(roll, await store.absent(tx, division_id)) if roll and stage == "final" else roll


async def states(tx: Transaction, division_id: UUID) -> dict[UUID, State]:
    """What the hall knows of each entry of the final; a judge's audience gets the own entries."""
    roll = await rolls.current(tx, division_id, "final")
    if roll is None:
        return {}
    return domain.states(roll.items, await store.absent(tx, division_id), await store.presences(tx, division_id))


async def say(tx: Transaction, division_id: UUID, entry_id: UUID, state: Presence, by: UUID, now: datetime) -> None:
    """Somebody was called, is late, or neither. Raises Refused: order_entry_unknown."""
    roll = await rolls.current(tx, division_id, "final")
    if roll is None or roll.item(entry_id) is None:
        raise Refused("order_entry_unknown")
    await store.set_presence(tx, division_id, entry_id, state, by, now)


async def rebuild(tx: Transaction, division_id: UUID, chain: list[Recorded]) -> dict[str, int]:
    """Recreate order and absences from the ledger. Table -> rows that were not as the ledger says (0 is well)."""
    before = await store.projections(tx, division_id)
    await store.forget(tx, division_id)
    for entry in chain:
        if entry.kind in ("order_changed", "absent"):
            await _replay(tx, division_id, entry, entry.fields["body"])
    after = await store.projections(tx, division_id)
    return {table: len(set(before[table]) ^ set(after[table])) for table in before}


async def _replay(tx: Transaction, division_id: UUID, entry: Recorded, body: dict[str, Any]) -> None:
    if entry.kind == "absent":
        await store.set_absent(tx, division_id, UUID(body["entry"]), body["absent"], body["reason"], entry.position)
        return
    places = tuple(Place(entry_id=UUID(one), order=order, drawn=drawn) for one, order, drawn in body["places"])
    await store.place(tx, division_id, places, entry.position)


async def _found(tx: Transaction, request_id: UUID) -> OrderRequest:
    request = await store.find(tx, request_id)
    if request is None:
        raise Missing("order_request_unknown")
    return request


async def _check(tx: Transaction, request: OrderRequest) -> None:
    roll = await rolls.current(tx, request.division_id, "final")
    is_locked = "final" in await sheets.locked(tx, request.division_id)
    domain.check(request, roll, await store.absent(tx, request.division_id), is_locked)


async def _swap(tx: Transaction, request: OrderRequest, by: UUID, now: datetime) -> Recorded:
    sealed = await rolls.sealed(tx, request.division_id, "final")
    running = await rolls.current(tx, request.division_id, "final")
    if sealed is None or running is None:
        raise Refused("order_entry_unknown")
    one, other = request.entries
    places = domain.swapped(one, other, sealed, running)
    told = {"places": [[str(each.entry_id), each.order, each.drawn] for each in places]}
    recorded = await _record(tx, request, "order_changed", told, by, now)
    await store.place(tx, request.division_id, places, recorded.position)
    return recorded


async def _mark_absent(tx: Transaction, request: OrderRequest, by: UUID, now: datetime) -> Recorded:
    (entry_id,) = request.entries
    is_absent = request.kind == "absent"
    recorded = await _record(tx, request, "absent", {"absent": is_absent, "entry": str(entry_id)}, by, now)
    await store.set_absent(tx, request.division_id, entry_id, is_absent, request.reason, recorded.position)
    return recorded


async def _record(
    tx: Transaction, request: OrderRequest, kind: str, told: dict[str, Any], by: UUID, now: datetime
) -> Recorded:
    body = {"reason": request.reason, "request": str(request.id), "stage": "final", **told}
    entry = Entry(
        division_id=request.division_id, kind=kind, actor=request.asked_by, body=body, subjects={"confirmed_by": by}
    )
    (recorded,) = await ledger.append(tx, [entry], now)
    return recorded
