"""Which uploaded file belongs to which entry, and what must be said about it before judges see it. Pure.

A file is named by the code of its entry: `07.pdf`, `07-教案.pdf`, `07 (2).png`. Judges never see that name, which may tell
who wrote it, but one made of the code. Not here: who may read a material (row security, migrations/2122_materials.sql).
"""

import re
import zlib
from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Literal
from uuid import UUID

from msgspec import Struct

from services.scoring.rolls.domain import Roll

KINDS = {b"%PDF-": "application/pdf", b"\xff\xd8\xff": "image/jpeg", b"\x89PNG\r\n\x1a\n": "image/png"}
ENDINGS = {"application/pdf": "pdf", "image/jpeg": "jpg", "image/png": "png"}
MEGABYTE = 1024 * 1024
MOST_BYTES = 20 * MEGABYTE
"""Of one file."""
INFLATED, INFLATED_ALL = 4 * MEGABYTE, 32 * MEGABYTE
"""So much of a compressed stream, and of all of a file, is looked at for an author."""
State = Literal["fresh", "replaces", "same", "unmatched", "wrong_kind", "too_large", "empty"]
TAKEN: tuple[State, ...] = ("fresh", "replaces", "unmatched")
"""States of a file that was kept and may be given to judges."""


class Material(Struct, frozen=True, kw_only=True):
    """name: as judges see it. media_type and bytes: of the content, which lies under its SHA-256."""

    id: UUID
    division_id: UUID
    entry_id: UUID
    name: str
    media_type: str
    bytes: int
    sha256: str


class Filed(Struct, frozen=True, kw_only=True):
    """A material as the desk knows it. file_name: as it was uploaded."""

    material: Material
    file_name: str
    added_at: datetime


class Found(Struct, frozen=True, kw_only=True):
    """One uploaded file. sha256: "" where it was not kept. author: whom its metadata names, "" for nobody."""

    file_name: str
    bytes: int
    media_type: str
    sha256: str
    entry_id: UUID | None
    state: State
    author: str


class Upload(Struct, frozen=True, kw_only=True):
    """Several files at once, looked at before they are confirmed."""

    id: UUID
    division_id: UUID
    found: tuple[Found, ...]
    made_by: UUID
    made_at: datetime
    confirmed_at: datetime | None = None


def media_type(content: bytes) -> str:
    """By its first bytes, whatever its name says; "" for a kind that judges cannot be shown."""
    return next((kind for first, kind in KINDS.items() if content.startswith(first)), "")


def entry_of(file_name: str, roll: Roll) -> UUID | None:
    """The entry whose code the file's name begins with, alone or before something that is neither letter nor digit."""
    stem = file_name.replace("\\", "/").rsplit("/", 1)[-1].rsplit(".", 1)[0].strip().casefold()
    for item in sorted(roll.items, key=lambda each: -len(each.code)):
        code = item.code.casefold()
        if stem == code or (stem.startswith(code) and not stem[len(code)].isalnum()):
            return item.entry_id
    return None


def look(file_name: str, content: bytes, sha256: str, roll: Roll, standing: Sequence[Material]) -> Found:
    """Say what a file is and what confirming it would do. sha256: of a content worth keeping."""
    kind, entry_id = media_type(content), entry_of(file_name, roll)
    mine = [each for each in standing if each.entry_id == entry_id]
    state: State = "fresh"
    if not content:
        state = "empty"
    elif len(content) > MOST_BYTES:
        state = "too_large"
    elif not kind:
        state = "wrong_kind"
    elif entry_id is None:
        state = "unmatched"
    elif any(each.sha256 == sha256 for each in mine):
        state = "same"
    elif any(each.name == named(roll.codes[entry_id], file_name, kind) for each in mine):
        state = "replaces"
    return Found(
        file_name=file_name[-200:], bytes=len(content), media_type=kind, sha256=sha256 if state in TAKEN else "",
        entry_id=entry_id, state=state, author=author(content) if state in TAKEN else "",
    )  # fmt: skip


def is_worth_keeping(content: bytes) -> bool:
    return 0 < len(content) <= MOST_BYTES and bool(media_type(content))


