"""Ranks: results in order, ties through the chain, numbers by the rule's rank style."""

from collections.abc import Collection, Sequence
from fractions import Fraction
from uuid import UUID

from msgspec import Struct

from services.scoring.rubrics.domain import Drop, Rule
from services.scoring.sheets.domain import Assigned, Marked
from services.scoring.standings.domain import arithmetic
from services.scoring.standings.domain.arithmetic import Grid, Sum, Unmarked
from services.scoring.standings.domain.ties import Block, Decisions, Pending, TieLot, TieVote, by_value, separate
from shared.exact import Ratio, rounded


class Line(Struct, frozen=True, kw_only=True):
    """One entry's place. result: what ranks; shown: its decimal text.

    parts: part -> that part's own result by the same aggregate (under a per-judge drop they do not add up to `result`).
    counted: scope -> judges whose marks are in the result. decided_by: "result", a step of the tie chain, or "".
    """

    entry_id: UUID
    rank: int
    result: Ratio
    shown: str
    decided_by: str
    parts: dict[str, Ratio]
    counted: dict[str, tuple[UUID, ...]]


class Standings(Struct, frozen=True, kw_only=True):
    """lines: in rank order. pending: ties that wait for people. unmarked: marks owed. thin: entries without a result."""

    lines: tuple[Line, ...]
    pending: tuple[Pending, ...]
    unmarked: tuple[Unmarked, ...]
    thin: tuple[UUID, ...]

    @property
    def is_complete(self) -> bool:
        """Every entry has its result and every tie is decided."""
        return not (self.pending or self.thin)

    def waits(self, entries: frozenset[UUID], step: str) -> bool:
        """Exactly these entries are tied and wait for this step."""
        return any(frozenset(each.entries) == entries and each.step == step for each in self.pending)


def standings(
    rule: Rule,
    entries: Collection[UUID],
    assigned: Collection[Assigned],
    sheets: Collection[Marked],
    votes: Sequence[TieVote] = (),
    lots: Sequence[TieLot] = (),
) -> Standings:
    """Rank the entries. A pure function of the rule, the roll's entries, who judges, the marks, the votes and the lots.

    votes: oldest first. Everything else may come in any order. Rule: services/scoring/README.md#arithmetic
    """
    grids = arithmetic.grids(entries, assigned, sheets)
    sums = {entry: found for entry, grid in grids.items() if (found := arithmetic.result(rule, grid))}
    figures = {entry: ranked_figure(rule, found.result) for entry, found in sums.items()}
    decisions = Decisions(value=lambda step, entry: step_value(rule, grids[entry], step), votes=votes, lots=lots)
    groups = by_value(figures, lambda entry: figures[entry])
    blocks = [block for group in groups for block in separate(group, rule.ties, decisions)]
    return Standings(
        lines=tuple(_lines(rule, blocks, figures, sums, grids)),
        pending=tuple(Pending(block.entries, block.waits_for) for block in blocks if block.waits_for),
        unmarked=tuple(owed for entry in sorted(grids) for owed in arithmetic.unmarked(rule, grids[entry], entry)),
        thin=tuple(sorted(grids.keys() - sums.keys())),
    )


def ranked_figure(rule: Rule, result: Fraction) -> Fraction:
    """What ranks: the exact result, or the rounded one where the rule rounds before ranking."""
    for each in rule.roundings:
        if each.at == "ranked":
            result = Fraction(rounded(result, each.digits, each.mode))
    return result


def step_value(rule: Rule, grid: Grid, step: str) -> Fraction:
    """What a step of the tie chain compares, exact. Called for entries that have a result."""
    if step == "untrimmed_mean":
        found = arithmetic.result(rule, grid, Drop(0, 0))
    else:
        found = part_result(rule, grid, step.removeprefix("part:"))
    return found.result if found else Fraction(0)


def part_result(rule: Rule, grid: Grid, part: str) -> Sum | None:
    """One part's own result: the same aggregate and drop over this part's marks alone."""
    return arithmetic.result(rule.alone(part), grid)


def _lines(
    rule: Rule, blocks: list[Block], figures: dict[UUID, Fraction], sums: dict[UUID, Sum], grids: dict[UUID, Grid]
) -> list[Line]:
    lines: list[Line] = []
    for place, block in enumerate(blocks, start=1):
        rank = place if rule.rank_style == "dense" else len(lines) + 1
        for entry in block.entries:
            parts = {part.key: part_result(rule, grids[entry], part.key) for part in rule.parts}
            line = Line(
                entry_id=entry,
                rank=rank,
                result=Ratio.of(figures[entry]),
                shown=rounded(figures[entry], rule.shown.digits, rule.shown.mode),
                decided_by=block.decided_by,
                parts={key: Ratio.of(found.result) for key, found in parts.items() if found},
                counted=sums[entry].counted,
            )
            lines.append(line)
    return lines
