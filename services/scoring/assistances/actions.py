"""Take a judge's call, and let staff answer it."""

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from services.scoring.assistances import domain, store
from services.scoring.assistances.domain import Assistance, Step
from shared.db import Transaction
from shared.errors import Missing


async def ask(tx: Transaction, assistance: Assistance) -> None:
    """Call staff. The same id again changes nothing, nor does a call beyond those that may wait.

    Raises Refused: assistance_without_sheet.
    """
    domain.check(assistance)
    await store.add(tx, assistance, domain.MOST_OPEN)


async def every(tx: Transaction) -> list[Assistance]:
    """Open ones first, oldest first; a judge's audience gets the own ones."""
    return await store.every(tx)


async def of_judges(tx: Transaction, judges: Collection[UUID]) -> list[Assistance]:
    """What judges of a panel still wait for, oldest first."""
    return [each for each in await store.every(tx) if each.done_at is None and each.judge_id in judges]


async def move(tx: Transaction, assistance_id: UUID, step: Step, by: UUID, now: datetime) -> None:
    """Somebody goes there, or has been there. Raises Missing: assistance_unknown; Conflict: assistance_taken, assistance_done."""
    found = await store.locked(tx, assistance_id)
    if found is None:
        raise Missing("assistance_unknown")
    domain.check_step(found, step)
    await store.move(tx, assistance_id, step, by, now)
