"""The supervisor's page: where each ledger stood when scoring last said so, and what contradicts it."""

from typing import Any

from litestar import Response

from services.awards.ledger_heads import actions
from shared.web.edge import EdgeDep
from shared.web.routing import get


@get("/awards/ledger-heads", audience="awards_supervisor", roles=("supervisor",))
async def page(edge: EdgeDep) -> Response[Any]:
    """The furthest head of each division, and every contradiction."""
    async with edge.transaction() as tx:
        heads, doubts, titles = await actions.newest(tx), await actions.doubts(tx), await actions.titles(tx)
    told = {"heads": heads, "doubts": doubts}
    return edge.page("ledger_heads.html", json=told, titles=titles, heads=heads, doubts=doubts)


ROUTES = [page]
