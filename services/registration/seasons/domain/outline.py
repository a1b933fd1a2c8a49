"""Reading settings of a TOML file one by one, each fault noted with the path of its setting. Pure.

A setting that is wrong gives a harmless stand-in, so that reading goes on and all faults are found at once; whoever
reads must not use the result while there is a fault. A setting nobody asked for is a fault too: it may be a slip of
the pen that would change a result silently.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, date, datetime
from typing import Any, TypeVar

from shared.clock import instant
from shared.errors import Fault

T = TypeVar("T", bound=str)
Place = tuple[str | int, ...]
HEADER = re.compile(r"\s*\[(\[?)\s*([\w.-]+)\s*\]")
SETTING = re.compile(r"\s*([\w-]+)\s*=")
NEVER = datetime(1970, 1, 1, tzinfo=UTC)
NO_DAY = date(1970, 1, 1)


class Outline:
    """One table of a TOML file. path: as people read it, e.g. `activity[teaching-9].division[arts]`.

    place: the same as keys and indexes; lines: place -> line of the file.
    """

    def __init__(
        self,
        file: str,
        values: dict[str, Any],
        faults: list[Fault],
        lines: Mapping[Place, int],
        path: str = "",
        place: Place = (),
    ) -> None:
        self.file, self.path, self._values, self._faults = file, path, values, faults
        self._lines, self._place = lines, place
        self._asked: set[str] = set()

    def has(self, name: str) -> bool:
        return name in self._values

    def text(self, name: str, otherwise: str | None = None) -> str:
        """A text; otherwise: what an absent one means, None: it must be there and not blank."""
        value = self._value(name, otherwise is None)
        if value is None:
            return otherwise or ""
        if not isinstance(value, str):
            self.fault("setting_not_text", name)
            return ""
        if not value.strip() and otherwise is None:
            self.fault("setting_blank", name)
        return value.strip()

    def choice(self, name: str, choices: Sequence[T], otherwise: T | None = None) -> T:
        value = self._value(name, otherwise is None)
        if value is None:
            return otherwise or choices[0]
        found = next((each for each in choices if each == value), None)
        if found is None:
            self.fault("setting_not_choice", name, choices=" | ".join(choices))
        return found or choices[0]

    def whole(self, name: str, least: int, most: int = 1_000_000) -> int:
        value = self._value(name, True)
        if value is None:
            return least
        if not isinstance(value, int) or isinstance(value, bool):
            self.fault("setting_not_whole", name)
            return least
        if not least <= value <= most:
            self.fault("setting_out_of_range", name, least=least, most=most)
            return least
        return value

    def maybe_whole(self, name: str, least: int) -> int | None:
        return self.whole(name, least) if self.has(name) else self._value(name, False)

    def day(self, name: str) -> date:
        value = self._value(name, True)
        if value is not None and (not isinstance(value, date) or isinstance(value, datetime)):
            self.fault("setting_not_day", name)
            return NO_DAY
        return value or NO_DAY

    def moment(self, name: str) -> datetime:
        """An instant, written as the wall clock of Asia/Shanghai shows it."""
        value = self._value(name, True)
        if value is not None and not isinstance(value, datetime):
            self.fault("setting_not_moment", name)
            return NEVER
        return instant(value) if value is not None else NEVER

    def texts(self, name: str, required: bool = True) -> tuple[str, ...]:
        value = self._value(name, required)
        if value is None:
            return ()
        if not isinstance(value, list) or not all(isinstance(each, str) and each.strip() for each in value):
            self.fault("setting_not_texts", name)
            return ()
        return tuple(each.strip() for each in value)

    def table(self, name: str) -> "Outline | None":
        value = self._value(name, False)
        if value is None:
            return None
        if not isinstance(value, dict):
            self.fault("setting_not_table", name)
            return None
        return Outline(self.file, value, self._faults, self._lines, self._at(name), (*self._place, name))

    def tables(self, name: str, label: str = "key") -> list["Outline"]:
        """A list of tables; each is named in faults by its `label`, or by its number."""
        value = self._value(name, False)
        if value is None:
            return []
        if not isinstance(value, list) or not all(isinstance(each, dict) for each in value):
            self.fault("setting_not_tables", name)
            return []
        return [
            Outline(
                self.file,
                each,
                self._faults,
                self._lines,
                self._at(f"{name}[{each.get(label, number + 1)}]"),
                (*self._place, name, number),
            )
            for number, each in enumerate(value)
        ]

    def others(self, *names: str) -> None:
        """Settings that another service reads."""
        self._asked.update(names)

    def close(self) -> None:
        """Note every setting that nobody has asked for."""
        for name in sorted(self._values.keys() - self._asked):
            self.fault("setting_unknown", name, known=", ".join(sorted(self._asked)))

    def fault(self, code: str, name: str = "", found: str | None = None, **values: str | int) -> None:
        """Note a fault of this setting. found: what is wrong in it, where that is not the whole."""
        value = self._values.get(name, "")
        shown = "" if isinstance(value, dict | list) else str(value)
        self._faults.append(
            Fault(
                code=code,
                file=self.file,
                row=self._line(name),
                column=self._at(name),
                value=shown if found is None else found,
                values=values,
            )
        )

    def _value(self, name: str, required: bool) -> Any:
        self._asked.add(name)
        if name not in self._values and required:
            self.fault("setting_absent", name)
        return self._values.get(name)

    def _line(self, name: str) -> int | None:
        """The setting's line, else that of the table around it."""
        place = (*self._place, name)
        return next((self._lines[place[:end]] for end in range(len(place), 0, -1) if place[:end] in self._lines), None)

    def _at(self, name: str) -> str:
        return ".".join(filter(None, (self.path, name)))


def lines_of(text: str) -> dict[Place, int]:
    """The line of every table and setting that has one of its own; what stands inside a line is found by its table."""
    lines: dict[Place, int] = {}
    lengths: dict[Place, int] = {}
    around: Place = ()
    for number, line in enumerate(text.splitlines(), start=1):
        if header := HEADER.match(line):
            around = _place(header[2].split("."), lengths, is_list=bool(header[1]))
            lines.setdefault(around, number)
        elif setting := SETTING.match(line):
            lines.setdefault((*around, setting[1]), number)
    return lines


def _place(names: list[str], lengths: dict[Place, int], is_list: bool) -> Place:
    """Where a header leads: into the newest table of each list on the way. lengths: tables of each list so far."""
    place: Place = ()
    for depth, name in enumerate(names, start=1):
        place = (*place, name)
        if is_list and depth == len(names):
            lengths[place] = lengths.get(place, 0) + 1
        if place in lengths:
            place = (*place, lengths[place] - 1)
    return place


def repeated(outlines: list[Outline], key: Callable[[Outline], str], name: str, code: str) -> None:
    """Note each outline whose key stands in an earlier one."""
    seen: set[str] = set()
    for each in outlines:
        if (value := key(each)) in seen:
            each.fault(code, name)
        seen.add(value)
