"""Filing an objection, answering it, and who sees which part.

`file` runs in the public's role, which may write an identity and read none. Suspension is no column: an award is suspended
while a named objection against it has no answer.
"""

from datetime import datetime
from uuid import UUID

from services.awards.notices import actions as notices
from services.awards.objections import store
from services.awards.objections.domain import (
    GROUNDS,
    Answered,
    Ground,
    Objection,
    Outcome,
    Sealed,
    Subject,
    check_answer,
    check_text,
    objector,
    receipt_hash,
)
from shared.db import Transaction
from shared.errors import Conflict, Missing, Refused
from shared.ids import new_id

__all__ = [
    "GROUNDS",
    "Answered",
    "Objection",
    "Sealed",
    "about",
    "answer",
    "by_receipt",
    "examined",
    "file",
    "named",
    "sealed",
]


async def file(
    tx: Transaction, notice_id: UUID, award_id: UUID | None, ground: Ground, text: str, who: tuple[str, str, str],
    receipt: str, now: datetime,
) -> Answered:  # fmt: skip
    """File an objection to a posted list. who: name, unit, contact; all empty is anonymous. The same receipt files once.

    Raises Refused: notice_over, award_not_posted, objector_incomplete, objection_text_short, objection_text_long, receipt_wrong.
    """
    hashed = receipt_hash(receipt)
    if found := await store.by_receipt(tx, hashed):
        return found
    notice = await notices.open_for_objections(tx, notice_id, now)
    if award_id is not None and not await store.is_posted(tx, notice.id, award_id):
        raise Refused("award_not_posted", field="award_id")
    by, said = objector(*who), check_text(text)
    objection_id = new_id()
    await store.insert(tx, objection_id, notice.id, award_id, ground, said, by is not None, hashed, now)
    if by is not None:
        await store.insert_objector(tx, objection_id, by)
    return await by_receipt(tx, receipt)


async def by_receipt(tx: Transaction, receipt: str) -> Answered:
    """The objection of a receipt and its answer. Raises Missing: objection_unknown; Refused: receipt_wrong."""
    if (found := await store.by_receipt(tx, receipt_hash(receipt))) is None:
        raise Missing("objection_unknown")
    return found


async def about(tx: Transaction, notice_id: UUID, now: datetime) -> tuple[notices.Notice, list[Subject], bool]:
    """The notice, whom an objection may concern, and whether it is still taken. Raises Missing: notice_unknown."""
    notice = await notices.by_id(tx, notice_id)
    face = await notices.face(tx, notice, now)
    return notice, await store.subjects(tx, notice_id), face.running != "ended"


async def examined(tx: Transaction, objection_id: UUID) -> tuple[Objection, Subject | None]:
    """A real-name objection and whom it concerns. Raises Missing: objection_unknown."""
    if (found := await store.named_one(tx, objection_id)) is None:
        raise Missing("objection_unknown")
    known = {each.id: each for each in await store.subjects(tx, found.notice_id)}
    return found, known.get(found.award_id) if found.award_id else None


async def named(tx: Transaction, notice_id: UUID) -> list[Objection]:
    """The real-name objections of a notice, without identities."""
    return await store.named(tx, notice_id)


async def sealed(tx: Transaction) -> list[Sealed]:
    """All objections with identities; only the supervisor's role may."""
    return await store.sealed(tx)


async def answer(tx: Transaction, objection_id: UUID, outcome: Outcome, text: str, by: UUID, now: datetime) -> None:
    """Answer a real-name objection in writing: dismissed frees the award, upheld strikes it. The same answer again is no change.

    Raises Missing: objection_unknown; Conflict: objection_answered; Refused: answer_needed.
    """
    if (found := await store.named_one(tx, objection_id)) is None:
        raise Missing("objection_unknown")
    if (found.outcome, found.answer) == (outcome, text.strip()):
        return
    said = check_answer(found.outcome, text)
    if not await store.insert_answer(tx, objection_id, outcome, said, by, now):
        raise Conflict("objection_answered")
