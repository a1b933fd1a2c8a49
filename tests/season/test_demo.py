"""Each season folder, played by `./laurel demo DIR --exit` through the pages, gives what its files say.

The report is the driver's; the expectation is the oracle's, which shares no code with the services. A folder that no
code knows of (`third`, written from deploy/seasons/README.md alone) is among them. The large season is played once a
day: tests/browser/test_main_job.py walks it, and puts its report through the same checks.
"""

import json
import subprocess
import sys
from collections import Counter
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

from deploy.embedded.ports import free_port
from shared.verifier.verify import verify
from tests.season import oracle
from tests.season.test_oracle import MINI, SEASONS, THIRD

ROOT = Path(__file__).parents[2]
LIMIT_SECONDS = 280
KEYS = {
    "signups_sent", "entries_admitted", "entries_waiting", "entries_refused", "entries_returned", "entries_withdrawn",
    "sheets_sent", "sheets_acknowledged", "sheets_in_ledger", "results", "events_published", "events_applied",
    "dead_letters", "awards_published", "certificates", "certificates_verified", "conserved",
}  # fmt: skip
STEPS = ("filed", "accepted", "rechecked", "answered")
PAPER = ("to_paper", "scan_attached")
BY_HAND_SECONDS = 10
"""How much later than planned a lesson's clock may be ended."""
CERTIFICATES = {"jianglin-2026": 55 + 6, "riverside-2026": 8 + 1, "mini": 4 + 1, "third": 2 + 3}


@pytest.fixture(
    scope="module",
    params=[
        pytest.param(SEASONS / "jianglin-2026", id="jianglin-2026", marks=pytest.mark.nightly),
        pytest.param(SEASONS / "riverside-2026", id="riverside-2026"),
        pytest.param(MINI, id="mini"),
        pytest.param(THIRD, id="third"),
    ],
)
def played(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, Any]]:
    """The folder and the report of its demo."""
    folder: Path = request.param
    report = tmp_path_factory.mktemp(folder.name) / "report.json"
    options = ["--exit", "--report", str(report), "--bundles", str(report.parent), "--port", str(free_port())]
    command = [sys.executable, "-m", "deploy.demo", str(folder), *options]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=LIMIT_SECONDS, check=False)
    assert done.returncode == 0, f"{done.stdout[-3000:]}\n{done.stderr[-3000:]}"
    return folder, json.loads(report.read_text("utf-8")) | {"bundles": report.parent, "table": counted(done.stdout)}


def test_the_report_has_exactly_its_keys_and_is_conserved(played: tuple[Path, dict[str, Any]]) -> None:
    _, report = played
    assert report.keys() - {"bundles", "table"} == KEYS
    assert report["conserved"] is True
    assert report["dead_letters"] == 0


def test_the_results_equal_the_recomputation_from_the_files(played: tuple[Path, dict[str, Any]]) -> None:
    folder, report = played
    assert oracle.differences(folder, report) == []


def test_every_sign_up_ends_where_the_files_say(played: tuple[Path, dict[str, Any]]) -> None:
    folder, report = played
    admitted = {line["entry"] for lines in report["results"].values() for line in lines}
    finals = [oracle.states(folder, activity, admitted) for activity in oracle.season(folder)["activity"]]
    wanted = Counter(state for final in finals for state in final.values())
    told = {state: report[f"entries_{state}"] for state in ("admitted", "waiting", "refused", "returned", "withdrawn")}
    assert told == {state: wanted[state] for state in told}
    assert report["signups_sent"] == sum(told.values())


def test_every_award_has_a_certificate_that_can_be_checked(played: tuple[Path, dict[str, Any]]) -> None:
    folder, report = played
    assert report["awards_published"] == report["certificates"] == report["certificates_verified"]
    assert report["certificates"] == CERTIFICATES[folder.name]


