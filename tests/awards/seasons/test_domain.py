"""The part of season.toml that awards reads: every question left open is asked."""

import tomllib

import pytest

from services.awards.seasons.domain import check_accounts, check_ties, content_hash, read
from shared.errors import Fault

SEASON = """
key = "s"
title = "年度"
language = "zh-CN"
organisation = "工会"
[roles]
organiser = ["1001"]
committee = ["1002"]
[[activity]]
key = "teaching"
kind = "competition"
title = "竞赛"
[[activity.division]]
key = "arts"
title = "文科组"
tiers = [{ name = "一等奖", count = 2 }, { name = "优秀奖", rest = true }]
[[activity]]
key = "lecture"
kind = "gathering"
title = "讲座"
[[programme]]
file = "programmes/home.toml"
"""


def faults_of(text: str) -> list[tuple[str, str]]:
    faults: list[Fault] = []
    read(tomllib.loads(text), faults)
    return [(fault.code, fault.column) for fault in faults]


def test_competitions_have_prizes_and_a_lecture_has_none() -> None:
    faults: list[Fault] = []
    season = read(tomllib.loads(SEASON), faults)
    assert not faults
    assert [activity.key for activity in season.activities] == ["teaching"]
    assert [(tier.name, tier.count) for tier in season.activities[0].divisions[0].tiers] == [
        ("一等奖", 2),
        ("优秀奖", None),
    ]
    assert season.programme_files == ("programmes/home.toml",) and season.roles["committee"] == ("1002",)


@pytest.mark.parametrize(
    ("old", "new", "code", "column"),
    [
        (", count = 2 }", "}", "tier_count_open", "activity[teaching].division[arts].tiers[1]"),
        ("count = 2 }", "count = 2, rest = true }", "tier_count_open", "activity[teaching].division[arts].tiers[1]"),
        ("count = 2 }", "count = -1 }", "tier_count_wrong", "activity[teaching].division[arts].tiers[1].count"),
        ("count = 2 }", "rest = true }", "tier_rest_not_last", "activity[teaching].division[arts].tiers[1].rest"),
        ("count = 2 }", "count = 2, colour = 1 }", "key_unknown", "activity[teaching].division[arts].tiers[1].colour"),
        ('"优秀奖"', '"一等奖"', "tier_twice", "activity[teaching].division[arts].tiers[2].name"),
        ("tiers = [", "tears = [", "tiers_absent", "activity[teaching].division[arts].tiers"),
        (
            'title = "文科组"',
            'title = "文科组"\ntier_ties = "toss"',
            "tier_ties_wrong",
            "activity[teaching].division[arts].tier_ties",
        ),
        ('"zh-CN"', '"fr"', "language_wrong", "language"),
        ('["1002"]', '"1002"', "role_list_wrong", "roles.committee"),
        ('organisation = "工会"', "", "text_needed", "organisation"),
        ('file = "programmes/home.toml"', "file = 1", "text_needed", "programme.file"),
    ],
)
def test_what_is_open_or_wrong_is_named_with_its_place(old: str, new: str, code: str, column: str) -> None:
    assert old in SEASON
    assert (code, column) in faults_of(SEASON.replace(old, new, 1))


def test_a_tie_chain_that_may_end_shared_asks_for_a_policy() -> None:
    season = read(tomllib.loads(SEASON), [])
    for chain, codes in ((["part:lesson", "shared"], ["tier_ties_open"]), (["part:lesson", "lot"], []), (None, [])):
        faults: list[Fault] = []
        check_ties(season.activities[0], chain, faults)
        assert [fault.code for fault in faults] == codes


def test_a_committee_member_must_be_somebody() -> None:
    season = read(tomllib.loads(SEASON), [])
    faults: list[Fault] = []
    check_accounts(season, ["1001"], faults)
    assert [(fault.code, fault.value) for fault in faults] == [("account_unknown", "1002")]
    check_accounts(season, ["1002"], faults)
    assert len(faults) == 1


def test_the_hash_tells_any_change_and_no_order() -> None:
    assert content_hash({"a": b"1", "b": b"2"}) == content_hash({"b": b"2", "a": b"1"})
    assert content_hash({"a": b"1"}) != content_hash({"a": b"2"}) != content_hash({"b": b"2"})
