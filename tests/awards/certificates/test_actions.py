"""From approval to a certificate that anybody can check."""

import asyncio
from datetime import date
from pathlib import Path

import msgspec
import pytest

from services.awards.certificates import actions as certificates
from services.awards.certificates.domain import content_of, holds
from services.awards.commendations import actions as commendations
from services.awards.editions import actions as editions
from services.awards.events import CommendationDecided
from services.awards.notices import actions as notices
from shared.db import transaction
from shared.errors import Conflict, Missing, Refused
from shared.files import Files
from tests.awards import competition
from tests.awards.competition import APPROVED, DECIDED, ENTRIES, OFFICE, POSTED
from tests.conftest import Database


async def finished(database: Database, files: Files, secrets: Path) -> None:
    edition_id, _ = await competition.posted(database)
    await competition.approved(database, edition_id, files)
    await competition.decided(database, edition_id)
    await competition.issued(database, edition_id, files, secrets)


async def test_nothing_is_approved_before_the_notice_ends(awards_database: Database, files: Files) -> None:
    edition_id, _ = await competition.posted(awards_database)
    with pytest.raises(Refused, match="notice_running"):
        await competition.approved(awards_database, edition_id, files, POSTED)


async def test_nothing_is_decided_before_the_approval(awards_database: Database) -> None:
    edition_id, _ = await competition.posted(awards_database)
    with pytest.raises(Refused, match="nothing_to_decide"):
        await competition.decided(awards_database, edition_id)


async def test_the_decision_leaves_with_every_award_and_its_number(awards_database: Database, files: Files) -> None:
    edition_id, _ = await competition.posted(awards_database)
    await competition.approved(awards_database, edition_id, files)
    await competition.decided(awards_database, edition_id)
    body = await awards_database.value("SELECT body FROM outbox WHERE subject = 'awards.commendation.decided.v1'")
    event = msgspec.json.decode(body, type=CommendationDecided)
    assert (event.aggregate_id, event.version, event.document_no) == (edition_id, 1, "江大工〔2026〕15号")
    assert [(item.subject_id, item.tier) for item in event.items] == [
        (ENTRIES[0], "一等奖"), (ENTRIES[1], "二等奖"), (ENTRIES[2], "二等奖"),
    ]  # fmt: skip
    assert [item.certificate_no for item in event.items] == ["2026-0001-8", "2026-0002-A", "2026-0003-C"]


async def test_an_approval_or_a_decision_sent_twice_is_recorded_once(awards_database: Database, files: Files) -> None:
    edition_id, _ = await competition.posted(awards_database)
    first = await competition.approved(awards_database, edition_id, files)
    assert await competition.approved(awards_database, edition_id, files) == first
    decision = await competition.decided(awards_database, edition_id)
    assert await competition.decided(awards_database, edition_id) == decision
    for table in ("approvals", "commendations", "outbox"):
        assert await awards_database.value(f"SELECT count(*) FROM {table}") == 1


async def test_another_decision_with_nothing_left_is_refused(awards_database: Database, files: Files) -> None:
    edition_id, _ = await competition.posted(awards_database)
    await competition.approved(awards_database, edition_id, files)
    await competition.decided(awards_database, edition_id)
    async with transaction(awards_database.pool, "awards_office") as tx:
        with pytest.raises(Refused, match="nothing_to_decide"):
            await commendations.decide(tx, edition_id, "另一文号", date(2026, 6, 5), OFFICE, DECIDED)


async def test_issuing_twice_issues_once_and_changes_nothing(
    awards_database: Database, files: Files, secrets: Path
) -> None:
    await finished(awards_database, files, secrets)
    before = await awards_database.rows("SELECT * FROM certificates ORDER BY number")
    edition_id = await awards_database.value("SELECT id FROM editions")
    assert await competition.issued(awards_database, edition_id, files, secrets) == 0
    assert await awards_database.rows("SELECT * FROM certificates ORDER BY number") == before
    assert len(before) == 3


async def test_every_certificate_verifies_by_token_and_by_number(
    awards_database: Database, files: Files, secrets: Path
) -> None:
    await finished(awards_database, files, secrets)
    public = (secrets / "awards" / "certificate.pub").read_text()
    for row in await awards_database.rows("SELECT number, token FROM certificates"):
        async with transaction(awards_database.pool, "awards_public") as tx:
            by_token = await certificates.check_token(tx, row["token"], public)
            by_number = await certificates.check_number(tx, f" {row['number'].lower()} ", public)
            name, content = await certificates.sheet(tx, files, row["token"])
        assert by_token == by_number and by_token.statement.verdict == "established"
        assert content.startswith(b"%PDF") and name.startswith(row["number"])


async def test_the_certificate_is_a_snapshot_of_names_and_documents(
    awards_database: Database, files: Files, secrets: Path
) -> None:
    await finished(awards_database, files, secrets)
    await awards_database.execute("UPDATE people SET name = '改名'")
    row = (await awards_database.rows("SELECT content, signature FROM certificates ORDER BY number"))[0]
    said = content_of(row["content"].encode())
    assert (said.name, said.tier, said.document_no, said.approval_body) == (
        "林若溪",
        "一等奖",
        "江大工〔2026〕15号",
        "校党委会",
    )
    assert (said.decided_on, said.work) == ("2026-06-05", "课程1")
    assert holds(row["signature"], row["content"].encode(), (secrets / "awards" / "certificate.pub").read_text())