def test_the_verifier_finds_the_published_results_in_the_bundles(played: tuple[Path, dict[str, Any]]) -> None:
    """Bundles were written for every activity, and the results in the whole one are those that awards published."""
    folder, report = played
    for activity in oracle.season(folder)["activity"]:
        held = report["bundles"] / activity["key"]
        whole = (held / "supervision.json").read_bytes()
        found = [verify(each.read_bytes()) for each in held.rglob("*.json")]
        assert len({each["root"] for each in found}) == 1 and verify(whole)["ranks"] > 0
        published = [line for key, lines in report["results"].items() if key.startswith(activity["key"]) for line in lines]
        sealed = [item for text in json.loads(whole)["score_sets"].values() for item in final(text)]
        told = sorted((line["code"], line["rank"], line["result"]) for line in published)
        assert told and told == sorted((item["code"], item["rank"], item["shown"]) for item in sealed)


def test_the_incidents_beside_the_marks_were_played(played: tuple[Path, dict[str, Any]]) -> None:
    """E12, E16 and the appeal: each as often as the folder says, in the table of what was sent and found again."""
    folder, report = played
    told = Counter(each["kind"] for each in oracle.season(folder).get("incident", []))
    wanted = {
        "deductions, steps of appeals and of paper = in the ledger": (
            told["overtime"] + len(STEPS) * told["appeal"] + len(PAPER) * told["paper"]
        ),
        "appeals filed = answered, as the contestant reads": told["appeal"],
        "prizes asked for without a minute = refused": told["prize_without_minute"],
        "numbers of prizes changed, as everybody reads": 0,
    }
    assert {name: report["table"][name] for name in wanted} == wanted


def test_E12_stands_in_the_ledger_as_the_clock_told_it(played: tuple[Path, dict[str, Any]]) -> None:
    folder, report = played
    said = oracle.season(folder)
    for activity in said["activity"]:
        whole = json.loads((report["bundles"] / activity["key"] / "supervision.json").read_bytes())
        ledger = [json.loads(text) for division in whole["divisions"] for _, text in division["entries"]]
        lates = [i for each in activity["division"] for i in oracle.happened(said, "overtime", activity, each)]
        off = sorted((each["body"]["key"], int(each["body"]["quantity"])) for each in ledger if each["kind"] == "deducted")
        wanted = sorted((i["deduction"], i["seconds"]) for i in lates)
        assert [key for key, _ in off] == [key for key, _ in wanted]
        assert all(0 <= got - seconds < BY_HAND_SECONDS for (_, got), (_, seconds) in zip(off, wanted, strict=True))


def test_E10_counts_once_as_the_paper_says_read_by_two(played: tuple[Path, dict[str, Any]]) -> None:
    """Nothing of the misread sheet counted: one revision, with the marks of the folder, by two people who are not the judge."""
    folder, report = played
    said = oracle.season(folder)
    for activity in said["activity"]:
        whole = json.loads((report["bundles"] / activity["key"] / "supervision.json").read_bytes())
        ledger = [json.loads(text) for division in whole["divisions"] for _, text in division["entries"]]
        found = [each for each in ledger if each["kind"] == "revision" and each["body"]["source"] == "paper"]
        wanted = [(i, division) for division in activity["division"] for i in oracle.happened(said, "paper", activity, division)]
        assert len(found) == len(wanted)
        for each, (incident, division) in zip(found, wanted, strict=True):
            given = oracle.marks_of(folder, said, activity, division)[incident["entry"]][incident["judge"]]
            assert {f"{incident['part']}/{key}": Fraction(count, 10) for key, count in each["body"]["marks"].items()} == {
                key: mark for key, mark in given.items() if key.startswith(f"{incident['part']}/")
            }
            assert len({each["actor"], *each["subjects"].values()}) == 3 and set(each["subjects"]) == {"judge", "typed_by"}


def counted(printed: str) -> dict[str, int]:
    """The conservation table as it was printed: name -> what was sent."""
    lines = [[cell.strip() for cell in line.split("│")] for line in printed.splitlines()]
    return {cells[1]: int(cells[2]) for cells in lines if len(cells) > 4 and cells[2].isdigit()}


def final(score_set: str) -> list[dict[str, Any]]:
    content = json.loads(score_set)
    items: list[dict[str, Any]] = content["items"] if content["stage"] == "final" else []
    return items
