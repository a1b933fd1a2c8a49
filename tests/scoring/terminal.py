"""The commands of scoring as somebody at a terminal runs them."""

import pytest

from services.scoring import cli


def run(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str, str]:
    """Status, standard output, standard error."""
    status = cli.main(list(arguments))
    told = capsys.readouterr()
    return status, told.out, told.err
