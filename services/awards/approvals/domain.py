"""When a leading body's approval may be recorded. Pure: no I/O, no clock, no randomness."""

from datetime import date
from uuid import UUID

from msgspec import Struct

from shared.errors import Refused


class Candidate(Struct, frozen=True):
    """An award of the posted list and what stands in its way."""

    award_id: UUID
    is_suspended: bool
    is_struck: bool
    is_approved: bool


def approvable(awards: list[Candidate]) -> list[UUID]:
    """The awards an approval covers now: not suspended, not struck, not approved before. Raises Refused: nothing_to_approve."""
    open_ones = [a.award_id for a in awards if not (a.is_suspended or a.is_struck or a.is_approved)]
    if not open_ones:
        raise Refused("nothing_to_approve")
    return open_ones


def check_date(approved_on: date, notice_ended_on: date, today: date) -> None:
    """Raises Refused: approval_before_notice_end, date_ahead."""
    if approved_on <= notice_ended_on:
        raise Refused("approval_before_notice_end", last=notice_ended_on.isoformat())
    if approved_on > today:
        raise Refused("date_ahead", day=approved_on.isoformat())


class Approval(Struct, frozen=True, kw_only=True):
    """What a leading body approved. The scan is kept by its content's SHA-256."""

    id: UUID
    edition_id: UUID
    body: str
    approved_on: date
    document_no: str
    scan_sha256: str
    scan_name: str
    scan_size: int


SCAN_KINDS = (b"%PDF-", b"\x89PNG", b"\xff\xd8\xff")


def check_scan(content: bytes) -> None:
    """Raises Refused: scan_needed, scan_kind_wrong (neither PDF nor PNG nor JPEG)."""
    if not content:
        raise Refused("scan_needed", field="scan")
    if not content.startswith(SCAN_KINDS):
        raise Refused("scan_kind_wrong", field="scan")
