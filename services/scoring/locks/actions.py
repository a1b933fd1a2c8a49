"""Lock and unlock a stage: the scorekeeper asks, the supervisor confirms; both times the marks are looked at."""

from datetime import datetime
from uuid import UUID

from services.scoring.ledger import actions as ledger
from services.scoring.ledger.domain import Entry
from services.scoring.locks import domain, store
from services.scoring.locks.domain import LockRequest
from services.scoring.papers import actions as papers
from services.scoring.rubrics.domain import Stage
from services.scoring.sheets import actions as sheets
from services.scoring.standings import actions as standings
from services.scoring.standings.actions import Picture
from shared.db import Transaction
from shared.errors import Missing


async def ask(tx: Transaction, request: LockRequest) -> LockRequest:
    """Ask for a lock or an unlocking. The same id again changes nothing.

    Raises Refused: stage_locked_already, stage_not_locked, unlock_without_reason, lock_unmarked, lock_thin, lock_on_paper.
    Missing: roll_absent.
    """
    stands = await store.find(tx, request.id)
    if stands:
        return stands
    await ledger.lock(tx, [request.division_id])
    await _check(tx, request)
    await store.add(tx, request)
    return request


async def confirm(tx: Transaction, request_id: UUID, by: UUID, now: datetime) -> LockRequest:
    """The second person confirms, and the stage is locked or open. Confirmed once, it stays as it is.

    Raises Missing: lock_request_unknown. NotAllowed: second_person_needed. Refused: as `ask`, when things moved on.
    """
    request = await store.find(tx, request_id)
    if request is None:
        raise Missing("lock_request_unknown")
    domain.check_second(request, by)
    await ledger.lock(tx, [request.division_id])
    stands = await store.find(tx, request_id)
    if stands and stands.confirmed_by:
        return stands
    picture = await _check(tx, request)
    is_lock = request.kind == "lock"
    recorded = await sheets.set_lock(
        tx, request.division_id, request.stage, is_lock, await _entry(tx, request, picture, by), now
    )
    await store.confirm(tx, request_id, by, now, recorded.position)
    stands = await store.find(tx, request_id)
    return stands or request


async def requests(tx: Transaction, division_id: UUID, stage: Stage) -> list[LockRequest]:
    """What was asked and confirmed for a stage, the newest first."""
    return await store.of_division(tx, division_id, stage)


async def _check(tx: Transaction, request: LockRequest) -> Picture:
    domain.check(request, request.stage in await sheets.locked(tx, request.division_id))
    picture = await standings.of_division(tx, request.division_id, request.stage)
    if request.kind == "lock":
        domain.check_marks(picture.standings, picture.attached.of_stage(request.stage), picture.roll)
        domain.check_paper([each.sheet for each in await papers.waiting(tx, request.division_id)], picture.roll)
    return picture


async def _entry(tx: Transaction, request: LockRequest, picture: Picture, by: UUID) -> Entry:
    """A lock says who judges what, so that a result can be computed again from the ledger alone."""
    names, panel, recused = domain.panel(await sheets.seats(tx, request.division_id), picture.roll.entries)
    about = {"panel": panel, "recused": recused} if request.kind == "lock" else {}
    return Entry(
        division_id=request.division_id,
        kind="locked" if request.kind == "lock" else "unlocked",
        actor=by,
        body={
            "reason": request.reason,
            "request": str(request.id),
            "roll": str(picture.roll.roll_id),
            "roll_hash": picture.roll.hash,
            "rule_hash": picture.attached.hash,
            "stage": request.stage,
            **about,
        },
        subjects={"asked_by": request.asked_by, **(names if about else {})},
    )
