"""Ranks: figures in order, ties through the chain, numbers by the rule's rank style."""

from collections.abc import Collection, Sequence
from fractions import Fraction
from uuid import UUID

from msgspec import Struct

from services.scoring.rubrics.domain import Rule
from services.scoring.sheets.domain import Assigned, Marked
from services.scoring.standings.domain.contest import Contest, Unmarked, contest, unmarked
from services.scoring.standings.domain.facts import NO_FACTS, Facts
from services.scoring.standings.domain.order import Order
from services.scoring.standings.domain.steps import Steps, part_results
from services.scoring.standings.domain.ties import Block, Decisions, Pending, TieLot, TieVote, separate
from services.scoring.standings.domain.totals import Spread, Sum, Totals, totals
from shared.exact import Ratio, rounded


class Line(Struct, frozen=True, kw_only=True):
    """One entry's place. result: the figure that ranks; shown: its decimal text. deducted: what was taken off in it.

    parts: part -> that part's own result by the same judging (under a per-judge drop they do not add up to `result`).
    counted: scope -> judges whose values are in the result. decided_by: "result", "near_tie", a step of the chain, or "".
    """

    entry_id: UUID
    rank: int
    result: Ratio
    shown: str
    decided_by: str
    parts: dict[str, Ratio]
    counted: dict[str, tuple[UUID, ...]]
    deducted: Ratio


class Standings(Struct, frozen=True, kw_only=True):
    """lines: in rank order. pending: ties that wait for people. unmarked: marks owed. thin: entries without a result.

    remarks: judges who lie too far apart must mark again, until then there is no result; alerts: too far apart, but
    counted. unlinked: groups of entries that share no judges, so that no correction of strictness can compare them.
    """

    lines: tuple[Line, ...]
    pending: tuple[Pending, ...]
    unmarked: tuple[Unmarked, ...]
    thin: tuple[UUID, ...]
    remarks: tuple[Spread, ...] = ()
    alerts: tuple[Spread, ...] = ()
    unlinked: tuple[tuple[UUID, ...], ...] = ()

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
    facts: Facts = NO_FACTS,
) -> Standings:
    """Rank the entries. A pure function of the rule, the roll's entries, who judges, the marks and what was recorded.

    votes: oldest first. Everything else may come in any order. Rule: services/scoring/README.md#arithmetic
    """
    marked = contest(rule, entries, assigned, sheets, facts)
    found = totals(rule, marked)
    blocks = _blocks(rule, found, Decisions(steps=Steps(rule, marked, found), votes=votes, lots=lots))
    linked = [each.linked for each in found.judged if len(each.linked) > 1]
    return Standings(
        lines=tuple(_lines(rule, blocks, found.sums, marked)),
        pending=tuple(Pending(block.entries, block.waits_for) for block in blocks if block.waits_for),
        unmarked=tuple(owed for candidate in marked.candidates for owed in unmarked(rule, candidate)),
        thin=tuple(each.entry_id for each in marked.candidates if each.entry_id not in found.sums),
        remarks=tuple(sorted(each for scope in found.judged for each in scope.remarks)),
        alerts=tuple(sorted(each for scope in found.judged for each in scope.alerts)),
        unlinked=tuple(linked[0]) if linked else (),
    )


def _blocks(rule: Rule, found: Totals, decisions: Decisions) -> list[Block]:
    """Entries that hold one place, the best first."""
    blocks: list[Block] = []
    ahead = 0
    for group in _alike(rule, {entry: each.figure for entry, each in found.sums.items()}):
        if rule.near_tie and len(group) > 1:
            blocks.append(Block(tuple(sorted(group)), "near_tie"))
        else:
            blocks += separate(group, rule.ties, decisions, ahead)
        ahead += len(group)
    return blocks


def _alike(rule: Rule, figures: dict[UUID, Fraction]) -> list[list[UUID]]:
    """Entries of equal figures, or within the band of the rule's near tie, the best first."""
    band = rule.near_tie.band.fraction if rule.near_tie else Fraction(0)
    at = -1 if rule.near_tie and rule.near_tie.of == "neighbour" else 0
    groups: list[list[UUID]] = []
    for entry in Order(figures, rule.better):
        if groups and abs(figures[entry] - figures[groups[-1][at]]) <= band:
            groups[-1].append(entry)
        else:
            groups.append([entry])
    return groups


def _lines(rule: Rule, blocks: list[Block], sums: dict[UUID, Sum], marked: Contest) -> list[Line]:
    parts = {part.key: part_results(rule, marked, part.key) for part in rule.parts}
    lines: list[Line] = []
    for place, block in enumerate(blocks, start=1):
        rank = place if rule.rank_style == "dense" else len(lines) + 1
        lines += [
            Line(
                entry_id=entry,
                rank=rank,
                result=Ratio.of(sums[entry].figure),
                shown=rounded(sums[entry].figure, rule.shown.digits, rule.shown.mode),
                decided_by=block.decided_by,
                parts={key: Ratio.of(found[entry]) for key, found in parts.items() if entry in found},
                counted=sums[entry].counted,
                deducted=Ratio.of(sums[entry].deducted),
            )
            for entry in block.entries
        ]
    return lines
