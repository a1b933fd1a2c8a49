"""The rows of a file of marks, as text, with where they stand. What a mark means is the rule's (contest)."""

import csv
import io
from unicodedata import category, normalize

import msgspec
from msgspec import Struct

from shared.errors import Fault
from shared.tables import Column, Row, csv_table

COLUMNS = (
    Column("entry"),
    Column("judge"),
    Column("mark", may_be_blank=True),
    Column("part", required=False),
    Column("criterion", required=False),
    Column("difficulty", required=False),
)
OF_A_ROW = ("cell_blank", "cell_control", "cells_beyond")
NAMES = {column.name for column in COLUMNS}
MOST_ROWS = 2_000_000
"""A standing cannot be split over files; so many rows take two gigabytes."""


class Given(Struct, frozen=True, kw_only=True):
    """One row: a judge's mark for an entry. mark: "" where the judge gave none; part, criterion, difficulty: "" if not said."""

    row: int
    entry: str
    judge: str
    part: str
    criterion: str
    mark: str
    difficulty: str


class MarkFile(Struct, frozen=True, kw_only=True):
    """rows: of which nothing is known yet but that an entry and a judge are named. columns: those the file has.

    faults: of the rows left out, told together with what the rule says of the others.
    """

    file: str
    columns: frozenset[str]
    rows: tuple[Given, ...]
    faults: tuple[Fault, ...] = ()

    def fault(self, code: str, row: int | None, column: str, value: str = "", **values: str | int) -> Fault:
        return Fault(code=code, file=self.file, row=row, column=column, value=value, values=values)


def read(file: str, content: bytes, faults: list[Fault]) -> MarkFile:
    """Read a CSV in UTF-8 (with or without BOM) or GB18030, its columns in any order.

    Adds what makes the whole file unreadable: marks_not_text, marks_not_csv, marks_column_unknown, marks_none and what
    shared.tables adds. A row with cell_blank, cell_control or cells_beyond is left out.
    """
    text = _decoded(content)
    if text is None:
        faults.append(Fault(code="marks_not_text", file=file))
        return MarkFile(file=file, columns=frozenset(), rows=())
    found: list[Fault] = []
    rows = tuple(_given(row, found) for row in csv_table(file, text.encode(), COLUMNS, found, MOST_ROWS))
    broken = [fault for fault in found if fault.code == "file_unreadable"]
    if broken:
        faults += [msgspec.structs.replace(fault, code="marks_not_csv") for fault in broken]
        return MarkFile(file=file, columns=frozenset(), rows=())
    header = [name.strip() for name in next(csv.reader(io.StringIO(text, newline="")), [])]
    columns = ", ".join(sorted(NAMES))
    found += [
        Fault(code="marks_column_unknown", file=file, row=1, column=name, value=name, values={"columns": columns})
        for name in header
        if name and name not in NAMES
    ]
    if not rows and not found:
        found.append(Fault(code="marks_none", file=file))
    if any(fault.code not in OF_A_ROW for fault in found):
        faults += found
    left_out = {fault.row for fault in found}
    sound = tuple(row for row in rows if row.row not in left_out) if left_out else rows
    return MarkFile(file=file, columns=frozenset(header) & NAMES, rows=sound, faults=tuple(found))


def _given(row: Row, faults: list[Fault]) -> Given:
    """Names that look alike are written alike: an accent is part of its letter, nothing is invisible."""
    faults += [row.fault("cell_control", name) for name, cell in row.text.items() if _is_control(cell)]
    text = {name: normalize("NFC", cell) for name, cell in row.text.items()}
    return Given(
        row=row.number,
        entry=text.get("entry", ""),
        judge=text.get("judge", ""),
        part=text.get("part", ""),
        criterion=text.get("criterion", ""),
        mark=text.get("mark", ""),
        difficulty=text.get("difficulty", ""),
    )


def _is_control(cell: str) -> bool:
    return not cell.isprintable() and any(category(each) == "Cc" for each in cell)


def _decoded(content: bytes) -> str | None:
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            return content.decode(encoding).removeprefix("\ufeff")
        except UnicodeDecodeError:
            continue
    return None
