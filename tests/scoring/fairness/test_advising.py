"""What is said about a division, from the marks alone: state by state, and outliers sheet by sheet."""

from collections.abc import Callable, Mapping
from uuid import UUID

import msgspec
import numpy as np
import pytest

from services.scoring.fairness import domain
from services.scoring.fairness.actions import for_leader
from services.scoring.fairness.domain import advising, linear
from services.scoring.fairness.domain.sections import bands
from services.scoring.rubrics.domain import Rule
from services.scoring.sheets.domain import Assigned, Marked
from services.scoring.standings.domain import Basis
from tests.scoring.samples import judge
from tests.scoring.seated import SHARED
from tests.scoring.stage import roll

ENTRIES = [UUID(int=0xE000 + place) for place in range(8)]
LENIENT = {2: 12}
"""Judge -> tenths more than the others in `delivery`."""


def given(entry: int, number: int) -> dict[str, dict[str, int]]:
    taste = (entry * 5 + number * 3 + entry * number) % 7
    return {
        "design": {"design": 150 + entry},
        "lesson": {"content": 220 + taste, "delivery": 300 + 9 * entry + taste + LENIENT.get(number, 0)},
        "reflection": {"reflection": 40},
    }


def basis(
    panels: Mapping[int, tuple[int, ...]], rule: Rule = SHARED, change: Callable[[int, int, dict[str, dict[str, int]]], None] = lambda *_: None
) -> Basis:
    """panels: entry -> its judges."""
    assigned, sheets = [], []
    for entry, judges in panels.items():
        for number in judges:
            assigned.append(Assigned(judge(number), ENTRIES[entry]))
            marks = given(entry, number)
            change(entry, number, marks)
            sheets += [Marked(judge_id=judge(number), entry_id=ENTRIES[entry], part=p, marks=m) for p, m in marks.items()]
    return Basis(rule=rule, roll=roll(UUID(int=1), [ENTRIES[entry] for entry in panels]), assigned=tuple(assigned), sheets=tuple(sheets))


def lower(entry: int, number: int, marks: dict[str, dict[str, int]]) -> None:
    """Judge 4 gives entry 2 fifteen points less for delivery than anybody would expect."""
    marks["lesson"]["delivery"] -= 150 if (entry, number) == (2, 4) else 0


def told(found: Basis, places: int = 3) -> domain.Advice:
    (section,) = domain.sections(found.rule)
    return domain.advice(found, section, places)


ALL = dict.fromkeys(range(8), (1, 2, 3, 4, 5))
SOME = {entry: tuple(n for n in range(1, 7) if n != 1 + entry % 6) for entry in range(8)}


def test_a_lenient_judge_is_told_and_taken_off_where_panels_differ() -> None:
    found = told(basis(SOME))
    severity = {each.judge_id: each for each in found.judges}
    assert found.state == "differ" and min(severity, key=lambda each: severity[each].severity) == judge(2)
    shrunk = severity[judge(2)]
    assert shrunk.mixed is not None and shrunk.severity < shrunk.mixed < 0
    with_two, without = found.entries[-1], next(each for each in found.entries if each.entry_id == ENTRIES[1])
    assert without.additive > without.raw and with_two.additive < with_two.raw
    assert [each.additive_rank for each in found.entries] == sorted(each.additive_rank for each in found.entries)


def test_one_more_judge_for_one_entry_makes_panels_differ() -> None:
    assert told(basis(ALL)).state == "complete"
    assert told(basis({**ALL, 3: (1, 2, 3, 4, 5, 6)})).state == "differ"


def test_while_marks_are_missing_a_common_panel_still_cancels() -> None:
    found = basis(ALL)
    partly = msgspec.structs.replace(found, sheets=found.sheets[:-5])
    assert (told(partly).state, told(partly).owed) == ("complete", 2)


def test_where_missing_marks_are_left_out_for_good_they_make_panels_differ() -> None:
    rule = msgspec.structs.replace(SHARED, judging=msgspec.structs.replace(SHARED.judging, missing="exclude"))
    found = basis(ALL, rule)
    assert told(msgspec.structs.replace(found, sheets=found.sheets[:-5])).state == "differ"


