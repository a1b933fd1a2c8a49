"""Recording what the leading body approved after the notice."""

from datetime import date, datetime
from uuid import UUID

from services.awards.approvals import store
from services.awards.approvals.domain import Approval, Candidate, approvable, check_date, repeated
from services.awards.editions import actions as editions
from services.awards.notices import actions as notices
from shared.clock import day
from shared.db import Transaction
from shared.errors import Missing, Refused
from shared.files import Files
from shared.ids import new_id

__all__ = ["Approval", "approve", "of_edition", "scan"]


async def approve(
    tx: Transaction, files: Files, edition_id: UUID, body: str, approved_on: date, document_no: str,
    scan: tuple[str, bytes], by: UUID, now: datetime,
) -> Approval:  # fmt: skip
    """Record an approval of all awards that nothing stands against; a later one covers who was suspended. scan: name, content.
    The same approval sent again changes nothing.

    Raises Refused: nothing_posted, notice_running, notice_stopped, approval_before_notice_end, date_ahead, scan_needed,
    scan_kind_wrong, nothing_to_approve, body_needed, document_no_needed.
    """
    edition = await editions.locked(tx, edition_id)
    notice = await notices.of_edition(tx, edition_id)
    if notice is None:
        raise Refused("nothing_posted")
    check_date(approved_on, await notices.ended_on(tx, notice, now), day(now))
    editions.check_scan(scan[1])
    for value, code, field in ((body, "body_needed", "body"), (document_no, "document_no_needed", "document_no")):
        if not value.strip():
            raise Refused(code, field=field)
    states = await editions.award_states(tx, edition_id)
    candidates = [Candidate(a.id, a.suspended, a.struck, a.approval_id is not None) for a in states]
    recorded = await store.of_edition(tx, edition_id)
    if same := repeated(recorded, candidates, body.strip(), approved_on, document_no.strip()):
        return same
    covered = approvable(candidates)
    approval = Approval(
        id=new_id(), edition_id=edition_id, body=body.strip(), approved_on=approved_on, document_no=document_no.strip(),
        scan_sha256=files.put(scan[1]), scan_name=scan[0][:200], scan_size=len(scan[1]),
    )  # fmt: skip
    await store.insert(tx, approval, by, now)
    await store.cover(tx, approval.id, covered)
    await editions.advance(tx, edition, "approved")
    return approval


async def of_edition(tx: Transaction, edition_id: UUID) -> list[Approval]:
    return await store.of_edition(tx, edition_id)


async def scan(tx: Transaction, files: Files, edition_id: UUID, approval_id: UUID) -> tuple[str, bytes]:
    """Name and content of an approval's scan. Raises Missing: approval_unknown, file_missing."""
    for each in await store.of_edition(tx, edition_id):
        if each.id == approval_id:
            return each.scan_name, files.get(each.scan_sha256)
    raise Missing("approval_unknown")
