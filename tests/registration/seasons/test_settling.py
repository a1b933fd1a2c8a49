"""Names of a folder become things with ids: known ones keep theirs, and units form one tree."""

import itertools
from uuid import UUID

from services.registration.seasons import domain
from services.registration.seasons.domain import Season
from services.registration.seasons.domain.settling import settle
from shared.tables import Folder

KNOWN = UUID(int=10**6)


def season_of(files: dict[str, bytes]) -> Season:
    numbers = itertools.count(1)
    season, _, faults = domain.check(Folder.of(files), lambda: UUID(int=next(numbers)))
    assert season, faults
    return season


def handle(name: str) -> UUID:
    return UUID(int=sum(name.encode()))


def fresh() -> UUID:
    return UUID(int=next(COUNT))


COUNT = itertools.count(1000)


def test_units_form_one_tree_and_an_outsiders_unit_stands_beside_it(season_files: dict[str, bytes]) -> None:
    settled = settle(season_of(season_files), {}, {}, {}, handle, fresh)
    units = {each.name: each for each in settled.units}
    root = units["云河学院工会"]
    assert settled.units[0] is root, "a parent comes before its children"
    assert {each.name for each in settled.units if each.parent_id == root.id} == {"文学院", "国际学院", "理学院"}
    assert (units["北川师范大学"].parent_id, units["北川师范大学"].branch_id) == (None, None)
    branches = {each.id: each.code for each in settled.branches}
    assert units["国际学院"].branch_id is not None
    assert branches[units["国际学院"].branch_id] == "01"
    assert units["理学院"].handle == handle("理学院")


def test_who_and_what_is_known_keeps_its_id(season_files: dict[str, bytes]) -> None:
    settled = settle(season_of(season_files), {"01": KNOWN}, {"理学院": KNOWN}, {"2001": KNOWN}, handle, fresh)
    assert next(each.id for each in settled.branches if each.code == "01") == KNOWN
    assert next(each.id for each in settled.units if each.name == "理学院") == KNOWN
    assert next(each.id for each in settled.persons if each.staff_no == "2001") == KNOWN
    assert settled.accounts["2001"] == KNOWN
    assert len(set(settled.accounts.values())) == 7


def test_an_outsider_has_a_unit_and_no_staff_number(season_files: dict[str, bytes]) -> None:
    settled = settle(season_of(season_files), {}, {}, {}, handle, fresh)
    (outsider,) = [each for each in settled.persons if each.staff_no is None]
    assert (outsider.name, outsider.name_key, outsider.is_member) == ("周明远", "zhou ming yuan", False)
    assert outsider.unit_id == next(each.id for each in settled.units if each.name == "北川师范大学")
