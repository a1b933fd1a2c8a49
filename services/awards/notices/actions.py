"""Posting a list, reading its clock, keeping proof, and learning a later year's calendar."""

from datetime import date, datetime
from uuid import UUID

import msgspec
from chinese_calendar import constants

from services.awards.editions import actions as editions
from services.awards.notices import store
from services.awards.notices.domain import (
    Calendar,
    Clockface,
    Line,
    Notice,
    Posting,
    Terms,
    Year,
    check_ended,
    check_year,
    clockface,
    end_if_known,
    joined,
    posted_bytes,
    running,
    year_of,
)
from shared.clock import day
from shared.db import Transaction
from shared.errors import Conflict, Missing, Refused
from shared.files import Files
from shared.ids import new_id
from shared.toml import parsed

__all__ = [
    "KNOWN",
    "Clockface", "Line", "Notice", "Posting", "add_posting", "by_id", "calendar_years", "close_due", "ended_on", "face",
    "foreseen", "learn_year", "listed", "of_edition", "open_for_objections", "post", "posted", "postings",
]  # fmt: skip

KNOWN = Calendar(
    frozenset(range(min(constants.holidays).year, max(constants.holidays).year + 1)),
    frozenset(constants.holidays),
    frozenset(constants.workdays),
)
"""The years the library was published with; later ones come from data files (`learn_year`)."""


async def _calendar(tx: Transaction) -> Calendar:
    return joined(KNOWN, await store.years(tx))


async def post(tx: Transaction, edition_id: UUID, by: UUID, now: datetime) -> Notice:
    """Post the proposed list for public notice, on the plan's terms; posting twice is posting once.

    Counting starts on the planned day, or today if that has passed. Where a year's calendar is unknown the notice is posted
    with its clock stopped. Raises Refused: nothing_proposed.
    """
    edition = await editions.locked(tx, edition_id)
    if edition.proposal_id is None:
        raise Refused("nothing_proposed")
    if found := await store.of_proposal(tx, edition.proposal_id):
        return found
    plan, today = edition.plan.notice, day(now)
    terms = Terms(
        starts_on=max(plan.starts or today, today), days=plan.days, unit=plan.unit, count_first_day=plan.count_first_day
    )
    lines = [_line(each) for each in await editions.award_states(tx, edition_id)]
    remarks = await editions.remarks(tx, edition_id)
    content, hashed = posted_bytes(edition.title, terms, plan.contact, lines, remarks)
    notice = Notice(
        id=new_id(), edition_id=edition_id, proposal_id=edition.proposal_id, terms=terms, contact=plan.contact,
        ends_on=end_if_known(terms, await _calendar(tx)), list_hash=hashed, posted_at=now,
    )  # fmt: skip
    await store.insert(tx, notice, content, by)
    await editions.advance(tx, edition, "on_notice")
    return notice


def _line(award: editions.AwardState) -> Line:
    return msgspec.convert(award, Line, from_attributes=True)


async def by_id(tx: Transaction, notice_id: UUID) -> Notice:
    """Raises Missing: notice_unknown."""
    if (notice := await store.by_id(tx, notice_id)) is None:
        raise Missing("notice_unknown")
    return notice


async def of_edition(tx: Transaction, edition_id: UUID) -> Notice | None:
    """The edition's newest notice, if one was posted."""
    return await store.of_edition(tx, edition_id)


async def listed(tx: Transaction) -> list[Notice]:
    return await store.listed(tx)


async def posted(tx: Transaction, notice_id: UUID) -> bytes:
    """The bytes of the list as they were posted. Raises Missing: notice_unknown."""
    if (content := await store.posted_list(tx, notice_id)) is None:
        raise Missing("notice_unknown")
    return content


async def face(tx: Transaction, notice: Notice, now: datetime) -> Clockface:
    """Where the clock stands now; an end that has become known since counts at once."""
    calendar = await _calendar(tx)
    return clockface(notice.terms, notice.ends_on or end_if_known(notice.terms, calendar), now, calendar)


async def foreseen(tx: Transaction, plan: editions.NoticePlan) -> date | None:
    """The last day of a planned notice; None if its start is open or a year's calendar is unknown."""
    if plan.starts is None:
        return None
    terms = Terms(starts_on=plan.starts, days=plan.days, unit=plan.unit, count_first_day=plan.count_first_day)
    return end_if_known(terms, await _calendar(tx))


async def ended_on(tx: Transaction, notice: Notice, now: datetime) -> date:
    """The last day of a notice that is over. Raises Refused: notice_stopped, notice_running."""
    ends_on = notice.ends_on or end_if_known(notice.terms, await _calendar(tx))
    return check_ended(notice.terms.starts_on, ends_on, now)


async def open_for_objections(tx: Transaction, notice_id: UUID, now: datetime) -> Notice:
    """The notice, while it takes objections. Raises Refused: notice_over; Missing: notice_unknown."""
    notice = await by_id(tx, notice_id)
    ends_on = notice.ends_on or end_if_known(notice.terms, await _calendar(tx))
    if running(notice.terms.starts_on, ends_on, now) == "ended":
        raise Refused("notice_over", last=str(ends_on))
    return notice


async def close_due(tx: Transaction) -> None:
    """Write down ends that a newly known calendar allows; doing it twice changes nothing."""
    calendar = await _calendar(tx)
    for notice in await store.stopped(tx):
        if ends_on := end_if_known(notice.terms, calendar):
            await store.set_end(tx, notice.id, ends_on)


async def learn_year(tx: Transaction, content: bytes, by: UUID, now: datetime) -> Year:
    """Take in a year's data file (TOML: year, source, holidays, workdays).

    Raises Refused: calendar_file_wrong and what `check_year` finds; Conflict: calendar_year_known.
    """
    try:
        year = year_of(parsed(content.decode("utf-8-sig")))
    except ValueError as error:
        raise Refused("calendar_file_wrong", field="file") from error
    check_year(year)
    if year.year in KNOWN.years or not await store.insert_year(tx, year, by, now):
        raise Conflict("calendar_year_known", year=year.year)
    return year


async def calendar_years(tx: Transaction) -> list[Year]:
    """Years that came from data files."""
    return await store.years(tx)


async def add_posting(
    tx: Transaction, files: Files, edition_id: UUID, place: str, name: str, content: bytes, by: UUID, now: datetime
) -> Posting:
    """Keep proof that the list was posted elsewhere too. Raises Refused: nothing_posted, place_needed, file_needed."""
    if (notice := await of_edition(tx, edition_id)) is None:
        raise Refused("nothing_posted")
    if not place.strip():
        raise Refused("place_needed", field="place")
    if not content:
        raise Refused("file_needed", field="file")
    digest = files.put(content)
    for known in await store.postings(tx, notice.id):
        if (known.sha256, known.place) == (digest, place.strip()):
            return known
    posting = Posting(id=new_id(), place=place.strip(), sha256=digest, name=name[:200], size=len(content), added_at=now)
    await store.insert_posting(tx, posting, notice.id, by)
    return posting


async def postings(tx: Transaction, notice_id: UUID) -> list[Posting]:
    return await store.postings(tx, notice_id)
