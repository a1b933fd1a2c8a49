"""One judge's marks for one entry and one part. Pure: no I/O, no clock, no randomness.

A *revision* is what a tablet sends; it is never refused and never changed. The *head* is the revision that counts.
Not here: who may judge (panels), what marks add up to (standings).
"""

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, Literal
from uuid import UUID

import msgspec
from msgspec import Struct

from services.scoring.rubrics.domain import ActivityRule, Rule, Stage
from shared.errors import Conflict, NotAllowed, NotSignedIn, Refused

Disposition = Literal[
    "counted", "superseded", "held_locked", "held_conflict", "held_invalid", "held_recused", "held_rubric"
]
Source = Literal["tablet", "form", "paper", "export", "desk"]
"""How a revision reached us: sent by a tablet, by the plain form, typed from paper, carried in an exported queue, or written
by the desk as a correction."""
BY_JUDGE: tuple[Source, ...] = ("tablet", "form", "export")
"""What a judge sent: held back while the sheet is on paper."""
SIGNED = 2
"""The protocol by which a device signs what its judge submits; protocol 1 rests on the session alone."""
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
UNSIGNED = (
    "id", "device_id", "seq", "base", "sheet", "rubric_version", "marks", "comment", "reason", "written_at",
)  # fmt: skip
"""What the content hash of protocol 1 covers."""


class SheetKey(Struct, frozen=True, order=True):
    """Judge × entry × part."""

    judge_id: UUID
    entry_id: UUID
    part: str


class Assigned(Struct, frozen=True):
    """A judge who marks an entry, or was to and is recused. part: "" where the judge marks all of them.

    Where a reserve stands in, it is the reserve who is assigned.
    """

    judge_id: UUID
    entry_id: UUID
    part: str = ""
    state: Literal["judging", "recused"] = "judging"


class Marked(Struct, frozen=True, kw_only=True):
    """The counting marks of one sheet: criterion -> count of its unit; an absent criterion is unmarked."""

    judge_id: UUID
    entry_id: UUID
    part: str
    marks: dict[str, int]


class Revision(Struct, frozen=True, kw_only=True):
    """id: made on the tablet. seq: rises by one on each device. base: the head this tablet knew.

    marks: criterion -> count of the criterion's unit; absent = unmarked. reason: why a counted sheet is corrected.
    written_at: the tablet's own clock, for information; order is the ledger's. signature: of protocol 2 (see `wire`).
    """

    id: UUID
    device_id: UUID
    seq: int
    base: UUID | None
    sheet: SheetKey
    rubric_version: int
    marks: dict[str, int]
    comment: str
    reason: str
    written_at: datetime | None = None
    protocol: int = 1
    signature: str | None = None
    source: Source = "form"


class Submission(Struct, frozen=True):
    """A revision as it arrived, with business time. by: who sent it in the judge's place; None for the judge.

    typed_by: who typed the same from paper before.
    """

    revision: Revision
    received_at: datetime
    by: UUID | None = None
    typed_by: UUID | None = None


class Head(Struct, frozen=True, kw_only=True):
    """The revision that counts for a sheet."""

    revision_id: UUID
    device_id: UUID
    seq: int


class Place(Struct, frozen=True, kw_only=True):
    """Where a judge's sheet for an entry belongs, by the assignment."""

    division_id: UUID
    is_recused: bool


class Door(Struct, frozen=True, kw_only=True):
    """Whether a revision may come in: where its sheet belongs (None: nowhere), and what is known of its device."""

    place: Place | None
    is_known: bool
    is_revoked: bool
    is_signed_on: bool


class OnPaper(Struct, frozen=True, kw_only=True):
    """A sheet that is on paper, or with judge_id None and part "" a whole entry. ledger_position: when it went there."""

    entry_id: UUID
    judge_id: UUID | None
    part: str
    reason: str
    ledger_position: int

    def holds(self, sheet: SheetKey) -> bool:
        return self.entry_id == sheet.entry_id and (
            self.judge_id is None or (self.judge_id, self.part) == (sheet.judge_id, sheet.part)
        )


