"""The engine against the verifier, which computes the same rules a second time and shares no line with it."""

import os
from collections import Counter
from concurrent.futures import ProcessPoolExecutor
from fractions import Fraction
from multiprocessing import get_context
from random import Random
from unittest.mock import patch

import msgspec
from hypothesis import given, settings
from hypothesis import strategies as some

from services.scoring.rubrics.domain import Rule
from services.scoring.standings.domain import totals
from tests.scoring.chance import decide, random_contest, random_rule
from tests.scoring.contests import NAMES, Contest, entry, golden, judge, lines_of, opened, pending_of, preset

BATCH, CONTESTS, NIGHTLY = 500, 10_000, 1_000_000
VOTES = 3
STEPS = {
    "result", "shared", "near_tie", "part", "criterion", "untrimmed_mean", "exact_result", "most_firsts", "highest_mark",
    "fewest_deductions", "skating", "panel_vote", "lot",
}  # fmt: skip


def known_rule(name: str) -> Rule:
    """A preset; one that takes its criteria from the marks gets some."""
    rule = preset(name)
    dances = [("final", f"dance{number}") for number in range(3)]
    return opened(rule, dances if rule.better == "lower" else [("a", "a"), ("a", "b"), ("c", "c")])


def rules(chance: Random) -> list[Rule]:
    """Every preset once, and as many random rules."""
    return [*map(known_rule, NAMES), *(random_rule(chance) for _ in NAMES)]


def a_contest(chance: Random) -> Contest:
    """Under a preset or a random rule, half and half."""
    return random_contest(chance, known_rule(chance.choice(NAMES)) if chance.random() < 0.5 else random_rule(chance))


def batch_of(seed: int) -> tuple[Counter[str], list[str]]:
    """A batch, every fourth one in arrays of integers as far as they go: small contests are else computed in fractions."""
    with patch.object(totals, "FEWEST", totals.FEWEST if seed % 4 else 1):
        return batch(seed)


def batch(seed: int) -> tuple[Counter[str], list[str]]:
    """Compare BATCH contests: what decided their places, and where the two computations differ.

    Where a tie waits for people, the contest with a vote or a lot recorded is the next one.
    """
    chance, decided, different, left = Random(seed), Counter[str](), list[str](), BATCH
    tried = rules(chance)
    while left > 0 and not different:
        contest = random_contest(chance, chance.choice(tried))
        for _ in range(VOTES):
            left -= 1
            engine, (lines, pending) = contest.by_engine(), contest.by_verifier()
            decided.update(by.partition(":")[0] for *_, by in lines)
            if (lines_of(engine), pending_of(engine)) != (lines, pending):
                different.append(
                    f"seed {seed}: {lines_of(engine)} {pending_of(engine)} is not {lines} {pending}; {contest}"
                )
            if not pending:
                break
            decide(chance, contest, *min(pending, key=lambda each: (sorted(each[0]), each[1])))
    return decided, different


def test_random_contests_under_all_presets_and_random_rules_agree_with_the_verifier(is_nightly: bool) -> None:
    seeds = range((NIGHTLY if is_nightly else CONTESTS) // BATCH)
    with ProcessPoolExecutor(os.cpu_count() if is_nightly else 2, mp_context=get_context("spawn")) as pool:
        found = list(pool.map(batch_of, seeds))
    assert not [problem for _, different in found for problem in different][:3]
    assert {step for decided, _ in found for step in decided} >= STEPS


@settings(max_examples=200, deadline=None, derandomize=True)
@given(some.integers(0, 10**9))
def test_the_order_of_entries_judges_and_files_changes_nothing(seed: int) -> None:
    chance = Random(seed)
    contest = a_contest(chance)
    single = [(place, {key: mark}) for place, marks in contest.marks.items() for key, mark in marks.items()]
    chance.shuffle(single)
    taken = contest.facts.deductions
    mixed = Contest(
        contest.rule,
        chance.sample(contest.entries, len(contest.entries)),
        chance.sample(contest.seats, len(contest.seats)),
        {},
        msgspec.structs.replace(contest.facts, deductions=tuple(chance.sample(taken, len(taken)))),
    )
    for place, marks in single:
        mixed.marks.setdefault(place, {}).update(marks)
    assert mixed.by_engine() == contest.by_engine()


@settings(max_examples=200, deadline=None, derandomize=True)
@given(some.integers(0, 10**9))
def test_which_judge_is_which_changes_no_rank(seed: int) -> None:
    chance = Random(seed)
    contest = a_contest(chance)
    judges = sorted({each.judge_id for each in contest.seats} | {judge for judge, _, _ in contest.marks})
    other = dict(zip(judges, chance.sample(judges, len(judges)), strict=True))
    mixed = Contest(
        contest.rule,
        contest.entries,
        [msgspec.structs.replace(each, judge_id=other[each.judge_id]) for each in contest.seats],
        {(other[judge], who, part): marks for (judge, who, part), marks in contest.marks.items()},
        contest.facts,
    )
    assert lines_of(mixed.by_engine()) == lines_of(contest.by_engine())


def test_who_sits_only_for_a_part_judged_apart_gives_no_first_place() -> None:
    rule = msgspec.structs.replace(preset("figure-skating-free"), ties=("most_firsts", "shared"))
    criteria = [criterion.key for criterion in rule.parts[1].criteria]
    marks = {"elements/elements": "- - - 60.00"} | {f"components/{key}": "7.00 7.00 7.00" for key in criteria}
    contest = golden(rule, {"marks": {"A": marks, "B": marks}})
    for name, count in (("A", 40), ("B", 20)):
        contest.marks[judge(4), entry(name), "components"] = dict.fromkeys(criteria, count)
    lines = [(1, entry(name), "116.00", Fraction(116), "shared") for name in ("A", "B")]
    assert lines_of(contest.by_engine()) == contest.by_verifier()[0] == lines
