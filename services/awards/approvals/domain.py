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


def _open(awards: list[Candidate]) -> list[UUID]:
    return [a.award_id for a in awards if not (a.is_suspended or a.is_struck or a.is_approved)]


def repeated(
    recorded: list[Approval], awards: list[Candidate], body: str, approved_on: date, document_no: str
) -> Approval | None:
    """The approval that was recorded already, when nothing is left to approve and the same is sent again."""
    if _open(awards):
        return None
    wanted = (body, approved_on, document_no)
    return next((each for each in recorded if (each.body, each.approved_on, each.document_no) == wanted), None)


def approvable(awards: list[Candidate]) -> list[UUID]:
    """The awards an approval covers now: not suspended, not struck, not approved. Raises Refused: nothing_to_approve."""
    open_ones = _open(awards)
    if not open_ones:
        raise Refused("nothing_to_approve")
    return open_ones


def check_date(approved_on: date, notice_ended_on: date, today: date) -> None:
    """Raises Refused: approval_before_notice_end, date_ahead."""
    if approved_on <= notice_ended_on:
        raise Refused("approval_before_notice_end", last=notice_ended_on.isoformat())
    if approved_on > today:
        raise Refused("date_ahead", day=approved_on.isoformat())
