"""What stands on the printed sheets and on the summary, as plain data for the templates. Pure.

The paper counts: it must equal the screen, so both come from the same sheets and the same standing. Words come in from
the edge; nothing here knows a language.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from fractions import Fraction
from typing import Any
from uuid import UUID

from services.scoring.deductions.domain import Deduction as RecordedDeduction
from services.scoring.deductions.domain import Records, points
from services.scoring.divisions.domain import Gathered, Say, decided, scope_title
from services.scoring.panels.domain import Assignment, Seat
from services.scoring.papers.domain import code_of
from services.scoring.rubrics.domain import Deduction, Part, Rule, Scale, figures, words
from services.scoring.sheets.domain import Sent, Sheet, SheetKey
from shared import exact

Own = Mapping[tuple[UUID, UUID, str], Sheet]


def checksum(hash: str) -> str:
    """A hash as officers read it: four groups of four."""
    return " ".join(hash[at : at + 4] for at in range(0, 16, 4))


def whole_checksum(hash: str) -> str:
    """A hash in full, in groups of eight, so that it can be compared and typed."""
    return " ".join(hash[at : at + 8] for at in range(0, len(hash), 8))


def of_sheets(sheets: Sequence[Sheet]) -> dict[tuple[UUID, UUID, str], Sheet]:
    return {(each.judge_id, each.entry_id, each.part): each for each in sheets}


def sheet_pages(
    gathered: Gathered, assignments: Sequence[Assignment], parts: Sequence[Part], say: Say, language: str = "zh-CN"
) -> list[dict[str, Any]]:
    """One page per judge, entry and part, by entry and seat; a sheet that was not sent is printed blank for paper.

    Each bears its code (slice papers), by which it is typed in when it comes back filled.
    """
    roll, panel, attached = gathered.roll, gathered.panel, gathered.attached
    if roll is None or panel is None or attached is None:
        return []
    own = of_sheets(gathered.sheets)
    names = {seat.judge_id: seat for seat in panel.seats}
    judging = sorted((each for each in assignments if each.is_marking), key=lambda each: (not each.is_seated, each.seat))
    pages = []
    for item in roll.items:
        for each in judging:
            if each.entry_id != item.entry_id:
                continue
            for part in parts:
                sheet = own.get((each.judge_id, each.entry_id, part.key))
                title = f"{say('print.judge')} {each.seat}" if each.is_seated else say("hall.seat_shadow", seat=each.seat)
                who = f"{title} · {names[each.judge_id].name}"
                key = SheetKey(each.judge_id, item.entry_id, part.key)
                page = {
                    "code": item.code, "title": item.title, "who": who, "signs": _signs("judge", say),
                    "sheet": key, "qr": code_of(key, attached.hash).text,
                }  # fmt: skip
                pages.append({**page, **_marks(part, sheet.head if sheet else None, say, language)})
    return pages


def record_pages(gathered: Gathered, say: Say) -> list[dict[str, Any]]:
    """One page per entry about which something was recorded beside the marks: a sheet of its own, no judge's."""
    if gathered.roll is None or gathered.attached is None:
        return []
    return [
        {
            "code": item.code,
            "title": item.title,
            "who": "",
            "signs": _signs("timekeeper", say),
            "sheet": None,
            "qr": "",
            **page,
        }
        for item in gathered.roll.items
        if (page := _records(gathered.attached.rule, gathered.records, item.entry_id, say))
    ]


def _records(rule: Rule, records: Records, entry_id: UUID, say: Say) -> dict[str, Any] | None:
    kinds = {kind.key: kind for kind in rule.deductions}
    mine = [each for each in records.standing if each.entry_id == entry_id and each.key in kinds]
    rows = [
        {"title": kinds[key].title, "highest": _quantity(kinds[key], some), "mark": f"−{points(rule, some)}"}
        for key in kinds
        if (some := [each for each in mine if each.key == key])
    ]
    notes = [_note(kinds[each.key].title, each.reason, each.ledger_position, say) for each in mine]
    adjusted = records.adjusted.get(entry_id)
    if adjusted:
        rows.append({"title": say("adjustments.title"), "highest": "", "mark": _signed(adjusted.amount)})
        notes.append(_note(say("adjustments.title"), adjusted.reason, adjusted.ledger_position, say))
    hard = [each for each in records.difficulty.values() if each.entry_id == entry_id]
    for each in hard:
        title = scope_title(rule, f"{each.part}/{each.criterion}", "zh-CN") or say("deductions.whole")
        rows.append({"title": f"{say('deductions.difficulty')} · {title}", "highest": "", "mark": each.value})
    if not rows:
        return None
    positions = [each.ledger_position for each in mine] + [each.ledger_position for each in hard]
    positions += [adjusted.ledger_position] if adjusted else []
    return {
        "part": say("print.records"),
        "columns": [say("deductions.kind"), say("deductions.quantity"), say("deductions.points")],
        "rows": rows,
        "sum": None,
        "highest": "",
        "comment": "",
        "reason": "",
        "note": "；".join(notes),
        "position": max(positions),
        "proof": say("print.record_proof", positions="、".join(str(each) for each in sorted(positions))),
    }


def record_notes(gathered: Gathered, say: Say) -> list[str]:
    """What the summary says of who is absent, and of deductions, adjustments and difficulties: a line per entry."""
    absent = [say("print.absent", codes="、".join(gathered.absent))] if gathered.absent else []
    return absent + [
        f"{page['code']}："
        + "；".join(f"{row['title']} {row['highest']} {row['mark']}".replace("  ", " ") for row in page["rows"])
        for page in record_pages(gathered, say)
    ]


def _quantity(kind: Deduction, some: Sequence[RecordedDeduction]) -> str:
    total = exact.plain(sum((Fraction(each.quantity) for each in some), Fraction(0)))
    return f"{total} {kind.measured_in}".strip()


