"""Ask for a release and confirm it."""

from typing import Any
from uuid import UUID

from litestar import Response
from litestar.params import FromPath
from msgspec import Struct

from services.scoring.releases import actions
from services.scoring.rubrics.domain import Stage
from shared.web.edge import EdgeDep
from shared.web.routing import get, post


class ReleaseForm(Struct, forbid_unknown_fields=True):
    """entries: those released together, as the rule says; none for the whole division. entry_id: the same for one."""

    id: UUID
    stage: Stage = "final"
    entry_id: UUID | None = None
    entries: list[UUID] = []


class Nothing(Struct, forbid_unknown_fields=True):
    """A form with no field but the token."""


@get("/scoring/divisions/{division_id:uuid}/releases", audience="scoring_desk", roles=("scorekeeper", "supervisor"))
async def releases(edge: EdgeDep, division_id: FromPath[UUID]) -> Response[Any]:
    async with edge.transaction() as tx:
        found = await actions.of_division(tx, division_id)
    return edge.answer({"releases": found})


@post("/scoring/divisions/{division_id:uuid}/releases", audience="scoring_desk", roles=("scorekeeper",))
async def ask_release(edge: EdgeDep, division_id: FromPath[UUID]) -> Response[Any]:
    """The scorekeeper asks that results be shown in the hall."""
    body = await edge.body(ReleaseForm)
    async with edge.transaction() as tx:
        wanted = [*body.entries, *([body.entry_id] if body.entry_id else [])]
        await actions.ask(tx, body.id, division_id, body.stage, wanted, edge.signed_in.handle, edge.now)
    return edge.done(f"/scoring/divisions/{division_id}", {"id": body.id}, status=201)


@post("/scoring/releases/{release_id:uuid}/confirmations", audience="scoring_supervisor", roles=("supervisor",))
async def confirm_release(edge: EdgeDep, release_id: FromPath[UUID]) -> Response[Any]:
    """The supervisor confirms, and the board shows it."""
    await edge.body(Nothing)
    async with edge.transaction() as tx:
        division_id = await actions.confirm(tx, release_id, edge.signed_in.handle, edge.now)
    edge.more["board"].touch(division_id)
    return edge.done(f"/scoring/divisions/{division_id}", {"id": release_id}, status=201)


ROUTES = [releases, ask_release, confirm_release]
