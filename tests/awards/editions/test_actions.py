"""Confirming a competition's list from what registration and scoring told."""

from collections.abc import Awaitable, Callable
from uuid import UUID

import httpx
import msgspec
import pytest

from services.awards.editions import actions as editions
from services.awards.notices import actions as notices
from shared.db import transaction
from shared.errors import Conflict, Refused
from shared.files import Files
from tests.awards import competition
from tests.awards.competition import ENTRIES, MINUTE, OFFICE, SCORES, SEALED
from tests.conftest import Database


async def test_the_committee_waits_for_score_set_then_codes_then_names(awards_database: Database) -> None:
    edition_id = await competition.opened(awards_database)
    seen = []
    for name, event in (
        ("", {}), ("awards_activities", competition.activity()), ("awards_score_sets", competition.score_set()),
        ("awards_openings", competition.roll_opened()),
    ):  # fmt: skip
        if name:
            await competition.delivered(awards_database, name, event)
        async with transaction(awards_database.pool, "awards_committee") as tx:
            seen.append((await editions.preview(tx, edition_id)).divisions[0].missing)
    assert seen == ["score_set_waited", "score_set_waited", "opening_waited", "names_waited"]
    await competition.named(awards_database)
    async with transaction(awards_database.pool, "awards_committee") as tx:
        assert (await editions.preview(tx, edition_id)).ready


async def test_a_confirmed_list_gives_each_rank_its_tier_and_leaves_the_rest_out(awards_database: Database) -> None:
    edition_id = await competition.proposed(awards_database)
    rows = await awards_database.rows("SELECT subject_id, name, tier, rank, work FROM awards ORDER BY position")
    assert [tuple(row) for row in rows] == [
        (ENTRIES[0], "林若溪", "一等奖", 1, "课程1"), (ENTRIES[1], "顾承泽", "二等奖", 2, "课程2"),
        (ENTRIES[2], "陈知远", "二等奖", 3, "课程3"),
    ]  # fmt: skip
    assert await awards_database.value("SELECT state FROM editions WHERE id = $1", edition_id) == "proposed"


async def test_confirming_twice_is_confirming_once(awards_database: Database) -> None:
    edition_id = await competition.proposed(awards_database)
    async with transaction(awards_database.pool, "awards_committee") as tx:
        await editions.confirm(tx, edition_id, [SCORES], OFFICE, SEALED)
    assert await awards_database.value("SELECT count(*) FROM proposals") == 1


async def test_a_newer_score_set_must_be_seen_before_it_is_confirmed(awards_database: Database) -> None:
    edition_id = await competition.proposed(awards_database)
    newer = UUID(int=0x5F)
    event = competition.score_set((2, 1, 3, 4), newer, 2, SCORES)
    await competition.delivered(awards_database, "awards_score_sets", event)
    async with transaction(awards_database.pool, "awards_committee") as tx:
        with pytest.raises(Conflict, match="score_set_newer"):
            await editions.confirm(tx, edition_id, [SCORES], OFFICE, SEALED)
    async with transaction(awards_database.pool, "awards_committee") as tx:
        await editions.confirm(tx, edition_id, [newer], OFFICE, SEALED)
    assert [(a.name, a.tier) for a in await competition.states(awards_database, edition_id)][:2] == [
        ("顾承泽", "一等奖"), ("林若溪", "二等奖"),
    ]  # fmt: skip


async def test_a_posted_list_cannot_be_replaced(awards_database: Database) -> None:
    edition_id, _ = await competition.posted(awards_database)
    newer = UUID(int=0x5F)
    await competition.delivered(
        awards_database, "awards_score_sets", competition.score_set((2, 1, 3, 4), newer, 2, SCORES)
    )
    async with transaction(awards_database.pool, "awards_committee") as tx:
        with pytest.raises(Conflict, match="edition_on_notice"):
            await editions.confirm(tx, edition_id, [newer], OFFICE, SEALED)


async def test_a_result_corrected_after_the_notice_is_told_beside_the_list_that_stands(
    awards_database: Database, client: Callable[..., Awaitable[httpx.AsyncClient]]
) -> None:
    await competition.posted(awards_database)
    office = await competition.signed_in(awards_database, client, "organiser")
    assert (await office.get("/awards/editions/teaching-9")).json()["corrected"] == []
    newer = competition.score_set((2, 1, 3, 4), UUID(int=0x5F), 2, SCORES)
    await competition.delivered(awards_database, "awards_score_sets", newer)
    assert (await office.get("/awards/editions/teaching-9")).json()["corrected"] == ["arts"]
    page = await office.get("/awards/editions/teaching-9", headers={"Accept": "text/html", "Accept-Language": "zh-CN"})
    assert "“文科组”的成绩在名单公示之后作了更正" in page.text


