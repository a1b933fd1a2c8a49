"""Typed reading of a TOML table, each fault with the file and the setting it stands in ("activity[1].division[2].key")."""

from typing import Any

from shared.errors import Fault


class Table:
    """One table of a TOML file; `place` is its address in the file. A faulty value is noted and replaced by an empty one."""

    def __init__(self, file: str, place: str, values: dict[str, Any], faults: list[Fault]) -> None:
        self.file, self.place, self.values, self.faults = file, place, values, faults

    def at(self, key: str) -> str:
        return f"{self.place}.{key}" if self.place else key

    def fault(self, code: str, key: str, value: object = "", **values: str | int) -> None:
        self.faults.append(Fault(code=code, file=self.file, column=self.at(key), value=str(value)[:80], values=values))

    def text(self, key: str) -> str:
        """A text that must be there and not be blank."""
        found = self.values.get(key)
        if found is None:
            self.fault("setting_absent", key)
        elif not isinstance(found, str) or not found.strip():
            self.fault("setting_not_text", key, found)
        return found.strip() if isinstance(found, str) else ""

    def optional(self, key: str) -> str:
        """A text that may be missing: then it is empty."""
        return self.text(key) if self.values.get(key) not in (None, "") else ""

    def flag(self, key: str) -> bool:
        found = self.values.get(key, False)
        if not isinstance(found, bool):
            self.fault("setting_not_flag", key, found)
        return found is True

    def texts(self, key: str) -> list[str]:
        """A list of texts; missing is empty."""
        found = self.values.get(key, [])
        if not isinstance(found, list) or not all(isinstance(each, str) for each in found):
            self.fault("setting_not_texts", key, found)
            return []
        return found

    def table(self, key: str) -> "Table | None":
        found = self.values.get(key)
        if found is None:
            return None
        if not isinstance(found, dict):
            self.fault("setting_not_table", key, found)
            return None
        return Table(self.file, self.at(key), found, self.faults)

    def tables(self, key: str) -> "list[Table]":
        """The tables under [[key]], numbered from 1 in their places."""
        found = self.values.get(key, [])
        if not isinstance(found, list) or not all(isinstance(each, dict) for each in found):
            self.fault("setting_not_tables", key, found)
            return []
        return [Table(self.file, f"{self.at(key)}[{at}]", each, self.faults) for at, each in enumerate(found, start=1)]
