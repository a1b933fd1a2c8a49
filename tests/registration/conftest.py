"""Fixtures of registration's tests."""

from typing import Any

import pytest

from tests.registration.small_season import Season


@pytest.fixture
def season(registration_database: Any) -> Season:
    """An empty season; a test opens it with what it needs."""
    return Season(registration_database)
