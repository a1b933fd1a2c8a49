"""The commands of scoring at a terminal."""

import io
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from services.scoring import cli
from services.scoring.mark_files import actions as mark_files
from services.scoring.rubrics import actions as rubrics
from tests.contracts.source import ROOT
from tests.scoring.stage import hall
from tests.scoring.terminal import run


def test_an_unknown_command_is_told_the_usage(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["dance"]) == 2
    assert "rebuild" in capsys.readouterr().err


async def test_rebuild_says_how_many_rows_differed(scoring_database: Any, capsys: pytest.CaptureFixture[str]) -> None:
    stage = await hall(scoring_database)
    await stage.mark_all(parts=["design"])
    await scoring_database.execute("DELETE FROM sheet_heads WHERE entry_id = $1", stage.entries[0])
    assert await cli._rebuild(scoring_database.url) == 0
    told = capsys.readouterr().out
    assert "sheet_heads 7" in told
    assert "1 divisions rebuilt, 7 rows differed" in told
    await cli._rebuild(scoring_database.url)
    assert "1 divisions rebuilt, 0 rows differed" in capsys.readouterr().out


# on files -----------------------------------------------------------------------------------------------------------

MARKS = "entry,judge,criterion,mark\n" + "".join(
    f"{entry},{judge},{criterion},{mark}\n"
    for entry, marks in (("选手2", "14 14 14 16 15 15 10 21"), ("选手10", "10 20 12 14 16 16 11 19"), ("选手1", "1 1 1 1 1 1 1 1"))
    for judge, pair in enumerate(zip(marks.split()[::2], marks.split()[1::2], strict=True), start=1)
    for criterion, mark in zip(("内容", "表达"), pair, strict=True)
)


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder to stand in, and a terminal in English."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("LC_ALL", "en_GB.UTF-8")
    (tmp_path / "m.csv").write_text(MARKS, encoding="utf-8")
    return tmp_path


