"""Take what a tablet could not send: each revision is checked by its own signature, as if it had come by the network."""

from collections.abc import Sequence
from uuid import UUID

from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePublicKey
from msgspec import Struct

from services.scoring.panels import actions as panels
from services.scoring.queues.domain import Carried, Record
from services.scoring.rolls import actions as rolls
from services.scoring.rubrics import actions as rubrics
from services.scoring.sheets import actions as sheets
from services.scoring.sheets.domain import Acknowledgement, Revision, SheetKey, wire
from shared.db import Transaction
from shared.errors import Refused, Told


class Line(Struct, frozen=True, kw_only=True):
    """What became of one record. told: why it is no revision of a device of ours, or was not taken."""

    revision: Revision | None = None
    done: Acknowledgement | None = None
    told: Told | None = None


class Place(Struct, frozen=True):
    """Whose sheet for whom, in words. title: of the part."""

    judge: str
    code: str
    title: str
    title_en: str


async def authentic(tx: Transaction, queues: Sequence[Carried]) -> list[Line]:
    """The revisions in these queues that a device of ours signed; of the others, why not. In the writer's audience."""
    records = [record for queue in queues for record in queue.records]
    lines = [_read(record) for record in records]
    known = await sheets.device_keys(tx, sorted({line.revision.device_id for line in lines if line.revision}))
    keys = {device_id: wire.key(each) for device_id, each in known.items()}
    return [_checked(line, record, keys) for line, record in zip(lines, records, strict=True)]


async def places(tx: Transaction, lines: Sequence[Line]) -> dict[SheetKey, Place]:
    """Whose sheets these are, as far as this installation knows them."""
    names = {seat.judge_id: seat.name for panel in await panels.every(tx) for seat in panel.seats}
    found = {}
    for sheet in {line.revision.sheet for line in lines if line.revision}:
        division_id = await sheets.division_of(tx, sheet)
        if division_id is None:
            continue
        roll = await rolls.current(tx, division_id, "final") or await rolls.current(tx, division_id, "preselection")
        part = (await rubrics.of_division(tx, division_id)).rule.part(sheet.part)
        found[sheet] = Place(
            names.get(sheet.judge_id, ""),
            roll.codes.get(sheet.entry_id, "") if roll else "",
            part.title if part else sheet.part,
            part.title_en if part else "",
        )
    return found


def _read(record: Record) -> Line:
    try:
        return Line(revision=wire.read(record.wire.encode(), record.signature, "export"))
    except Refused as told:
        return Line(told=told)


def _checked(line: Line, record: Record, keys: dict[UUID, EllipticCurvePublicKey]) -> Line:
    if line.revision is None:
        return line
    if line.revision.device_id not in keys:
        return Line(revision=line.revision, told=Refused("device_unknown"))
    try:
        wire.check(keys[line.revision.device_id], record.wire.encode(), record.signature)
    except Refused as told:
        return Line(revision=line.revision, told=told)
    return line
