"""What deploy/seasons/README.md prints is true: its complete example is the mini season, to the letter."""

import csv
import io
import re
from datetime import datetime

from openpyxl import load_workbook

from tests.season.test_oracle import MINI, SEASONS

README = (SEASONS / "README.md").read_text("utf-8")
BLOCK = re.compile(r"^`([^`\n]+)`(?:, sheet `([^`]+)`)?\n\n```\w+\n(.*?)```", re.DOTALL | re.MULTILINE)
EXAMPLE = BLOCK.findall(README.split("## A complete small example")[1])


def test_the_example_shows_every_file_of_the_mini_season() -> None:
    assert {name for name, _, _ in EXAMPLE} == {p.relative_to(MINI).as_posix() for p in MINI.rglob("*") if p.is_file()}


def test_the_example_is_the_mini_season() -> None:
    for name, sheet, shown in EXAMPLE:
        if name.endswith(".xlsx"):
            book = load_workbook(MINI / name, read_only=True)
            lines = (book[sheet] if sheet else book.worksheets[0]).iter_rows(values_only=True)
            assert [[_text(cell) for cell in line] for line in lines] == list(csv.reader(io.StringIO(shown))), name
        else:
            assert (MINI / name).read_text("utf-8") == shown, name


def _text(cell: object) -> str:
    if isinstance(cell, datetime):
        return cell.date().isoformat()
    return "" if cell is None else str(cell)
