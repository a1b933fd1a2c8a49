"""E17: an objection by real name suspends one person, an anonymous one nobody."""

from datetime import datetime
from uuid import UUID

import asyncpg
import pytest

from services.awards.objections import actions as objections
from shared.clock import ZONE
from shared.db import transaction
from shared.errors import Conflict, Missing, Refused
from shared.files import Files
from tests.awards import competition
from tests.awards.competition import ENDED, OFFICE
from tests.conftest import Database

THIRD_DAY = datetime(2026, 5, 28, 10, tzinfo=ZONE)
RECEIPT, OTHER = "ab" * 16, "cd" * 16
WHO = ("何一", "文学院", "分机 0000")


async def filed(
    database: Database, notice_id: UUID, award_id: UUID | None, who: tuple[str, str, str], receipt: str
) -> objections.Answered:
    async with transaction(database.pool, "awards_public") as tx:
        return await objections.file(tx, notice_id, award_id, "eligibility", "任教未满两年。", who, receipt, THIRD_DAY)


async def standings(database: Database, edition_id: UUID) -> list[tuple[str, bool, bool]]:
    return [(a.name, a.suspended, a.approval_id is not None) for a in await competition.states(database, edition_id)]


async def test_E17(awards_database: Database, files: Files) -> None:
    edition_id, notice = await competition.posted(awards_database)
    first = (await competition.states(awards_database, edition_id))[0]
    await filed(awards_database, notice.id, first.id, WHO, RECEIPT)
    await filed(awards_database, notice.id, None, ("", "", ""), OTHER)
    assert [suspended for _, suspended, _ in await standings(awards_database, edition_id)] == [True, False, False]

    async with transaction(awards_database.pool, "awards_office") as tx:
        (known,) = await objections.named(tx, notice.id)
        await objections.answer(tx, known.id, "dismissed", "经核实，任教已满两年，异议不成立。", OFFICE, ENDED)
    assert [suspended for _, suspended, _ in await standings(awards_database, edition_id)] == [False, False, False]
    async with transaction(awards_database.pool, "awards_public") as tx:
        answer = await objections.by_receipt(tx, RECEIPT)
        anonymous = await objections.by_receipt(tx, OTHER)
    assert (answer.outcome, answer.answer) == ("dismissed", "经核实，任教已满两年，异议不成立。")
    assert (anonymous.named, anonymous.outcome) == (False, None)
    await competition.approved(awards_database, edition_id, files)
    assert all(is_approved for _, _, is_approved in await standings(awards_database, edition_id))


async def test_E17_only_the_person_concerned_waits_and_is_decided_later(
    awards_database: Database, files: Files
) -> None:
    edition_id, notice = await competition.posted(awards_database)
    first = (await competition.states(awards_database, edition_id))[0]
    await filed(awards_database, notice.id, first.id, WHO, RECEIPT)
    await competition.approved(awards_database, edition_id, files)
    await competition.decided(awards_database, edition_id)
    assert [a.certificate_no for a in await competition.states(awards_database, edition_id)] == [
        None,
        "2026-0001-8",
        "2026-0002-A",
    ]
    async with transaction(awards_database.pool, "awards_office") as tx:
        (known,) = await objections.named(tx, notice.id)
        await objections.answer(tx, known.id, "dismissed", "经核实不成立。", OFFICE, ENDED)
    await competition.approved(awards_database, edition_id, files)
    second = await competition.decided(awards_database, edition_id)
    assert second.version == 2
    assert [a.certificate_no for a in await competition.states(awards_database, edition_id)][0] == "2026-0003-C"
    events = await awards_database.rows("SELECT convert_from(body, 'UTF8')::jsonb AS body FROM outbox ORDER BY id")
    assert len(events) == 2


async def test_an_upheld_objection_strikes_that_award_alone(awards_database: Database, files: Files) -> None:
    edition_id, notice = await competition.posted(awards_database)
    first = (await competition.states(awards_database, edition_id))[0]
    await filed(awards_database, notice.id, first.id, WHO, RECEIPT)
    async with transaction(awards_database.pool, "awards_office") as tx:
        (known,) = await objections.named(tx, notice.id)
        await objections.answer(tx, known.id, "upheld", "经核实成立。", OFFICE, ENDED)
        with pytest.raises(Conflict, match="objection_answered"):
            await objections.answer(tx, known.id, "dismissed", "改了主意。", OFFICE, ENDED)
    await competition.approved(awards_database, edition_id, files)
    assert [is_approved for _, _, is_approved in await standings(awards_database, edition_id)] == [False, True, True]


async def test_the_objectors_identity_is_sealed_from_everybody_but_the_supervisor(awards_database: Database) -> None:
    edition_id, notice = await competition.posted(awards_database)
    first = (await competition.states(awards_database, edition_id))[0]
    await filed(awards_database, notice.id, first.id, WHO, RECEIPT)
    for audience in ("public", "member", "committee", "office", "system", "gate"):
        for table in ("objectors", "objections"):
            with pytest.raises(asyncpg.InsufficientPrivilegeError):
                async with transaction(awards_database.pool, f"awards_{audience}") as tx:
                    await tx.fetch(f"SELECT * FROM {table}")
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        async with transaction(awards_database.pool, "awards_committee") as tx:
            await tx.fetch("SELECT text FROM named_objections")
    async with transaction(awards_database.pool, "awards_supervisor") as tx:
        (known,) = await objections.sealed(tx)
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        async with transaction(awards_database.pool, "awards_supervisor") as tx:
            await tx.execute("UPDATE objections SET text = 'x'")
    assert (known.name, known.contact) == ("何一", "分机 0000")
    events = await awards_database.rows("SELECT body FROM outbox")
    assert not any("何一".encode() in row["body"] for row in events)


async def test_an_anonymous_objection_is_not_seen_by_the_office(awards_database: Database) -> None:
    edition_id, notice = await competition.posted(awards_database)
    first = (await competition.states(awards_database, edition_id))[0]
    await filed(awards_database, notice.id, first.id, ("", "", ""), OTHER)
    async with transaction(awards_database.pool, "awards_office") as tx:
        assert await objections.named(tx, notice.id) == []
    async with transaction(awards_database.pool, "awards_supervisor") as tx:
        assert [each.named for each in await objections.sealed(tx)] == [False]
    assert not any(suspended for _, suspended, _ in await standings(awards_database, edition_id))


async def test_the_same_receipt_files_once(awards_database: Database) -> None:
    edition_id, notice = await competition.posted(awards_database)
    first = (await competition.states(awards_database, edition_id))[0]
    for _ in range(2):
        await filed(awards_database, notice.id, first.id, WHO, RECEIPT)
    assert await awards_database.value("SELECT count(*) FROM objections") == 1


async def test_after_the_notice_no_objection_is_taken(awards_database: Database) -> None:
    _, notice = await competition.posted(awards_database)
    async with transaction(awards_database.pool, "awards_public") as tx:
        with pytest.raises(Refused, match="notice_over"):
            await objections.file(tx, notice.id, None, "procedure", "程序有误。", WHO, RECEIPT, ENDED)
        with pytest.raises(Missing, match="objection_unknown"):
            await objections.by_receipt(tx, RECEIPT)
