"""Freeze what the public sees of a division's results, and end it: each a ledger entry that says so."""

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from services.scoring.freezes import domain, store
from services.scoring.freezes.domain import Freeze, Kept
from services.scoring.ledger import actions as ledger
from services.scoring.ledger.domain import Entry, Recorded
from shared.db import Transaction
from shared.errors import Conflict, Missing


async def freeze(
    tx: Transaction, freeze_id: UUID, division_id: UUID, kept: Iterable[Kept], by: UUID, now: datetime
) -> None:
    """From now on the public goes on seeing what it sees; freezing by the same id again changes nothing.

    kept: what has been released, read after `ledger.lock`. Raises Conflict: frozen_already.
    """
    if await store.by_id(tx, freeze_id):
        return
    if await store.standing(tx, division_id):
        raise Conflict("frozen_already")
    body = {"id": str(freeze_id), "kept": [[str(each.entry_id), each.code, each.rank, each.shown] for each in kept]}
    await _append(tx, Entry(division_id=division_id, kind="frozen", actor=by, body=body), now)


async def thaw(tx: Transaction, freeze_id: UUID, by: UUID, now: datetime) -> UUID:
    """End it, and say in which division; ending it again changes nothing. Raises Missing: no_such_freeze."""
    found = await store.by_id(tx, freeze_id)
    if found is None:
        raise Missing("no_such_freeze")
    await ledger.lock(tx, [found.division_id])
    if await store.standing(tx, found.division_id) == found:
        entry = Entry(division_id=found.division_id, kind="thawed", actor=by, body={"id": str(freeze_id)})
        await _append(tx, entry, now)
    return found.division_id


async def standing(tx: Transaction, division_id: UUID) -> Freeze | None:
    """The freeze that has not ended."""
    return await store.standing(tx, division_id)


async def is_frozen(tx: Transaction, activity_id: UUID) -> bool:
    """Whether any division of the activity is: then nothing that states the whole activity may move."""
    return await store.is_frozen(tx, activity_id)


async def rebuild(tx: Transaction, division_id: UUID, chain: list[Recorded]) -> dict[str, int]:
    """Recreate the division's freezes from its ledger; rows that were not as the ledger says (0 is well)."""
    before = await store.projections(tx, division_id)
    await store.forget(tx, division_id)
    for entry in chain:
        await _project(tx, entry)
    return {"freezes": len(set(before) ^ set(await store.projections(tx, division_id)))}


async def _append(tx: Transaction, entry: Entry, now: datetime) -> None:
    (recorded,) = await ledger.append(tx, [entry], now)
    await _project(tx, recorded)


async def _project(tx: Transaction, recorded: Recorded) -> None:
    if recorded.kind not in domain.KINDS:
        return
    body = recorded.fields["body"]
    if recorded.kind == "thawed":
        await store.end(tx, UUID(body["id"]), recorded.position)
        return
    kept = tuple(Kept(entry_id=UUID(each[0]), code=each[1], rank=each[2], shown=each[3]) for each in body["kept"])
    made = Freeze(
        id=UUID(body["id"]), division_id=recorded.division_id, kept=kept, position=recorded.position, at=recorded.at
    )
    await store.add(tx, made)
