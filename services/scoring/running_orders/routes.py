"""Changing the running order: the scorekeeper asks, the supervisor confirms; the usher says who was called or is late.

The page is the hall's (slice halls), which routes what it shows again.
"""

from typing import Annotated, Any
from uuid import UUID

from litestar import Response
from litestar.params import FromPath
from msgspec import Meta, Struct

from services.scoring.running_orders import actions
from services.scoring.running_orders.domain import Kind, OrderRequest, Presence
from shared.web.edge import EdgeDep
from shared.web.routing import post


class OrderBody(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """id: made by the page, so that a second click changes nothing. other_id: with whom it is swapped."""

    id: UUID
    kind: Kind
    entry_id: UUID
    other_id: UUID | None = None
    reason: Annotated[str, Meta(max_length=500)] = ""


class PresenceBody(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    entry_id: UUID
    state: Presence


class Empty(Struct, forbid_unknown_fields=True):
    """A write that says nothing but itself."""


async def ask(edge: EdgeDep, division_id: FromPath[UUID]) -> Response[Any]:
    """The scorekeeper asks that two swap places, or that somebody is absent or takes part again."""
    body = await edge.body(OrderBody)
    request = OrderRequest(
        id=body.id,
        division_id=division_id,
        kind=body.kind,
        entries=(body.entry_id, *([body.other_id] if body.other_id and body.kind == "swap" else [])),
        reason=body.reason.strip(),
        asked_by=edge.signed_in.handle,
        asked_at=edge.now,
    )
    async with edge.transaction() as tx:
        asked = await actions.ask(tx, request)
    return edge.done(f"/scoring/halls/{division_id}#order", asked, status=201)


async def say(edge: EdgeDep, division_id: FromPath[UUID]) -> Response[Any]:
    """Somebody at the door says who was called and who is late."""
    body = await edge.body(PresenceBody)
    async with edge.transaction() as tx:
        await actions.say(tx, division_id, body.entry_id, body.state, edge.signed_in.handle, edge.now)
    return edge.done(f"/scoring/halls/{division_id}#order", body)


@post("/scoring/order-requests/{request_id:uuid}/confirmations", audience="scoring_supervisor", roles=("supervisor",))
async def confirm(edge: EdgeDep, request_id: FromPath[UUID]) -> Response[Any]:
    """The supervisor confirms, and the order holds."""
    await edge.body(Empty)
    async with edge.transaction() as tx:
        done = await actions.confirm(tx, request_id, edge.signed_in.handle, edge.now)
    edge.more["board"].touch(done.division_id)
    return edge.done(f"/scoring/halls/{done.division_id}#order", done, status=201)


@post("/scoring/order-requests/{request_id:uuid}/withdrawals", audience="scoring_desk", roles=("scorekeeper",))
async def withdraw(edge: EdgeDep, request_id: FromPath[UUID]) -> Response[Any]:
    """The scorekeeper drops a request that was not confirmed."""
    await edge.body(Empty)
    async with edge.transaction() as tx:
        done = await actions.withdraw(tx, request_id, edge.now)
    return edge.done(f"/scoring/halls/{done.division_id}#order", done, status=201)


ROUTES = [confirm, withdraw]
