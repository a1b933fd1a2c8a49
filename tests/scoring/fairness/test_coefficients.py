"""Coefficients of agreement against the tables of the papers and textbooks that define them."""

from fractions import Fraction

import pytest

from services.scoring.fairness.domain.coefficients import KEYS, Agreement, agreement
from services.scoring.fairness.domain.table import Rating, table, totals

SHROUT_FLEISS = ["9 2 5 8", "6 1 3 2", "8 4 6 8", "7 1 2 6", "10 5 6 9", "6 2 4 7"]
"""Six targets, four judges. Shrout and Fleiss, Psychological Bulletin 86 (1979), table 2; coefficients from table 4."""

KRIPPENDORFF = ["1 1 . 1", "2 2 3 2", "3 3 3 3", "3 3 3 3", "2 2 2 2", "1 2 3 4", "4 4 4 4", "1 1 2 1", "2 2 2 2", ". 5 5 5", ". . 1 1", ". 3 . ."]
"""Twelve units, four observers. Krippendorff, Computing Krippendorff's Alpha-Reliability (2011), section C and on."""

FLEISS = ["0 0 0 0 14", "0 2 6 4 2", "0 0 3 5 6", "0 3 9 2 0", "2 2 8 1 1", "7 7 0 0 0", "3 2 6 3 0", "2 5 3 2 2", "6 5 2 1 0", "0 2 2 3 7"]
"""How many of 14 raters put each of 10 subjects into each of 5 categories; the worked example of Fleiss' kappa in the
article of that name in Wikipedia, after Fleiss (1971): kappa 0.210."""

SIEGEL = ["1 1 6", "6 5 3", "3 6 2", "2 4 5", "5 2 4", "4 3 1"]
"""Three executives rank six applicants. Siegel, Nonparametric Statistics (1956), chapter 9, the first example of W."""

SIEGEL_TIES = ["1 2.5 2", "4.5 1 1", "2 2.5 4.5", "4.5 4.5 4.5", "3 4.5 4.5", "7.5 8 4.5", "6 9 8", "9 6.5 8", "7.5 10 8", "10 6.5 10"]
"""Three rankings of ten things with ties, from the same chapter (there after Kendall): W corrected for ties 0.828."""


def of(rows: list[str]) -> Agreement:
    ratings = [
        Rating(f"E{n}", f"J{k}", "", Fraction(mark))
        for n, row in enumerate(rows, 1)
        for k, mark in enumerate(row.split(), 1)
        if mark != "."
    ]
    return agreement(table(ratings))


def figure(found: Agreement, key: str, digits: int) -> float:
    value = found.figures[key]
    assert value is not None
    return round(value, digits)


def test_intraclass_correlations_of_shrout_and_fleiss() -> None:
    found = of(SHROUT_FLEISS)
    published = {"icc1": 0.17, "icc2": 0.29, "icc3": 0.71, "icc1k": 0.44, "icc2k": 0.62, "icc3k": 0.91}
    assert {key: figure(found, key, 2) for key in published} == published


def test_alphas_of_krippendorff() -> None:
    found = of(KRIPPENDORFF)
    published = {"nominal": 0.743, "ordinal": 0.815, "interval": 0.849, "ratio": 0.797}
    assert {scale: figure(found, f"alpha_{scale}", 3) for scale in published} == published


def test_kappa_of_fleiss() -> None:
    spread = [" ".join(str(c) for c, times in enumerate(row.split(), 1) for _ in range(int(times))) for row in FLEISS]
    assert figure(of(spread), "fleiss_kappa", 3) == 0.210


@pytest.mark.parametrize(("rows", "published", "digits"), [(SIEGEL, 0.16, 2), (SIEGEL_TIES, 0.828, 3)])
def test_concordance_of_siegel(rows: list[str], published: float, digits: int) -> None:
    assert figure(of(rows), "kendall_w", digits) == published


def test_kappa_does_not_ask_which_judges_they_were() -> None:
    """Three judges, two of them at each entry."""
    found = of(["1 1 .", ". 2 2", "3 . 4"])
    observed, share = 2 / 3, [2 / 6, 2 / 6, 1 / 6, 1 / 6]
    chance = sum(each**2 for each in share)
    assert found.figures["fleiss_kappa"] == pytest.approx((observed - chance) / (1 - chance))
    assert found.reasons["icc2"] == found.reasons["kendall_w"] == "incomplete"


ICC = [key for key in KEYS if key.startswith("icc")]
ALPHA = [key for key in KEYS if key.startswith("alpha")]


@pytest.mark.parametrize(
    ("rows", "reasons"),
    [
        (KRIPPENDORFF, dict.fromkeys([*ICC, "kendall_w"], "incomplete") | {"fleiss_kappa": "unequal_numbers"}),
        (["1 2 3"], dict.fromkeys([*ICC, "kendall_w", "fleiss_kappa"], "one_entry")),
        (["1", "2"], dict.fromkeys([*ICC, "kendall_w"], "one_judge") | dict.fromkeys([*ALPHA, "fleiss_kappa"], "no_pairs")),
        (["5 5", "5 5"], dict.fromkeys(KEYS, "no_differences")),
        (["3 0", "0 1"], {"icc2k": "negative_variance"}),
        (["-1 2", "3 4"], {"alpha_ratio": "below_zero"}),
    ],
)
def test_a_figure_that_does_not_apply_has_a_reason_and_no_value(rows: list[str], reasons: dict[str, str]) -> None:
    found = of(rows)
    assert found.reasons == reasons
    assert {key for key, value in found.figures.items() if value is None} == set(reasons)
    assert tuple(found.figures) == KEYS


def test_equal_marks_are_equal_however_they_were_added_up() -> None:
    """0.1 + 0.2 and 0.3 + 0.0 are one level."""
    ratings = [Rating(e, j, c, Fraction(m)) for e, j, c, m in [
        ("1", "A", "x", "0.1"), ("1", "A", "y", "0.2"), ("1", "B", "x", "0.3"), ("1", "B", "y", "0"),
        ("2", "A", "x", "1"), ("2", "A", "y", "1"), ("2", "B", "x", "2"),
    ]]  # fmt: skip
    found = table(totals(ratings))
    assert found.levels == (Fraction(3, 10), Fraction(2))
    assert list(zip(found.entry, found.judge, found.level, strict=True)) == [(0, 0, 0), (0, 1, 0), (1, 0, 1)]


def test_the_order_of_entries_judges_and_marks_changes_nothing() -> None:
    rows = [Rating(f"E{n}", f"J{k}", "", Fraction((n * k * 7) % 5)) for n in range(9) for k in range(4) if (n + k) % 5]
    one, other = agreement(table(rows)), agreement(table(rows[::-1]))
    assert one.reasons == other.reasons
    assert {k: v and round(v, 12) for k, v in one.figures.items()} == {k: v and round(v, 12) for k, v in other.figures.items()}
