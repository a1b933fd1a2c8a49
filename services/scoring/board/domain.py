"""What the hall may see of a division, as one whole frame. Pure.

A frame holds codes, progress, the clock and what was released; names only once registration has opened the codes. It
holds no mark, no count of judges and no total that was not released: what a screen never gets it cannot leak.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Literal
from uuid import UUID

import msgspec
from msgspec import Struct

MOST_ROWS = 40


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

    root: the checksum of the sealed competition, "" before its results are out.
    """

    division_id: UUID
    version: int
    activity: str
    activity_en: str
    division: str
    division_en: str
    venue: str
    phase: Literal["waiting", "progress", "results"]
    is_open: bool
    done: int
    total: int
    entries: tuple[ShownEntry, ...]
    clock: ShownClock | None
    results: tuple[ShownResult, ...]
    made_at: datetime
    root: str = ""
    head: ShownHead | None = None


class Facts(Struct, frozen=True, kw_only=True):
    """What a frame is made of. entries: (entry id, code, order, title) in order; done: entries whose lesson is over."""

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


def frame(facts: Facts, version: int, now: datetime) -> Frame:
    """The picture. While a lesson runs the screen shows its clock, also where results are released one by one."""
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
    return Frame(
        division_id=facts.division_id,
        version=version,
        activity=facts.activity,
        activity_en=facts.activity_en,
        division=facts.division,
        division_en=facts.division_en,
        venue=facts.venue,
        phase="results" if results and facts.current is None else "progress" if entries else "waiting",
        is_open=bool(facts.names),
        done=len((facts.done & titles.keys()) - {facts.current}),
        total=len(entries),
        entries=tuple(_window(entries)),
        clock=facts.clock,
        results=tuple(results[:MOST_ROWS]),
        made_at=now,
        root=facts.root if results else "",
        head=facts.head,
    )


def aged(frame: Frame, now: datetime) -> Frame:
    """The same picture with its clock read now: a screen counts on from the moment it gets the frame."""
    clock = frame.clock
    if clock and clock.state == "running":
        passed = clock.passed_ms + max(0, (now - clock.at) // timedelta(milliseconds=1))
        clock = msgspec.structs.replace(clock, passed_ms=passed, at=now)
    return msgspec.structs.replace(frame, clock=clock, made_at=now)


def is_same(one: Frame, other: Frame) -> bool:
    """Whether two frames show the same, whatever their version and age."""
    return _picture(one) == _picture(other)


def _picture(frame: Frame) -> tuple[object, ...]:
    clock = frame.clock
    hands = (clock.code, clock.state, clock.limit_ms, clock.passed_ms if clock.state != "running" else 0) if clock else None
    return (frame.phase, frame.is_open, frame.done, frame.total, frame.entries, frame.results, hands, frame.activity,
            frame.division, frame.venue, frame.root, frame.head)  # fmt: skip


def _window(entries: list[ShownEntry]) -> list[ShownEntry]:
    """At most MOST_ROWS entries, around the one on stage or the next one."""
    if len(entries) <= MOST_ROWS:
        return entries
    here = next((at for at, each in enumerate(entries) if each.state != "done"), len(entries) - 1)
    first = max(0, min(here - 2, len(entries) - MOST_ROWS))
    return entries[first : first + MOST_ROWS]
