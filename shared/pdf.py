"""PDF by typst, with the embedded Noto SC fonts: the same data gives the same bytes."""

import json
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
        str(template), root=str(template.parent), font_paths=_fonts(), sys_inputs={"data": json.dumps(data)}, timestamp=0
    )
    if not isinstance(pdf, bytes):
        raise TypeError("typst returned pages instead of one document")
    return pdf