def test_score_prints_ranks_and_nothing_else(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    wanted = "entry,rank,result\n选手2,1,30.00\n选手10,1,30.00\n选手1,3,2.00\n"
    assert run(capsys, "score", "teaching-per-judge", "m.csv") == (0, wanted, "")
    wanted = "entry,rank,result\n选手2,1,29.50\n选手10,2,29.00\n选手1,3,2.00\n"
    assert run(capsys, "score", "teaching-per-part", "m.csv", "--format", "csv") == (0, wanted, "")


def test_score_gives_the_same_as_json(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    status, out, err = run(capsys, "score", "--format", "json", "teaching-per-part", "m.csv")
    assert (status, err) == (0, "")
    assert json.loads(out) == [
        {"entry": "选手2", "rank": 1, "result": "29.50"},
        {"entry": "选手10", "rank": 2, "result": "29.00"},
        {"entry": "选手1", "rank": 3, "result": "2.00"},
    ]


def test_marks_may_come_from_standard_input(
    folder: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO("entry,judge,mark\n王,1,8\n".encode("gb18030"))))
    assert run(capsys, "score", "mean", "-") == (0, "entry,rank,result\n王,1,8.00\n", "")


def test_a_rule_may_be_a_file(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    preset = Path(cli.__file__).parent / "presets" / "mean.toml"
    own = preset.read_text(encoding="utf-8").replace("digits = 2", "digits = 0")
    (folder / "own.toml").write_text(own, encoding="utf-8")
    assert run(capsys, "score", "own.toml", "m.csv")[1] == "entry,rank,result\n选手2,1,30\n选手10,2,30\n选手1,3,2\n"


def test_whatif_says_who_moves_and_which_tier_changes(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(capsys, "whatif", "teaching-per-judge", "teaching-per-part", "m.csv") == (
        0,
        "entry,rank_before,rank_after,moved,result_before,result_after\n选手10,1,2,-1,30.00,29.00\n"
        "\nplaces,enters,leaves\n1,,选手10\n2,选手10,\n",
        "",
    )
    status, out, _ = run(capsys, "whatif", "teaching-per-judge", "teaching-per-part", "m.csv", "--tiers", "2,3")
    assert (status, out.splitlines()[-1]) == (0, "no tier changes")
    status, out, _ = run(capsys, "whatif", "teaching-per-judge", "teaching-per-part", "m.csv", "--format", "json")
    assert json.loads(out)["tiers"][0] == {"first": 1, "last": 1, "enters": [], "leaves": ["选手10"]}


@pytest.mark.parametrize(("language", "said"), [("en", "nobody moves\n"), ("zh-CN", "名次无人变动\n")])
def test_whatif_says_plainly_that_nobody_moves(
    folder: Path, capsys: pytest.CaptureFixture[str], language: str, said: str
) -> None:
    assert run(capsys, "whatif", "mean", "teaching-per-part", "m.csv", "--language", language)[:2] == (0, said)


def test_a_wrong_file_is_told_whole_and_prints_no_result(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (folder / "m.csv").write_text("entry,judge,mark\nA,1,8\nA,1,9\nA,2,9..5\n", encoding="utf-8")
    assert run(capsys, "score", "mean", "m.csv") == (
        2,
        "",
        "m.csv, line 3, column mark, “9”: This mark repeats row 2. Remove one of them\n"
        "m.csv, line 4, column mark, “9..5”: “9..5” is not a mark; write a number\n",
    )
    status, out, err = run(capsys, "score", "mean", "m.csv", "--language", "zh-CN")
    assert (status, out) == (2, "")
    assert err.splitlines()[0].startswith("m.csv，第3行，mark列，“9”: ")


def test_a_blank_that_the_rule_needs_names_line_and_judge(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (folder / "m.csv").write_text("entry,judge,mark\nA,赵,8\nA,钱,\nA,孙,8\nA,李,8\n", encoding="utf-8")
    status, out, err = run(capsys, "score", "teaching-per-part", "m.csv", "--language", "zh-CN")
    assert (status, out) == (2, "")
    assert err == "m.csv，第3行，mark列: 评委钱没有给A的“mark”打分，空着不算0。请补上，或换用允许缺分的规则\n"


def test_an_open_rule_is_asked_in_the_readers_language(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (folder / "own.toml").write_text('title = "x"\nversion = 1\n', encoding="utf-8")
    for language, asked in (("en", "(missing)"), ("zh-CN", "（missing）")):
        status, out, err = run(capsys, "score", "own.toml", "m.csv", "--language", language)
        assert (status, out) == (2, "")
        assert asked in err


@pytest.mark.parametrize("name", ["teaching-per-jugde", "teaching-per judge"])
def test_an_unknown_preset_names_the_nearest_and_all(
    folder: Path, capsys: pytest.CaptureFixture[str], name: str
) -> None:
    status, out, err = run(capsys, "score", name, "m.csv")
    assert (status, out) == (2, "")
    assert "the nearest is teaching-per-judge" in err
    assert "diving-2000, diving-7" in err


def test_files_that_are_not_there_are_named(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(capsys, "score", "mean", "x.csv") == (2, "", "x.csv: There is no such file; check its name\n")
    assert run(capsys, "score", "rules/x.toml", "m.csv")[2].startswith("rules/x.toml: There is no such file")
    assert run(capsys, "score", "mean", ".")[2].startswith(".: The file cannot be read")


def test_all_files_are_told_what_is_wrong_at_once(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for name, left_out in (("a.toml", "aggregate"), ("b.toml", "ties")):
        lines = (rubrics.PRESETS / "mean.toml").read_text(encoding="utf-8").splitlines()
        (folder / name).write_text("\n".join(line for line in lines if not line.startswith(left_out)))
    (folder / "m.csv").write_text("entry,judge,mark\n,1,5\n")
    status, out, err = run(capsys, "whatif", "a.toml", "b.toml", "m.csv")
    assert (status, out) == (2, "")
    assert [line.split(":")[0] for line in err.splitlines()] == [
        "a.toml, line 1, column aggregate", "b.toml, line 1, column ties", "m.csv, line 2, column entry",
    ]  # fmt: skip


def test_a_rule_from_memory_scores_nothing(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    preset = Path(cli.__file__).parent / "presets" / "mean.toml"
    (folder / "own.toml").write_text("from_memory = true\n" + preset.read_text(encoding="utf-8"), encoding="utf-8")
    status, out, err = run(capsys, "score", "own.toml", "m.csv")
    assert (status, out, bool(err)) == (2, "", True)


def test_what_is_wrong_under_one_rule_only_names_that_rule(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    status, out, err = run(capsys, "whatif", "mean", "diving-7", "m.csv")
    assert (status, out) == (2, "") and err and all(line.startswith("m.csv [diving-7], ") for line in err.splitlines())


def test_a_call_that_misses_something_is_told_in_the_language_of_the_terminal(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LC_ALL", "zh_CN.UTF-8")
    with pytest.raises(SystemExit) as left:
        cli.main(["score", "mean"])
    assert left.value.code == 2 and "laurel score: 缺少 MARKS.csv" in capsys.readouterr().err


@pytest.mark.parametrize("tiers", ["0", "2,1", "1,1", "a", "", "1,,2"])
def test_tiers_that_do_not_rise_are_refused(folder: Path, capsys: pytest.CaptureFixture[str], tiers: str) -> None:
    with pytest.raises(SystemExit) as left:
        cli.main(["whatif", "mean", "median", "m.csv", "--tiers", tiers])
    assert (left.value.code, capsys.readouterr().out) == (2, "")


def test_ties_that_wait_for_people_share_a_rank_and_it_is_said(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    rows = "".join(f"{e},{j},{part},{mark}\n" for e in "AB" for j in range(5) for part, mark in (("design", 18), ("lesson", 70), ("reflection", 4)))
    (folder / "m.csv").write_text("entry,judge,criterion,mark\n" + rows, encoding="utf-8")
    status, out, err = run(capsys, "score", "qjs-per-judge", "m.csv")
    assert (status, out) == (0, "entry,rank,result\nA,1,92.00\nB,1,92.00\n")
    assert err.startswith("Tied and not decided: A, B.")


@pytest.mark.parametrize(
    ("settings", "language"),
    [
        ({"LANG": "zh_CN.UTF-8"}, "zh-CN"),
        ({"LANG": "zh_CN.UTF-8", "LC_ALL": "C"}, "en"),
        ({"LC_MESSAGES": "zh_TW", "LANG": "de_DE"}, "zh-CN"),
        ({}, "en"),
    ],
)
def test_the_terminal_says_the_language(
    monkeypatch: pytest.MonkeyPatch, settings: dict[str, str], language: str
) -> None:
    for name in ("LC_ALL", "LC_MESSAGES", "LANG"):
        monkeypatch.delenv(name, raising=False)
    for name, value in settings.items():
        monkeypatch.setenv(name, value)
    assert cli.language() == language


def test_a_hundred_thousand_rows_are_scored_soon(folder: Path, capsys: pytest.CaptureFixture[str], is_nightly: bool) -> None:
    """The rows of 10 000 entries, or of a tenth of them: all ranked, none lost."""
    entries = 10_000 if is_nightly else 1_000
    rows = "".join(f"{entry},{judge},{(entry * 7 + judge * 13) % 101}\n" for entry in range(entries) for judge in range(10))
    (folder / "m.csv").write_text("entry,judge,mark\n" + rows, encoding="utf-8")
    status, out, _ = run(capsys, "score", "trimmed-mean", "m.csv")
    assert (status, len(out.splitlines())) == (0, entries + 1)


def test_a_fault_is_told_without_what_a_terminal_would_obey_and_not_at_any_length(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (folder / "m.csv").write_text(f"entry,judge,mark\n\x1b[2JA,1,7\nB,1,{'x' * 5000}\n", encoding="utf-8")
    status, out, err = run(capsys, "score", "mean", "m.csv")
    assert (status, out) == (2, "")
    assert "“␛[2JA”" in err and "\x1b" not in err
    (folder / "m.csv").write_text(f"entry,judge,mark\nB,1,{'x' * 5000}\n", encoding="utf-8")
    assert len(run(capsys, "score", "mean", "m.csv")[2]) < 1000


def test_an_answer_that_cannot_be_written_is_no_success(folder: Path) -> None:
    command = [sys.executable, "-P", "-m", "services.scoring.cli", "score", "teaching-per-judge", "m.csv"]
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    with Path("/dev/full").open("w") as full:
        done = subprocess.run(command, stdout=full, stderr=subprocess.PIPE, env=environment, text=True, check=False)
    assert (done.returncode, done.stderr) == (2, "The answer cannot be written here: No space left on device\n")
    closed = ["sh", "-c", 'exec "$@" >&-', "sh", *command]
    done = subprocess.run(closed, capture_output=True, env=environment, text=True, check=False)
    assert (done.returncode, done.stderr) == (2, "The answer cannot be written here: Bad file descriptor\n")


def test_an_interrupted_command_ends_without_a_word(
    folder: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupted(name: str) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(mark_files, "marks", interrupted)
    assert run(capsys, "score", "mean", "m.csv") == (130, "", "")


def test_a_scale_for_all_criteria_of_the_marks_is_asked_for_as_theirs(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    diving = (rubrics.PRESETS / "diving-7.toml").read_text(encoding="utf-8")
    (folder / "own.toml").write_text(diving.replace('highest = "10"\n', "").replace('unit = "0.5"\n', ""))
    status, out, err = run(capsys, "score", "own.toml", "m.csv")
    assert (status, out) == (2, "")
    assert "the highest mark for “criteria”" in err and "smallest step of a mark for “criteria”" in err
