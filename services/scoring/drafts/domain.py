"""What a judge has typed for one sheet and not sent. It counts for nothing; only its judge reads it. Pure."""

from uuid import UUID

from msgspec import Struct


class Draft(Struct, frozen=True, kw_only=True):
    """marks: criterion -> the text as typed. base: the head it was typed over. written_at: the tablet's clock, milliseconds."""

    entry_id: UUID
    part: str
    device_id: UUID
    base: UUID | None
    marks: dict[str, str]
    comment: str
    reason: str
    written_at: int
