"""The tablet's door, in its final wire form, and the supervisor's countersignature of a correction."""

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from litestar import Response
from litestar.params import FromPath
from msgspec import Meta, Struct

from services.scoring.sheets import actions
from services.scoring.sheets.domain import Revision, SheetKey, Submission
from shared.errors import Refused
from shared.web.edge import EdgeDep
from shared.web.routing import post, put

PROTOCOLS = (1,)
Key = Annotated[str, Meta(min_length=1, max_length=40)]
Count = Annotated[int, Meta(ge=-1_000_000_000, le=1_000_000_000)]


class RevisionBody(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A revision on the wire; its id stands in the path, its judge in the session. marks: counts of the unit."""

    protocol: int
    device_id: UUID
    seq: Annotated[int, Meta(ge=1, le=9_007_199_254_740_991)]
    base: UUID | None
    entry_id: UUID
    part: Key
    rubric_version: Annotated[int, Meta(ge=1, le=1_000_000)]
    marks: Annotated[dict[Key, Count], Meta(max_length=200)]
    comment: Annotated[str, Meta(max_length=2000)] = ""
    reason: Annotated[str, Meta(max_length=500)] = ""
    written_at: Annotated[datetime, Meta(tz=True)] | None = None

    def signed_by(self, judge_id: UUID, revision_id: UUID) -> Revision:
        """Raises Refused: protocol_unsupported."""
        if self.protocol not in PROTOCOLS:
            raise Refused("protocol_unsupported", protocol=self.protocol)
        return Revision(
            id=revision_id,
            device_id=self.device_id,
            seq=self.seq,
            base=self.base,
            sheet=SheetKey(judge_id, self.entry_id, self.part),
            rubric_version=self.rubric_version,
            marks=self.marks,
            comment=self.comment,
            reason=self.reason,
            written_at=self.written_at,
        )


class Empty(Struct, forbid_unknown_fields=True):
    """A write that says nothing but itself."""


@put("/scoring/revisions/{revision_id:uuid}", audience="scoring_judge", roles=("judge", "panel_leader"))
async def put_revision(edge: EdgeDep, revision_id: FromPath[UUID]) -> Response[Any]:
    """Take a revision; the acknowledgement leaves after the commit of the batch it joined."""
    revision = (await edge.body(RevisionBody)).signed_by(edge.signed_in.handle, revision_id)
    return edge.answer(await edge.more["writer"].submit(Submission(revision, edge.now)))


@post("/scoring/revisions/{revision_id:uuid}/countersignatures", audience="scoring_supervisor", roles=("supervisor",))
async def countersign(edge: EdgeDep, revision_id: FromPath[UUID]) -> Response[Any]:
    """The supervisor has seen a correction and its reason."""
    await edge.body(Empty)
    async with edge.transaction() as tx:
        division_id, position = await actions.countersign(tx, revision_id, edge.signed_in.handle, edge.now)
    answer = {"revision_id": revision_id, "ledger_position": position}
    return edge.done(f"/scoring/divisions/{division_id}", answer, status=201)


ROUTES = [put_revision, countersign]
