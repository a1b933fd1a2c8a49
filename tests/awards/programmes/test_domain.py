"""Reading `programmes/*.toml`: every open question is asked, every fault is told at once."""

from datetime import UTC, datetime
from typing import Any

import pytest

from services.awards.programmes import domain
from services.awards.programmes.domain.reading import QUESTIONS
from shared.exact import Ratio
from tests.awards.sample import data, faults_of, programme


def told(table: dict[str, Any]) -> list[tuple[str, str]]:
    return [(fault.code, fault.column) for fault in faults_of(table)]


def test_the_shipped_rule_is_read_whole() -> None:
    rule = programme()
    assert [(s.key, s.nominations, s.seats) for s in rule.strata] == [
        ("faculty", 5, 4),
        ("office", 2, 1),
        ("service", 2, 1),
    ]
    assert (rule.scorecard.highest, rule.scorecard.pass_mark, rule.scorecard.unit) == (100, 85, Ratio(1, 1))
    assert (rule.ballot.quorum, rule.ballot.majority, rule.ballot.compare) == (Ratio(2, 3), Ratio(1, 2), "more_than")
    assert (rule.absent, rule.recused) == (("1015",), ("1016",))
    assert rule.nominations_close == datetime(2026, 12, 4, 9, tzinfo=UTC)
    assert told(data()) == []


BALLOT_KEYS = [
    "due", "quorum", "quorum_of", "majority", "majority_of", "compare", "supports", "tie", "shortfall", "rounds",
    "absent", "recused",
]  # fmt: skip


@pytest.mark.parametrize("key", BALLOT_KEYS)
def test_an_open_question_about_the_ballot_is_refused_with_the_question(key: str) -> None:
    table = data()
    del table["ballot"][key]
    assert told(table) == [(f"question_ballot_{key}", f"ballot.{key}")]
    assert f"question_ballot_{key}" in QUESTIONS


@pytest.mark.parametrize("key", ["pass", "unit", "zero_category_fails"])
def test_an_open_question_about_the_scorecard_is_refused_with_the_question(key: str) -> None:
    table = data()
    del table["scorecard"][key]
    assert (f"question_scorecard_{key}", f"scorecard.{key}") in told(table)


@pytest.mark.parametrize("key", ["categories", "nominations", "seats"])
def test_an_open_question_about_a_stratum_is_refused_with_the_question(key: str) -> None:
    table = data()
    del table["stratum"][1][key]
    assert told(table) == [(f"question_stratum_{key}", f"stratum[2].{key}")]


@pytest.mark.parametrize(
    "key", ["stratum", "scorecard", "ballot", "opens", "tier", "subject"]
)
def test_a_missing_table_is_refused_with_the_question(key: str) -> None:
    table = data()
    del table[key]
    assert told(table) == [(f"question_{key}", key)]


def test_every_fault_is_told_at_once() -> None:
    table = data()
    table["ballot"] |= {"majority": "half", "tie": "older_wins", "rounds": 0}
    table["stratum"][0]["seats"] = "four"
    table["colour"] = "red"
    assert sorted(told(table)) == [
        ("key_unknown", "colour"),
        ("not_a_number", "ballot.majority"),
        ("not_supported", "ballot.tie"),
        ("too_small", "ballot.rounds"),
        ("wrong_kind", "stratum[1].seats"),
    ]


def test_what_is_not_supported_is_refused_by_name() -> None:
    table = data()
    table["ballot"]["tie"] = "older_wins"
    (fault,) = faults_of(table)
    assert (fault.value, fault.values) == ("older_wins", {"allowed": "revote_tied | fewer_no"})


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"ballot_at": datetime(2026, 12, 1, 9)}, "moments_out_of_order"),  # noqa: DTZ001 - TOML's local date-time
        ({"scorecard.pass": "101"}, "pass_out_of_reach"),
        ({"stratum.nominations": 3}, "fewer_nominations_than_seats"),
        ({"stratum.categories": ["院系", "机关"]}, "category_in_two_strata"),
        ({"stratum.key": "office"}, "key_twice"),
        ({"ballot.recused": ["1015"]}, "absent_and_recused"),
        ({"ballot.majority": "1"}, "majority_out_of_reach"),
        ({"ballot.quorum": "4/3"}, "ratio_out_of_range"),
    ],
)
def test_a_rule_that_contradicts_itself_is_refused(change: dict[str, Any], code: str) -> None:
    table = data()
    for path, value in change.items():
        name, _, key = path.rpartition(".")
        target = table if not name else table["stratum"][0] if name == "stratum" else table[name]
        target[key] = value
    assert [fault[0] for fault in told(table)] == [code]


def test_a_veto_needs_a_reason_and_never_stops_everybody() -> None:
    table = data()
    table["consultation"][0]["reply"][0]["opinion"] = "veto"
    assert [code for code, _ in told(table)] == ["veto_without_reason", "veto_of_everybody"]


def test_the_digest_follows_the_rule_and_nothing_else() -> None:
    table = data()
    reordered = dict(reversed(table.items()))
    assert domain.digest(domain.read(reordered, "other.toml", [])) == domain.digest(programme())
    table["ballot"]["compare"] = "at_least"
    assert domain.digest(domain.read(table, "p.toml", [])) != domain.digest(programme())


def test_deadlines_are_exclusive() -> None:
    rule = programme()
    moments = [rule.opens, rule.nominations_close, rule.ballot_at, rule.ballot_closes]
    assert [domain.phase(rule, at) for at in moments] == ["nominating", "examining", "voting", "after"]
    assert domain.phase(rule, datetime(2026, 11, 16, 0, 59, tzinfo=UTC)) == "announced"


def test_the_published_rule_names_no_member_and_holds_no_reason() -> None:
    shown = domain.published(programme())
    assert (shown.absent, shown.recused, [office.replies for office in shown.offices]) == ((), (), [(), ()])
    assert domain.digest(shown) == domain.digest(programme())
