"""Reading what an office keeps: a folder of TOML, CSV and XLSX files, with every fault placed where the office sees it.

Nothing here judges content; a reader gets rows of typed values and adds its own faults with `Row.fault`.
Rows are numbered as a spreadsheet numbers them: the header is row 1.
"""

import csv
import io
import re
import zipfile
import zlib
from collections.abc import Iterator, Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Literal

from msgspec import Struct
from python_calamine import CalamineError, CalamineWorkbook

from shared.errors import Fault
from shared.toml import parsed

Kind = Literal["text", "date", "int", "decimal", "flag"]
MOST_ROWS = 200_000
YES, NO = {"是", "yes", "y", "true", "1", "√"}, {"否", "no", "n", "false", "0", ""}
_DATE = re.compile(r"([0-9]{4})[-/.年]([0-9]{1,2})[-/.月]([0-9]{1,2})日?")


class Column(Struct, frozen=True):
    """A column by its identifier; `aliases` are the headers an office may use. A decimal stays text: see shared.exact."""

    name: str
    aliases: tuple[str, ...] = ()
    kind: Kind = "text"
    required: bool = True
    may_be_blank: bool = False


class Row(Struct, frozen=True):
    """One row: `row["name"]` is str, date, int, bool, or None for a blank. `text` keeps what stood in the cells."""

    file: str
    sheet: str
    number: int
    values: dict[str, Any]
    text: dict[str, str]
    headers: dict[str, str]

    def __getitem__(self, name: str) -> Any:
        return self.values[name]

    def fault(self, code: str, column: str = "", **values: str | int) -> Fault:
        """A fault at this row; column is the column's identifier, shown as the header the file uses."""
        return Fault(
            code=code, file=self.file, sheet=self.sheet, row=self.number, column=self.headers.get(column, column),
            value=self.text.get(column, ""), values=values,
        )  # fmt: skip


class Folder:
    """An uploaded folder: relative path -> content."""

    def __init__(self, files: Mapping[str, bytes]) -> None:
        self.files = dict(files)

    @classmethod
    def of(cls, uploads: Mapping[str, bytes]) -> "Folder":
        """Take the uploads of a form: many files, a browser's folder (one common top folder), or one ZIP."""
        files = dict(uploads)
        if len(files) == 1:
            (content,) = files.values()
            if content[:4] == b"PK\x03\x04" and next(iter(files)).lower().endswith(".zip"):
                files = _unzipped(content)
        files = {path.replace("\\", "/").removeprefix("./"): content for path, content in files.items()}
        tops = {path.split("/", 1)[0] for path in files}
        if "season.toml" not in files and len(tops) == 1 and all("/" in path for path in files):
            files = {path.split("/", 1)[1]: content for path, content in files.items()}
        return cls(files)

    def toml(self, name: str, faults: list[Fault]) -> dict[str, Any] | None:
        """The parsed file, or None and a fault: file_absent, file_not_utf8, toml_wrong."""
        content = self._content(name, faults)
        if content is None:
            return None
        try:
            return parsed(content.decode("utf-8-sig"))
        except UnicodeDecodeError:
            faults.append(Fault(code="file_not_utf8", file=name))
        except ValueError as error:
            place = re.search(r"line ([0-9]+), column ([0-9]+)", str(error))
            said = str(error).split(" (at")[0]
            faults.append(Fault(code="toml_wrong", file=name, row=int(place[1]) if place else None, value=said))
        return None

    def table(self, name: str, columns: tuple[Column, ...], faults: list[Fault], sheet: str | None = None) -> list[Row]:
        """The rows of a .csv or of one sheet of an .xlsx (the first if not named); every fault of every cell is added.

        Adds file_absent, file_not_utf8, file_unreadable, sheet_absent, column_absent, column_twice, cell_blank,
        cell_not_date, cell_not_int, cell_not_decimal, cell_not_flag, too_many_rows. A faulty cell's value is None.
        """
        content = self._content(name, faults)
        if content is None:
            return []
        grid = (
            _csv_grid(name, content, faults)
            if name.lower().endswith(".csv")
            else _sheet_grid(name, content, sheet, faults)
        )
        return list(_table(name, sheet or "", grid, columns, faults))

    def _content(self, name: str, faults: list[Fault]) -> bytes | None:
        if name not in self.files:
            faults.append(Fault(code="file_absent", file=name))
            return None
        return self.files[name]


def csv_table(
    name: str, content: bytes, columns: tuple[Column, ...], faults: list[Fault], most: int = MOST_ROWS
) -> Iterator[Row]:
    """The rows of a CSV file of any name, in UTF-8; faults are added as Folder.table adds them, while the rows are read.

    Adds cells_beyond too: what stands to the right of the header would be lost, the 5 of an unquoted 7,5.
    """
    grid = _csv_grid(name, content, faults)
    faults += [
        Fault(code="cells_beyond", file=name, row=number, value=beyond)
        for number, cells in enumerate(grid or [], start=1)
        if (beyond := next((cell for cell in cells[_width(grid or []) :] if cell.strip()), ""))
    ]
    return _table(name, "", grid, columns, faults, most)


def _width(grid: list[list[Any]]) -> int:
    """How many columns the header has, without nameless ones at its end."""
    return max((at for at, title in enumerate(grid[0], start=1) if _as_text(title)), default=0)


