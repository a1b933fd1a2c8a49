"""The commands of scoring at a terminal."""

from typing import Any

import pytest

from services.scoring import cli
from tests.scoring.stage import hall


def test_an_unknown_command_is_told_the_usage(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["dance"]) == 2
    assert "rebuild" in capsys.readouterr().err


async def test_rebuild_says_how_many_rows_differed(scoring_database: Any, capsys: pytest.CaptureFixture[str]) -> None:
    stage = await hall(scoring_database)
    await stage.mark_all(parts=["design"])
    await scoring_database.execute("DELETE FROM sheet_heads WHERE entry_id = $1", stage.entries[0])
    assert await cli._rebuild(scoring_database.url) == 0
    told = capsys.readouterr().out
    assert "sheet_heads 7" in told
    assert "1 divisions rebuilt, 7 rows differed" in told
    await cli._rebuild(scoring_database.url)
    assert "1 divisions rebuilt, 0 rows differed" in capsys.readouterr().out
