"""The tablet's door, in its final wire form, and the supervisor's countersignature of a correction.

A revision with the header `Laurel-Signature` is one of protocol 2, signed by an enrolled device; without it the session
alone says who marks, as protocol 1 had it. Rule: services/scoring/README.md#dispositions
"""

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePublicKey
from litestar import Response
from litestar.params import FromPath
from msgspec import Meta, Struct

from services.scoring.sheets import actions
from services.scoring.sheets.domain import SIGNED, Revision, SheetKey, Submission, wire
from services.scoring.sheets.domain.wire import Comment, Key, Marks, Reason, Seq, Version
from shared.db import transaction
from shared.errors import NotSignedIn, Refused
from shared.web import gate
from shared.web.edge import Edge, EdgeDep
from shared.web.routing import post, put

UNSIGNED = 1
KEYS_KEPT = 4096


class RevisionBody(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A revision of protocol 1; its id stands in the path, its judge in the session. marks: counts of the unit."""

    protocol: int
    device_id: UUID
    seq: Seq
    base: UUID | None
    entry_id: UUID
    part: Key
    rubric_version: Version
    marks: Marks
    comment: Comment = ""
    reason: Reason = ""
    written_at: Annotated[datetime, Meta(tz=True)] | None = None

    def sent_by(self, judge_id: UUID, revision_id: UUID) -> Revision:
        """Raises Refused: protocol_unsupported, signature_missing."""
        if self.protocol == SIGNED:
            raise Refused("signature_missing")
        if self.protocol != UNSIGNED:
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


@put(
    "/scoring/revisions/{revision_id:uuid}",
    audience="scoring_judge",
    roles=("judge", "panel_leader"),
    brief_session=True,
)
async def put_revision(edge: EdgeDep, revision_id: FromPath[UUID]) -> Response[Any]:
    """Take a revision; the acknowledgement leaves after the commit of the batch it joined.

    The session may be remembered for a moment where the signature and, in the batch, the device say whether it is authentic.
    """
    signature = edge.request.headers.get("laurel-signature")
    if signature is None:
        async with edge.gate() as tx:  # nothing but the session says who marks, so the one remembered is not enough
            if await gate.find(tx, edge.signed_in.token) is None:
                raise NotSignedIn("sign_in_first")
        revision = (await edge.body(RevisionBody)).sent_by(edge.signed_in.handle, revision_id)
    else:
        revision = await _signed(edge, revision_id, await edge.request.body(), signature)
    return edge.answer(await edge.more["writer"].submit(Submission(revision, edge.now)))


async def _signed(edge: Edge, revision_id: UUID, body: bytes, signature: str) -> Revision:
    """The revision in these bytes, its signature checked; whether the device is revoked, the batch's transaction decides.

    Raises Refused: revision_unreadable, device_unknown, signature_wrong.
    """
    revision = wire.read(body, signature, "tablet")
    if revision.id != revision_id:
        raise Refused("revision_unreadable", detail="id")
    wire.check(await _key(edge, revision.device_id), body, signature)
    return revision


async def _key(edge: Edge, device_id: UUID) -> EllipticCurvePublicKey:
    """A device keeps its key for good, so each process reads it once."""
    kept: dict[UUID, EllipticCurvePublicKey] = edge.more.setdefault("device_keys", {})
    if device_id not in kept:
        async with transaction(edge.house.pool, "scoring_writer") as tx:
            found = await actions.device_keys(tx, [device_id])
        if device_id not in found:
            raise Refused("device_unknown")
        if len(kept) >= KEYS_KEPT:
            kept.pop(next(iter(kept)))
        kept[device_id] = wire.key(found[device_id])
    return kept[device_id]


@post("/scoring/revisions/{revision_id:uuid}/countersignatures", audience="scoring_supervisor", roles=("supervisor",))
async def countersign(edge: EdgeDep, revision_id: FromPath[UUID]) -> Response[Any]:
    """The supervisor has seen a correction and its reason."""
    await edge.body(Empty)
    async with edge.transaction() as tx:
        division_id, position = await actions.countersign(tx, revision_id, edge.signed_in.handle, edge.now)
    answer = {"revision_id": revision_id, "ledger_position": position}
    return edge.done(f"/scoring/divisions/{division_id}", answer, status=201)


ROUTES = [put_revision, countersign]