def test_groups_that_share_nobody_are_named() -> None:
    found = told(basis({0: (1, 2, 3), 1: (1, 2, 3), 2: (4, 5, 6)}))
    assert found.state == "not_linked"
    assert found.groups == (((ENTRIES[0], ENTRIES[1]), (judge(1), judge(2), judge(3))), ((ENTRIES[2],), (judge(4), judge(5), judge(6))))


def test_the_smallest_divisions_are_answered_too() -> None:
    found = told(basis({0: (1, 2)}))
    assert (found.state, found.samples) == ("complete", 0)
    found = told(basis({0: (1,), 1: (1,)}))
    assert found.state == "complete" and found.judges[0].severity == pytest.approx(0)
    for panels in ({0: (1,), 1: (1, 2)}, {0: (1, 2), 1: (2, 3), 2: (3,)}):
        found = told(basis(panels))
        assert found.state == "differ" and found.deviations is not None and all(each.sure for each in found.entries)


def test_where_places_are_given_nothing_is_said_of_severity() -> None:
    parts = tuple(
        msgspec.structs.replace(part, criteria=tuple(
            msgspec.structs.replace(c, items=tuple(
                msgspec.structs.replace(i, scale=msgspec.structs.replace(i.scale, kind="place", lowest=1)) for i in c.items
            )) for c in part.criteria
        )) for part in SHARED.parts
    )  # fmt: skip
    found = basis(ALL, msgspec.structs.replace(SHARED, parts=parts))
    assert told(found).state == "places" and domain.outliers(found) == ()


def test_where_the_lower_figure_is_better_it_goes_first() -> None:
    rule = msgspec.structs.replace(SHARED, better="lower")
    up, down = told(basis(SOME)), told(basis(SOME, rule))
    assert [each.entry_id for each in down.entries] == [each.entry_id for each in up.entries][::-1]
    first = down.entries[0]
    assert first.sure and first.sure.rank == 1 and first.sure.first > 0.5


def test_a_part_judged_apart_is_a_section_of_its_own() -> None:
    parts = tuple(
        msgspec.structs.replace(part, judging=SHARED.judging if part.key == "design" else None) for part in SHARED.parts
    )
    rule = msgspec.structs.replace(SHARED, parts=parts)
    assert [each.part for each in domain.sections(rule)] == ["", "design"]
    whole, design = (domain.advice(basis(ALL, rule), each, 3) for each in domain.sections(rule))
    assert whole.entries[0].raw + 15 < told(basis(ALL)).entries[0].raw < whole.entries[0].raw + 16
    assert design.entries[0].raw == pytest.approx(15.7)


def test_chances_are_those_of_counted_samples_and_the_same_each_time() -> None:
    one, other = told(basis(SOME), places=2), told(basis(SOME), places=2)
    assert one == other
    sures = [each.sure for each in one.entries if each.sure]
    assert sum(each.first for each in sures) == pytest.approx(1) and sum(each.among for each in sures) == pytest.approx(2)
    assert all(each.first <= each.among for each in sures)


def test_entries_that_do_not_differ_may_have_any_rank() -> None:
    alike = basis(SOME, change=lambda e, n, marks: marks.update(given(0, 1), reflection={"reflection": 40 + (e + n) % 2}))
    sures = [each.sure for each in told(alike).entries if each.sure]
    assert all((each.lowest, each.highest) == (1, 8) and each.first == pytest.approx(1 / 8, abs=0.02) for each in sures)


def test_a_large_division_is_sampled_less_so_that_memory_stays_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(advising, "MOST_NUMBERS", 4000)
    assert told(basis(SOME)).samples == 500


def test_an_outlier_is_far_by_the_judges_own_measure() -> None:
    """Judge 2 gives everybody more and is none; judge 4 gives one entry less."""
    assert domain.outliers(basis(SOME)) == ()
    (found,) = domain.outliers(basis(SOME, change=lower))
    assert (found.entry_id, found.judge_id, found.part) == (ENTRIES[2], judge(4), "lesson")
    assert abs(found.times) > found.limit > 3 and found.value - found.expected == pytest.approx(found.beyond)
    assert found.beyond == pytest.approx(-15, abs=1)


