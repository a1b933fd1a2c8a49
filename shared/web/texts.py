"""Sentences by key and language. Keys are stable, and are the error codes; Chinese first, English complete.

A service's own catalogue stands over the shared one. A key without a sentence is a bug that a test finds.
"""

import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from shared.errors import Fault

LANGUAGES = ("zh-CN", "en")
SHARED = Path(__file__).parent / "messages"


class Texts:
    """Catalogues of one service: `texts("en", "page_missing", path="/x")`."""

    def __init__(self, *folders: Path) -> None:
        self._sentences = {language: _merged(language, (SHARED, *folders)) for language in LANGUAGES}

    def __call__(self, language: str, key: str, /, **values: object) -> str:
        """Raises KeyError for a key or a value that is not there."""
        return self._sentences[language][key].format_map(values)

    def pattern(self, language: str, key: str) -> str:
        """The sentence as it stands in the catalogue, its places open, for a page that fills them itself."""
        return self._sentences[language][key]

    def keys(self, language: str) -> frozenset[str]:
        return frozenset(self._sentences[language])

    def has(self, key: str) -> bool:
        return key in self._sentences[LANGUAGES[0]]


def sentence(texts: Texts, language: str, fault: Fault) -> str:
    """A fault in words, without its place."""
    values: dict[str, object] = {"value": fault.value, "column": fault.column, "field": fault.field, "file": fault.file,
                                 "sheet": fault.sheet, "row": fault.row or 0, **fault.values}  # fmt: skip
    return texts(language, fault.code, **values)


def _merged(language: str, folders: tuple[Path, ...]) -> dict[str, str]:
    merged: dict[str, str] = {}
    for folder in folders:
        path = folder / f"{language}.toml"
        if path.exists():
            merged |= _flat("", tomllib.loads(path.read_text(encoding="utf-8")))
    return merged


def _flat(prefix: str, table: Mapping[str, Any]) -> dict[str, str]:
    flat: dict[str, str] = {}
    for key, value in table.items():
        flat |= _flat(f"{prefix}{key}.", value) if isinstance(value, Mapping) else {f"{prefix}{key}": str(value)}
    return flat


def chosen(asked: str | None, kept: str | None, accepts: str) -> str:
    """The reader's language: asked in the address, else kept in the cookie, else what the browser accepts, else Chinese."""
    for wish in (asked, kept, *(part.split(";")[0].strip() for part in accepts.split(","))):
        if wish in LANGUAGES:
            return wish
        if wish and wish.lower().startswith("zh"):
            return "zh-CN"
        if wish and wish.lower().startswith("en"):
            return "en"
    return "zh-CN"
