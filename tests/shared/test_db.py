"""Which errors say that the server is away, and which are ours."""

import asyncpg
import pytest

from shared.db import is_away


@pytest.mark.parametrize(
    ("error", "away"),
    [
        (asyncpg.DiskFullError("could not extend file"), True),
        (asyncpg.TooManyConnectionsError("sorry, too many clients already"), True),
        (asyncpg.AdminShutdownError("terminating connection"), True),
        (ConnectionRefusedError(), True),
        (asyncpg.UniqueViolationError("duplicate key"), False),
        (asyncpg.DataError("invalid input"), False),
        (KeyError("a bug"), False),
    ],
)
def test_a_full_disk_is_waited_out_and_a_bug_is_not(error: Exception, away: bool) -> None:
    assert is_away(error) is away
