"""What scorekeeper and supervisor do to the running order together, by the services' own doors."""

from uuid import UUID

from services.scoring.running_orders import actions
from services.scoring.running_orders.domain import Kind, OrderRequest
from shared.db import transaction
from shared.ids import new_id
from tests.scoring.stage import NOW, SCOREKEEPER, SUPERVISOR, Hall


def request(place: Hall, kind: Kind, *entries: UUID, reason: str = "堵车") -> OrderRequest:
    return OrderRequest(
        id=new_id(), division_id=place.division_id, kind=kind, entries=entries, reason=reason, asked_by=SCOREKEEPER, asked_at=NOW
    )


async def ask(place: Hall, wanted: OrderRequest) -> None:
    async with transaction(place.pool, "scoring_desk") as tx:
        await actions.ask(tx, wanted)


async def confirm(place: Hall, wanted: OrderRequest, by: UUID = SUPERVISOR) -> OrderRequest:
    async with transaction(place.pool, "scoring_supervisor") as tx:
        return await actions.confirm(tx, wanted.id, by, NOW)


async def change(place: Hall, kind: Kind, *entries: UUID) -> OrderRequest:
    """Asked and confirmed."""
    wanted = request(place, kind, *entries)
    await ask(place, wanted)
    return await confirm(place, wanted)
