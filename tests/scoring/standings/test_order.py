"""A changed figure finds the place that sorting all again would give it."""

from fractions import Fraction
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from services.scoring.rubrics.domain import Better
from services.scoring.standings.domain.order import Order, Place
from tests.scoring.samples import entry

FIGURES = st.fractions(min_value=0, max_value=3, max_denominator=3)
FEW = st.dictionaries(st.integers(0, 30), FIGURES, min_size=1)


def place(figures: dict[UUID, Fraction], who: UUID, better: Better) -> Place:
    """By looking at all of them."""
    sign = 1 if better == "lower" else -1
    order = sorted(figures, key=lambda each: (sign * figures[each], each))
    at = order.index(who)
    return Place(
        ahead=sum(sign * each < sign * figures[who] for each in figures.values()),
        tied=list(figures.values()).count(figures[who]) - 1,
        above=order[at - 1] if at else None,
        below=order[at + 1] if at + 1 < len(order) else None,
    )


@given(FEW, st.lists(st.tuples(st.integers(0, 30), FIGURES)), st.sampled_from(["higher", "lower"]))
def test_changed_figures_are_placed_as_by_sorting_all_again(
    start: dict[int, Fraction], changes: list[tuple[int, Fraction]], better: Better
) -> None:
    figures = {entry(number): figure for number, figure in start.items()}
    order = Order(figures, better)
    for number, figure in changes:
        if entry(number) in figures:
            figures[entry(number)] = figure
            assert order.change(entry(number), figure) == place(figures, entry(number), better)
    sign = 1 if better == "lower" else -1
    assert list(order) == sorted(figures, key=lambda each: (sign * figures[each], each))
