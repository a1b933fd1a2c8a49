"""Whatever stands in season.toml, the check answers with faults and never breaks."""

import itertools
import tomllib
from datetime import date, datetime
from typing import Any
from uuid import UUID

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from services.registration.seasons import domain
from shared.tables import Folder
from tests.registration.conftest import BRANCHES, MEMBER_HEADER, MEMBERS, SEASON, workbook

FILES = {"branches.csv": BRANCHES.encode(), "members.xlsx": workbook(MEMBER_HEADER, MEMBERS), "season.toml": b""}
ANYTHING: st.SearchStrategy[Any] = st.one_of(
    st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=8), st.dates(), st.datetimes(),
    st.lists(st.one_of(st.integers(), st.text(max_size=4), st.just({})), max_size=3),
    st.dictionaries(st.text(max_size=4), st.integers(), max_size=2),
)  # fmt: skip


class Parsed(Folder):
    """A folder whose season.toml has been read already."""

    def __init__(self, values: dict[str, Any]) -> None:
        super().__init__(FILES)
        self._values = values

    def toml(self, name: str, faults: list[Any]) -> dict[str, Any] | None:
        return self._values


def places(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """The path of every setting, however deep."""
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [path] * bool(path) + [each for key, below in inner for each in places(below, (*path, key))]


def check(values: dict[str, Any]) -> tuple[Any, list[Any]]:
    numbers = itertools.count(1)
    season, _, faults = domain.check(Parsed(values), lambda: UUID(int=next(numbers)))
    return season, faults


PLACES = places(tomllib.loads(SEASON))


@given(st.sampled_from(PLACES), ANYTHING)
@settings(max_examples=200, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow])
def test_any_value_in_any_place_is_stored_or_a_fault_and_never_a_crash(place: tuple[Any, ...], value: Any) -> None:
    values: Any = tomllib.loads(SEASON)
    inner = values
    for key in place[:-1]:
        inner = inner[key]
    inner[place[-1]] = value
    season, faults = check(values)
    assert (season is None) == bool(faults)


def test_leaving_out_any_mandatory_setting_of_an_activity_is_a_fault() -> None:
    optional = {"edition", "entries_per_course", "quota_base", "quota", "eligibility", "waiver", "rule"}
    for name in tomllib.loads(SEASON)["activity"][0].keys() - optional:
        values = tomllib.loads(SEASON)
        del values["activity"][0][name]
        _, faults = check(values)
        assert any(each.column.endswith(name) for each in faults), name


def test_the_untouched_season_is_without_fault() -> None:
    season, faults = check(tomllib.loads(SEASON))
    assert faults == []
    assert isinstance(season.as_of, date) and isinstance(season.activities[0].draw_at, datetime)
