"""Settings are found again in the file they came from."""

from services.registration.seasons.domain.outline import lines_of

TEXT = """key = "a"

[roles]
organiser = ["1"]
[[activity]]
key = "one"
[[activity.division]]
key = "x"
[[activity.division]]
key = "y"
[activity.notice]
days = 5
[[activity]]
key = "two"   # key = "no"
quota = [
  { below = 3, entries = 1 },
]
[[activity.division]]
places = 2
"""


def test_each_table_and_setting_has_its_line() -> None:
    lines = lines_of(TEXT)
    assert lines["key",] == 1
    assert lines["roles", "organiser"] == 4
    assert lines["activity", 0, "key"] == 6
    assert lines["activity", 0, "division", 0, "key"] == 8
    assert lines["activity", 0, "division", 1, "key"] == 10
    assert lines["activity", 0, "notice", "days"] == 12
    assert lines["activity", 1] == 13
    assert lines["activity", 1, "quota"] == 15
    assert lines["activity", 1, "division", 0, "places"] == 19
