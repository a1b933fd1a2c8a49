"""The chain as the supervisor reads it: every entry with its canonical text, so that anybody can hash it again."""

from typing import Any
from uuid import UUID

from litestar import Response
from litestar.params import FromPath

from services.scoring.ledger import actions, domain
from shared.web.edge import EdgeDep
from shared.web.routing import get


@get("/scoring/divisions/{division_id:uuid}/ledger", audience="scoring_supervisor", roles=("supervisor",))
async def show(edge: EdgeDep, division_id: FromPath[UUID]) -> Response[Any]:
    """The division's chain in order; `broken_at` is null while it holds."""
    async with edge.transaction() as tx:
        chain = await actions.chain(tx, division_id)
    entries = [
        {"position": each.position, "kind": each.kind, "at": each.at, "entry": each.body, "hash": each.hash.hex()}
        for each in chain
    ]
    return edge.answer({"division_id": division_id, "broken_at": domain.first_break(chain), "entries": entries})


ROUTES = [show]
