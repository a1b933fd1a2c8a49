"""What the hall may see of a division, as one whole frame. Pure.

A frame holds codes, progress, the clock and what was released; names only once registration has opened the codes. It
holds no mark, no count of judges and no total that was not released: what a screen never gets it cannot leak. A frozen
frame is made of the public frame before it and of what the freeze keeps, and of nothing that came later.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any, Literal
from uuid import UUID

import msgspec
from msgspec import Struct

from services.scoring.freezes.domain import Kept

MOST_ROWS = 40
"""So many entries around the stage a screen is told, and so many results are always told whole."""
Phase = Literal["waiting", "progress", "results", "frozen", "ceremony"]


class Name(Struct, frozen=True):
    """Who stood behind a code."""

    name: str
    unit: str


class ShownEntry(Struct, frozen=True, kw_only=True):
    code: str
    order: int | None
    title: str
    state: Literal["done", "current", "waiting"]
    name: str = ""
    unit: str = ""


class ShownClock(Struct, frozen=True, kw_only=True):
    """passed_ms: at `at`; a running screen counts on from there by itself."""

    code: str
    state: Literal["running", "paused", "ended"]
    limit_ms: int
    warning_ms: int
    passed_ms: int
    at: datetime


class ShownResult(Struct, frozen=True, kw_only=True):
    rank: int
    code: str
    shown: str
    title: str = ""
    name: str = ""
    unit: str = ""


class Released(Struct, frozen=True, kw_only=True):
    """One result that was released: rank among what was released, and the figure as the rule rounds it."""

    entry_id: UUID
    code: str
    rank: int
    shown: str


class ShownHead(Struct, frozen=True):
    """Where the division's ledger stood when the other services were last told, or at the last release.

    hash: its first 16 hexadecimal digits.
    """

    position: int
    hash: str


class Frame(Struct, frozen=True, kw_only=True):
    """One picture of one division. version rises with each change; made_at is business time.

    root: the checksum of the sealed competition, "" before its results are out. reveal: the page of a running ceremony.
    """

    division_id: UUID
    version: int
    activity: str
    activity_en: str
    division: str
    division_en: str
    venue: str
    phase: Phase
    is_open: bool
    done: int
    total: int
    entries: tuple[ShownEntry, ...]
    clock: ShownClock | None
    results: tuple[ShownResult, ...]
    made_at: datetime
    root: str = ""
    head: ShownHead | None = None
    reveal: str = ""
    shows: Literal["progress", "results"] = "progress"


class Facts(Struct, frozen=True, kw_only=True):
    """What a frame is made of. entries: (entry id, code, order, title) in order; done: entries whose lesson is over.

    shows: what the rule lets the screen show while a lesson runs. waits: everything is told at the ceremony.
    """

    division_id: UUID
    activity: str
    activity_en: str
    division: str
    division_en: str
    venue: str
    entries: tuple[tuple[UUID, str, int | None, str], ...]
    done: frozenset[UUID]
    current: UUID | None
    clock: ShownClock | None
    released: tuple[Released, ...]
    names: Mapping[UUID, Name]
    root: str = ""
    head: ShownHead | None = None
    shows: Literal["progress", "results"] = "progress"
    waits: bool = False
    reveal: str = ""


def frame(facts: Facts, version: int, now: datetime) -> Frame:
    """The picture. While a lesson runs the screen shows its clock; results beside it only where the rule says so."""
    titles = {entry_id: title for entry_id, _, _, title in facts.entries}
    nobody = Name("", "")
    entries = [
        ShownEntry(
            code=code,
            order=order,
            title=title,
            state="current" if entry_id == facts.current else "done" if entry_id in facts.done else "waiting",
            name=facts.names.get(entry_id, nobody).name,
            unit=facts.names.get(entry_id, nobody).unit,
        )
        for entry_id, code, order, title in facts.entries
    ]
    results = [
        ShownResult(
            rank=each.rank,
            code=each.code,
            shown=each.shown,
            title=titles.get(each.entry_id, ""),
            name=facts.names.get(each.entry_id, nobody).name,
            unit=facts.names.get(each.entry_id, nobody).unit,
        )
        for each in sorted(facts.released, key=lambda each: (each.rank, each.code))
    ]
    done = len((facts.done & titles.keys()) - {facts.current})
    return Frame(
        division_id=facts.division_id,
        version=version,
        activity=facts.activity,
        activity_en=facts.activity_en,
        division=facts.division,
        division_en=facts.division_en,
        venue=facts.venue,
        phase=_phase(facts, done, bool(results)),
        is_open=bool(facts.names),
        done=done,
        total=len(entries),
        entries=tuple(_window(entries)),
        clock=facts.clock,
        results=tuple(results),
        made_at=now,
        root=facts.root if results else "",
        head=facts.head,
        reveal=facts.reveal,
        shows=facts.shows,
    )


def _phase(facts: Facts, done: int, has_results: bool) -> Phase:
    if has_results and (facts.current is None or facts.shows == "results"):
        return "results"
    if not facts.entries:
        return "waiting"
    return "ceremony" if facts.waits and facts.current is None and done == len(facts.entries) else "progress"


def frozen(last: Frame, kept: Iterable[Kept], version: int, at: datetime) -> Frame:
    """What everybody goes on seeing from the freeze on: the results that were out, and neither stage nor progress."""
    rows = {each.code: each for each in last.results}
    titles = {each.code: each.title for each in last.entries}
    results = [
        ShownResult(
            rank=each.rank,
            code=each.code,
            shown=each.shown,
            title=row.title if (row := rows.get(each.code)) else titles.get(each.code, ""),
            name=row.name if row else "",
            unit=row.unit if row else "",
        )
        for each in sorted(kept, key=lambda each: (each.rank, each.code))
    ]
    return msgspec.structs.replace(
        last,
        phase="frozen",
        version=version,
        results=tuple(results),
        entries=(),
        done=0,
        clock=None,
        made_at=at,
        reveal="",
    )


def inside(made: Frame, public: Frame) -> Frame:
    """What the hall sees while the public's frame is frozen: stage, progress and clock go on, results and names do not."""
    entries = (
        made.entries
        if public.is_open
        else tuple(msgspec.structs.replace(each, name="", unit="") for each in made.entries)
    )
    return msgspec.structs.replace(
        made,
        phase="frozen",
        is_open=public.is_open,
        entries=entries,
        results=public.results,
        root=public.root,
        head=public.head,
    )