def test_one_entry_alone_can_have_no_outlier() -> None:
    wild = basis({0: (1, 2, 3, 4, 5)}, change=lambda e, n, marks: marks["lesson"].update(delivery=10 * n * n))
    assert domain.outliers(wild) == ()


def test_a_sheet_not_sent_does_not_keep_others_from_being_looked_at() -> None:
    found = basis(SOME, change=lower)
    partly = msgspec.structs.replace(found, sheets=found.sheets[:-3])
    assert [each.entry_id for each in domain.outliers(partly)] == [ENTRIES[2]]


def test_a_leader_who_does_not_mark_an_entry_learns_nothing_of_it() -> None:
    found = basis(SOME, change=lower)
    alerts = domain.outliers(found)
    assert len(alerts) == 1 and for_leader(found, alerts, judge(1)) == alerts
    assert for_leader(found, alerts, judge(3)) == ()


def test_only_bands_of_one_length_are_looked_at_by_the_rasch_model() -> None:
    def narrow(part: str, highest: int) -> Rule:
        parts = tuple(
            msgspec.structs.replace(each, criteria=tuple(
                msgspec.structs.replace(c, items=tuple(
                    msgspec.structs.replace(i, scale=msgspec.structs.replace(i.scale, highest=highest)) for i in c.items
                )) for c in each.criteria
            )) if each.key == part else each for each in SHARED.parts
        )  # fmt: skip
        return msgspec.structs.replace(SHARED, parts=parts)

    (section,) = domain.sections(narrow("reflection", 3))
    assert section.banded == [("reflection", "reflection")]
    found = basis(ALL, narrow("reflection", 3), change=lambda e, n, marks: marks.update(reflection={"reflection": (e + n) % 4}))
    assert {each.criterion for each in bands(found, section)} == {"reflection/reflection"}
    (plain,) = domain.sections(SHARED)
    assert plain.banded == []


def test_the_plot_holds_every_row_and_interval_and_its_ticks_are_round() -> None:
    points = [domain.Point(label="A", value=-0.34, error=0.2), domain.Point(label="B", value=1.71, error=None, joined=True)]
    made = domain.plot(points, quantile=2.0, with_zero=True, digits=2)
    assert [tick.label for tick in made.ticks] == ["-1.0", "-0.5", "0.0", "0.5", "1.0", "1.5", "2.0"]
    assert made.zero == next(tick.x for tick in made.ticks if tick.label == "0.0")
    first, second = made.rows
    assert made.left <= first.low < first.at < first.high <= made.right and second.low == second.at == second.high
    scale = (made.ticks[-1].x - made.ticks[0].x) / 3
    assert first.high - first.low == pytest.approx(0.8 * scale, abs=0.02)
    assert (first.figure, second.joined) == ("-0.34", True)


@pytest.mark.parametrize("values", [[5.0], [0.0, 0.0], [1e-9, 2e-9], [95.1, 95.1000001], [-1e6, 1e6]])
def test_the_plot_can_be_drawn_of_anything(values: list[float]) -> None:
    for with_zero in (False, True):
        made = domain.plot([domain.Point(label="x", value=each, error=0.0) for each in values], quantile=2, with_zero=with_zero, digits=1)
        assert all(made.left <= row.at <= made.right for row in made.rows) and 2 <= len(made.ticks) <= 20


def test_near_ties_are_those_that_chance_could_have_swapped() -> None:
    found = told(basis(ALL))
    found_near = [each.near for each in found.entries]
    counts = linear.counted(domain_table(basis(ALL)))
    effects = linear.additive(counts)
    order = np.argsort(-effects.value)
    limit = found.quantile * np.sqrt(2 * effects.residual / 5)
    assert found_near == [False, *(bool(a - b < limit) for a, b in zip(effects.value[order], effects.value[order][1:], strict=False))]


def domain_table(found: Basis) -> advising.Table:
    (section,) = domain.sections(found.rule)
    return advising.table(advising.values(found, section))
