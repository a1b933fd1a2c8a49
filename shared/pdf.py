"""PDF by typst, with the embedded Noto SC fonts: the same data gives the same bytes."""

import json
import struct
from functools import cache
from pathlib import Path
from typing import Any

import pylopdf_fonts_zh_cn
import typst

FONTS = Path(pylopdf_fonts_zh_cn.__file__).parent


@cache
def _fonts() -> typst.Fonts:
    return typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=[str(FONTS)])


def render(template: Path, data: dict[str, Any]) -> bytes:
    """Compile a typst template; it reads `json(bytes(sys.inputs.data))`. Takes a few ms a page: call it in a thread."""
    pdf = typst.compile(
        str(template),
        root=str(template.parent),
        font_paths=_fonts(),
        sys_inputs={"data": json.dumps(data)},
        timestamp=0,
    )
    if not isinstance(pdf, bytes):
        raise TypeError("typst returned pages instead of one document")
    return pdf


def lacks(text: str) -> frozenset[str]:
    """The characters of a text that the embedded fonts cannot print, such as a rare one in a name; whoever prints decides."""
    return frozenset(each for each in text if not each.isspace() and ord(each) not in _printable())


@cache
def _printable() -> frozenset[int]:
    """Code points that every embedded font has a glyph for."""
    return frozenset.intersection(*(_code_points(path.read_bytes()) for path in sorted(FONTS.glob("*.otf"))))


def _code_points(font: bytes) -> frozenset[int]:
    """The code points of an OpenType font's `cmap`, subtables of format 12 (segmented coverage)."""
    tables = {font[at : at + 4]: struct.unpack_from(">I", font, at + 8)[0] for at in range(12, 12 + 16 * font[5], 16)}
    cmap, found = tables[b"cmap"], set[int]()
    for number in range(struct.unpack_from(">H", font, cmap + 2)[0]):
        start = cmap + struct.unpack_from(">I", font, cmap + 4 + 8 * number + 4)[0]
        if struct.unpack_from(">H", font, start)[0] == 12:
            for group in range(struct.unpack_from(">I", font, start + 12)[0]):
                first, last, _ = struct.unpack_from(">III", font, start + 16 + 12 * group)
                found.update(range(first, last + 1))
    return frozenset(found)