def _signed(amount: str) -> str:
    return amount.replace("-", "−") if amount.startswith("-") else f"+{amount}"


def _note(title: str, reason: str, position: int, say: Say) -> str:
    return say("print.record_note", title=title, reason=reason, position=position)


def _signs(first: str, say: Say) -> list[str]:
    return [say(f"print.sign_{who}") for who in (first, "scorekeeper", "supervisor")]


def _marks(part: Part, head: Sent | None, say: Say, language: str) -> dict[str, Any]:
    """A sheet as it counts; before it was sent, its boxes to be filled by hand."""
    marks = head.marks if head else {}
    has_places = any(item.scale.kind == "place" for item in part.cells.values())
    rows = [
        {
            "title": figures.named(*figures.titles(part)[key], language),
            "range": _range(item.scale, say),
            "mark": figures.text(item.scale, marks[key], language) if key in marks else "",
            "unmarked": head is not None and key not in marks,
            "choices": [
                each.key if title == each.key else f"{each.key} {title}"
                for each in item.scale.grades
                if (title := figures.named(each.title, each.title_en, language))
            ],
            "boxes": _boxes(item.scale),
        }
        for key, item in part.cells.items()
    ]
    return {
        "part": figures.named(part.title, part.title_en, language),
        "columns": [say("print.criterion"), say("print.range"), say("print.mark"), say("print.unmarked")],
        "rows": rows,
        "sum": None if has_places else figures.total([part], {part.key: marks}),
        "highest": exact.plain(figures.most(part)),
        "comment": head.comment if head else "",
        "reason": head.reason if head else "",
        "note": "",
        "position": head.ledger_position if head else None,
        "proof": say("print.proof", position=head.ledger_position, checksum=checksum(head.chain_hash))
        if head
        else say("print.not_sent"),
    }


def _range(scale: Scale, say: Say) -> str:
    """From the lowest to the highest mark, and the step; "" where one of several is ticked."""
    if scale.grades:
        return ""
    unit = scale.unit.fraction
    lowest, highest = exact.plain(scale.lowest * unit), exact.plain(scale.highest * unit)
    return say("print.range_of", lowest=lowest, highest=highest, unit=exact.plain(unit))


def _boxes(scale: Scale) -> list[int]:
    """How many boxes for digits before and after the point; none where a mark is ticked, or written on a line."""
    unit = scale.unit.fraction
    if scale.grades or scale.lowest < 0 or unit.denominator not in (1, 10, 100, 1000):
        return []
    return [len(str(int(scale.highest * unit))), exact.digits(unit)]


def summary_code(division_id: UUID, position: int, hash: str, root: str) -> str:
    """What the summary's QR says: which ledger it rests on, and the root where there is one."""
    return ".".join(["L1", "summary", division_id.hex, str(position), hash, *([root] if root else [])])


def summary_lines(
    gathered: Gathered, assignments: Sequence[Assignment], parts: Sequence[Part], say: Say, language: str = "zh-CN"
) -> list[dict[str, Any]]:
    """A line per entry in rank order: each seat's total, whether it was left out, the result and what decided."""
    if gathered.standings is None or gathered.roll is None or gathered.panel is None:
        return []
    items = {item.entry_id: item for item in gathered.roll.items}
    own = of_sheets(gathered.sheets)
    lines = []
    for line in gathered.standings.lines:
        counted = line.counted.get("")
        seats = {
            each.seat: each.judge_id
            for each in assignments
            if each.entry_id == line.entry_id and each.is_seated
        }
        totals = []
        for seat in gathered.panel.judges:
            judge = seats.get(seat.position)
            heads = {part.key: own.get((judge, line.entry_id, part.key)) for part in parts} if judge else {}
            marks = {key: sheet.head.marks for key, sheet in heads.items() if sheet and sheet.head}
            is_left_out = counted is not None and judge is not None and judge not in counted
            totals.append({"text": figures.total(parts, marks) or "—", "left_out": is_left_out})
        lines.append(
            {
                "rank": str(line.rank),
                "code": items[line.entry_id].code,
                "title": items[line.entry_id].title,
                "totals": totals,
                "shown": line.shown,
                "decided_by": decided(line.decided_by, parts, say, language),
            }
        )
    return lines


def stand_ins(gathered: Gathered, assignments: Sequence[Assignment], say: Say) -> list[str]:
    """Which reserve judge filled which seat for which entry."""
    if gathered.panel is None or gathered.roll is None:
        return []
    reserves: dict[UUID, Seat] = {seat.judge_id: seat for seat in gathered.panel.reserves}
    codes = gathered.roll.codes
    return sorted(
        say("print.stand_in", code=codes[each.entry_id], seat=each.seat, name=reserves[each.judge_id].name)
        for each in assignments
        if each.judge_id in reserves and each.entry_id in codes and each.state == "judging"
    )


def how(rule: Rule, say: Say) -> str:
    """How the result came about, in one sentence or two: what is struck through did not count."""
    judging, apart = rule.judging, [(part.title, part.judging) for part in rule.parts if part.judging]
    if not apart and (judging.aggregate, judging.level) == ("trimmed_mean", "judge_total"):
        drop = judging.drop
        return say("print.how_judge_total", highest=drop.highest, lowest=drop.lowest, digits=rule.shown.digits)
    ways = [words.aggregate(judging, say)] if len(apart) < len(rule.parts) else []
    ways += [f"{title} · {words.aggregate(each, say)}" for title, each in apart]
    return say("print.how", ways=" ".join(ways), digits=rule.shown.digits)


def shown_at(at: datetime) -> str:
    """An instant for a footer: date and minute, already local."""
    return f"{at:%Y-%m-%d %H:%M}"