async def test_a_forged_row_or_a_foreign_key_is_not_established(
    awards_database: Database, files: Files, secrets: Path
) -> None:
    await finished(awards_database, files, secrets)
    public = (secrets / "awards" / "certificate.pub").read_text()
    foreign = (secrets / "awards" / "ticket.pub").read_text()
    token = await awards_database.value("SELECT token FROM certificates LIMIT 1")
    async with transaction(awards_database.pool, "awards_public") as tx:
        assert (await certificates.check_token(tx, token, foreign)).statement.verdict == "not_established"
    await awards_database.execute("UPDATE certificates SET content = replace(content, '二等奖', '一等奖')")
    verdicts = []
    for row in await awards_database.rows("SELECT token FROM certificates ORDER BY number"):
        async with transaction(awards_database.pool, "awards_public") as tx:
            verdicts.append((await certificates.check_token(tx, row["token"], public)).statement.verdict)
    assert verdicts == ["established", "not_established", "not_established"]


async def test_an_unknown_token_and_a_mistyped_number_are_told_apart(
    awards_database: Database, files: Files, secrets: Path
) -> None:
    await finished(awards_database, files, secrets)
    public = (secrets / "awards" / "certificate.pub").read_text()
    async with transaction(awards_database.pool, "awards_public") as tx:
        with pytest.raises(Missing, match="certificate_unknown"):
            await certificates.check_token(tx, "0" * 32, public)
        with pytest.raises(Refused, match="certificate_number_wrong"):
            await certificates.check_number(tx, "2026-0001-9", public)
        with pytest.raises(Refused, match="certificate_number_unknown"):
            await certificates.check_number(tx, commendations_number(999), public)


def commendations_number(serial: int) -> str:
    return next(
        n
        for n in (f"2026-{serial:04d}-{c}" for c in "0123456789ABCDEFGHJKLMNPQRSTUVWXYZ")
        if commendations.is_number(n)
    )


async def test_a_revoked_certificate_says_so_and_is_not_deleted(
    awards_database: Database, files: Files, secrets: Path
) -> None:
    await finished(awards_database, files, secrets)
    public = (secrets / "awards" / "certificate.pub").read_text()
    number, token = (await awards_database.rows("SELECT number, token FROM certificates ORDER BY number"))[0]
    async with transaction(awards_database.pool, "awards_office") as tx:
        await certificates.revoke(tx, number, date(2026, 6, 5), "江大工〔2026〕20号", "弄虚作假", OFFICE, DECIDED)
        with pytest.raises(Conflict, match="certificate_not_revocable"):
            await certificates.revoke(tx, number, date(2026, 6, 5), "江大工〔2026〕20号", "弄虚作假", OFFICE, DECIDED)
    async with transaction(awards_database.pool, "awards_public") as tx:
        checked = await certificates.check_token(tx, token, public)
    assert (checked.statement.verdict, checked.revoked_by) == ("revoked", "江大工〔2026〕20号")


async def test_an_approval_needs_its_scan_body_and_number(awards_database: Database, files: Files) -> None:
    from services.awards.approvals import actions as approvals

    edition_id, _ = await competition.posted(awards_database)
    for body, number, scan, code in (
        ("校党委会", "11号", ("x", b""), "scan_needed"), ("校党委会", "11号", ("x", b"text"), "scan_kind_wrong"),
        (" ", "11号", ("x", b"%PDF-"), "body_needed"), ("校党委会", "", ("x", b"%PDF-"), "document_no_needed"),
    ):  # fmt: skip
        async with transaction(awards_database.pool, "awards_office") as tx:
            with pytest.raises(Refused, match=code):
                await approvals.approve(tx, files, edition_id, body, date(2026, 6, 3), number, scan, OFFICE, APPROVED)


async def test_a_name_outside_the_fonts_is_kept_whole_and_flagged_for_the_pen(
    awards_database: Database, files: Files, secrets: Path
) -> None:
    edition_id = await competition.opened(awards_database)
    await competition.scored(awards_database)
    rare = {"aggregate_id": competition.PERSONS[0], "version": 2, "name": "李𡚸", "name_key": "li wa", "unit": "文学院"}
    await competition.delivered(awards_database, "awards_members", rare)
    async with transaction(awards_database.pool, "awards_committee") as tx:
        await editions.confirm(tx, edition_id, [competition.SCORES], OFFICE, competition.SEALED)
    async with transaction(awards_database.pool, "awards_office") as tx:
        await notices.post(tx, edition_id, OFFICE, POSTED)
    await competition.approved(awards_database, edition_id, files)
    await competition.decided(awards_database, edition_id)
    await competition.issued(awards_database, edition_id, files, secrets)
    by_hand = [certificates.unprinted(each) for each in await competition.states(awards_database, edition_id)]
    assert by_hand == ["𡚸", "", ""]
    kept = await awards_database.value("SELECT content FROM certificates ORDER BY number LIMIT 1")
    assert content_of(kept.encode()).name == "李𡚸"


async def test_two_offices_deciding_and_issuing_at_once_do_it_once(
    awards_database: Database, files: Files, secrets: Path
) -> None:
    edition_id, _ = await competition.posted(awards_database)
    await competition.approved(awards_database, edition_id, files)
    await asyncio.gather(*(competition.decided(awards_database, edition_id) for _ in range(8)))
    issued = await asyncio.gather(*(competition.issued(awards_database, edition_id, files, secrets) for _ in range(4)))
    assert sorted(issued) == [0, 0, 0, 3]
    assert await awards_database.value("SELECT count(*) FROM commendations") == 1
    assert await awards_database.value("SELECT last FROM certificate_serials") == 3
