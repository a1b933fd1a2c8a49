"""Every preset against ten worked-out cases each, and what a preset must say about itself."""

import tomllib
from fractions import Fraction
from typing import Any

import pytest

from services.scoring.mark_files import domain as mark_files
from services.scoring.standings.domain import Standings
from shared.errors import Fault
from tests.scoring.contests import GOLDEN, NAMES, PRESETS, cases, entry, golden, lines_of, names_of, preset

CASES = 10
NAMED = {
    "trimmed-mean", "mean", "median", "teaching-per-judge", "teaching-per-part", "diving-2000", "diving-7", "skating-system",
}  # fmt: skip


@pytest.mark.parametrize("name", NAMES)
def test_a_preset_gives_what_was_worked_out(name: str) -> None:
    for case in cases(name):
        contest = golden(preset(name), case)
        found = contest.by_engine()
        lines = [(rank, entry(who), shown, Fraction(exact), by) for rank, who, shown, exact, by in case["lines"]]
        assert lines_of(found) == lines, case["why"]
        assert contest.by_verifier()[0] == lines, case["why"]
        told = {
            "remarks": names_of({each.entry_id for each in found.remarks}, case),
            "alerts": names_of({each.entry_id for each in found.alerts}, case),
            "owed": names_of({each.entry_id for each in found.unmarked}, case),
            "unlinked": sorted(names_of(group, case) for group in found.unlinked),
        }
        assert told | {key: case[key] for key in told if key in case} == told, case["why"]
        assert ranked_or_owing(found) == set(contest.entries), case["why"]


def ranked_or_owing(found: Standings) -> set[object]:
    """Entries that have a line, and entries of which it is said why they have none."""
    without = {each.entry_id for each in found.remarks} | {each.entry_id for each in found.unmarked} | set(found.thin)
    return {line.entry_id for line in found.lines} | without | {each for group in found.unlinked for each in group}


@pytest.mark.parametrize("name", NAMES)
def test_a_preset_has_its_cases_its_source_and_both_titles(name: str) -> None:
    found = cases(name)
    assert len(found) == CASES == len({case["why"] for case in found})
    rule = preset(name)
    chinese, english = rule.source.splitlines()
    assert rule.title and rule.title_en and len(chinese) > 20
    assert ("凭记忆" in chinese) == ("from memory" in english) == rule.from_memory


@pytest.mark.parametrize("name", NAMES)
def test_a_file_of_the_same_marks_is_scored_alike(name: str) -> None:
    tried = 0
    for case in cases(name):
        rows = rows_of(case)
        if rows is None or {line[1] for line in case["lines"]} != set(case["marks"]):
            continue
        faults: list[Fault] = []
        marks = mark_files.read(
            "marks.csv", "\n".join(["entry,judge,part,criterion,mark,difficulty", *rows]).encode(), faults
        )
        found = mark_files.score(preset(name), marks, faults) if marks else None
        assert found is not None, (case["why"], faults)
        assert [(line.rank, line.entry, line.result) for line in found.lines] == sorted(
            (rank, who, shown) for rank, who, shown, *_ in case["lines"]
        ), case["why"]
        tried += 1
    assert tried >= 2


def rows_of(case: dict[str, Any]) -> list[str] | None:
    """The case as rows of a file; None where a file of marks cannot say it: facts, votes, recusals, other panels, gaps."""
    if case.keys() & {"deductions", "adjustments", "votes", "lots", "owed"}:
        return None
    rows = []
    for who, texts in case["marks"].items():
        hard = case.get("difficulties", {}).get(who, {})
        for cell, text in texts.items():
            part, criterion = cell.split("/")
            given = text.split()
            if {"R", "-"} & set(given):
                return None
            rows += [
                f"{who},{place},{part},{criterion},{'' if mark == '.' else mark},{hard.get(cell, '')}"
                for place, mark in enumerate(given, start=1)
            ]
    return rows


def test_there_are_twenty_presets_beside_the_named_ones() -> None:
    assert set(NAMES) >= NAMED and len(set(NAMES) - NAMED) >= 20
    assert {file.stem for file in GOLDEN.glob("*.json")} == set(NAMES)


def test_a_preset_writes_every_number_as_text() -> None:
    for name in NAMES:
        assert _floats(tomllib.loads((PRESETS / f"{name}.toml").read_text(encoding="utf-8"))) == [], name


def _floats(value: object) -> list[float]:
    if isinstance(value, dict):
        return [found for each in value.values() for found in _floats(each)]
    if isinstance(value, list):
        return [found for each in value for found in _floats(each)]
    return [value] if isinstance(value, float) else []
