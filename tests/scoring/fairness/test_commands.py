"""`agreement` and `severity` at a terminal: the answer alone on standard output, everything else beside it."""

import csv
import io
import json
from pathlib import Path

import pytest

from tests.scoring.fairness.test_coefficients import SHROUT_FLEISS
from tests.scoring.fairness.test_rasch import LESSONS, SEVERITY
from tests.scoring.terminal import run


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("LC_ALL", "C.UTF-8")
    return tmp_path


def bands() -> str:
    rows = [f"{e},{j},{c},{m}" for e, j, marks in zip(LESSONS[::3], LESSONS[1::3], LESSONS[2::3], strict=True) for c, m in zip("xyz", marks, strict=True)]
    return "\n".join(["entry,judge,criterion,mark", *rows])


def test_severity_is_a_table_and_who_was_left_out_stands_beside_it(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (folder / "marks.csv").write_text(bands())
    status, out, err = run(capsys, "severity", "rasch", "marks.csv")
    rows = list(csv.DictReader(io.StringIO(out)))
    assert status == 0
    assert {row["judge"]: float(row["severity"]) for row in rows} == pytest.approx(SEVERITY, abs=2e-6)
    assert all(0 < float(row["se"]) < 2 for row in rows) and list(rows[0]) == ["judge", "severity", "se"]
    assert err.strip().endswith(": 9, 11")


@pytest.mark.parametrize("method", ["additive", "mixed", "rasch"])
def test_higher_is_stricter_and_all_add_up_to_zero(method: str, folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (folder / "marks.csv").write_text(bands())
    status, out, _ = run(capsys, "severity", method, "marks.csv")
    severity = {row["judge"]: float(row["severity"]) for row in csv.DictReader(io.StringIO(out))}
    assert status == 0 and sorted(severity, key=lambda judge: severity[judge]) == ["B", "D", "A", "C"]
    assert sum(severity.values()) == pytest.approx(0, abs=2e-6)


def test_agreement_is_of_totals_or_of_one_criterion(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Two criteria that are each half of Shrout and Fleiss's marks add up to them."""
    rows = [f"{n},{k},{c},{int(m) / 2}" for n, row in enumerate(SHROUT_FLEISS) for k, m in enumerate(row.split()) for c in "xy"]
    (folder / "marks.csv").write_text("\n".join(["entry,judge,criterion,mark", *rows]))
    status, out, err = run(capsys, "agreement", "marks.csv")
    figures = json.loads(out)
    assert (status, err) == (0, "")
    assert (round(figures["icc2"], 2), round(figures["icc3k"], 2), figures["reasons"]) == (0.29, 0.91, {})
    _, out, _ = run(capsys, "agreement", "marks.csv", "--criterion", "x")
    assert json.loads(out)["icc2"] == pytest.approx(figures["icc2"])
    assert run(capsys, "agreement", "marks.csv", "--criterion", "z")[:2] == (2, "")


def test_a_blank_mark_is_none_and_the_reason_is_in_the_readers_language(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (folder / "marks.csv").write_text("entry,judge,mark\n1,A,5\n1,B,\n2,A,4\n2,B,3\n")
    _, out, _ = run(capsys, "agreement", "marks.csv", "--language", "zh-CN")
    figures = json.loads(out)
    assert figures["icc1"] is None and figures["reasons"]["icc1"] == "每位评委都要评过每件作品"
    assert figures["alpha_interval"] is not None


@pytest.mark.parametrize(("method", "code"), [("additive", 2), ("mixed", 2), ("rasch", 2)])
def test_groups_without_a_shared_contestant_are_refused_by_name(method: str, code: int, folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (folder / "marks.csv").write_text("entry,judge,mark\n1,A,0\n1,B,1\n2,A,1\n2,B,0\n3,C,1\n4,C,0\n")
    status, out, err = run(capsys, "severity", method, "marks.csv")
    assert (status, out) == (code, "")
    assert err.splitlines()[1:] == ["  A, B: 1, 2", "  C: 3, 4"]


def test_every_fault_of_a_file_is_told_and_no_figure(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (folder / "marks.csv").write_text("entry,judge,criterion,mark\n1,A,x,5\n1,A,x,6\n1,B,,4\n2,B,y,high\n")
    status, out, err = run(capsys, "severity", "additive", "marks.csv")
    assert (status, out) == (2, "")
    assert [line.split(":")[0] for line in err.splitlines()] == [
        "marks.csv, line 3, column mark, “6”",
        "marks.csv, line 4, column criterion",
        "marks.csv, line 5, column mark, “high”",
    ]


def test_a_file_without_any_mark_is_refused(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (folder / "marks.csv").write_text("entry,judge,mark\n1,A,\n")
    for command in (["agreement"], ["severity", "mixed"]):
        assert run(capsys, *command, "marks.csv")[:2] == (2, "")


def test_marks_that_fit_without_error_are_answered_without_signs_or_dust(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (folder / "marks.csv").write_text("entry,judge,mark\n1,A,5\n1,B,6\n2,A,7\n2,B,8\n3,B,4\n3,C,2\n2,C,6\n")
    _, out, _ = run(capsys, "severity", "additive", "marks.csv")
    assert out.splitlines()[1:] == ["A,0.000000,0.000000", "B,-1.000000,0.000000", "C,1.000000,0.000000"]
    (folder / "marks.csv").write_text("entry,judge,mark\n1,A,5\n1,B,5\n2,A,5\n2,B,5\n")
    _, out, err = run(capsys, "severity", "mixed", "marks.csv")
    assert out.splitlines()[1:] == ["A,0.000000,0.000000", "B,0.000000,0.000000"] and "contestants 0, judges 0, rest 0" in err
