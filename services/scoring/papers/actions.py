"""Send sheets to paper and back, take what was typed from them, and keep their scans. Rule: `domain`."""

import asyncio
from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from msgspec import Struct

from services.scoring.ledger import actions as ledger
from services.scoring.ledger.domain import Entry, Recorded
from services.scoring.panels import actions as panels
from services.scoring.panels.domain import Panel
from services.scoring.papers import domain, store
from services.scoring.papers.domain import Progress, Scan, State, Typing
from services.scoring.rolls import actions as rolls
from services.scoring.rolls.domain import Division, Roll, RollItem
from services.scoring.rubrics import actions as rubrics
from services.scoring.rubrics.domain import ActivityRule, Part
from services.scoring.running_orders import actions as running_orders
from services.scoring.sheets import actions as sheets
from services.scoring.sheets.domain import OnPaper, Sheet, SheetKey, Submission
from shared.db import Transaction
from shared.errors import Missing, Refused
from shared.files import Files


class Move(Struct, frozen=True, kw_only=True):
    """Somebody sends a sheet to paper or takes it back; with judge_id None and part "" the whole entry."""

    division_id: UUID
    entry_id: UUID
    judge_id: UUID | None
    part: str
    reason: str
    by: UUID
    now: datetime


class Picked(Struct, frozen=True, kw_only=True):
    """One sheet with all that its page needs. sheet: what tablets sent and what counts; own: what the reader may see typed."""

    key: SheetKey
    division: Division
    attached: ActivityRule
    item: RollItem
    part: Part
    judge: str
    seat: int
    panel: Panel
    paper: OnPaper
    sheet: Sheet | None
    progress: Progress | None
    typings: tuple[Typing, ...]
    scans: tuple[Scan, ...]
    is_locked: bool

    @property
    def state(self) -> State:
        return domain.state(self.progress, self.sheet, self.paper)


class Outcome(Struct, frozen=True, kw_only=True):
    """What became of a typing. differing: the items that two people read differently."""

    state: State
    differing: tuple[str, ...]
    ledger_position: int | None


class Book(Struct, frozen=True, kw_only=True):
    """A division as its page of papers shows it."""

    division: Division
    attached: ActivityRule
    roll: Roll
    panel: Panel
    paper: tuple[OnPaper, ...]
    lines: tuple[domain.Line, ...]
    is_locked: bool


async def to_paper(tx: Transaction, move: Move) -> int:
    """Send a sheet, or a whole entry, to paper: what tablets send for it is held from now on. The ledger position.

    Raises Missing: no_such_sheet. Refused: paper_without_reason, paper_after_lock, paper_already.
    """
    await ledger.lock(tx, [move.division_id])
    paper = await sheets.on_paper(tx, move.division_id)
    attached = await _known(tx, move)
    is_locked = await _is_locked(tx, attached, move.division_id, move.part)
    domain.check_to_paper(paper, move.entry_id, move.judge_id, move.part, is_locked)
    return await _move(tx, move, is_paper=True)


async def from_paper(tx: Transaction, move: Move) -> int:
    """Take a sheet, or a whole entry, back to the tablets. The ledger position.

    Raises Refused: paper_without_reason, paper_not_on_paper, paper_whole_entry.
    """
    await ledger.lock(tx, [move.division_id])
    domain.check_from_paper(await sheets.on_paper(tx, move.division_id), move.entry_id, move.judge_id, move.part)
    return await _move(tx, move, is_paper=False)


async def pick(tx: Transaction, sheet: SheetKey, rule: str = "") -> Picked:
    """The sheet of a printed code. rule: the first digits of the rule it was printed by, "" where they are not known.

    Raises Missing: no_such_sheet. Refused: paper_not_on_paper, paper_other_rule.
    """
    division_id = await sheets.division_of(tx, sheet)
    if division_id is None:
        raise Missing("no_such_sheet")
    division, attached, panel = await _around(tx, division_id)
    part = attached.rule.part(sheet.part)
    item = (await _roll(tx, division_id, attached, sheet.part)).item(sheet.entry_id)
    if part is None or item is None:
        raise Missing("no_such_sheet")
    if rule and not attached.hash.startswith(rule):
        raise Refused("paper_other_rule", field="sheet")
    paper = domain.paper_of(await sheets.on_paper(tx, division_id), sheet)
    assigned = {(each.judge_id, each.entry_id): each for each in await panels.assignments(tx, division_id)}
    return Picked(
        key=sheet,
        division=division,
        attached=attached,
        item=item,
        part=part,
        judge=panel.seat(sheet.judge_id).name,
        seat=assigned[sheet.judge_id, sheet.entry_id].seat,
        panel=panel,
        paper=paper,
        sheet=next((each for each in await sheets.sheets(tx, division_id) if domain.key_of(each) == sheet), None),
        progress=next((each for each in await store.progress(tx, division_id) if each.sheet == sheet), None),
        typings=tuple(await store.readable(tx, sheet, paper.ledger_position)),
        scans=tuple(each for each in await store.scans(tx, division_id) if each.sheet == sheet),
        is_locked=await _is_locked(tx, attached, division_id, sheet.part),
    )