async def test_E16_one_more_first_prize_needs_a_minute_before_the_names_are_open(
    awards_database: Database, files: Files
) -> None:
    """E16: 领导来电加1个一等奖→无纪要,拒."""
    edition_id = await competition.opened(awards_database)
    await competition.delivered(awards_database, "awards_activities", competition.activity())
    with pytest.raises(Refused, match="minute_required"):
        await competition.one_more(awards_database, files, edition_id, msgspec.structs.replace(MINUTE, document_no=""))
    with pytest.raises(Refused, match="scan_needed"):
        await competition.one_more(awards_database, files, edition_id, scan=b"")
    assert await awards_database.value("SELECT count(*) FROM tier_minutes") == 0
    first = await competition.one_more(awards_database, files, edition_id)
    assert (await competition.one_more(awards_database, files, edition_id)).id == first.id
    await competition.scored(awards_database)
    with pytest.raises(Refused, match="codes_already_open"):
        await competition.one_more(awards_database, files, edition_id, msgspec.structs.replace(MINUTE, document_no="4号"))
    async with transaction(awards_database.pool, "awards_committee") as tx:
        division = (await editions.preview(tx, edition_id)).divisions[0]
        scan = await editions.scan_of(tx, files, edition_id, first.id)
    assert [row.tier for row in division.rows] == ["一等奖", "一等奖", "二等奖", "二等奖"]
    assert [each.minute for each in division.extras] == [MINUTE]
    assert scan == ("纪要.pdf", competition.SCAN)


async def test_E16_after_the_roll_was_sealed_a_minute_still_counts_and_fewer_prizes_are_a_change_too(
    awards_database: Database, files: Files
) -> None:
    edition_id = await competition.opened(awards_database)
    await competition.delivered(awards_database, "awards_activities", competition.activity())
    await competition.delivered(awards_database, "awards_score_sets", competition.score_set())
    await competition.one_more(awards_database, files, edition_id)
    await competition.one_more(awards_database, files, edition_id, msgspec.structs.replace(MINUTE, document_no="4号"), -2)
    with pytest.raises(Refused, match="prize_count_wrong"):
        await competition.one_more(awards_database, files, edition_id, msgspec.structs.replace(MINUTE, document_no="5号"), -1)
    async with transaction(awards_database.pool, "awards_public") as tx:
        remarks = await editions.remarks(tx, edition_id)
    assert [(each.frozen, each.now, each.document_no) for each in remarks] == [(1, 2, MINUTE.document_no), (1, 0, "4号")]


async def test_E16_the_change_stays_in_the_posted_list_on_the_notice_and_on_the_results(
    awards_database: Database, files: Files, client: Callable[..., Awaitable[httpx.AsyncClient]]
) -> None:
    edition_id = await competition.opened(awards_database)
    await competition.delivered(awards_database, "awards_activities", competition.activity())
    await competition.one_more(awards_database, files, edition_id)
    await competition.scored(awards_database)
    async with transaction(awards_database.pool, "awards_committee") as tx:
        await editions.confirm(tx, edition_id, [SCORES], OFFICE, SEALED)
    async with transaction(awards_database.pool, "awards_office") as tx:
        notice = await notices.post(tx, edition_id, OFFICE, competition.POSTED)
    posted = msgspec.json.decode(await awards_database.value("SELECT posted_list FROM notices"))
    assert [(each["tier"], each["frozen"], each["now"], each["document_no"]) for each in posted["remarks"]] == [
        ("一等奖", 1, 2, MINUTE.document_no)
    ]
    await competition.approved(awards_database, edition_id, files)
    await competition.decided(awards_database, edition_id)
    http = await client(awards_database)
    for path in (f"/awards/notices/{notice.id}", "/awards/results/teaching-9"):
        page = (await http.get(path, headers={"Accept": "text/html", "Accept-Language": "zh-CN"})).text
        assert "一等奖：名额由 1 个调整为 2 个，依据《领导小组会议纪要》（江大工纪〔2026〕3号" in page
        assert [each["now"] for each in (await http.get(path, headers={"Accept": "application/json"})).json()["remarks"]] == [2]


async def test_E16_the_office_records_a_minute_by_a_form_with_its_scan(
    awards_database: Database, client: Callable[..., Awaitable[httpx.AsyncClient]]
) -> None:
    await competition.opened(awards_database)
    await competition.delivered(awards_database, "awards_activities", competition.activity())
    office = await competition.signed_in(awards_database, client, "organiser")
    typed = {"division": "arts", "tier": "一等奖", "more": "1", "title": "领导小组会议纪要", "document_no": "3号", "dated": "2026-05-20"}
    path, scan = "/awards/editions/teaching-9/minutes", {"scan": ("纪要.pdf", competition.SCAN, "application/pdf")}
    refused = await office.post(path, data={**typed, "document_no": ""}, files=scan, headers={"Accept": "text/html"})
    assert refused.status_code == 422 and 'value="领导小组会议纪要"' in refused.text
    made = await office.post(path, data=typed, files=scan)
    assert made.status_code == 201, made.text
    kept = await office.get(f"{path}/{made.json()['id']}/scan")
    assert kept.status_code == 200 and kept.content == competition.SCAN
    visitor = await client(awards_database)
    assert (await visitor.get(f"{path}/{made.json()['id']}/scan", headers={"Accept": "application/json"})).status_code == 401


async def test_a_teller_cannot_post_and_the_public_cannot_read_a_proposed_list(awards_database: Database) -> None:
    await competition.proposed(awards_database)
    for audience, statement in (
        ("awards_committee", "INSERT INTO notices SELECT * FROM notices"),
        ("awards_public", "SELECT name FROM awards"),
        ("awards_public", "SELECT * FROM award_states"),
        ("awards_member", "SELECT * FROM people"),
    ):
        with pytest.raises(Exception, match="permission denied"):
            async with transaction(awards_database.pool, audience) as tx:
                await tx.execute(statement)