class Situation(Struct, frozen=True, kw_only=True):
    """What a revision meets: its division, the rule, whether the judge is recused, and whether its stage is locked or the
    sheet on paper."""

    division_id: UUID
    rule: Rule
    is_recused: bool
    is_locked: bool


class Decided(Struct, frozen=True, kw_only=True):
    """What became of a revision. head: the revision that counts afterwards, if any does."""

    revision: Revision
    division_id: UUID
    disposition: Disposition
    head: UUID | None


class Acknowledgement(Struct, frozen=True, kw_only=True):
    """The answer to a tablet, given after the commit. chain_hash: hexadecimal, of the division's ledger."""

    id: UUID
    ledger_position: int
    chain_hash: str
    disposition: Disposition
    head: UUID | None


class Sent(Struct, frozen=True, kw_only=True):
    """A revision as it stands in the ledger."""

    revision_id: UUID
    device_id: UUID
    seq: int
    marks: dict[str, int]
    comment: str
    reason: str
    disposition: Disposition
    ledger_position: int
    chain_hash: str
    at: datetime
    source: Source = "form"


class Sheet(Struct, frozen=True, kw_only=True):
    """A sheet with the revision that counts (if one does) and the last one received."""

    judge_id: UUID
    entry_id: UUID
    part: str
    division_id: UUID
    head: Sent | None
    last: Sent


def disposition(revision: Revision, head: Head | None, situation: Situation) -> Disposition:
    """Say what becomes of an authentic revision; the ledger keeps it in every case.

    Rule: services/scoring/README.md#dispositions
    """
    if situation.is_recused:
        return "held_recused"
    if revision.rubric_version != situation.rule.version:
        return "held_rubric"
    if not is_valid(revision, situation.rule):
        return "held_invalid"
    if situation.is_locked:
        return "held_locked"
    if head is None or revision.base == head.revision_id:
        return "counted"
    if revision.device_id == head.device_id:
        return "counted" if revision.seq > head.seq else "superseded"
    return "held_conflict"


def is_valid(revision: Revision, rule: Rule) -> bool:
    """Each mark belongs to an item of the part and lies on its scale."""
    part = rule.part(revision.sheet.part)
    cells = part.cells if part else {}
    return part is not None and all(key in cells and cells[key].scale.has(n) for key, n in revision.marks.items())


def situation(
    place: Place,
    attached: ActivityRule,
    locked: frozenset[Stage],
    paper: Iterable[OnPaper],
    revision: Revision,
    *,
    has_left: bool = False,
) -> Situation:
    """Put together what a revision meets.

    The final's lock closes every part; paper, and a judge who has left, close the sheet to what tablets send.
    """  # fmt: skip
    is_locked = attached.stage_of(revision.sheet.part) in locked or "final" in locked
    is_locked = is_locked or (
        revision.source in BY_JUDGE and (has_left or any(each.holds(revision.sheet) for each in paper))
    )
    return Situation(
        division_id=place.division_id, rule=attached.rule, is_recused=place.is_recused, is_locked=is_locked
    )


def decide(
    revisions: Sequence[Revision], heads: Mapping[SheetKey, Head], situations: Mapping[UUID, Situation]
) -> list[Decided]:
    """Fold `disposition` over a batch, in its order; a later revision of a sheet meets the head an earlier one made.

    situations: revision id -> what it meets.
    """
    current, decided = dict(heads), []
    for revision in revisions:
        meets = situations[revision.id]
        becomes = disposition(revision, current.get(revision.sheet), meets)
        if becomes == "counted":
            current[revision.sheet] = head_of(revision)
        head = current.get(revision.sheet)
        made = Decided(
            revision=revision,
            division_id=meets.division_id,
            disposition=becomes,
            head=head.revision_id if head else None,
        )
        decided.append(made)
    return decided


def head_of(revision: Revision) -> Head:
    return Head(revision_id=revision.id, device_id=revision.device_id, seq=revision.seq)


