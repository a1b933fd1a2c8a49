"""Recording the letters of the consulted offices."""

from datetime import date
from typing import Any

from litestar import Response
from litestar.params import FromPath
from msgspec import Struct

from services.awards.consultations import actions
from services.awards.consultations.domain import Opinion
from shared.web.edge import EdgeDep
from shared.web.routing import get, post


class NewReply(Struct, forbid_unknown_fields=True, kw_only=True):
    """branch: a branch code, or "*" for all nominated branches this office has not answered about."""

    office: str
    branch: str
    opinion: Opinion
    reference: str
    reason: str = ""
    replied_on: date


@get("/awards/programmes/{key:str}/replies", audience="awards_committee", roles=("committee", "supervisor"))
async def page(edge: EdgeDep, key: FromPath[str]) -> Response[Any]:
    """What each office has answered about each name; reasons for supervisor and committee only."""
    async with edge.transaction() as tx:
        desk = await actions.desk(tx, key)
    return edge.page("replies.html", desk=desk, json=desk)


@post("/awards/programmes/{key:str}/replies", audience="awards_committee", roles=("committee",), again=page)
async def reply(edge: EdgeDep, key: FromPath[str]) -> Response[Any]:
    """Record an office's letter; one veto stops one name."""
    body = await edge.body(NewReply)
    async with edge.transaction() as tx:
        done = await actions.reply_by_key(
            tx, key, body.office, body.branch, body.opinion, body.reference, body.reason, body.replied_on,
            edge.signed_in.person_id, edge.now,
        )  # fmt: skip
    return edge.done(f"/awards/programmes/{key}/replies", {"replies": done}, status=201)


ROUTES = [page, reply]
