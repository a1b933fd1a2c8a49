"""What the desk sees of a hall: who has not marked, tablets, calls for help, the order and the clock. Pure.

Nothing of it is a mark: the page is read in the audience `hall`, which has none. Not here: any decision (each has its
own slice and page).
"""

import hashlib
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Literal
from uuid import UUID

import msgspec
from msgspec import Struct

from services.scoring.clocks.domain import Clock
from services.scoring.panels.domain import Assignment, Panel, Seat
from services.scoring.rolls.domain import Roll, RollItem
from services.scoring.rubrics.domain import Part
from services.scoring.running_orders.domain import State
from services.scoring.sheets.domain import Disposition

Marked = Literal["done", "partly", "unmarked", "conflict", "recused", "left", "absent", "none"]
SILENT = timedelta(seconds=60)
"""A tablet that has said nothing for so long is told: it reports every twenty seconds."""
SKEWED = timedelta(seconds=60)


class SheetState(Struct, frozen=True, kw_only=True):
    """A sheet without its marks. marked: how many marks count in it; disposition: of the revision that came last."""

    judge_id: UUID
    entry_id: UUID
    part: str
    disposition: Disposition
    received_at: datetime
    head_id: UUID | None
    marked: int


class Tablet(Struct, frozen=True, kw_only=True):
    """A tablet and what it last said of itself. absent: why it does not work offline. position: last acknowledged."""

    id: UUID
    label: str
    judge_id: UUID | None
    heard_at: datetime | None
    queue: int | None
    parked: int | None
    position: int | None
    battery: int | None
    skew_ms: int | None
    absent: tuple[str, ...] = ()

    @property
    def is_skewed(self) -> bool:
        return self.skew_ms is not None and abs(timedelta(milliseconds=self.skew_ms)) > SKEWED

    def is_silent(self, now: datetime) -> bool:
        return self.heard_at is None or now - self.heard_at > SILENT


class Column(Struct, frozen=True, kw_only=True):
    """A judge of the matrix. owed: sheets this judge owes in all."""

    judge_id: UUID
    name: str
    kind: Literal["judge", "reserve", "shadow"]
    position: int
    is_leader: bool
    has_left: bool
    owed: int


class Cell(Struct, frozen=True, kw_only=True):
    """One judge and one entry: in a word, and for each part whether its sheet is whole."""

    judge_id: UUID
    state: Marked
    done: int
    parts: tuple[tuple[str, Literal["done", "partly", "unmarked"]], ...]


class Row(Struct, frozen=True, kw_only=True):
    """One entry in the running order. waits: names of the judges who owe it a sheet."""

    entry_id: UUID
    code: str
    title: str
    order: int | None
    state: Literal["waiting", "called", "late", "absent", "current", "heard"]
    cells: tuple[Cell, ...]
    waits: tuple[str, ...]


class Held(Struct, frozen=True, kw_only=True):
    """Two tablets of one judge sent different sheets, and the judge has not picked one."""

    entry_id: UUID
    code: str
    part: str
    judge: str


class Hall(Struct, frozen=True, kw_only=True):
    """The picture. sent and needed: sheets."""

    rows: tuple[Row, ...]
    columns: tuple[Column, ...]
    tablets: tuple[Tablet, ...]
    held: tuple[Held, ...]
    clock: Clock | None
    sent: int
    needed: int