async def type_sheet(
    tx: Transaction, typing_id: UUID, sheet: SheetKey, typed: Mapping[str, str], comment: str, by: UUID, now: datetime
) -> Outcome:
    """Keep what somebody read on a sheet; when somebody else has read the same, it counts. The same id again changes nothing.

    Raises Faulty (marks). Missing: no_such_sheet. NotAllowed: paper_judge_types.
    Refused: paper_not_on_paper, paper_after_lock, paper_scan_needed, paper_held (why the sheet would not count).
    """
    picked = await pick(tx, sheet)
    division_id = picked.division.division_id
    await ledger.lock(tx, [division_id])
    picked = await pick(tx, sheet)
    if await store.find(tx, typing_id):
        return _outcome(picked)
    if picked.is_locked:
        raise Refused("paper_after_lock")
    domain.check_typist(by, {seat.judge_id for seat in picked.panel.seats}, picked.progress, bool(picked.scans))
    typing = Typing(
        id=typing_id, division_id=division_id, sheet=sheet, paper_position=picked.paper.ledger_position, typist_id=by,
        marks=domain.marks(picked.part, typed), comment=comment, typed_at=now,
    )  # fmt: skip
    await store.add(tx, typing)
    agreed = await store.agreement(tx, typing)
    if agreed:
        made = domain.revision(typing, agreed, picked.sheet, picked.paper.reason, picked.attached.rule.version)
        (done,) = await sheets.submit(tx, [Submission(made, now, by, agreed.typist_id)])
        if done.disposition != "counted":
            raise Refused("paper_held", disposition=done.disposition)
    return _outcome(await pick(tx, sheet))


async def attach_scan(tx: Transaction, files: Files, sheet: SheetKey, content: bytes, by: UUID, now: datetime) -> Scan:
    """Keep the picture of a filled sheet. The same picture again changes nothing.

    Raises Missing: no_such_sheet. Refused: paper_not_on_paper, paper_scan_kind.
    """
    picked = await pick(tx, sheet)
    division_id, kind = picked.division.division_id, domain.kind_of(content)
    digest = await asyncio.to_thread(files.put, content)
    await ledger.lock(tx, [division_id])
    for each in (await pick(tx, sheet)).scans:
        if each.sha256 == digest:
            return each
    entry = Entry(
        division_id=division_id,
        kind="scan_attached",
        actor=by,
        body={
            "bytes": len(content),
            "entry": str(sheet.entry_id),
            "media_type": kind,
            "part": sheet.part,
            "sha256": digest,
        },
        subjects={"judge": sheet.judge_id},
    )
    (recorded,) = await ledger.append(tx, [entry], now)
    scan = Scan(sheet=sheet, sha256=digest, media_type=kind, bytes=len(content), ledger_position=recorded.position)
    await store.add_scan(tx, division_id, scan)
    return scan


async def scan(tx: Transaction, sheet: SheetKey, digest: str) -> Scan:
    """Raises Missing: no_such_sheet, file_missing."""
    division_id = await sheets.division_of(tx, sheet)
    found = await store.scans(tx, division_id) if division_id else []
    for each in found:
        if (each.sheet, each.sha256) == (sheet, digest):
            return each
    raise Missing("file_missing")


