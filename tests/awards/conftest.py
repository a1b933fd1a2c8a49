"""Fixtures of the awards tests."""

from pathlib import Path

import pytest

from shared.files import Files


@pytest.fixture
def files(tmp_path: Path) -> Files:
    return Files((tmp_path / "kept").as_uri())
