"""Whether a hall can begin: order, rule, panel, tablets, printed sheets, clock, disk. Pure.

Each line is ready, or says what is missing, what to do and where. Nothing here is decided: every line is read from the
slice that owns it, but for what only people can see, which they say here (`Preparation`).
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Literal
from uuid import UUID

from msgspec import Struct

from services.scoring.clocks.domain import Clock
from services.scoring.halls.domain import Tablet
from services.scoring.panels.domain import Assignment, Panel
from services.scoring.rolls.domain import Roll
from services.scoring.rubrics.domain import ActivityRule

Item = Literal["sheets", "clock"]
LOW_BATTERY = 20
LEAST_FREE = 2 * 1024**3
"""So many bytes must be free on the server's disk."""
NAMED = 8
"""How many names a line tells; the rest is a number."""


class Preparation(Struct, frozen=True, kw_only=True):
    """Somebody said that a thing is in its place, for this roll and this rule."""

    item: Item
    roll_hash: str
    rule_hash: str
    said_at: datetime


class Facts(Struct, frozen=True, kw_only=True):
    """What is known of a hall. waiting: changes of the order that nobody confirmed; free: bytes on the server's disk."""

    roll: Roll | None
    attached: ActivityRule | None
    panel: Panel | None
    assignments: tuple[Assignment, ...]
    absent: frozenset[UUID]
    waiting: int
    tablets: tuple[Tablet, ...]
    clock: Clock | None
    preparations: tuple[Preparation, ...]
    free: int
    now: datetime


class Line(Struct, frozen=True, kw_only=True):
    """One thing. key: its text in the catalogue, with `_missing` where it is not ready. to: the page that mends it.

    item: what a person may say to be in its place.
    """

    key: str
    is_ready: bool
    to: str
    values: Mapping[str, int | str] = {}
    item: Item | None = None


def lines(facts: Facts) -> tuple[Line, ...]:
    """In the order in which a hall is prepared."""
    return (
        _roll(facts), _order(facts), _rule(facts), _panel(facts), _seats(facts), *_tablets(facts), _said(facts, "sheets"),
        _clock(facts), _said(facts, "clock"), _disk(facts),
    )  # fmt: skip


def may_begin(lines: Sequence[Line]) -> bool:
    return all(line.is_ready for line in lines)


def _roll(facts: Facts) -> Line:
    roll = facts.roll
    values = {"version": roll.version, "count": len(roll.items)} if roll else {}
    return Line(key="roll", is_ready=roll is not None, to="divisions", values=values)


def _order(facts: Facts) -> Line:
    undrawn = [item.code for item in facts.roll.items if item.order is None] if facts.roll else []
    if facts.waiting:
        return Line(key="order_waits", is_ready=False, to="hall", values={"count": facts.waiting})
    away = len(facts.absent)
    values: dict[str, int | str] = {"absent": away, "codes": _some(undrawn)}
    return Line(key="order", is_ready=facts.roll is not None and not undrawn, to="hall", values=values)


def _rule(facts: Facts) -> Line:
    values = {"title": facts.attached.rule.title} if facts.attached else {}
    return Line(
        key="rule", is_ready=facts.attached is not None, to="rule" if facts.attached else "presets", values=values
    )


def _panel(facts: Facts) -> Line:
    panel = facts.panel
    values = {"judges": len(panel.judges), "reserves": len(panel.reserves)} if panel else {}
    return Line(key="panel", is_ready=panel is not None, to="panel" if panel else "seasons", values=values)


def _seats(facts: Facts) -> Line:
    """Every entry has the judges that the rule asks for."""
    thin = []
    for item in facts.roll.items if facts.roll and facts.panel and facts.attached else ():
        mine = [each for each in facts.assignments if each.entry_id == item.entry_id]
        judging = {each.seat for each in mine if each.state == "judging"}
        left = {each.seat for each in mine if each.state == "left"}
        needed = {seat.position for seat in facts.panel.judges} - left if facts.panel else set()
        is_empty = facts.attached is not None and facts.attached.rule.recusal == "reserve" and needed - judging
        is_thin = facts.attached is not None and len(judging) < facts.attached.rule.fewest_marks
        if item.entry_id not in facts.absent and (is_thin or is_empty):
            thin.append(item.code)
    is_known = facts.roll is not None and facts.panel is not None and facts.attached is not None
    return Line(key="seats", is_ready=is_known and not thin, to="panel", values={"codes": _some(thin)})


def _tablets(facts: Facts) -> tuple[Line, ...]:
    """Whoever marks has signed on to a tablet that was heard just now and works offline."""
    marking = {each.judge_id for each in facts.assignments if each.state in ("judging", "shadow", "kept")}
    seats = [seat for seat in facts.panel.seats if seat.judge_id in marking] if facts.panel else []
    heard = {each.judge_id for each in facts.tablets if not each.is_silent(facts.now)}
    away = [seat.name for seat in seats if seat.judge_id not in heard]
    weak = [each.label for each in facts.tablets if each.absent]
    low = [each.label for each in facts.tablets if each.battery is not None and each.battery <= LOW_BATTERY]
    skewed = [each.label for each in facts.tablets if each.is_skewed]
    stuck = [each.label for each in facts.tablets if each.queue or each.parked]
    return (
        Line(
            key="tablets", is_ready=bool(seats) and not away, to="devices",
            values={"count": len(seats), "names": _some(away), "missing": len(away)},
        ),
        Line(key="offline", is_ready=bool(facts.tablets) and not weak, to="devices", values={"labels": _some(weak)}),
        *([Line(key="battery", is_ready=False, to="devices", values={"labels": _some(low)})] if low else []),
        *([Line(key="skew", is_ready=False, to="devices", values={"labels": _some(skewed)})] if skewed else []),
        *([Line(key="queue", is_ready=False, to="hall", values={"labels": _some(stuck)})] if stuck else []),
    )  # fmt: skip


def _said(facts: Facts, item: Item) -> Line:
    """What a person says holds for the roll and the rule of that moment."""
    stands = (facts.roll.hash, facts.attached.hash) if facts.roll and facts.attached else None
    said = next((each for each in facts.preparations if each.item == item), None)
    is_ready = said is not None and stands == (said.roll_hash, said.rule_hash)
    key = f"{item}_changed" if said and not is_ready else item
    to = "printouts" if item == "sheets" else "screen"
    return Line(key=f"said_{key}", is_ready=is_ready, to=to, item=item if stands and not is_ready else None)


def _clock(facts: Facts) -> Line:
    """No lesson is left open from before."""
    code = facts.roll.codes.get(facts.clock.entry_id, "") if facts.clock and facts.roll else ""
    return Line(key="clock", is_ready=facts.clock is None, to="clocks", values={"code": code})


def _disk(facts: Facts) -> Line:
    return Line(key="disk", is_ready=facts.free >= LEAST_FREE, to="", values={"free": f"{facts.free / 1024**3:.1f}"})


def _some(names: Sequence[str]) -> str:
    told = "、".join(names[:NAMED])
    return f"{told} … {len(names)}" if len(names) > NAMED else told
