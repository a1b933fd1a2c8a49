"""A judge's drafts: a tablet sends them while it can, another one fetches them."""

from typing import Annotated, Any
from uuid import UUID

from litestar import Response
from litestar.params import FromPath
from msgspec import Meta, Struct

from services.scoring.drafts import actions
from services.scoring.drafts.domain import Draft
from services.scoring.sheets.domain.wire import Comment, Key, Reason
from shared.db import transaction
from shared.errors import NotAllowed
from shared.web.edge import EdgeDep
from shared.web.routing import get, put

AUDIENCE, ROLES = "scoring_judge", ("judge", "panel_leader")
Typed = Annotated[str, Meta(max_length=40)]


class DraftBody(Struct, forbid_unknown_fields=True):
    """judge_id: who typed. marks: criterion -> the text as typed. written_at: milliseconds of the tablet's clock."""

    judge_id: UUID
    device_id: UUID
    base: UUID | None
    marks: Annotated[dict[Key, Typed], Meta(max_length=200)]
    comment: Comment
    reason: Reason
    written_at: Annotated[int, Meta(ge=0, le=9_007_199_254_740_991)]


@put("/scoring/drafts/{entry_id:uuid}/{part:str}", audience=AUDIENCE, roles=ROLES)
async def put_draft(edge: EdgeDep, entry_id: FromPath[UUID], part: FromPath[str]) -> Response[Any]:
    """Keep what was typed; it counts for nothing. A tablet that changed hands may still hold another judge's."""
    body = await edge.body(DraftBody)
    if body.judge_id != edge.signed_in.handle:
        raise NotAllowed("not_assigned")
    draft = Draft(
        entry_id=entry_id, part=part, device_id=body.device_id, base=body.base, marks=body.marks, comment=body.comment,
        reason=body.reason, written_at=body.written_at,
    )  # fmt: skip
    async with transaction(edge.house.pool, AUDIENCE, body.judge_id) as tx:
        await actions.keep(tx, body.judge_id, draft, edge.now)
    return edge.answer({"entry_id": entry_id, "part": part})


@get("/scoring/drafts", audience=AUDIENCE, roles=ROLES)
async def show_drafts(edge: EdgeDep) -> Response[Any]:
    """The judge's own drafts that no sheet has come after."""
    async with transaction(edge.house.pool, AUDIENCE, edge.signed_in.handle) as tx:
        drafts = await actions.own(tx)
    return edge.answer({"drafts": drafts})


ROUTES = [put_draft, show_drafts]
