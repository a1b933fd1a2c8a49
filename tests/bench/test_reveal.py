"""The bench of the ceremony runs at a tiny size and says what it should; no time is asserted."""

import json

import pytest

from bench.__main__ import main


def test_a_press_is_measured_to_the_last_screen_beside_the_bare_parts(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["reveal", "--screens", "3", "--steps", "4"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert list(found)[:3] == ["ratio", "goal_ms", "met"]
    assert all(found[side]["p50_ms"] > 0 for side in ("ours", "bare"))
    assert found["sizes"]["screens"] == 3
    assert found["pairs"] == 5
