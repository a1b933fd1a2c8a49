"""The three bundles as files to keep. The page that checks them is slice `checks`."""

from typing import Any
from uuid import UUID

from litestar import Response
from litestar.params import FromPath

from services.scoring.bundles import actions
from shared.web.edge import EdgeDep
from shared.web.routing import get

JSON = "application/json"


@get("/scoring/bundles/{activity_key:str}/public", audience="scoring_system")
async def show_public(edge: EdgeDep, activity_key: FromPath[str]) -> Response[Any]:
    """What anybody may have: released results, each with its proof. The audience reads ledgers; the action decides what."""
    async with edge.transaction() as tx:
        content = await actions.public(tx, activity_key)
    return edge.file(content, JSON, f"{activity_key}-public.json")


@get("/scoring/bundles/{activity_key:str}/own/{entry_id:uuid}", audience="scoring_system", roles="signed_in")
async def show_own(edge: EdgeDep, activity_key: FromPath[str], entry_id: FromPath[UUID]) -> Response[Any]:
    """A contestant's own marks and result, after the codes were opened."""
    async with edge.transaction() as tx:
        content = await actions.own(tx, activity_key, entry_id, edge.signed_in.person_id)
    return edge.file(content, JSON, f"{activity_key}-own.json")


@get(
    "/scoring/bundles/{activity_key:str}/supervision",
    audience="scoring_supervisor",
    roles=("supervisor", "scorekeeper"),
)
async def show_supervision(edge: EdgeDep, activity_key: FromPath[str]) -> Response[Any]:
    """Everything: every chain, roll, rule and score set."""
    async with edge.transaction() as tx:
        content = await actions.supervision(tx, activity_key)
    return edge.file(content, JSON, f"{activity_key}-supervision.json")


ROUTES = [show_public, show_own, show_supervision]