def canonical(revision: Revision) -> bytes:
    """What the tablet signed, byte for byte: JSON with sorted keys and no blanks, who marks and which revision included."""
    written_at = revision.written_at or EPOCH
    fields = {
        "base": revision.base,
        "comment": revision.comment,
        "device_id": revision.device_id,
        "entry_id": revision.sheet.entry_id,
        "id": revision.id,
        "judge_id": revision.sheet.judge_id,
        "marks": revision.marks,
        "part": revision.sheet.part,
        "protocol": revision.protocol,
        "reason": revision.reason,
        "rubric_version": revision.rubric_version,
        "seq": revision.seq,
        "written_at": (written_at - EPOCH) // timedelta(milliseconds=1),
    }
    return msgspec.json.encode(fields, order="sorted")


def content_hash(revision: Revision) -> str:
    """Hexadecimal SHA-256 of all a revision says, however it came: the same id must always bring the same."""
    if revision.protocol == SIGNED:
        return hashlib.sha256(canonical(revision)).hexdigest()
    said = {name: getattr(revision, name) for name in UNSIGNED}
    return hashlib.sha256(msgspec.json.encode(said, order="sorted")).hexdigest()


def distinct(revisions: Iterable[Revision]) -> list[Revision]:
    """Each revision once, in order. Raises Conflict: revision_reused (same id, other content)."""
    found: dict[UUID, Revision] = {}
    for revision in revisions:
        first = found.setdefault(revision.id, revision)
        if first is not revision and content_hash(first) != content_hash(revision):
            raise Conflict("revision_reused", id=str(revision.id))
    return list(found.values())


def admitted(revision: Revision, door: Door) -> Place:
    """Where the revision belongs, once its device and its judge are found good.

    What a queue exported from a device brings counts even after the device was revoked: nothing else gets it here.
    Raises Refused: signature_missing. NotSignedIn: device_revoked. NotAllowed: not_signed_on, not_assigned.
    """
    if revision.protocol != SIGNED:
        if door.is_known:
            raise Refused("signature_missing")
    elif not door.is_known or (door.is_revoked and revision.source == "tablet"):
        raise NotSignedIn("device_revoked")
    elif not door.is_signed_on:
        raise NotAllowed("not_signed_on")
    if door.place is None:
        raise NotAllowed("not_assigned")
    return door.place


def answered(
    revisions: Iterable[Revision], stored: Mapping[UUID, tuple[str, Acknowledgement]]
) -> dict[UUID, Acknowledgement]:
    """What those that are stored were answered. stored: revision -> content hash and answer.

    Raises Conflict: revision_reused (same id, other content).
    """
    for revision in revisions:
        if revision.id in stored and stored[revision.id][0] != content_hash(revision):
            raise Conflict("revision_reused", id=str(revision.id))
    return {revision_id: acknowledgement for revision_id, (_, acknowledgement) in stored.items()}


def as_body(decided: Decided) -> dict[str, Any]:
    """The body of its ledger entry: everything but who the judge is."""
    revision = decided.revision
    return {
        "base": revision.base,
        "comment": revision.comment,
        "device": revision.device_id,
        "disposition": decided.disposition,
        "entry": revision.sheet.entry_id,
        "head": decided.head,
        "marks": revision.marks,
        "part": revision.sheet.part,
        "protocol": revision.protocol,
        "reason": revision.reason,
        "revision": revision.id,
        "rubric_version": revision.rubric_version,
        "seq": revision.seq,
        "signature": revision.signature,
        "source": revision.source,
        "written_at": revision.written_at.isoformat() if revision.written_at else None,
    }


def from_body(body: Mapping[str, Any], judge_id: UUID, division_id: UUID) -> Decided:
    """Read back what `as_body` wrote; entries of before protocol 2 say nothing of signature and source."""
    revision = Revision(
        id=UUID(body["revision"]),
        device_id=UUID(body["device"]),
        seq=body["seq"],
        base=UUID(body["base"]) if body["base"] else None,
        sheet=SheetKey(judge_id, UUID(body["entry"]), body["part"]),
        rubric_version=body["rubric_version"],
        marks=body["marks"],
        comment=body["comment"],
        reason=body["reason"],
        written_at=datetime.fromisoformat(body["written_at"]) if body["written_at"] else None,
        protocol=body.get("protocol", 1),
        signature=body.get("signature"),
        source=body.get("source", "form"),
    )
    head = UUID(body["head"]) if body["head"] else None
    return Decided(revision=revision, division_id=division_id, disposition=body["disposition"], head=head)
