"""Typed reading of one table of a rule file: a value of the right form, or a fault with its line and a stand-in.

An absent value that the rule must state is a question: its fault's code is `rule_open_…`, its sentence is that question.
"""

import re
from collections.abc import Collection
from fractions import Fraction
from typing import Any

from msgspec import Struct

from services.scoring.rubrics.domain.lines import Path, line_at
from shared import exact
from shared.errors import Fault, Refused

_KEY = re.compile(r"[a-z0-9][a-z0-9_-]{0,39}")


class File(Struct):
    """The file being read: its name in the faults, where each key stands, and the faults found so far."""

    name: str
    lines: dict[Path, int]
    faults: list[Fault]


class Table:
    """One table of the file and its path in it."""

    def __init__(self, values: dict[str, Any], path: Path, file: File) -> None:
        self.values, self.path, self.file = values, path, file

    def __contains__(self, key: str) -> bool:
        return self.values.get(key) not in (None, "")

    def fault(self, code: str, key: str = "", value: object = "", /, **values: str | int) -> None:
        path = (*self.path, key) if key else self.path
        column = ".".join(f"{step + 1}" if isinstance(step, int) else step for step in path)
        row = line_at(self.file.lines, path)
        self.file.faults.append(
            Fault(code=code, file=self.file.name, row=row, column=column, value=f"{value}"[:80], values=values)
        )

    def known(self, keys: Collection[str]) -> None:
        for key in self.values.keys() - keys:
            self.fault("rule_key_unknown", key, key, key=key)

    def unused(self, keys: Collection[str], because: str) -> None:
        """Refuse keys that belong to another choice than the one made: nobody must believe that they count."""
        for key in keys:
            if key in self.values:
                self.fault("rule_key_not_used", key, because, key=key)

    def choice(self, key: str, names: tuple[str, ...], code: str = "") -> Any:
        """One of `names`, or "" with a fault. code: of the question, where it is not the key's own."""
        value = self.values.get(key)
        if key not in self:
            self.fault(code or f"rule_open_{key}", key)
        elif not isinstance(value, str) or value not in names:
            self.fault("rule_value_unknown", key, value, key=key, choices=", ".join(names))
        else:
            return value
        return ""

    def whole(self, key: str, least: int, most: int, code: str = "") -> int:
        value = self.values.get(key)
        if key not in self:
            self.fault(code or f"rule_open_{key}", key)
        elif isinstance(value, bool) or not isinstance(value, int) or not least <= value <= most:
            self.fault("rule_not_whole", key, value, key=key, least=least, most=most)
        else:
            return value
        return 0

    def flag(self, key: str, code: str = "") -> bool:
        value = self.values.get(key)
        if key not in self:
            self.fault(code or f"rule_open_{key}", key)
        elif not isinstance(value, bool):
            self.fault("rule_not_flag", key, value, key=key)
        return value is True

    def words(self, key: str) -> str:
        value = self.values.get(key)
        if not isinstance(value, str) or not value.strip():
            self.fault("rule_open_text" if value in (None, "") else "rule_not_text", key, value or "", key=key)
            return ""
        return value.strip()

    def optional(self, key: str) -> str:
        return self.words(key) if key in self else ""

    def key(self) -> str:
        key = self.words("key")
        if key and not _KEY.fullmatch(key):
            self.fault("rule_key_form", "key", key)
        return key

    def amount(
        self, key: str, code: str = "", above: Fraction | None = None, least: Fraction | None = None
    ) -> Fraction:
        """An exact number, written as text ("0.1", "2/3"); 0 where it is absent or wrong."""
        if key not in self:
            self.fault(code or f"rule_open_{key}", key)
            return Fraction(0)
        value = self.values[key]
        try:
            found = exact.fraction(f"{value}")
        except Refused:
            self.fault("rule_not_number", key, value, key=key)
            return Fraction(0)
        if above is not None and found <= above:
            self.fault("rule_number_too_low", key, value, key=key, above=exact.plain(above))
        elif least is not None and found < least:
            self.fault("rule_number_negative", key, value, key=key)
        return found

    def unit(self, code: str = "rule_open_unit") -> Fraction:
        """A positive step that decimals can write; 1 where it is absent or wrong."""
        if "unit" not in self:
            self.fault(code, "unit", self._named())
            return Fraction(1)
        try:
            unit = exact.fraction(f"{self.values['unit']}")
            exact.digits(unit)
        except Refused:
            unit = Fraction(0)
        if unit <= 0:
            self.fault("rule_unit_wrong", "unit", self.values["unit"])
        return unit if unit > 0 else Fraction(1)

    def count(self, key: str, unit: Fraction, code: str) -> int | None:
        """A mark as a count of the unit; None where it is absent or wrong."""
        if key not in self:
            self.fault(code, key, self._named())
            return None
        try:
            return exact.count(f"{self.values[key]}", unit)
        except Refused as refused:
            self.fault(refused.code, key, self.values[key], unit=exact.plain(unit))
            return None

    def _named(self) -> str:
        """What the table is about: its key, or the criteria that a rule takes from the marks."""
        return f"{self.values.get('key', 'criteria' if 'criteria' in self else '')}"

    def table(self, key: str, code: str = "") -> "Table | None":
        value = self.values.get(key)
        if isinstance(value, dict):
            return Table(value, (*self.path, key), self.file)
        if key not in self:
            self.fault(code or f"rule_open_{key}", key)
        else:
            self.fault("rule_not_table", key, value, key=key)
        return None

    def none_or_table(self, key: str) -> "Table | None":
        """The table under the key, or None where the file says "none"."""
        return None if self.values.get(key) == "none" else self.table(key)

    def tables(self, key: str, code: str) -> "list[Table]":
        """The tables under [[key]], at least one."""
        rows = self.values.get(key)
        if isinstance(rows, list) and rows and all(isinstance(row, dict) for row in rows):
            return [Table(row, (*self.path, key, place), self.file) for place, row in enumerate(rows)]
        if key in self and rows != []:
            self.fault("rule_not_tables", key, rows, key=key)
        else:
            self.fault(code, key, self.values.get("key", ""))
        return []


def distinct(tables: list[Table], keys: list[str]) -> None:
    """Note a fault at each table whose key another one before it has."""
    for place, (table, key) in enumerate(zip(tables, keys, strict=True)):
        if key and key in keys[:place]:
            table.fault("rule_key_twice", "key", key)
