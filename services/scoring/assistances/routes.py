"""A judge's call for staff; the hall's page shows it and answers it."""

from typing import Annotated, Any
from uuid import UUID

from litestar import Response
from litestar.params import FromPath
from msgspec import Meta, Struct

from services.scoring.assistances import actions
from services.scoring.assistances.domain import Assistance, Kind, Step
from shared.web.edge import EdgeDep
from shared.web.routing import get, post

STAFF = ("scorekeeper", "timekeeper", "usher", "supervisor")


class Call(Struct, forbid_unknown_fields=True):
    id: UUID
    kind: Kind
    entry_id: UUID | None = None
    part: Annotated[str, Meta(max_length=40)] | None = None


class Move(Struct, forbid_unknown_fields=True):
    """return_to: the page of the hall to go back to."""

    step: Step
    return_to: UUID | None = None


@post("/scoring/assistances", audience="scoring_judge", roles=("judge", "panel_leader"))
async def ask(edge: EdgeDep) -> Response[Any]:
    """Call staff to the tablet."""
    body = await edge.body(Call)
    assistance = Assistance(
        id=body.id,
        judge_id=edge.signed_in.handle,
        device_id=edge.signed_in.device_id,
        kind=body.kind,
        entry_id=body.entry_id,
        part=body.part,
        asked_at=edge.now,
    )
    async with edge.transaction() as tx:
        await actions.ask(tx, assistance)
    return edge.answer({"id": body.id}, 201)


@get("/scoring/assistances", audience="scoring_hall", roles=STAFF)
async def assistances(edge: EdgeDep) -> Response[Any]:
    """All calls, open ones first."""
    async with edge.transaction() as tx:
        found = await actions.every(tx)
    told = [
        {**{name: getattr(each, name) for name in each.__struct_fields__}, "state": each.state} for each in found
    ]  # fmt: skip
    return edge.answer({"assistances": told})


@get("/scoring/tablet/assistances", audience="scoring_judge", roles=("judge", "panel_leader"))
async def own(edge: EdgeDep) -> Response[Any]:
    """What became of the own calls."""
    async with edge.transaction() as tx:
        found = await actions.every(tx)
    return edge.answer({"assistances": [{"id": each.id, "kind": each.kind, "state": each.state} for each in found]})


@post("/scoring/assistances/{assistance_id:uuid}/steps", audience="scoring_hall", roles=STAFF)
async def move(edge: EdgeDep, assistance_id: FromPath[UUID]) -> Response[Any]:
    """Somebody goes there (taken), or has been there (done)."""
    body = await edge.body(Move)
    async with edge.transaction() as tx:
        await actions.move(tx, assistance_id, body.step, edge.signed_in.handle, edge.now)
    back = f"/scoring/halls/{body.return_to}" if body.return_to else "/scoring/divisions"
    return edge.done(back, {"id": assistance_id, "step": body.step}, status=201)


ROUTES = [ask, assistances, own, move]
