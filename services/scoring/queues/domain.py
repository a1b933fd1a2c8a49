"""A tablet's queue as it is carried to the desk: a file, or texts of QR codes scanned in any order. Pure.

A text is `LQ1.set.number.of.check.piece`: `set` names what the pieces make together, `check` shows a piece that was
misread. Not here: whether a revision is authentic (sheets); nothing in a queue is believed without its signature.
"""

import base64
import binascii
import hashlib
import re
import zlib
from collections.abc import Sequence

import msgspec
from msgspec import Struct

from shared.errors import Refused

CODE = re.compile(r"LQ1\.([0-9a-f]{8})\.([1-9]\d{0,3})\.([1-9]\d{0,3})\.([0-9a-f]{6})\.([A-Za-z0-9_-]+)")
LARGEST = 16 * 1024 * 1024
"""What is brought in at once, unpacked; a queue of 2 000 sheets with long remarks is smaller."""


class Record(Struct, frozen=True):
    """The bytes of a revision as text, and the device's signature over them."""

    signature: str
    wire: str


class Carried(Struct, frozen=True, kw_only=True, tag_field="format", tag="laurel-queue-1"):
    """A whole queue, in the tablet's order."""

    records: list[Record]


class Scanned(Struct, frozen=True, kw_only=True):
    """How far a set of codes is read. missing: numbers not read yet."""

    name: str
    of: int
    missing: tuple[int, ...]


def opened(content: bytes) -> Carried:
    """Raises Refused: queue_unreadable."""
    try:
        return msgspec.json.decode(content, type=Carried)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise Refused("queue_unreadable", field="file") from error


def read(typed: str) -> tuple[list[Scanned], list[str]]:
    """How far each set is, and the lines that are no code: misread, or of something else."""
    pieces, strange = _pieces(typed)
    scanned = [
        Scanned(name=name, of=of, missing=tuple(sorted(set(range(1, of + 1)) - found.keys())))
        for (name, of), found in pieces.items()
    ]
    return scanned, strange


def put_together(typed: str) -> list[Carried]:
    """The queues of these texts, each line one code. Raises Refused: codes_misread, codes_missing, queue_unreadable."""
    pieces, strange = _pieces(typed)
    if strange:
        raise Refused("codes_misread", field="codes", line=strange[0][:24])
    for (name, of), found in pieces.items():
        if missing := sorted(set(range(1, of + 1)) - found.keys()):
            raise Refused("codes_missing", field="codes", name=name, of=of, missing=", ".join(map(str, missing)))
    queues, left = [], LARGEST
    for (name, of), found in pieces.items():
        content = _unpacked(name, [found[at] for at in range(1, of + 1)], left)
        left -= len(content)
        queues.append(opened(content))
    return queues


def _pieces(typed: str) -> tuple[dict[tuple[str, int], dict[int, str]], list[str]]:
    pieces: dict[tuple[str, int], dict[int, str]] = {}
    strange = []
    for line in typed.split():
        match = CODE.fullmatch(line)
        if (
            match is None
            or hashlib.sha256(match[5].encode()).hexdigest()[:6] != match[4]
            or int(match[2]) > int(match[3])
        ):
            strange.append(line)
            continue
        pieces.setdefault((match[1], int(match[3])), {})[int(match[2])] = match[5]
    return pieces, strange


def _unpacked(name: str, pieces: Sequence[str], most: int) -> bytes:
    text = "".join(pieces)
    try:
        packed = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
        if hashlib.sha256(packed).hexdigest()[:8] != name:
            raise Refused("queue_unreadable", field="codes")
        content = zlib.decompressobj(wbits=-zlib.MAX_WBITS).decompress(packed, most + 1)
    except (binascii.Error, zlib.error) as error:
        raise Refused("queue_unreadable", field="codes") from error
    if len(content) > most:
        raise Refused("queue_unreadable", field="codes")
    return content
