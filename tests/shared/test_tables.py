"""Tables of an office: typed rows, and every fault with its place."""

import io
import zipfile
from datetime import date, datetime

import openpyxl
import pytest

from shared.errors import Fault
from shared.tables import Column, Folder

COLUMNS = (
    Column("staff_no", ("工号",)),
    Column("born", ("出生日期",), kind="date"),
    Column("quota", ("名额",), kind="int"),
    Column("mark", ("分数",), kind="decimal", may_be_blank=True),
    Column("member", ("是否会员",), kind="flag"),
    Column("note", ("备注",), required=False),
)


def workbook(*rows: list[object], sheet: str = "名册") -> bytes:
    book = openpyxl.Workbook()
    book.active.title = sheet
    for row in rows:
        book.active.append(row)
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


HEADER: list[object] = ["工号", "出生日期", "名额", "分数", "是否会员"]


def test_a_csv_and_a_workbook_give_the_same_rows() -> None:
    faults: list[Fault] = []
    csv = "\ufeff工号,出生日期,名额,分数,是否会员\n001,1985-06-01,3,18.5,是\n".encode()
    xlsx = workbook(HEADER, ["001", datetime.fromisoformat("1985-06-01"), 3, 18.5, "是"])
    folder = Folder({"a.csv": csv, "a.xlsx": xlsx})
    values = [[row.values for row in folder.table(name, COLUMNS, faults)] for name in ("a.csv", "a.xlsx")]
    expected = {"staff_no": "001", "born": date(1985, 6, 1), "quota": 3, "mark": "18.5", "member": True, "note": None}
    assert (values, faults) == ([[expected], [expected]], [])


def test_every_fault_is_found_at_once_with_its_place() -> None:
    faults: list[Fault] = []
    wrong: list[list[object]] = [["001", "六月", "x", "NaN", "也许"], [None, "1985-02-30", 1.5, "", "否"]]
    rows = workbook(HEADER, *wrong, [], ["003", "1990.1.5", "7", None, ""])
    good = Folder({"m.xlsx": rows}).table("m.xlsx", COLUMNS, faults)
    assert [(fault.code, fault.row, fault.column, fault.value) for fault in faults] == [
        ("cell_not_date", 2, "出生日期", "六月"),
        ("cell_not_int", 2, "名额", "x"),
        ("cell_not_decimal", 2, "分数", "NaN"),
        ("cell_not_flag", 2, "是否会员", "也许"),
        ("cell_blank", 3, "工号", ""),
        ("cell_not_date", 3, "出生日期", "1985-02-30"),
        ("cell_not_int", 3, "名额", "1.5"),
    ]
    assert good[-1].number == 5
    assert good[-1]["born"] == date(1990, 1, 5)


def test_a_missing_or_doubled_column_is_named() -> None:
    faults: list[Fault] = []
    Folder({"m.csv": "工号,工号,出生日期\n".encode()}).table("m.csv", COLUMNS, faults)
    assert [(fault.code, fault.column) for fault in faults] == [
        ("column_twice", "工号"), ("column_absent", "名额"), ("column_absent", "分数"), ("column_absent", "是否会员"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("name", "content", "code"),
    [
        ("a.csv", "工号".encode("gbk"), "file_not_utf8"),
        ("a.xlsx", b"not a workbook", "file_unreadable"),
        ("season.toml", b"key = ", "toml_wrong"),
        ("season.toml", b"\xff\xfe", "file_not_utf8"),
    ],
)
def test_a_file_that_cannot_be_read_is_one_fault(name: str, content: bytes, code: str) -> None:
    faults: list[Fault] = []
    folder = Folder({name: content})
    assert not (folder.toml(name, faults) if name.endswith(".toml") else folder.table(name, COLUMNS, faults))
    assert [(fault.code, fault.file) for fault in faults] == [(code, name)]


def test_an_absent_file_and_an_absent_sheet_are_faults() -> None:
    faults: list[Fault] = []
    folder = Folder({"n.xlsx": workbook(HEADER)})
    assert folder.table("x.csv", COLUMNS, faults) == []
    assert folder.table("n.xlsx", COLUMNS, faults, sheet="推荐") == []
    told = [(fault.code, fault.file, fault.value) for fault in faults]
    assert told == [("file_absent", "x.csv", ""), ("sheet_absent", "n.xlsx", "名册")]


def test_a_folder_may_come_as_a_browsers_folder_or_as_a_zip() -> None:
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as file:
        file.writestr("season/season.toml", "key = 'x'")
        file.writestr("season/rules/a.toml", "")
    expected = {"season.toml", "rules/a.toml"}
    assert set(Folder.of({"season/season.toml": b"key = 'x'", "season/rules/a.toml": b""}).files) == expected
    assert set(Folder.of({"my.zip": archive.getvalue()}).files) == expected


def test_a_broken_archive_is_an_empty_folder() -> None:
    for content in (b"PK\x03\x04broken", b"PK\x03\x04" + bytes(200)):
        assert Folder.of({"season.zip": content}).files == {}