def hall(
    roll: Roll | None,
    panel: Panel,
    parts: Sequence[Part],
    assignments: Sequence[Assignment],
    sheets: Sequence[SheetState],
    clocks: Sequence[Clock],
    states: Mapping[UUID, State],
    tablets: Sequence[Tablet],
) -> Hall:
    """Put the picture together."""
    items = roll.items if roll else ()
    seated = {(each.judge_id, each.entry_id): each.state for each in assignments}
    sent = {(each.judge_id, each.entry_id, each.part): each for each in sheets}
    seats = _seats(panel, assignments)
    open_clock = next((each for each in clocks if each.state != "ended"), None)
    heard = {each.entry_id for each in clocks if each.state == "ended"}
    rows = []
    for item in items:
        state = states.get(item.entry_id, "waiting")
        cells = tuple(_cell(seat, item.entry_id, state, parts, seated, sent) for seat in seats)
        rows.append(
            Row(
                entry_id=item.entry_id,
                code=item.code,
                title=item.title,
                order=item.order,
                state="absent" if state == "absent"
                else "current" if open_clock and open_clock.entry_id == item.entry_id
                else "heard" if item.entry_id in heard
                else state,
                cells=cells,
                waits=tuple(
                    seat.name for seat, cell in zip(seats, cells, strict=True)
                    if seat.kind != "shadow" and cell.state in ("unmarked", "partly", "conflict")
                ),
            )
        )  # fmt: skip
    columns = tuple(_column(seat, at, rows, seated, len(parts)) for at, seat in enumerate(seats))
    counted = [cell for row in rows for column, cell in zip(columns, row.cells, strict=True) if column.kind != "shadow"]
    owing = [cell for cell in counted if cell.state in ("done", "partly", "unmarked", "conflict")]
    return Hall(
        rows=tuple(rows),
        columns=columns,
        tablets=tuple(tablets),
        held=_held(items, seats, sheets),
        clock=open_clock,
        sent=sum(cell.done for cell in owing),
        needed=len(owing) * len(parts),
    )


def version(*pictures: object) -> str:
    """What tells one picture from the next."""
    return hashlib.sha256(msgspec.json.encode(pictures, order="sorted")).hexdigest()[:32]


def _seats(panel: Panel, assignments: Sequence[Assignment]) -> list[Seat]:
    """The judges in seat order, then reserve judges who stand in somewhere, then shadow judges."""
    standing = {each.judge_id for each in assignments}
    reserves = [seat for seat in panel.reserves if seat.judge_id in standing]
    return [*panel.judges, *reserves, *panel.shadows]


def _cell(
    seat: Seat,
    entry_id: UUID,
    state: State,
    parts: Sequence[Part],
    seated: Mapping[tuple[UUID, UUID], str],
    sent: Mapping[tuple[UUID, UUID, str], SheetState],
) -> Cell:
    own = [sent.get((seat.judge_id, entry_id, part.key)) for part in parts]
    told = tuple((part.key, _part(part, each)) for part, each in zip(parts, own, strict=True))
    done = sum(each == "done" for _, each in told)
    at = seated.get((seat.judge_id, entry_id))
    if at is None:
        word: Marked = "none"
    elif at in ("recused", "left"):
        word = "recused" if at == "recused" else "left"
    elif state == "absent":
        word = "absent"
    elif any(each and each.disposition == "held_conflict" for each in own):
        word = "conflict"
    elif done == len(parts):
        word = "done"
    else:
        word = "partly" if any(each != "unmarked" for _, each in told) else "unmarked"
    return Cell(judge_id=seat.judge_id, state=word, done=done, parts=told)


def _part(part: Part, state: SheetState | None) -> Literal["done", "partly", "unmarked"]:
    if state is None or state.head_id is None:
        return "unmarked"
    return "done" if state.marked >= len(part.cells) else "partly"


def _column(seat: Seat, at: int, rows: Sequence[Row], seated: Mapping[tuple[UUID, UUID], str], parts: int) -> Column:
    mine = [row.cells[at] for row in rows]
    owed = sum(parts - cell.done for cell in mine if cell.state in ("unmarked", "partly", "conflict"))
    return Column(
        judge_id=seat.judge_id,
        name=seat.name,
        kind=seat.kind,
        position=seat.position,
        is_leader=seat.leader,
        has_left="left" in {state for (judge, _), state in seated.items() if judge == seat.judge_id},
        owed=0 if seat.kind == "shadow" else owed,
    )


def _held(items: Sequence[RollItem], seats: Sequence[Seat], sheets: Sequence[SheetState]) -> tuple[Held, ...]:
    codes = {item.entry_id: item.code for item in items}
    names = {seat.judge_id: seat.name for seat in seats}
    return tuple(
        Held(entry_id=each.entry_id, code=codes[each.entry_id], part=each.part, judge=names[each.judge_id])
        for each in sheets
        if each.disposition == "held_conflict" and each.entry_id in codes and each.judge_id in names
    )
