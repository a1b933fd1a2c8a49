"""Ratings in arrays: who is linked with whom, and that names sort as people count."""

from fractions import Fraction

from services.scoring.fairness.domain.table import Group, Rating, groups, is_complete, table


def rating(entry: str, judge: str, criterion: str = "") -> Rating:
    return Rating(entry, judge, criterion, Fraction(1))


def test_panels_that_share_no_contestant_are_told_apart_by_name() -> None:
    found = table([rating("1", "A"), rating("1", "B"), rating("2", "B"), rating("10", "C"), rating("3", "C"), rating("4", "D")])
    assert groups(found) == [Group(("1", "2"), ("A", "B")), Group(("3", "10"), ("C",)), Group(("4",), ("D",))]


def test_a_shared_judge_links_two_panels() -> None:
    assert len(groups(table([rating("1", "A"), rating("1", "B"), rating("2", "B"), rating("2", "C")]))) == 1


def test_complete_means_every_judge_every_entry_every_criterion_once() -> None:
    all_of_them = [rating(e, j, c) for e in "12" for j in "AB" for c in "xy"]
    assert is_complete(table(all_of_them))
    assert not is_complete(table(all_of_them[1:]))
    assert not is_complete(table([*all_of_them[1:], all_of_them[-1]]))
    assert not is_complete(table([]))
