"""SQL of the projections that the public and holders read."""

from uuid import UUID

from services.awards.honours.domain import Honour, PublicAward, PublicEdition
from shared.db import Transaction


async def editions(tx: Transaction) -> list[PublicEdition]:
    rows = await tx.fetch(
        "SELECT id, kind, key, title, title_en, organisation, state FROM public_editions ORDER BY position"
    )
    return [PublicEdition(**row) for row in rows]


async def edition(tx: Transaction, key: str) -> PublicEdition | None:
    row = await tx.fetchrow(
        "SELECT id, kind, key, title, title_en, organisation, state FROM public_editions WHERE key = $1", key
    )
    return PublicEdition(**row) if row else None


async def edition_by_id(tx: Transaction, edition_id: UUID) -> PublicEdition | None:
    row = await tx.fetchrow(
        "SELECT id, kind, key, title, title_en, organisation, state FROM public_editions WHERE id = $1", edition_id
    )
    return PublicEdition(**row) if row else None


async def results(tx: Transaction, edition_id: UUID) -> list[PublicAward]:
    rows = await tx.fetch(
        """SELECT id, subject_kind, subject_id, name, name_key, unit, division_key, division, division_en, work, tier, tier_en,
                  tier_position, position, certificate_no, document_no, decided_on
             FROM public_results WHERE edition_id = $1 ORDER BY position""",
        edition_id,
    )
    return [PublicAward(**row) for row in rows]


async def posted(tx: Transaction, notice_id: UUID) -> list[PublicAward]:
    rows = await tx.fetch(
        """SELECT id, subject_kind, name, name_key, unit, division_key, division, division_en, work, tier, tier_en,
                  tier_position, position
             FROM public_notice_awards WHERE notice_id = $1 ORDER BY position""",
        notice_id,
    )
    return [PublicAward(**row) for row in rows]


async def own(tx: Transaction) -> list[Honour]:
    """The honours of the transaction's actor."""
    rows = await tx.fetch(
        """SELECT edition_key, title, title_en, division, division_en, tier, tier_en, certificate_no, token
             FROM own_honours ORDER BY certificate_no DESC"""
    )
    return [Honour(**row) for row in rows]
