"""What `--report` writes, and the checks that make up `conserved`.

Each check compares what the driver sent or is entitled to expect with what it read back from the services' pages; no
service's own sum is taken for it.
"""

from pathlib import Path

import msgspec
from msgspec import Struct


class Result(Struct, frozen=True):
    """One line of a division's results as awards publishes them. entry: 工号; result: as shown."""

    entry: str
    code: str
    rank: int
    result: str
    tier: str


class Check(Struct, frozen=True):
    """One line of the conservation table: two numbers that must be equal, or a stated condition."""

    name: str
    sent: int
    found: int
    holds: bool


class Report(Struct, kw_only=True):
    """The keys of the report, exactly."""

    signups_sent: int = 0
    entries_admitted: int = 0
    entries_waiting: int = 0
    entries_refused: int = 0
    entries_returned: int = 0
    entries_withdrawn: int = 0
    sheets_sent: int = 0
    sheets_acknowledged: int = 0
    sheets_in_ledger: int = 0
    results: dict[str, list[Result]] = {}
    events_published: dict[str, int] = {}
    events_applied: dict[str, int] = {}
    dead_letters: int = 0
    awards_published: int = 0
    certificates: int = 0
    certificates_verified: int = 0
    conserved: bool = False


def equal(name: str, sent: int, found: int) -> Check:
    return Check(name, sent, found, sent == found)


def write(report: Report, file: Path) -> None:
    """Write the report as JSON that people can read too."""
    file.write_bytes(msgspec.json.format(msgspec.json.encode(report), indent=1) + b"\n")
