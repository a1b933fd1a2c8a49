"""Locking a stage: the scorekeeper's request, the supervisor's confirmation. Unlocking is proposed as a correction."""

from typing import Any
from uuid import UUID

from litestar import Response
from litestar.params import FromPath
from msgspec import Struct

from services.scoring.locks import actions
from services.scoring.locks.domain import Kind, LockRequest
from services.scoring.rubrics.domain import Stage
from shared.errors import Refused
from shared.web.edge import EdgeDep
from shared.web.routing import post


class LockBody(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """id: made by the page, so that a second click changes nothing. kind: a stage is unlocked by a correction only."""

    id: UUID
    stage: Stage
    kind: Kind
    reason: str = ""


class Empty(Struct, forbid_unknown_fields=True):
    """A write that says nothing but itself."""


async def ask(edge: EdgeDep, division_id: FromPath[UUID]) -> Response[Any]:
    """The scorekeeper asks that a stage be locked. Routed by slice divisions, which shows a refusal on its page.

    Raises Refused: unlock_by_correction (there the difference is seen first).
    """
    body = await edge.body(LockBody)
    if body.kind == "unlock":
        raise Refused("unlock_by_correction")
    request = LockRequest(
        id=body.id,
        division_id=division_id,
        stage=body.stage,
        kind=body.kind,
        reason=body.reason.strip(),
        asked_by=edge.signed_in.handle,
        asked_at=edge.now,
    )
    async with edge.transaction() as tx:
        asked = await actions.ask(tx, request)
    return edge.done(f"/scoring/divisions/{division_id}", asked, status=201)


@post("/scoring/locks/{request_id:uuid}/confirmations", audience="scoring_supervisor", roles=("supervisor",))
async def confirm(edge: EdgeDep, request_id: FromPath[UUID]) -> Response[Any]:
    """The supervisor confirms, and the stage is locked or open."""
    await edge.body(Empty)
    async with edge.transaction() as tx:
        confirmed = await actions.confirm(tx, request_id, edge.signed_in.handle, edge.now)
    return edge.done(f"/scoring/divisions/{confirmed.division_id}", confirmed, status=201)


ROUTES = [confirm]
