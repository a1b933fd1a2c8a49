"""The desk's view of one division and stage. Pure: it only arranges what other slices say.

Codes stand for entries, names for judges. Not here: any decision (locks, standings, releases, score_sets).
"""

from collections.abc import Callable, Mapping, Sequence
from uuid import UUID

from msgspec import Struct

from services.scoring.deductions.domain import Records
from services.scoring.freezes.domain import Freeze
from services.scoring.locks.domain import LockRequest
from services.scoring.panels.domain import Panel, Thin
from services.scoring.releases.domain import Release, in_order
from services.scoring.remarks.domain import Request, is_open
from services.scoring.rolls.domain import Division, Roll
from services.scoring.rubrics.domain import ActivityRule, Part, Rule, Stage, words
from services.scoring.rubrics.domain.figures import named, titles
from services.scoring.score_sets.domain import ScoreSet
from services.scoring.sheets.domain import Sheet
from services.scoring.standings.domain import Basis, Spread, Standings
from shared import exact

Say = Callable[..., str]


class Gathered(Struct, frozen=True, kw_only=True):
    """What the desk asks the other slices for.

    roll: without those who are absent; absent: their codes. signed: revision -> ledger position of its countersignature.
    records: what counts beside the marks.
    """

    division: Division
    stage: Stage
    attached: ActivityRule | None
    panel: Panel | None
    roll: Roll | None
    absent: tuple[str, ...] = ()
    thin: tuple[Thin, ...]
    standings: Standings | None
    basis: Basis | None
    sheets: tuple[Sheet, ...]
    signed: Mapping[UUID, int]
    is_locked: bool
    requests: tuple[LockRequest, ...]
    releases: tuple[Release, ...]
    score_sets: tuple[ScoreSet, ...]
    remarks: tuple[Request, ...]
    records: Records
    freeze: Freeze | None


class Owing(Struct, frozen=True, kw_only=True):
    """One judge who has not marked everything; marks: "01 课堂教学" and the like."""

    judge: str
    seat: int
    marks: tuple[str, ...]


class Correction(Struct, frozen=True, kw_only=True):
    """A changed sheet: who, which, why, and whether the supervisor has countersigned it."""

    revision_id: UUID
    judge: str
    code: str
    part: str
    reason: str
    position: int
    is_signed: bool


class Line(Struct, frozen=True, kw_only=True):
    """A place in the standing. left_out: judges whose marks the drop left out (under a per-judge drop).

    deducted and adjusted: decimal text, "" where nothing was recorded.
    """

    entry_id: UUID
    rank: int
    code: str
    title: str
    shown: str
    decided_by: str
    deducted: str
    adjusted: str
    left_out: tuple[str, ...]


class Wide(Struct, frozen=True, kw_only=True):
    """A scope of an entry at which judges lie too far apart. waits: judges asked to look again who have not yet."""

    entry_id: UUID
    code: str
    scope: str
    title: str
    spread: str
    waits: int
    asked: bool


class Parting(Struct, frozen=True, kw_only=True):
    """What may be released before the whole division: the first K together, a chosen group, or single entries."""

    held: tuple[UUID, ...] = ()
    group: tuple[UUID, ...] = ()
    single: tuple[UUID, ...] = ()


class Tie(Struct, frozen=True, kw_only=True):
    """Tied entries that wait; voters: (judge id, name) of those who judge them all."""

    step: str
    entries: tuple[tuple[UUID, str], ...]
    voters: tuple[tuple[UUID, str], ...]


def parts_of(attached: ActivityRule, stage: Stage) -> tuple[Part, ...]:
    """The parts whose sheets the stage needs."""
    rule: Rule = attached.of_stage(stage)
    return rule.parts


def codes(roll: Roll | None) -> dict[UUID, str]:
    return roll.codes if roll else {}


def names(panel: Panel | None) -> dict[UUID, str]:
    return {seat.judge_id: seat.name for seat in panel.seats} if panel else {}


def owing(gathered: Gathered, language: str) -> tuple[Owing, ...]:
    """Who still owes what, in the order of the seats. A part not begun is one line, not one for each criterion."""
    if gathered.standings is None or gathered.panel is None or gathered.attached is None:
        return ()
    code = codes(gathered.roll)
    begun = {(sheet.judge_id, sheet.entry_id, sheet.part) for sheet in gathered.sheets if sheet.head}
    found: dict[UUID, list[str]] = {}
    for each in gathered.standings.unmarked:
        part = gathered.attached.rule.part(each.part)
        title = named(part.title, part.title_en, language) if part else each.part
        criterion = named(*titles(part)[each.criterion], language) if part else ""
        if (each.judge_id, each.entry_id, each.part) in begun and criterion != title:
            title = f"{title}·{criterion}"
        text = f"{code.get(each.entry_id, '?')} {title}"
        if text not in found.setdefault(each.judge_id, []):
            found[each.judge_id].append(text)
    seats = {seat.judge_id: seat for seat in gathered.panel.seats}
    order = sorted(found, key=lambda judge: (seats[judge].kind, seats[judge].position))
    return tuple(
        Owing(judge=seats[judge].name, seat=seats[judge].position, marks=tuple(sorted(found[judge]))) for judge in order
    )


