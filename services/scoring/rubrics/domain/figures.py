"""What a sheet shows: a mark in words or decimal text, what it is worth, and a judge's own sum. Nothing here ranks."""

from collections.abc import Collection, Mapping, Sequence
from fractions import Fraction

from services.scoring.rubrics.domain.rule import Part, Scale
from shared import exact
from shared.errors import Fault, Faulty, Refused

LONGEST = 3
"""Decimals shown of points that no decimal can write."""


def named(title: str, title_en: str, language: str) -> str:
    """The title in the reader's language; without an English one the Chinese stands."""
    return title_en if language == "en" and title_en else title


def text(scale: Scale, count: int, language: str = "zh-CN") -> str:
    """A mark as a person reads it: the grade's title, else the number on its scale."""
    if scale.grades:
        grade = scale.grades[count]
        return named(grade.title, grade.title_en, language)
    return exact.text(count, scale.unit.fraction)


def count(scale: Scale, text: str) -> int:
    """Read a mark from a file or a form: a grade's key or title, else decimal text. The inverse of `text`.

    Raises Refused: mark_not_grade, mark_not_number, mark_not_multiple, mark_too_high (outside the scale).
    """
    if scale.grades:
        wanted = text.strip().casefold()
        for place, each in enumerate(scale.grades):
            if wanted and wanted in (each.key.casefold(), each.title.casefold(), each.title_en.casefold()):
                return place
        raise Refused("mark_not_grade", value=text, grades=", ".join(grade.key for grade in scale.grades))
    unit = scale.unit.fraction
    found = exact.count(text, unit)
    if not scale.has(found):
        lowest, highest = exact.plain(scale.lowest * unit), exact.plain(scale.highest * unit)
        raise Refused("mark_too_high", value=text, lowest=lowest, highest=highest)
    return found


def counts(part: Part, typed: Mapping[str, str], unmarked: Collection[str] = ()) -> dict[str, int]:
    """A whole sheet as it was typed: mark key -> text, as counts. unmarked: texts that say that the judge gave none.

    Raises Faulty, field by field: mark_blank, mark_not_grade, mark_not_number, mark_not_multiple, mark_too_high.
    """
    found: dict[str, int] = {}
    faults: list[Fault] = []
    said = titles(part)
    for key, item in part.cells.items():
        field, text = f"marks.{key}", typed.get(key, "").strip()
        values: dict[str, str | int] = {"title": said[key][0]}
        if text in unmarked:
            continue
        if not text:
            faults.append(Fault(code="mark_blank", field=field, values=values))
            continue
        try:
            found[key] = count(item.scale, text)
        except Refused as refused:
            told = {name: f"{value}" for name, value in refused.values.items() if name != "value"}
            faults.append(Fault(code=refused.code, field=field, value=text, values={**values, **told}))
    if faults:
        raise Faulty(faults)
    return found


def titles(part: Part) -> dict[str, tuple[str, str]]:
    """Mark key -> what is marked, in Chinese and in English ("" where the rule has none): criterion, then item."""
    return {
        key: (
            _joined(criterion.title, item.title if item.key else ""),
            _joined(criterion.title_en, item.title_en if item.key else ""),
        )
        for criterion in part.criteria
        for key, item in criterion.cells.items()
    }


def most(part: Part) -> Fraction:
    """The most points a judge can give for the part."""
    return sum((each.weight.fraction * item.scale.most for each in part.criteria for item in each.items), Fraction(0))


def points(part: Part, marks: Mapping[str, int]) -> Fraction | None:
    """The points of one judge's sheet; None while a mark is missing."""
    if any(key not in marks for key in part.cells):
        return None
    return sum(
        (
            criterion.weight.fraction * item.scale.points(marks[key])
            for criterion in part.criteria
            for key, item in criterion.cells.items()
        ),
        Fraction(0),
    )


def total(parts: Sequence[Part], marks: Mapping[str, Mapping[str, int]]) -> str:
    """A judge's sum over these parts by their weights, with the digits of the finest step; empty while a mark is missing."""
    total = Fraction(0)
    for part in parts:
        found = points(part, marks.get(part.key, {}))
        if found is None:
            return ""
        total += found * (part.weight.fraction if len(parts) > 1 else 1)
    return exact.rounded(total, digits(parts), "half_up")


def digits(parts: Sequence[Part]) -> int:
    """Decimals that the points of these parts need, as far as decimals can write them."""
    return max(
        _digits(value * each.weight.fraction * (part.weight.fraction if len(parts) > 1 else 1))
        for part in parts
        for each in part.criteria
        for item in each.items
        for value in item.scale.worth or [item.scale.unit.fraction]
    )


def _digits(value: Fraction) -> int:
    try:
        return exact.digits(value)
    except Refused:
        return LONGEST


def _joined(criterion: str, item: str) -> str:
    return f"{criterion}·{item}" if criterion and item else criterion or item
