"""能不能开始: a line is missing only once its time has come."""

from uuid import UUID

from msgspec import structs

from services.registration.overviews.domain import DivisionFacts, Facts, groups, missing

DIVISION = DivisionFacts(
    id=UUID(int=1), title="文科组", title_en="", places=2, admitted=2, waiting=1, pending=0, preselected=None, is_drawn=True,
    is_sealed=True, is_outdated=False,
)  # fmt: skip
FACTS = Facts(
    phase="drawn", persons=6, accounts_without_code=0, supervisors=1, branches_without_officer=(), divisions=(DIVISION,)
)


def states(facts: Facts) -> dict[str, str]:
    return {line.key: line.state for group in groups(facts) for line in group.lines}


def test_everything_in_place_may_start() -> None:
    assert missing(groups(FACTS)) == 0


def test_a_draw_not_held_is_later_before_its_day_and_missing_after_it() -> None:
    undrawn = structs.replace(DIVISION, is_drawn=False, is_sealed=False)
    before = structs.replace(FACTS, phase="promotion", divisions=(undrawn,))
    assert states(before)["drawn"] == "later"
    assert states(structs.replace(before, phase="drawn"))["drawn"] == "missing"
    assert missing(groups(before)) == 2


def test_a_change_after_the_seal_asks_for_a_new_roll() -> None:
    changed = structs.replace(FACTS, divisions=(structs.replace(DIVISION, is_outdated=True),))
    assert states(changed)["outdated"] == "missing"
    assert missing(groups(changed)) == 2


def test_a_branch_without_an_officer_is_named() -> None:
    facts = structs.replace(FACTS, branches_without_officer=("文学院分工会",))
    (line,) = [each for each in groups(facts)[0].lines if each.key == "officers"]
    assert (line.state, line.values["names"]) == ("missing", "文学院分工会")


def test_a_preselection_counts_only_where_one_is_held() -> None:
    assert "preselected" not in states(FACTS)
    facts = structs.replace(FACTS, divisions=(structs.replace(DIVISION, preselected=False),))
    assert states(facts)["preselected"] == "missing"
