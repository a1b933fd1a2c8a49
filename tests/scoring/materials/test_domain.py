"""Which file belongs to which entry, under which name judges see it, and whom its properties name."""

import time
import zlib

import msgspec
import pytest

from services.scoring.materials import domain
from tests.scoring.samples import entry
from tests.scoring.stage import roll

ROLL = roll(entry(1), [entry(number) for number in range(1, 4)])
PDF = b"%PDF-1.7\n"


@pytest.mark.parametrize(
    ("name", "number"),
    [
        ("A01.pdf", 1),
        ("a02.PDF", 2),
        ("A03-张三的教案.pdf", 3),
        ("A01 (2).png", 1),
        ("文科/A02_教学设计.pdf", 2),
        ("A011.pdf", None),
        ("张三A01.pdf", None),
        ("教案.pdf", None),
        ("", None),
    ],
)
def test_a_files_name_begins_with_the_code(name: str, number: int | None) -> None:
    assert domain.entry_of(name, ROLL) == (entry(number) if number else None)


def test_of_codes_that_begin_alike_the_longest_is_meant() -> None:
    items = tuple(
        msgspec.structs.replace(item, code=code) for item, code in zip(ROLL.items, ("7", "7-2", "12"), strict=True)
    )
    codes = msgspec.structs.replace(ROLL, items=items)
    assert [domain.entry_of(name, codes) for name in ("7-2.pdf", "7-3.pdf", "7.pdf", "12.pdf")] == [
        entry(2), entry(1), entry(1), entry(3),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("name", "kind", "shown"),
    [
        ("07-张三.pdf", "application/pdf", "07.pdf"),
        ("07-张三-2.pdf", "application/pdf", "07-2.pdf"),
        ("07 (3).jpeg", "image/jpeg", "07-3.jpg"),
        ("张三的教案.pdf", "image/png", "07.png"),
    ],
)
def test_judges_see_no_name_but_the_code(name: str, kind: str, shown: str) -> None:
    assert domain.named("07", name, kind) == shown


def test_two_files_of_one_entry_do_not_push_each_other_out() -> None:
    assert domain.free("07.pdf", {"07.pdf", "07-2.pdf"}) == "07-3.pdf"
    assert domain.free("07.pdf", set()) == "07.pdf"


PACKED = PDF + b"4 0 obj <</Type/ObjStm/Filter/FlateDecode>>stream\n" + zlib.compress(b"1 0 <</Author (Li Si)>>") + b"\nendstream"
XMP = PDF + b"<dc:creator><rdf:Seq><rdf:li>\xe7\x8e\x8b\xe4\xba\x94</rdf:li></rdf:Seq></dc:creator>"


@pytest.mark.parametrize(
    ("content", "author"),
    [
        (PDF + b"<</Title (x)/Author (Zhang San)>>", "Zhang San"),
        (PDF + b"<</Author <FEFF5F204E09>>>", "张三"),
        (PDF + b"<</Author (\xfe\xff\x5f\x20\x4e\x09)>>", "张三"),
        (PDF + rb"<</Author (Zhang \(San\))>>", "Zhang (San)"),
        (PACKED, "Li Si"),
        (XMP, "王五"),
        (PDF + b"<</Title (x)>>", ""),
        (PDF + b"<</Author ()>>", ""),
        (PDF + b"stream\r\nnot compressed endstream", ""),
        (b"\x89PNG\r\n\x1a\n\x00\x00\x00\x0ftEXtAuthor\x00Zhao Liu\x11\x22\x33\x44\x00\x00\x00\x00IEND", "Zhao Liu"),
        (b"\x89PNG\r\n\x1a\n\x00\x00\x00\x00IEND", ""),
    ],
)
def test_whom_the_properties_name(content: bytes, author: str) -> None:
    assert domain.author(content) == author


def test_what_a_file_is_and_what_confirming_would_do() -> None:
    standing = [
        domain.Material(
            id=entry(9),
            division_id=entry(9),
            entry_id=entry(1),
            name="A01.pdf",
            media_type="application/pdf",
            bytes=1,
            sha256="old",
        )
    ]
    looked = {
        name: domain.look(name, content, "new", ROLL, standing).state
        for name, content in {
            "A01.pdf": PDF, "A02.pdf": PDF, "zip.pdf": PDF, "A03.docx": b"PK\x03\x04", "A03.pdf": b"",
        }.items()
    }  # fmt: skip
    assert looked == {
        "A01.pdf": "replaces", "A02.pdf": "fresh", "zip.pdf": "unmatched", "A03.docx": "wrong_kind", "A03.pdf": "empty",
    }  # fmt: skip
    assert domain.look("A01.pdf", PDF, "old", ROLL, standing).state == "same"
    huge = domain.look("A02.pdf", PDF + bytes(domain.MOST_BYTES), "new", ROLL, standing)
    assert (huge.state, huge.sha256) == ("too_large", "")


BOMB = b"<</Type/ObjStm/Filter/FlateDecode>>stream\n" + zlib.compress(bytes(4 * domain.MEGABYTE), 9) + b"\nendstream "


@pytest.mark.parametrize(
    "content",
    [
        pytest.param(PDF + b"<</Type/ObjStm>>stream\n\x78\x9c" * 600_000, id="streams that never end"),
        pytest.param(PDF + BOMB * 2500, id="streams that swell"),
        pytest.param(PDF + b"<dc:creator>" * 1_000_000, id="creators without a name"),
    ],
)
def test_a_file_made_to_be_slow_is_looked_at_quickly(content: bytes) -> None:
    """The look is taken in the event loop's process, where tablets wait for their acknowledgements."""
    begun = time.process_time()
    assert domain.author(content) == ""
    assert time.process_time() - begun < 3