def lines(gathered: Gathered) -> tuple[Line, ...]:
    """The standing in rank order."""
    if gathered.standings is None or gathered.roll is None:
        return ()
    items = {item.entry_id: item for item in gathered.roll.items}
    name, adjusted = names(gathered.panel), gathered.records.adjusted
    judging: dict[UUID, set[UUID]] = {}
    shadows = {seat.judge_id for seat in gathered.panel.shadows} if gathered.panel else set()
    for sheet in gathered.sheets:
        if sheet.head and sheet.judge_id not in shadows:
            judging.setdefault(sheet.entry_id, set()).add(sheet.judge_id)
    return tuple(
        Line(
            entry_id=line.entry_id,
            rank=line.rank,
            code=items[line.entry_id].code,
            title=items[line.entry_id].title,
            shown=line.shown,
            decided_by=line.decided_by,
            deducted=exact.plain(line.deducted.fraction) if line.deducted.n else "",
            adjusted=adjusted[line.entry_id].amount if line.entry_id in adjusted else "",
            left_out=tuple(
                sorted(name.get(judge, "") for judge in judging.get(line.entry_id, set()) - set(line.counted.get("", ())))
            )
            if "" in line.counted
            else (),
        )
        for line in gathered.standings.lines
    )


def ties(gathered: Gathered) -> tuple[Tie, ...]:
    """Ties that wait for the panel or for a lot."""
    if gathered.standings is None or gathered.panel is None:
        return ()
    code, voters = codes(gathered.roll), tuple((seat.judge_id, seat.name) for seat in gathered.panel.judges)
    return tuple(
        Tie(step=each.step, entries=tuple((entry, code[entry]) for entry in each.entries), voters=voters)
        for each in gathered.standings.pending
    )


def parting(gathered: Gathered) -> Parting:
    """The entries that have a result and were not asked for yet, as the rule releases them."""
    if gathered.standings is None or gathered.roll is None or gathered.attached is None or gathered.stage != "final":
        return Parting()
    asked = {entry for each in gathered.releases for entry in each.entries}
    if any(not each.entries for each in gathered.releases):
        return Parting()
    rule = gathered.attached.rule
    order = [item.entry_id for item in in_order(gathered.roll.items)]
    owed = set() if gathered.is_locked else {each.entry_id for each in gathered.standings.unmarked}
    ready = {line.entry_id for line in gathered.standings.lines} - owed - asked
    held = tuple(entry for entry in order[: rule.first_k] if entry not in asked)
    if rule.release == "first_k" and held:
        return Parting(held=held if ready >= set(held) else ())
    if rule.release == "per_group":
        return Parting(group=tuple(entry for entry in order if entry in ready))
    return Parting(single=tuple(ready) if rule.release in ("per_entry", "first_k") else ())


def wide(gathered: Gathered, spreads: Sequence[Spread], language: str) -> tuple[Wide, ...]:
    """Where judges lie too far apart, with who still has to look again; whose marks these are is not told."""
    if gathered.attached is None:
        return ()
    code, rule = codes(gathered.roll), gathered.attached.rule
    found = []
    for each in spreads:
        asked = [one for one in gathered.remarks if one.entry_id == each.entry_id and one.scope == each.scope]
        concerned = [sheet for sheet in gathered.sheets if any(one.concerns(sheet.entry_id, sheet.part) for one in asked)]
        waiting = {sheet.judge_id for sheet in concerned if is_open(asked, sheet.entry_id, sheet.part, sheet)}
        found.append(
            Wide(
                entry_id=each.entry_id,
                code=code.get(each.entry_id, "?"),
                scope=each.scope,
                title=scope_title(rule, each.scope, language),
                spread=exact.plain(each.spread.fraction),
                waits=len(waiting),
                asked=bool(asked),
            )
        )
    return tuple(found)


def scope_title(rule: Rule, scope: str, language: str) -> str:
    """What a scope is called: its part, and the criterion where it is one; "" for the whole."""
    part_key, _, criterion_key = scope.partition("/")
    part = rule.part(part_key)
    if part is None:
        return ""
    title = named(part.title, part.title_en, language)
    criterion = next((named(c.title, c.title_en, language) for c in part.criteria if c.key == criterion_key), "")
    return f"{title}·{criterion}" if criterion and criterion != title else title


def corrections(gathered: Gathered, language: str) -> tuple[Correction, ...]:
    """Counted sheets that were changed with a reason, in ledger order."""
    code, name = codes(gathered.roll), names(gathered.panel)
    rule = gathered.attached.rule if gathered.attached else None
    found = []
    for sheet in gathered.sheets:
        if not sheet.head or not sheet.head.reason or sheet.entry_id not in code:
            continue
        part = rule.part(sheet.part) if rule else None
        found.append(
            Correction(
                revision_id=sheet.head.revision_id,
                judge=name.get(sheet.judge_id, ""),
                code=code[sheet.entry_id],
                part=named(part.title, part.title_en, language) if part else sheet.part,
                reason=sheet.head.reason,
                position=sheet.head.ledger_position,
                is_signed=sheet.head.revision_id in gathered.signed,
            )
        )
    return tuple(sorted(found, key=lambda each: each.position))


def sheet_counts(gathered: Gathered) -> tuple[int, int]:
    """Sheets with counting marks, and sheets needed for the stage."""
    if gathered.attached is None or gathered.roll is None or gathered.panel is None:
        return 0, 0
    parts = {part.key for part in parts_of(gathered.attached, gathered.stage)}
    entries, shadows = gathered.roll.entries, {seat.judge_id for seat in gathered.panel.shadows}
    counted = [sheet for sheet in gathered.sheets if sheet.head and sheet.judge_id not in shadows]
    sent = sum(sheet.part in parts and sheet.entry_id in entries for sheet in counted)
    return sent, len(parts) * len(entries) * len(gathered.panel.judges)


def decided(step: str, parts: Sequence[Part], say: Say, language: str = "zh-CN") -> str:
    """What set an entry apart, in words; nothing where the result did."""
    if step in ("result", ""):
        return ""
    return words.step(step, parts, say, language)
