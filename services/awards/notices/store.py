"""SQL of notices, postings and later calendar years."""

from datetime import date, datetime
from uuid import UUID

from services.awards.notices.domain import Notice, Posting, Year
from shared.db import Transaction


async def years(tx: Transaction) -> list[Year]:
    rows = await tx.fetch("SELECT year, source, holidays, workdays FROM calendar_years ORDER BY year")
    return [
        Year(year=r["year"], source=r["source"], holidays=tuple(r["holidays"]), workdays=tuple(r["workdays"]))
        for r in rows
    ]


async def insert_year(tx: Transaction, year: Year, by: UUID, now: datetime) -> bool:
    """False if the year is there already."""
    return bool(
        await tx.fetchval(
            """INSERT INTO calendar_years (year, source, holidays, workdays, loaded_by, loaded_at)
               VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT DO NOTHING RETURNING true""",
            year.year, year.source, list(year.holidays), list(year.workdays), by, now,
        )
    )  # fmt: skip


async def insert(tx: Transaction, notice: Notice, posted_list: bytes, by: UUID) -> None:
    await tx.execute(
        """INSERT INTO notices (id, edition_id, proposal_id, starts_on, days, unit, count_first_day, contact, ends_on,
                                posted_list, list_hash, posted_by, posted_at)
           VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)""",
        notice.id, notice.edition_id, notice.proposal_id, notice.terms.starts_on, notice.terms.days, notice.terms.unit,
        notice.terms.count_first_day, notice.contact, notice.ends_on, posted_list, notice.list_hash, by, notice.posted_at,
    )  # fmt: skip


async def by_id(tx: Transaction, notice_id: UUID) -> Notice | None:
    row = await tx.fetchrow(
        """SELECT id, edition_id, proposal_id, starts_on, days, unit, count_first_day, contact, ends_on, list_hash, posted_at
             FROM notices WHERE id = $1""",
        notice_id,
    )
    return Notice.of(dict(row)) if row else None


async def of_proposal(tx: Transaction, proposal_id: UUID) -> Notice | None:
    row = await tx.fetchrow(
        """SELECT id, edition_id, proposal_id, starts_on, days, unit, count_first_day, contact, ends_on, list_hash, posted_at
             FROM notices WHERE proposal_id = $1""",
        proposal_id,
    )
    return Notice.of(dict(row)) if row else None


async def of_edition(tx: Transaction, edition_id: UUID) -> Notice | None:
    """The newest notice of an edition."""
    row = await tx.fetchrow(
        """SELECT id, edition_id, proposal_id, starts_on, days, unit, count_first_day, contact, ends_on, list_hash, posted_at
             FROM notices WHERE edition_id = $1 ORDER BY posted_at DESC LIMIT 1""",
        edition_id,
    )
    return Notice.of(dict(row)) if row else None


async def posted_list(tx: Transaction, notice_id: UUID) -> bytes | None:
    found: bytes | None = await tx.fetchval("SELECT posted_list FROM notices WHERE id = $1", notice_id)
    return found


async def listed(tx: Transaction) -> list[Notice]:
    """Newest first."""
    rows = await tx.fetch(
        """SELECT id, edition_id, proposal_id, starts_on, days, unit, count_first_day, contact, ends_on, list_hash, posted_at
             FROM notices ORDER BY posted_at DESC"""
    )
    return [Notice.of(dict(row)) for row in rows]


async def stopped(tx: Transaction) -> list[Notice]:
    """Those whose end was not known yet, rows locked."""
    rows = await tx.fetch(
        """SELECT id, edition_id, proposal_id, starts_on, days, unit, count_first_day, contact, ends_on, list_hash, posted_at
             FROM notices WHERE ends_on IS NULL ORDER BY id FOR UPDATE"""
    )
    return [Notice.of(dict(row)) for row in rows]


async def set_end(tx: Transaction, notice_id: UUID, ends_on: date) -> None:
    await tx.execute("UPDATE notices SET ends_on = $2 WHERE id = $1 AND ends_on IS NULL", notice_id, ends_on)


async def insert_posting(tx: Transaction, posting: Posting, notice_id: UUID, by: UUID) -> None:
    await tx.execute(
        """INSERT INTO postings (id, notice_id, place, sha256, name, size, added_by, added_at)
           VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT DO NOTHING""",
        posting.id, notice_id, posting.place, posting.sha256, posting.name, posting.size, by, posting.added_at,
    )  # fmt: skip


async def postings(tx: Transaction, notice_id: UUID) -> list[Posting]:
    rows = await tx.fetch(
        "SELECT id, place, sha256, name, size, added_at FROM postings WHERE notice_id = $1 ORDER BY added_at", notice_id
    )
    return [Posting(**row) for row in rows]
