"""Reads one table of a TOML file and collects every fault on the way.

A key that decides a result has no default: when it is missing the fault is its question, code `question_<table>_<key>`.
"""

from datetime import date, datetime
from typing import Any, TypeVar
from zoneinfo import ZoneInfo

from shared.errors import Fault, Refused
from shared.exact import Ratio, fraction

ZONE = ZoneInfo("Asia/Shanghai")
UTC = ZoneInfo("UTC")
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
T = TypeVar("T", bound=str)

QUESTIONS = frozenset(
    {
        "question_opens",
        "question_nominations_close",
        "question_ballot_at",
        "question_ballot_closes",
        "question_subject",
        "question_tier",
        "question_stratum",
        "question_stratum_categories",
        "question_stratum_nominations",
        "question_stratum_seats",
        "question_scorecard",
        "question_scorecard_pass",
        "question_scorecard_zero_category_fails",
        "question_scorecard_unit",
        "question_scorecard_category",
        "question_category_item",
        "question_item_highest",
        "question_consultation_due",
        "question_reply_opinion",
        "question_reply_reference",
        "question_ballot",
        "question_ballot_due",
        "question_ballot_quorum",
        "question_ballot_quorum_of",
        "question_ballot_majority",
        "question_ballot_majority_of",
        "question_ballot_compare",
        "question_ballot_supports",
        "question_ballot_tie",
        "question_ballot_shortfall",
        "question_ballot_rounds",
        "question_ballot_absent",
        "question_ballot_recused",
    }
)
"""Every question a programme file can leave open; a missing key that is not here is just missing."""


class Table:
    """One table of the file. Each reader returns a harmless value after a fault, so reading goes on."""

    def __init__(self, data: object, file: str, faults: list[Fault], name: str = "", path: str = "") -> None:
        self.data: dict[str, Any] = data if isinstance(data, dict) else {}
        self.file, self.faults, self.name, self.path = file, faults, name, path
        self.asked: set[str] = set()
        if not isinstance(data, dict):
            self.fault("wrong_kind", "", data, wanted="table")

    def fault(self, code: str, at: str, value: object = "", **values: str | int) -> None:
        column = ".".join(part for part in (self.path, at) if part)
        text = "" if value is None else str(value)
        self.faults.append(Fault(code=code, file=self.file, column=column, value=text, values=values))

    def missing(self, key: str) -> None:
        question = "_".join(part for part in ("question", self.name, key) if part)
        self.fault(question if question in QUESTIONS else "key_missing", key, key=key)

    def take(self, key: str, kind: type | tuple[type, ...], wanted: str, optional: bool = False) -> Any:
        """The value, or None after a fault (or when an optional key is absent)."""
        self.asked.add(key)
        value = self.data.get(key)
        if value is None:
            if not optional:
                self.missing(key)
            return None
        if not isinstance(value, kind) or (isinstance(value, bool) and kind is not bool):
            self.fault("wrong_kind", key, value, wanted=wanted)
            return None
        return value

    def text(self, key: str, optional: bool = False, blank: bool = False) -> str:
        value = self.take(key, (str, int), "text", optional)
        text = "" if value is None else str(value).strip()
        if value is not None and not text and not blank and not optional:
            self.missing(key)
        return text

    def whole(self, key: str, least: int = 0) -> int:
        value = self.take(key, int, "whole_number")
        if value is None:
            return least
        if value < least:
            self.fault("too_small", key, value, least=least)
            return least
        return int(value)

    def flag(self, key: str) -> bool:
        return bool(self.take(key, bool, "flag"))

    def choice(self, key: str, allowed: tuple[T, ...]) -> T:
        """One of the supported words; any other is refused by name."""
        value = self.text(key)
        found = next((word for word in allowed if word == value), None)
        if found is None:
            if value:
                self.fault("not_supported", key, value, allowed=" | ".join(allowed))
            return allowed[0]
        return found

    def ratio(self, key: str, most: Ratio | None = None) -> Ratio:
        """A decimal or n/d text above 0."""
        text = self.text(key)
        if not text:
            return Ratio(1, 1)
        try:
            value = fraction(text)
        except Refused:
            self.fault("not_a_number", key, text)
            return Ratio(1, 1)
        if value <= 0 or (most and value > most.fraction):
            self.fault("ratio_out_of_range", key, text)
            return Ratio(1, 1)
        return Ratio.of(value)

    def moment(self, key: str) -> datetime:
        """A naive local date-time of Asia/Shanghai as aware UTC."""
        value = self.take(key, datetime, "moment")
        if value is None:
            return EPOCH
        aware: datetime = value if value.tzinfo else value.replace(tzinfo=ZONE)
        return aware.astimezone(UTC)

    def day(self, key: str) -> date:
        value = self.take(key, date, "day")
        return EPOCH.date() if value is None or isinstance(value, datetime) else value

    def texts(self, key: str) -> tuple[str, ...]:
        value = self.take(key, list, "list")
        return tuple(str(each).strip() for each in value or ())

    def under(self, key: str, name: str) -> "Table":
        """The table of this key; asking it about its keys is pointless when it is missing, so it asks nothing."""
        data = self.take(key, dict, "table")
        path = ".".join(part for part in (self.path, key) if part)
        return Table(data or {}, self.file, self.faults if data is not None else [], name, path)

    def each(self, key: str, name: str, optional: bool = False) -> list["Table"]:
        """The tables of an array, none missing unless optional."""
        data = self.take(key, list, "list", optional)
        if data == [] and not optional:
            self.missing(key)
        path = ".".join(part for part in (self.path, key) if part)
        return [Table(row, self.file, self.faults, name, f"{path}[{n}]") for n, row in enumerate(data or [], 1)]

    def end(self) -> None:
        """Refuse by name whatever nobody asked for: a key we do not know may be a rule we would break."""
        for key in self.data:
            if key not in self.asked:
                self.fault("key_unknown", key, key=key)
