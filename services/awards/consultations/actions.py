"""Recording what the consulted offices answer, and reading it."""

from datetime import date, datetime
from uuid import UUID

from msgspec import Struct

from services.awards.consultations import domain, store
from services.awards.consultations.domain import Opinion, Reply
from services.awards.nominations import actions as nominations
from services.awards.nominations.domain import Nomination
from services.awards.programmes import actions as programmes
from services.awards.programmes.domain import Programme
from shared.db import Transaction
from shared.errors import Conflict, Refused
from shared.ids import new_id

EVERYBODY = "*"


async def reply(
    tx: Transaction, programme_id: UUID, office: str, branch_code: str, opinion: Opinion, reference: str, reason: str,
    replied_on: date, by: UUID, now: datetime,
) -> list[Reply]:  # fmt: skip
    """Record an office's letter about one nominated branch, or ("*", no objection) about all it has not answered on.

    The same letter again changes nothing. Raises what `domain.check_reply` raises; Refused: branch_not_nominated,
    veto_of_everybody; Conflict: office_replied.
    """
    domain.check_reply(await programmes.by_id(tx, programme_id), office, opinion, reference, reason)
    standing = await nominations.standing(tx, programme_id)
    wanted = [each for each in standing if branch_code in (EVERYBODY, each.branch_code)]
    if not wanted:
        raise Refused("branch_not_nominated", value=branch_code)
    if branch_code == EVERYBODY and opinion == "veto":
        raise Refused("veto_of_everybody")
    known = {each.nomination_id: each for each in await store.replies(tx, [n.id for n in wanted]) if each.office == office}
    done = []
    for nomination in wanted:
        fresh = Reply(
            id=new_id(), nomination_id=nomination.id, office=office, opinion=opinion, reference=reference.strip(),
            replied_on=replied_on,
        )  # fmt: skip
        if (old := known.get(nomination.id)) is None:
            await _add(tx, fresh, reason, by, now)
        elif branch_code != EVERYBODY and (old.opinion, old.reference) != (opinion, fresh.reference):
            raise Conflict("office_replied", office=office)
        done.append(old or fresh)
    return done


async def _add(tx: Transaction, reply: Reply, reason: str, by: UUID, now: datetime) -> None:
    if not await store.add(tx, reply, by, now):
        raise Conflict("office_replied", office=reply.office)
    if reason.strip():
        await store.add_reason(tx, reply.id, reason.strip())


async def of_programme(tx: Transaction, programme_id: UUID) -> dict[UUID, list[Reply]]:
    """Nomination -> replies, for every nomination that stands."""
    ids = [each.id for each in await nominations.standing(tx, programme_id)]
    found: dict[UUID, list[Reply]] = {each: [] for each in ids}
    for each in await store.replies(tx, ids):
        found[each.nomination_id].append(each)
    return found


async def reasons(tx: Transaction, replies: list[Reply]) -> dict[UUID, str]:
    """Reply -> why a name was vetoed; for supervisor and committee only."""
    return await store.reasons(tx, [each.id for each in replies if each.opinion == "veto"])


class Asked(Struct, frozen=True, kw_only=True):
    """One nomination and what the offices said about it. silent: offices that have not answered."""

    nomination: Nomination
    answer: domain.Answer
    replies: tuple[Reply, ...]
    silent: tuple[str, ...]


class Desk(Struct, frozen=True, kw_only=True):
    programme: Programme
    asked: tuple[Asked, ...]
    reasons: dict[UUID, str]


async def desk(tx: Transaction, key: str) -> Desk:
    """The letters' page, for supervisor and committee. Raises Missing: programme_unknown."""
    programme_id = await programmes.id_of(tx, key)
    programme = await programmes.by_id(tx, programme_id)
    replies = await of_programme(tx, programme_id)
    asked = tuple(
        Asked(
            nomination=nomination,
            answer=domain.answer(programme, replies[nomination.id]),
            replies=tuple(replies[nomination.id]),
            silent=domain.unheard(programme, replies[nomination.id]),
        )
        for nomination in await nominations.standing(tx, programme_id)
    )
    return Desk(
        programme=programme, asked=asked, reasons=await reasons(tx, [each for one in asked for each in one.replies])
    )


async def reply_by_key(
    tx: Transaction, key: str, office: str, branch_code: str, opinion: Opinion, reference: str, reason: str,
    replied_on: date, by: UUID, now: datetime,
) -> list[Reply]:  # fmt: skip
    """`reply` in the programme of this key. Raises Missing: programme_unknown."""
    programme_id = await programmes.id_of(tx, key)
    return await reply(tx, programme_id, office, branch_code, opinion, reference, reason, replied_on, by, now)
