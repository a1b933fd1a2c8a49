"""Taking programmes over from a season folder: names are looked up, the rehearsal's facts are not stored."""

from pathlib import Path

import pytest

from services.awards.ballots import actions as ballots
from services.awards.programmes import actions
from shared.db import transaction
from shared.errors import Fault
from shared.tables import Folder
from tests.awards import sample
from tests.conftest import Database

SEASONS = Path(__file__).resolve().parents[3] / "deploy" / "seasons"


def shipped(season: str) -> Folder:
    root = SEASONS / season
    return Folder({str(p.relative_to(root)): p.read_bytes() for p in root.rglob("*") if p.is_file()})


def checked(folder: Folder) -> list[tuple[str, str, int | None, str]]:
    """Faults of a folder's programmes and rehearsal: code, file, row, value."""
    faults: list[Fault] = []
    season = folder.toml("season.toml", faults) or {}
    files = [each["file"] for each in season.get("programme", [])] or ["programmes/p.toml"]
    ballots.check(folder, actions.check(folder, files, faults), faults)
    return [(fault.code, fault.file, fault.row, fault.value) for fault in faults]


@pytest.mark.parametrize("season", ["jianglin-2026", "riverside-2026"])
def test_the_shipped_seasons_have_no_fault(season: str) -> None:
    assert checked(shipped(season)) == []


def test_a_vote_that_breaks_the_rule_is_told_before_anything_is_stored() -> None:
    folder = shipped("jianglin-2026")
    votes = folder.files["votes.csv"].decode().replace("model-home-2026,1,1011,01,no", "model-home-2026,1,1011,01,yes")
    folder.files["votes.csv"] = votes.encode()
    assert [code for code, *_ in checked(folder)] == ["file_too_many_supported"]


@pytest.mark.parametrize(
    ("line", "code"),
    [
        ("model-home-2026,1,1016,01,no", "no_paper"),
        ("model-home-2026,1,2044,01,no", "member_unknown"),
        ("model-home-2026,1,1011,24,no", "branch_not_in_round"),
        ("model-home-2026,1,1011,01,no", "vote_twice"),
        ("model-home-2026,1,1011,01,maybe", "choice_unknown"),
        ("model-home-2026,3,1011,14,yes", "round_not_held"),
        ("other-2026,1,1011,01,no", "programme_unknown"),
    ],
)
def test_a_line_of_votes_that_cannot_be_is_told_with_its_row(line: str, code: str) -> None:
    folder = shipped("jianglin-2026")
    text = folder.files["votes.csv"].decode().rstrip("\n")
    folder.files["votes.csv"] = f"{text}\n{line}\n".encode()
    told = checked(folder)
    assert (code, "votes.csv", text.count("\n") + 2) in [(fault[0], fault[1], fault[2]) for fault in told]


def test_a_missing_second_round_is_asked_for() -> None:
    folder = shipped("jianglin-2026")
    lines = folder.files["votes.csv"].decode().splitlines()
    folder.files["votes.csv"] = "\n".join(line for line in lines if ",2," not in line[:18]).encode()
    assert [code for code, *_ in checked(folder)] == ["round_absent"]


def test_a_voter_with_a_paper_and_no_votes_is_told() -> None:
    folder = shipped("jianglin-2026")
    lines = folder.files["votes.csv"].decode().splitlines()
    folder.files["votes.csv"] = "\n".join(line for line in lines if "-2026,1,1013," not in line).encode()
    assert [(code, value) for code, _, _, value in checked(folder)] == [("voter_silent", "1013")]


def test_names_that_nobody_knows_are_told() -> None:
    text = sample.TEXT.replace("due = 9", "due = 8").replace('["1015"]', '["9999"]').replace('["机关"]', '["工厂"]')
    assert sorted(code for code, *_ in checked(sample.folder(text))) == ["category_unknown", "due_differs", "member_unknown"]


async def test_the_stored_rule_holds_no_fact_of_the_rehearsal(awards_database: Database) -> None:
    programme_id = await sample.install(awards_database)
    stored = await awards_database.value("SELECT rule::text FROM programmes WHERE id = $1", programme_id)
    assert "1015" not in stored and "江大纪函" not in stored
    places = await awards_database.rows("SELECT stratum, count(*) FROM nomination_places GROUP BY 1 ORDER BY 1")
    assert [tuple(row) for row in places] == [("faculty", 5), ("office", 2), ("service", 2)]
    members = await awards_database.rows("SELECT account, name FROM committee_members ORDER BY seat")
    assert [tuple(row) for row in members][:2] == [("1011", "梁致和"), ("1012", "1012")]
    async with transaction(awards_database.pool, "awards_gate") as tx:
        scopes = await tx.fetch("SELECT scope FROM grants WHERE handle = $1", sample.handle("217"))
    assert [row["scope"] for row in scopes] == ["17"]
