"""Reading the tie chain: its steps in order, and whether the rule has what each step compares.

Rule: services/scoring/README.md#ties
"""

from collections.abc import Sequence

from services.scoring.rubrics.domain.reading import Table
from services.scoring.rubrics.domain.rule import Deduction, Judging, Part

ENDS = ("shared", "panel_vote", "lot")
PLAIN = ("untrimmed_mean", "exact_result", "most_firsts", "highest_mark", "fewest_deductions", "skating")
NAMED = ("part:KEY", "part:KEY:lowest", "criterion:PART/KEY", "criterion:PART/KEY:lowest")


def ties(table: Table, judging: Judging, parts: Sequence[Part], deductions: Sequence[Deduction]) -> tuple[str, ...]:
    """The steps in order. The chain must say what happens when all of them leave a tie."""
    found = table.values.get("ties")
    if not isinstance(found, list) or not found:
        table.fault("rule_open_ties" if found in (None, "", []) else "rule_not_list", "ties", found or "", key="ties")
        return ()
    chain = [f"{step}" for step in found]
    for place, step in enumerate(chain):
        if step in chain[:place]:
            table.fault("rule_tie_twice", "ties", step)
        _step(table, step, judging, parts, deductions)
    if chain[-1] not in ENDS:
        table.fault("rule_open_last_tie", "ties", chain[-1])
    for step in chain[:-1]:
        if step in ("shared", "lot"):
            table.fault("rule_tie_after_end", "ties", step)
    if "lot" in chain and "panel_vote" not in chain[: chain.index("lot")]:
        table.fault("rule_lot_without_vote", "ties", "lot")
    return tuple(chain)


def _step(table: Table, step: str, judging: Judging, parts: Sequence[Part], deductions: Sequence[Deduction]) -> None:
    kind, _, named = step.removesuffix(":lowest").partition(":")
    if kind == "part" and named:
        if named not in {part.key for part in parts}:
            table.fault("rule_tie_part_unknown", "ties", step)
    elif kind == "criterion" and named:
        if named not in {f"{part.key}/{criterion.key}" for part in parts for criterion in part.criteria}:
            table.fault("rule_tie_criterion_unknown", "ties", step)
    elif step not in (*PLAIN, *ENDS):
        table.fault("rule_value_unknown", "ties", step, key="ties", choices=", ".join((*NAMED, *PLAIN, *ENDS)))
    elif step == "skating" and judging.aggregate != "skating_system":
        table.fault("rule_tie_skating", "ties", step)
    elif step == "fewest_deductions" and not deductions:
        table.fault("rule_tie_no_deduction", "ties", step)
    elif step in ("most_firsts", "highest_mark") and parts and all(part.judging for part in parts):
        table.fault("rule_tie_no_total", "ties", step)
