"""Business time: UTC instants, days of Asia/Shanghai, and a clock that only a file moves."""

from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from shared.clock import clock_from, day, instant, local


def test_a_local_deadline_becomes_its_utc_instant() -> None:
    wall = datetime.fromisoformat("2026-04-10T17:00:00")
    assert instant(wall) == datetime(2026, 4, 10, 9, tzinfo=UTC)
    assert instant(date(2026, 5, 26)) == datetime(2026, 5, 25, 16, tzinfo=UTC)


def test_a_day_is_the_day_in_shanghai() -> None:
    assert day(datetime(2026, 5, 25, 16, tzinfo=UTC)) == date(2026, 5, 26)
    assert local(datetime(2026, 5, 25, 16, tzinfo=UTC)).hour == 0


def test_the_file_clock_is_read_at_each_use(tmp_path: Path) -> None:
    file = tmp_path / "offset"
    file.write_text("0\n")
    clock = clock_from(f"file:{file}")
    before = clock.now()
    file.write_text("86400\n")
    assert timedelta(days=1) <= clock.now() - before < timedelta(days=1, seconds=5)


@pytest.mark.parametrize("setting", ["", "file:", "ntp", "http://x"])
def test_an_unknown_clock_setting_is_an_error(setting: str) -> None:
    with pytest.raises(ValueError, match="CLOCK"):
        clock_from(setting)
