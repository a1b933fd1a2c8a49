"""Recording the decision: numbers are given, the public results advance, and the event leaves."""

from datetime import date, datetime
from uuid import UUID

from services.awards.approvals import actions as approvals
from services.awards.commendations import store
from services.awards.commendations.domain import Award, Commendation, check_decision, is_number, number, repeated
from services.awards.editions import actions as editions
from services.awards.events import CommendationDecided, CommendedAward
from services.awards.reveals import actions as reveals
from shared import outbox
from shared.clock import day
from shared.db import Transaction
from shared.errors import Refused
from shared.ids import new_id

__all__ = ["Commendation", "decide", "is_number", "of_edition"]


async def decide(
    tx: Transaction, edition_id: UUID, document_no: str, decided_on: date, by: UUID, now: datetime
) -> Commendation:
    """Record the decision on every approved award that has none yet, number the certificates, and tell the other services;
    the ceremony's script no longer says 拟获.

    The same decision sent again changes nothing.

    Raises Refused: nothing_to_decide, decision_before_approval, date_ahead, document_no_needed.
    """
    if not document_no.strip():
        raise Refused("document_no_needed", field="document_no")
    edition = await editions.locked(tx, edition_id)
    approved = {each.id: each.approved_on for each in await approvals.of_edition(tx, edition_id)}
    states = await editions.award_states(tx, edition_id)
    due = [
        Award(id=a.id, subject_kind=a.subject_kind, subject_id=a.subject_id, tier=a.tier, position=a.position,
              approved_on=approved[a.approval_id])
        for a in states
        if a.approval_id is not None and a.commendation_id is None and not a.struck and not a.suspended
    ]  # fmt: skip
    recorded = await store.of_edition(tx, edition_id)
    if same := repeated(recorded, due, document_no.strip(), decided_on):
        return same
    check_decision(due, decided_on, day(now))
    version = len(recorded) + 1
    commendation = Commendation(
        id=new_id(), edition_id=edition_id, version=version, document_no=document_no.strip(), decided_on=decided_on
    )
    first = await store.take_serials(tx, decided_on.year, len(due))
    await store.insert(tx, commendation, by, now)
    await store.cover(tx, commendation.id, [(a.id, number(decided_on.year, first + n)) for n, a in enumerate(due)])
    await editions.advance(tx, edition, "decided")
    await outbox.add(tx, _event(edition, commendation, await editions.award_states(tx, edition_id)))
    if edition.kind == "competition":
        await reveals.compile_script(tx, edition_id, by, now)
    return commendation


def _event(
    edition: editions.Edition, commendation: Commendation, states: list[editions.AwardState]
) -> CommendationDecided:
    """The whole public state of the edition: every award decided so far."""
    return CommendationDecided(
        aggregate_id=edition.id, version=commendation.version, key=edition.key, title=edition.title,
        document_no=commendation.document_no, decided_on=commendation.decided_on,
        items=tuple(
            CommendedAward(subject_kind=a.subject_kind, subject_id=a.subject_id, tier=a.tier, certificate_no=a.certificate_no)
            for a in states
            if a.certificate_no is not None
        ),
    )  # fmt: skip


async def of_edition(tx: Transaction, edition_id: UUID) -> list[Commendation]:
    return await store.of_edition(tx, edition_id)
