"""Reading an edition together: everything for those who work on it, what was published for everybody else."""

from datetime import datetime
from typing import Any
from uuid import UUID

from msgspec import Struct

from services.awards.approvals import actions as approvals
from services.awards.certificates import actions as certificates
from services.awards.commendations import actions as commendations
from services.awards.editions import actions as editions
from services.awards.honours import store
from services.awards.honours.domain import (
    DivisionGroup,
    Honour,
    PublicAward,
    PublicEdition,
    Standing,
    grouped,
    standing,
)
from services.awards.notices import actions as notices
from services.awards.objections import actions as objections
from shared.db import Transaction
from shared.errors import Missing

__all__ = [
    "AwardLine", "Dossier", "PublicNotice", "dossier", "front", "listed", "notice", "own", "public_edition", "results",
]  # fmt: skip


class AwardLine(Struct, frozen=True, kw_only=True):
    """An award with where it stands; certificate_token is empty for who may not see it."""

    award: editions.AwardState
    standing: Standing
    certificate_token: str


class Dossier(Struct, frozen=True, kw_only=True):
    """An edition for office, committee and supervisor."""

    edition: editions.Edition
    lines: list[AwardLine]
    preview: editions.Preview | None
    remarks: list[editions.Remark]
    corrected: list[editions.Division]
    notice: notices.Notice | None
    face: notices.Clockface | None
    postings: list[notices.Posting]
    objections: list[objections.Objection]
    approvals: list[approvals.Approval]
    commendations: list[commendations.Commendation]


class PublicNotice(Struct, frozen=True, kw_only=True):
    """A posted list for everybody."""

    edition: PublicEdition
    notice: notices.Notice
    face: notices.Clockface
    groups: list[DivisionGroup]
    awards: list[PublicAward]
    remarks: list[editions.Remark]


async def dossier(tx: Transaction, key: str, sees: frozenset[str], now: datetime) -> Dossier:
    """sees: what the audience may read besides: "tokens", "objections". Raises Missing: edition_unknown."""
    edition = await editions.by_key(tx, key)
    tokens = await certificates.tokens(tx, edition.id) if "tokens" in sees else {}
    posted = await notices.of_edition(tx, edition.id)
    states = await editions.award_states(tx, edition.id)
    return Dossier(
        edition=edition,
        lines=[AwardLine(award=a, standing=_standing(a), certificate_token=tokens.get(a.id, "")) for a in states],
        preview=await editions.preview(tx, edition.id) if edition.kind == "competition" else None,
        remarks=await editions.remarks(tx, edition.id),
        corrected=await editions.corrected_since(tx, edition.id),
        notice=posted,
        face=await notices.face(tx, posted, now) if posted else None,
        postings=await notices.postings(tx, posted.id) if posted else [],
        objections=await objections.named(tx, posted.id) if posted and "objections" in sees else [],
        approvals=await approvals.of_edition(tx, edition.id),
        commendations=await commendations.of_edition(tx, edition.id),
    )


def _standing(award: editions.AwardState) -> Standing:
    return standing(
        award.suspended, award.struck, award.approval_id is not None, award.commendation_id is not None,
        award.certificate_id is not None,
    )  # fmt: skip


async def front(tx: Transaction, now: datetime) -> dict[str, Any]:
    """What the front page shows everybody: posted lists with their clocks, and editions with results."""
    listed = await store.editions(tx)
    by_id = {each.id: each for each in listed}
    posted = [(by_id[each.edition_id], each, await notices.face(tx, each, now)) for each in await notices.listed(tx)]
    return {
        "notices": [each for each in posted if each[0].state in ("on_notice", "approved")],
        "programmes": [each for each in listed if each.kind == "programme" and each.state == "open"],
        "results": [each for each in listed if each.state in ("decided", "issued")],
    }


async def listed(tx: Transaction) -> list[editions.Edition]:
    """All editions, for those who work on them."""
    return await editions.listed(tx)


async def notice(tx: Transaction, notice_id: UUID, now: datetime) -> PublicNotice:
    """Raises Missing: notice_unknown."""
    found = await notices.by_id(tx, notice_id)
    edition = await store.edition_by_id(tx, found.edition_id)
    if edition is None:
        raise Missing("notice_unknown")
    awards = await store.posted(tx, notice_id)
    return PublicNotice(
        edition=edition, notice=found, face=await notices.face(tx, found, now), groups=grouped(awards), awards=awards,
        remarks=await editions.remarks(tx, edition.id),
    )  # fmt: skip


async def public_edition(tx: Transaction, key: str) -> tuple[PublicEdition, list[PublicAward], notices.Notice | None]:
    """The edition with what was decided. Raises Missing: edition_unknown."""
    if (edition := await store.edition(tx, key)) is None:
        raise Missing("edition_unknown", key=key)
    return edition, await store.results(tx, edition.id), await notices.of_edition(tx, edition.id)


class PublicResults(Struct, frozen=True, kw_only=True):
    """What was decided, in groups; empty before the decision."""

    edition: PublicEdition
    groups: list[DivisionGroup]
    awards: list[PublicAward]
    remarks: list[editions.Remark]


async def results(tx: Transaction, key: str) -> PublicResults:
    """Raises Missing: edition_unknown."""
    edition, awards, _ = await public_edition(tx, key)
    return PublicResults(
        edition=edition, groups=grouped(awards), awards=awards, remarks=await editions.remarks(tx, edition.id)
    )


async def own(tx: Transaction) -> list[Honour]:
    """The signed-in reader's honours."""
    return await store.own(tx)
