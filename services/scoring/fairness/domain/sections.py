"""What of a division the models look at: judges' values of the whole total, or of a part that is judged apart.

Only marks that were given count here: what the rule puts in a missing judge's place is no judge's opinion.
Not here: what a result is (standings).
"""

from collections.abc import Callable, Iterable
from fractions import Fraction
from uuid import UUID

from msgspec import Struct

from services.scoring.fairness.domain.table import Rating
from services.scoring.rubrics.domain import Judging, Part, Rule, Scale
from services.scoring.standings.domain import Basis
from services.scoring.standings.domain.contest import Candidate, contest
from services.scoring.standings.domain.facts import NO_FACTS
from services.scoring.standings.domain.scopes import Cell, Weighed, lines_of, totalled
from services.scoring.standings.domain.values import worth

MOST_BANDS = 10
"""A scale of points with more steps than this is measured by the linear models alone."""


class Section(Struct, frozen=True, kw_only=True):
    """part: "" for the whole total. lines: what a judge's value is the sum of; scales: cell -> its scale."""

    part: str
    lines: tuple[Weighed, ...]
    judging: Judging
    scales: dict[Cell, Scale]

    @property
    def parts(self) -> set[str]:
        return {part for part, _ in self.scales}

    @property
    def is_places(self) -> bool:
        """Places say who is before whom only: nobody can be strict with them."""
        return any(scale.kind == "place" for scale in self.scales.values())

    @property
    def banded(self) -> list[Cell]:
        """Cells in ordered bands, if all of these have the same number of bands."""
        found = {cell: scale.highest - scale.lowest for cell, scale in self.scales.items() if _is_banded(scale)}
        return list(found) if len(set(found.values())) == 1 else []


def sections(rule: Rule) -> list[Section]:
    """The whole total and each part judged apart, without parts that only break ties."""
    weighed = [part for part in rule.parts if part.weight.n]
    together = [part for part in weighed if not part.judging]
    whole = [_section("", totalled(rule), rule.judging, together)] if together else []
    apart = [_section(part.key, lines_of(part), part.judging, [part]) for part in weighed if part.judging]
    return whole + apart


def sheets(rule: Rule) -> list[Section]:
    """Each part that counts, as one sheet has it."""
    return [
        _section(part.key, lines_of(part), part.judging or rule.judging, [part]) for part in rule.parts if part.weight.n
    ]


def values(basis: Basis, section: Section) -> list[Rating]:
    """Each judge's value of each entry marked whole; entries and judges by id."""
    return _ratings(basis, section, lambda candidate, judge: {"": worth(section.lines, candidate.given[judge])})


def bands(basis: Basis, section: Section) -> list[Rating]:
    """Each banded mark, criteria by part and key."""
    cells = section.banded
    return _ratings(
        basis, section, lambda candidate, judge: {"/".join(c): _count(candidate.counts[judge].get(c)) for c in cells}
    )


def is_shared_by_all(basis: Basis, section: Section) -> bool:
    """Every judge is to mark every entry, and the rule waits for every mark."""
    seats = [candidate.judging(section.parts) for candidate in _candidates(basis)]
    everybody = set().union(*seats)
    waits = section.judging.missing in ("no_lock", "reserve")
    return waits and all(len(judges) == len(everybody) for judges in seats)


def awaited(basis: Basis, section: Section) -> int:
    """How many judges' values there will be when nothing is missing."""
    return sum(len(candidate.judging(section.parts)) for candidate in _candidates(basis))


def _section(part: str, lines: tuple[Weighed, ...], judging: Judging, parts: Iterable[Part]) -> Section:
    scales = {(each.key, key): item.scale for each in parts for key, item in each.cells.items()}
    return Section(part=part, lines=lines, judging=judging, scales=scales)


def _candidates(basis: Basis) -> tuple[Candidate, ...]:
    return contest(basis.rule, basis.roll.entries, basis.assigned, basis.sheets, NO_FACTS).candidates


def _ratings(
    basis: Basis, section: Section, marks: Callable[[Candidate, UUID], dict[str, Fraction | None]]
) -> list[Rating]:
    return [
        Rating(str(candidate.entry_id), str(judge), criterion, mark)
        for candidate in _candidates(basis)
        for judge in candidate.judging(section.parts)
        for criterion, mark in marks(candidate, judge).items()
        if mark is not None
    ]


def _count(count: int | None) -> Fraction | None:
    return None if count is None else Fraction(count)


def _is_banded(scale: Scale) -> bool:
    if scale.kind in ("judgement", "grade", "pass_fail"):
        return True
    return scale.kind == "points" and scale.highest - scale.lowest < MOST_BANDS