def named(code: str, file_name: str, kind: str) -> str:
    """What judges see: the code, and a number where the name ends in one (`07-张三-2.pdf` is `07-2.pdf`)."""
    stem = file_name.rsplit("/", 1)[-1].rsplit(".", 1)[0].strip()
    rest = stem[len(code) :] if stem.casefold().startswith(code.casefold()) else ""
    number = re.search(r"(\d{1,2})\D?$", rest)
    return f"{code}{f'-{int(number[1])}' if number else ''}.{ENDINGS[kind]}"


def free(name: str, used: Collection[str]) -> str:
    """The name, or the next one with a number that no other file of the same upload has."""
    stem, ending = name.rsplit(".", 1)
    names = [name, *(f"{stem}-{number}.{ending}" for number in range(2, len(used) + 3))]
    return next(each for each in names if each not in used)


def chosen(upload: Upload, picked: Mapping[str, UUID]) -> list[tuple[Found, UUID]]:
    """The files to give to judges: those whose code was found, and those for which an entry was picked by SHA-256."""
    wanted = [(each, each.entry_id or picked.get(each.sha256)) for each in upload.found if each.state in TAKEN]
    return [(each, entry_id) for each, entry_id in wanted if entry_id]


def author(content: bytes) -> str:
    """Whom a file's metadata names as its author, "" where nobody: a PDF's information and any file's XMP, PNG's text."""
    for text in _readable(content):
        for pattern in (PDF_AUTHOR, PDF_HEX, XMP_CREATOR, PNG_AUTHOR):
            for found in pattern.finditer(text):
                if name := _decoded(found[1], is_hex=pattern is PDF_HEX):
                    return name[:80]
    return ""


PDF_AUTHOR = re.compile(rb"/Author\s*\(((?:\\.|[^\\()]|\((?:\\.|[^\\()]){0,999}\)){0,999})\)", re.S)
PDF_HEX = re.compile(rb"/Author\s*<([0-9A-Fa-f\s]*)>")
XMP_CREATOR = re.compile(rb"<dc:creator>\s{0,99}<rdf:\w{1,9}[^>]{0,99}>\s{0,99}<rdf:li[^>]{0,99}>([^<]{0,999})</rdf:li>")
PNG_AUTHOR = re.compile(rb"tEXtAuthor\x00([^\x00]{1,200}?)(?=.{4}.{4}[A-Za-z]{4})", re.S)
STREAM, STREAM_ENDS = re.compile(rb"stream\r?\n"), b"endstream"
TELLS, DICTIONARY = re.compile(rb"/ObjStm|/Metadata"), 500
"""What stands in the dictionary, so long at most, before a stream that may hold a file's properties."""
ESCAPED = re.compile(rb"\\([0-7]{1,3}|.)", re.S)


def _readable(content: bytes) -> Iterator[bytes]:
    """The content itself, and what those of its compressed streams say that may hold properties, as far as they open."""
    yield content
    at, left = 0, INFLATED_ALL if content.startswith(b"%PDF-") else 0
    while left > 0 and (found := STREAM.search(content, at)):
        ends = content.find(STREAM_ENDS, found.end())
        at = ends + len(STREAM_ENDS) if ends >= 0 else len(content)
        if TELLS.search(content, max(0, found.start() - DICTIONARY), found.start()):
            try:
                told = zlib.decompressobj().decompress(content[found.end() : at], min(left, INFLATED))
            except zlib.error:
                continue
            left -= len(told)
            yield told


def _decoded(raw: bytes, *, is_hex: bool) -> str:
    if is_hex:
        digits = re.sub(rb"\s", b"", raw)
        raw = bytes.fromhex((digits + b"0" * (len(digits) % 2)).decode())
    else:
        raw = ESCAPED.sub(lambda found: bytes([int(found[1], 8) & 255]) if found[1].isdigit() else found[1], raw)
    if raw.startswith(b"\xfe\xff"):
        return raw[2:].decode("utf-16-be", "replace").strip()
    try:
        return raw.decode("utf-8").strip()
    except UnicodeDecodeError:
        return raw.decode("latin-1").strip()
