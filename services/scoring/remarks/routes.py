"""The scorekeeper asks judges to look again. Routed by slice divisions, which shows a refusal on its page."""

from typing import Any
from uuid import UUID

from litestar import Response
from litestar.params import FromPath
from msgspec import Struct

from services.scoring.remarks import actions
from services.scoring.remarks.domain import Request
from services.scoring.rubrics.domain import Stage
from shared.web.edge import EdgeDep


class RemarkForm(Struct, forbid_unknown_fields=True):
    """scope: as the standing names it."""

    id: UUID
    entry_id: UUID
    scope: str = ""
    stage: Stage = "final"


async def ask(edge: EdgeDep, division_id: FromPath[UUID]) -> Response[Any]:
    """Ask the judges of an entry to look at their own marks again."""
    form = await edge.body(RemarkForm)
    request = Request(id=form.id, entry_id=form.entry_id, scope=form.scope, asked_at=edge.now)
    async with edge.transaction() as tx:
        await actions.ask(tx, division_id, form.stage, request, edge.signed_in.handle)
    return edge.done(f"/scoring/divisions/{division_id}", {"id": form.id}, status=201)
