"""Ask judges to look again, and say who was asked."""

from uuid import UUID

from services.scoring.remarks import domain, store
from services.scoring.remarks.domain import Request
from services.scoring.rubrics.domain import Stage
from services.scoring.standings import actions as standings
from shared.db import Transaction


async def ask(tx: Transaction, division_id: UUID, stage: Stage, request: Request, by: UUID) -> None:
    """Ask the judges of a scope that is out of the rule's tolerance. The same id again changes nothing.

    Raises Refused: remark_not_needed.
    """
    if any(each.id == request.id for each in await store.of_division(tx, division_id, stage)):
        return
    picture = await standings.of_division(tx, division_id, stage)
    domain.check(picture.standings, request.entry_id, request.scope)
    await store.add(tx, division_id, stage, request, by)


async def of_division(tx: Transaction, division_id: UUID, stage: Stage) -> list[Request]:
    """What was asked, oldest first; a judge's audience gets those of the own entries only."""
    return await store.of_division(tx, division_id, stage)
