"""An entry: one person in one division, with the content that was sent and where it stands."""

import unicodedata
from datetime import datetime
from hashlib import sha256
from uuid import UUID

from msgspec import Struct

from services.registration.entries.domain.eligibility import Reason, Waived
from shared.errors import Fault, Faulty


class SignUp(Struct, frozen=True, kw_only=True):
    """What a person sends; the id is made by the sender, so that sending it again is safe."""

    id: UUID
    activity_id: UUID
    division_id: UUID
    person_id: UUID
    course: str
    is_committed: bool


class Entry(Struct, frozen=True, kw_only=True):
    """A stored entry; `recommendation` is its number in its branch's order, `reasons` why it was refused or returned."""

    id: UUID
    activity_id: UUID
    division_id: UUID
    person_id: UUID
    branch_id: UUID | None
    unit_handle: UUID | None
    course: str
    state: str
    version: int = 1
    content_hash: bytes
    reasons: tuple[Reason, ...] = ()
    waived: tuple[Waived, ...] = ()
    signed_up_at: datetime
    recommendation: int | None = None


class Numbers(Struct, frozen=True, kw_only=True):
    """What a live entry uses up: its person's, its course's and, on arrival, its branch's number; None = nothing."""

    person: int | None = None
    course: int | None = None
    quota_id: UUID | None = None
    quota_entries: int | None = None
    recommendation: int | None = None


def content_hash(sent: SignUp) -> bytes:
    """SHA-256 over everything that was sent, to tell a repetition from another content under the same id."""
    parts = (sent.activity_id, sent.division_id, sent.person_id, sent.course.strip())
    return sha256("\n".join(map(str, parts)).encode()).digest()


def course_key(course: str) -> str:
    """What two titles of the same course have in common: letters and digits, without marks, blanks and case."""
    folded = unicodedata.normalize("NFKC", course).casefold()
    return "".join(c for c in folded if unicodedata.category(c)[0] in "LN")


def check_sent(sent: SignUp, divisions: frozenset[UUID], needs_course: bool) -> None:
    """Everything missing at once. Raises Faulty: division_not_chosen, course_absent, course_long, commitment_absent."""
    faults = []
    if sent.division_id not in divisions:
        faults.append(Fault(code="division_not_chosen", field="division_id"))
    if needs_course and not course_key(sent.course):
        faults.append(Fault(code="course_absent", field="course"))
    if len(sent.course) > 120:
        faults.append(Fault(code="course_long", field="course", values={"count": len(sent.course), "most": 120}))
    if not sent.is_committed:
        faults.append(Fault(code="commitment_absent", field="commitment"))
    if faults:
        raise Faulty(faults)


def next_number(taken: frozenset[int], limit: int | None) -> int | None:
    """The lowest number nobody uses, or None if the limit is used up. No limit: one above the highest."""
    if limit is None:
        return max(taken, default=0) + 1
    return next((n for n in range(1, limit + 1) if n not in taken), None)