def change(old: Frame, new: Frame) -> dict[str, Any] | None:
    """What a screen that shows the old picture needs to show the new one; None where the whole is short enough.

    rows: those that are new or differ in more than their rank; order and ranks: of all.
    """
    if len(new.results) <= MOST_ROWS:
        return None
    known = {msgspec.structs.replace(each, rank=0) for each in old.results}
    rest = {
        name: value
        for name in new.__struct_fields__
        if name not in ("results", "version") and (value := getattr(new, name)) != getattr(old, name)
    }
    return {
        "base": old.version,
        "version": new.version,
        "rest": rest,
        "rows": [each for each in new.results if msgspec.structs.replace(each, rank=0) not in known],
        "order": [each.code for each in new.results],
        "ranks": [each.rank for each in new.results],
    }


def is_same(one: Frame, other: Frame) -> bool:
    """Whether two frames show the same, whatever their version and age."""
    return _picture(one) == _picture(other)


def _picture(frame: Frame) -> tuple[object, ...]:
    clock = frame.clock
    hands = (
        (clock.code, clock.state, clock.limit_ms, clock.passed_ms if clock.state != "running" else 0) if clock else None
    )
    return (frame.phase, frame.is_open, frame.done, frame.total, frame.entries, frame.results, hands, frame.activity,
            frame.division, frame.venue, frame.root, frame.head, frame.reveal)  # fmt: skip


def _window(entries: list[ShownEntry]) -> list[ShownEntry]:
    """At most MOST_ROWS entries, around the one on stage or the next one."""
    if len(entries) <= MOST_ROWS:
        return entries
    here = next((at for at, each in enumerate(entries) if each.state != "done"), len(entries) - 1)
    first = max(0, min(here - 2, len(entries) - MOST_ROWS))
    return entries[first : first + MOST_ROWS]