def _table(
    name: str,
    sheet: str,
    grid: list[list[Any]] | None,
    columns: tuple[Column, ...],
    faults: list[Fault],
    most: int = MOST_ROWS,
) -> Iterator[Row]:
    if grid is not None and len(grid) > most:
        faults.append(Fault(code="too_many_rows", file=name, values={"most": most}))
    elif grid is not None:
        yield from _rows(name, sheet, grid, columns, faults)


def _unzipped(content: bytes) -> dict[str, bytes]:
    """The files of an archive; none if it is broken or would grow too large."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            if sum(each.file_size for each in archive.infolist()) > 64 * 1024 * 1024:
                return {}
            return {each.filename: archive.read(each) for each in archive.infolist() if not each.is_dir()}
    except (zipfile.BadZipFile, zlib.error, NotImplementedError, RuntimeError, EOFError):
        return {}


def _csv_grid(name: str, content: bytes, faults: list[Fault]) -> list[list[Any]] | None:
    try:
        text = io.StringIO(content.decode("utf-8-sig"), newline="")
    except UnicodeDecodeError:
        faults.append(Fault(code="file_not_utf8", file=name))
        return None
    reader = csv.reader(text, strict=True)  # a quote that is not closed would swallow the rows below
    grid: list[list[Any]] = []
    begins = 1
    try:
        for cells in reader:
            grid.append(cells)
            begins = reader.line_num + 1
    except csv.Error as error:
        faults.append(Fault(code="file_unreadable", file=name, row=begins, value=str(error)))
        return None
    return grid


def _sheet_grid(name: str, content: bytes, sheet: str | None, faults: list[Fault]) -> list[list[Any]] | None:
    try:
        workbook = CalamineWorkbook.from_filelike(io.BytesIO(content))
    except (CalamineError, OSError, ValueError) as error:
        faults.append(Fault(code="file_unreadable", file=name, value=str(error)[:120]))
        return None
    if sheet is not None and sheet not in workbook.sheet_names:
        faults.append(Fault(code="sheet_absent", file=name, sheet=sheet, value="、".join(workbook.sheet_names)))
        return None
    if not workbook.sheet_names:
        faults.append(Fault(code="file_unreadable", file=name))
        return None
    return workbook.get_sheet_by_name(sheet or workbook.sheet_names[0]).to_python(skip_empty_area=False)


def _rows(
    file: str, sheet: str, grid: list[list[Any]], columns: tuple[Column, ...], faults: list[Fault]
) -> Iterator[Row]:
    header = [_as_text(cell) for cell in grid[0]] if grid else []
    places, headers = _places(file, sheet, header, columns, faults)
    for number, cells in enumerate(grid[1:], start=2):
        text = {name: _as_text(cells[at]) if at < len(cells) else "" for name, at in places.items()}
        if not any(text.values()) and not any(map(_as_text, cells)):
            continue
        row = Row(file, sheet, number, {column.name: None for column in columns}, text, headers)
        for column in columns:
            if column.name in places:
                at = places[column.name]
                row.values[column.name] = _value(row, column, cells[at] if at < len(cells) else "", faults)
        yield row


def _places(
    file: str, sheet: str, header: list[str], columns: tuple[Column, ...], faults: list[Fault]
) -> tuple[dict[str, int], dict[str, str]]:
    places: dict[str, int] = {}
    headers: dict[str, str] = {}
    for column in columns:
        found = [at for at, title in enumerate(header) if title == column.name or title in column.aliases]
        shown = column.aliases[0] if column.aliases else column.name
        if not found and column.required:
            faults.append(Fault(code="column_absent", file=file, sheet=sheet, row=1, column=shown))
        if len(found) > 1:
            faults.append(Fault(code="column_twice", file=file, sheet=sheet, row=1, column=header[found[1]]))
        if found:
            places[column.name], headers[column.name] = found[0], header[found[0]]
    return places, headers


def _as_text(cell: Any) -> str:
    if isinstance(cell, str):
        return cell.strip()
    if isinstance(cell, bool):
        return "是" if cell else "否"
    if isinstance(cell, float):
        return str(int(cell)) if cell.is_integer() else format(Decimal(repr(cell)), "f")
    if isinstance(cell, datetime):
        return cell.date().isoformat() if cell.time().isoformat() == "00:00:00" else cell.isoformat(sep=" ")
    return str(cell if cell is not None else "").strip()


def _value(row: Row, column: Column, cell: Any, faults: list[Fault]) -> Any:
    text = row.text[column.name]
    if not text and column.kind != "flag":
        if not column.may_be_blank and column.required:
            faults.append(row.fault("cell_blank", column.name))
        return None
    got: date | int | str | None = None
    match column.kind:
        case "text":
            return text
        case "date":
            got = _date(cell, text)
        case "int":
            got = int(text) if re.fullmatch(r"-?[0-9]{1,15}", text) else None
        case "decimal":
            got = text if re.fullmatch(r"[+-]?[0-9]{1,12}(\.[0-9]{1,9})?", text) else None
        case "flag":
            got = True if text.lower() in YES else False if text.lower() in NO else None
    if got is None:
        faults.append(row.fault(f"cell_not_{column.kind}", column.name))
    return got


def _date(cell: Any, text: str) -> date | None:
    if isinstance(cell, datetime):
        return cell.date()
    if isinstance(cell, date):
        return cell
    if match := _DATE.fullmatch(text):
        try:
            return date(int(match[1]), int(match[2]), int(match[3]))
        except ValueError:
            return None
    return None
