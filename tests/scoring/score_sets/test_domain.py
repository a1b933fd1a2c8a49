from datetime import UTC, datetime
from uuid import UUID

import msgspec
import pytest

from services.scoring.rolls.domain import Roll, RollItem
from services.scoring.score_sets.domain import Content, ScoreSet, canonical, check_seal, content, digest
from services.scoring.sheets.domain import Marked
from services.scoring.standings.domain import Standings, standings
from shared.errors import Conflict, NotAllowed, Refused
from tests.scoring.samples import PLAIN, entry, judge, panel

NOW = datetime(2026, 5, 16, 1, 0, tzinfo=UTC)
ROLL = Roll(
    roll_id=UUID(int=7), division_id=UUID(int=8), stage="final", version=2, supersedes=None, hash="ab" * 32,
    items=tuple(RollItem(entry_id=entry(n), code=f"{n:02}", order=n, title="", unit_id=None, commitment="") for n in (1, 2)),
)  # fmt: skip


def standing(*marks: int, ties: tuple[str, ...] = ("shared",)) -> Standings:
    entries = [entry(1), entry(2)]
    sheets = [
        Marked(judge_id=judge(1), entry_id=entry(n), part="talk", marks={"talk": mark}) for n, mark in enumerate(marks, start=1)
    ]
    return standings(msgspec.structs.replace(PLAIN, ties=ties), entries, panel(entries, 1), sheets)


def made(*marks: int, previous: ScoreSet | None = None) -> Content:
    return content(standing(*marks), ROLL, "cd" * 32, True, previous)


def proposed(document: Content, sealed: bool = False) -> ScoreSet:
    return ScoreSet(
        id=UUID(int=9), content=document, hash=digest(document), proposed_by=UUID(int=3), proposed_at=NOW,
        sealed_by=UUID(int=4) if sealed else None, sealed_at=NOW if sealed else None,
    )  # fmt: skip


def test_a_score_set_cites_roll_and_rule_and_holds_the_exact_results() -> None:
    document = made(905, 911)
    assert (document.roll_id, document.roll_version, document.roll_hash, document.rule_hash) == (
        ROLL.roll_id, 2, "ab" * 32, "cd" * 32,
    )  # fmt: skip
    assert [(each.code, each.rank, each.result.n, each.result.d, each.shown) for each in document.items] == [
        ("02", 1, 911, 10, "91.10"), ("01", 2, 181, 2, "90.50"),
    ]  # fmt: skip
    assert (document.version, document.supersedes) == (1, None)


def test_the_hash_is_that_of_the_canonical_document() -> None:
    import hashlib
    import json

    document = made(905, 911)
    again = json.dumps(json.loads(canonical(document)), sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    assert digest(document) == hashlib.sha256(again.encode()).hexdigest()


def test_a_correction_is_the_next_version_and_supersedes() -> None:
    first = proposed(made(905, 911), sealed=True)
    second = made(905, 912, previous=first)
    assert (second.version, second.supersedes) == (2, first.id)


def test_nothing_is_sealed_before_the_lock_or_with_a_gap_or_an_open_tie() -> None:
    with pytest.raises(Refused, match="seal_before_lock"):
        content(standing(905, 911), ROLL, "", False, None)
    with pytest.raises(Refused, match="sheets_missing"):
        made(905)
    with pytest.raises(Refused, match="ties_open"):
        content(standing(905, 905, ties=("panel_vote", "lot")), ROLL, "", True, None)


def test_the_seal_needs_another_person_and_the_standing_that_was_proposed() -> None:
    check_seal(proposed(made(905, 911)), made(905, 911), UUID(int=4))
    with pytest.raises(NotAllowed, match="second_person_needed"):
        check_seal(proposed(made(905, 911)), made(905, 911), UUID(int=3))
    with pytest.raises(Conflict, match="score_set_stale"):
        check_seal(proposed(made(905, 911)), made(906, 911), UUID(int=4))