async def book(tx: Transaction, division_id: UUID) -> Book:
    """Every sheet of a division that is on paper. Raises Missing: division_unknown, no_roll, no_panel."""
    division, attached, panel = await _around(tx, division_id)
    roll = await _roll(tx, division_id, attached, "")
    paper = await sheets.on_paper(tx, division_id)
    lines = domain.lines(
        roll, panel, attached, paper, await panels.assignments(tx, division_id), await sheets.sheets(tx, division_id),
        await store.progress(tx, division_id), await store.scans(tx, division_id), await sheets.held_on_paper(tx, division_id),
    )  # fmt: skip
    return Book(
        division=division, attached=attached, roll=roll, panel=panel, paper=tuple(paper), lines=lines,
        is_locked=await _is_locked(tx, attached, division_id, ""),
    )  # fmt: skip


async def waiting(tx: Transaction, division_id: UUID) -> list[Progress]:
    """Sheets that one person has typed and nobody has confirmed, or that two read differently; not those nobody owes."""
    absent = await running_orders.absent(tx, division_id)
    owed = {
        (each.judge_id, each.entry_id) for each in await panels.assignments(tx, division_id)
        if each.is_marking and each.entry_id not in absent
    }  # fmt: skip
    return [each for each in await store.progress(tx, division_id) if (each.judge_id, each.entry_id) in owed]


async def rebuild(
    tx: Transaction, division_id: UUID, chain: list[Recorded], people: Mapping[str, UUID]
) -> dict[str, int]:
    """The scans of a division made anew from its ledger; how many rows differed."""
    stood = await store.scans(tx, division_id)
    await store.forget_scans(tx, division_id)
    for each in chain:
        if each.kind == "scan_attached":
            body, judge = each.fields["body"], people[each.fields["subjects"]["judge"]]
            made = Scan(
                sheet=SheetKey(judge, UUID(body["entry"]), body["part"]), sha256=body["sha256"], media_type=body["media_type"],
                bytes=body["bytes"], ledger_position=each.position,
            )  # fmt: skip
            await store.add_scan(tx, division_id, made)
    return {"paper_scans": len(set(stood) ^ set(await store.scans(tx, division_id)))}


async def _around(tx: Transaction, division_id: UUID) -> tuple[Division, ActivityRule, Panel]:
    division = await rolls.division(tx, division_id)
    return division, await rubrics.of_division(tx, division_id), await panels.of_division(tx, division_id)


async def _roll(tx: Transaction, division_id: UUID, attached: ActivityRule, part: str) -> Roll:
    """The roll that stands; for a part of the pre-selection, where the final has not come, that one's."""
    stage = attached.stage_of(part)
    found = await rolls.current(tx, division_id, "final") or await rolls.current(tx, division_id, stage)
    found = found or await rolls.current(tx, division_id, "preselection")
    if found is None:
        raise Missing("no_roll")
    return found


async def _is_locked(tx: Transaction, attached: ActivityRule, division_id: UUID, part: str) -> bool:
    locked = await sheets.locked(tx, division_id)
    return "final" in locked or (part != "" and attached.stage_of(part) in locked)


async def _known(tx: Transaction, move: Move) -> ActivityRule:
    """The rule, once it is sure that the division has this entry and the judge marks it. Raises Missing: no_such_sheet."""
    _, attached, _ = await _around(tx, move.division_id)
    roll = await _roll(tx, move.division_id, attached, move.part)
    assigned = {
        each.judge_id for each in await panels.assignments(tx, move.division_id)
        if each.entry_id == move.entry_id and each.is_marking
    }  # fmt: skip
    is_one = move.judge_id in assigned and attached.rule.part(move.part) is not None
    if move.entry_id not in roll.entries or not (is_one or (move.judge_id is None and move.part == "")):
        raise Missing("no_such_sheet")
    return attached


async def _move(tx: Transaction, move: Move, *, is_paper: bool) -> int:
    if not move.reason:
        raise Refused("paper_without_reason", field="reason")
    entry = Entry(
        division_id=move.division_id,
        kind="to_paper" if is_paper else "from_paper",
        actor=move.by,
        body={"entry": str(move.entry_id), "part": move.part, "reason": move.reason},
        subjects={"judge": move.judge_id} if move.judge_id else {},
    )
    recorded = await sheets.set_paper(
        tx, move.division_id, move.entry_id, move.judge_id, move.part, is_paper, entry, move.now
    )
    return recorded.position


def _outcome(picked: Picked) -> Outcome:
    head = picked.sheet.head if picked.sheet else None
    return Outcome(
        state=picked.state,
        differing=picked.progress.differing if picked.progress else (),
        ledger_position=head.ledger_position if head and picked.state == "counted" else None,
    )
