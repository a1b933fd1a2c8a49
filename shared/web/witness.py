"""The supervisor's page: where each ledger of scoring stood when it last said so, and what contradicts it."""

from typing import Any

from litestar import Response
from litestar.handlers import HTTPRouteHandler

from shared import witness
from shared.web.edge import EdgeDep
from shared.web.routing import get


def routes(service: str) -> list[HTTPRouteHandler]:
    """`/ledger-heads` of a service that keeps the heads."""

    @get(f"/{service}/ledger-heads", audience=f"{service}_supervisor", roles=("supervisor",))
    async def ledger_heads(edge: EdgeDep) -> Response[Any]:
        """The furthest head of each division, and every contradiction."""
        async with edge.transaction() as tx:
            heads, doubts, titles = await witness.heads(tx), await witness.doubts(tx), await witness.titles(tx)
        told = {"heads": heads, "doubts": doubts}
        return edge.page("ledger_heads.html", json=told, titles=titles, heads=heads, doubts=doubts)

    return [ledger_heads]
