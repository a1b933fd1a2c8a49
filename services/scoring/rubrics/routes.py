"""A rule by its hash, for anybody: what a score set cites can be looked up and hashed again."""

from typing import Any

from litestar import Response
from litestar.params import FromPath

from services.scoring.rubrics import actions
from shared.web.edge import EdgeDep
from shared.web.routing import get


@get("/scoring/rules/{rule_hash:str}", audience="scoring_public")
async def show(edge: EdgeDep, rule_hash: FromPath[str]) -> Response[Any]:
    """The canonical text that the hash is taken of, and the file it came from."""
    async with edge.transaction() as tx:
        canonical, source = await actions.text(tx, rule_hash)
    return edge.answer({"hash": rule_hash, "canonical": canonical, "source": source})


ROUTES = [show]
