"""What is submitted on a tablet reaches the ledger once, whatever the network answers, and nothing else is called received."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio

from deploy.embedded.postgres import Postgres
from tests.scoring.tablet.core import REVISIONS, Court, court, new_session, problem, tablet

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="module")]


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def fresh(
    postgres: Postgres, scoring_template: str, secrets: Path, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Court]:
    async with court(postgres, secrets, tmp_path_factory.mktemp("files")) as made:
        yield made


async def test_five_sheets_of_an_hour_without_network_are_counted_once_in_order(fresh: Court) -> None:
    async with tablet(fresh) as tab:
        await tab.cut()
        await tab.start()
        made = [await tab.submit(entry) for entry in range(5)]
        assert [each["seq"] for each in made] == [1, 2, 3, 4, 5]
        assert await tab.states() == ["waiting"] * 5
        assert await tab.counted() == []
        await tab.mend()
        await tab.kick()
        await tab.sent()
        assert await tab.counted() == [(each["id"], each["seq"], "counted") for each in made]
        acks = [each["ack"] for each in await tab.records()]
        first = acks[0]["ledger_position"]
        assert [each["ledger_position"] for each in acks] == list(range(first, first + 5))


async def test_answers_lost_after_the_commit_count_nothing_twice(fresh: Court) -> None:
    async with tablet(fresh) as tab:
        await tab.lose(3)
        await tab.start()
        made = [await tab.submit(entry) for entry in range(2)]
        for _ in range(4):
            await asyncio.sleep(0.3)
            await tab.kick()
        await tab.sent()
        assert await tab.counted() == [(each["id"], each["seq"], "counted") for each in made]


NO_ACKNOWLEDGEMENTS = [
    (200, "<html><title>Wi-Fi</title>Please sign in</html>", "text/html"),
    (200, '{"id":"ID"}', "application/json"),
    (200, '{"id":"ID","ledger_position":null}', "application/json"),
    (200, '{"id":"ID","ledger_position":"7"}', "application/json"),
    (200, '{"id":"ID","ledger_position":1.5}', "application/json"),
    (200, '{"id":"00000000-0000-7000-8000-000000000000","ledger_position":7}', "application/json"),
    (200, '{"id":"ID","ledger_position":7}', "text/plain"),
    (200, '{"id":"ID","ledger_pos', "application/json"),
    (404, '{"id":"ID","ledger_position":7}', "application/json"),
    (403, "<html>blocked by the school's filter</html>", "text/html"),
    (422, '{"error":"a proxy of somebody else"}', "application/json"),
    (500, problem(500, "bug"), "application/problem+json"),
    (503, problem(503, "database_away"), "application/problem+json"),
]


async def test_nothing_but_an_acknowledgement_is_one(fresh: Court) -> None:
    async with tablet(fresh) as tab:
        made = await tab.submit()
        await tab.cut()
        await tab.start()
        for status, body, kind in NO_ACKNOWLEDGEMENTS:
            await tab.answer(status, body.replace("ID", made["id"]), kind)
            async with tab.page.expect_response(REVISIONS) as answered:
                await tab.kick()
            await (await answered.value).finished()
            assert await tab.page.evaluate("() => store.drafts()") == {}, "the store has done what it was asked before"
            assert await tab.states() == ["waiting"], body
        assert await tab.page.evaluate("() => told") == []
        await tab.mend()
        await tab.kick()
        await tab.sent()
        assert await tab.counted() == [(made["id"], 1, "counted")]


async def test_a_queue_that_took_any_answer_for_one_would_lose_the_sheet(fresh: Court) -> None:
    """The negative control: with the check taken out of the module, what the test above sees as waiting is lost."""

    async with tablet(fresh) as tab:

        async def weakened(route: Any) -> None:
            answer = await route.fetch()
            text = (await answer.body()).decode()
            weak = text.replace("said?.id === record.id && Number.isInteger(said.ledger_position)", "true")
            weak = weak.replace(
                "const { id, ledger_position, chain_hash, disposition, head } = said;",
                "const { id, ledger_position, chain_hash, disposition, head } = said ?? {};",
            )
            assert weak != text
            await route.fulfill(body=weak, content_type="text/javascript")

        await tab.context.route("**/queue.js", weakened)
        await tab.open()
        await tab.submit()
        await tab.answer(200, "<html>Wi-Fi</html>", "text/html")
        await tab.start()
        await tab.until("records.every((each) => each.state === 'acked')")
        assert await tab.counted() == [], "called received, and nowhere in the ledger"


async def test_what_needs_attention_is_parked_with_its_reason_and_stops_nothing(fresh: Court) -> None:
    async with tablet(fresh) as tab:
        stuck = await tab.submit(0, entry_id="01900000-0000-7000-8000-000000000000")
        later = [await tab.submit(entry) for entry in (1, 2)]
        await tab.start()
        await tab.until("records.every((each) => each.state !== 'waiting')")
        parked, *others = await tab.records()
        assert (parked["id"], parked["state"]) == (stuck["id"], "parked")
        assert (parked["parked"]["status"], parked["parked"]["code"]) == (403, "not_assigned")
        assert "计分员" in parked["parked"]["text"] and parked["wire"] == stuck["wire"]
        assert [each["state"] for each in others] == ["acked", "acked"]
        assert await tab.counted() == [(each["id"], each["seq"], "counted") for each in later]


async def test_each_final_refusal_parks(fresh: Court) -> None:
    refusals = [(409, "revision_reused"), (413, "too_large"), (422, "signature_wrong")]
    async with tablet(fresh) as tab:
        for at, (status, code) in enumerate(refusals):
            await tab.answer(status, problem(status, code))
            await tab.submit(at)
            await (tab.kick() if at else tab.start())
            await tab.until(f"records[{at}].state === 'parked'")
        parked = [each["parked"] for each in await tab.records()]
        assert parked == [{"status": status, "code": code, "text": f"told {code}"} for status, code in refusals]


async def test_an_answer_that_is_a_bug_does_not_stop_the_sheets_behind_it(fresh: Court) -> None:
    async with tablet(fresh) as tab:
        made = [await tab.submit(entry) for entry in range(3)]

        async def poisoned(route: Any) -> None:
            if made[0]["id"] in route.request.url:
                await route.fulfill(status=500, body=problem(500, "bug"), content_type="application/problem+json")
            else:
                await route.continue_()

        await tab.context.route(REVISIONS, poisoned)
        await tab.start()
        await tab.until("records.filter((each) => each.state === 'acked').length === 2")
        assert await tab.states() == ["waiting", "acked", "acked"]


async def test_three_sheets_that_meet_a_bug_do_not_stop_the_fourth(fresh: Court) -> None:
    async with tablet(fresh) as tab:
        made = [await tab.submit(entry) for entry in range(4)]

        async def poisoned(route: Any) -> None:
            if any(each["id"] in route.request.url for each in made[:3]):
                await route.fulfill(status=500, body=problem(500, "bug"), content_type="application/problem+json")
            else:
                await route.continue_()

        await tab.context.route(REVISIONS, poisoned)
        await tab.start()
        await tab.until("records[3].state === 'acked'")
        assert await tab.states() == ["waiting"] * 3 + ["acked"]


async def test_without_a_session_the_queue_is_kept_and_somebody_is_asked_to_unlock(fresh: Court) -> None:
    async with tablet(fresh) as tab:
        await tab.context.clear_cookies()
        made = await tab.submit()
        await tab.start()
        await tab.page.wait_for_function("() => told.includes('sign_in_first')")
        assert await tab.states() == ["waiting"]
        await new_session(fresh, tab)
        await tab.kick()
        await tab.sent()
        assert await tab.counted() == [(made["id"], 1, "counted")], "with the new session's token, fetched by itself"


async def test_a_revoked_tablet_is_told_so_and_keeps_everything(fresh: Court) -> None:
    async with tablet(fresh) as tab:
        await fresh.database.execute(
            "UPDATE devices SET revoked_at = enrolled_at, revoked_by = owned_by WHERE id = $1", tab.device_id
        )
        await tab.submit()
        await tab.start()
        await tab.page.wait_for_function("() => told.includes('device_revoked')")
        assert await tab.states() == ["waiting"]


async def test_two_tabs_at_once_never_share_a_number_and_send_each_sheet_once(fresh: Court) -> None:
    asked: list[str] = []
    async with tablet(fresh) as tab:
        one = tab.page
        other = await tab.open()
        tab.context.on("request", lambda request: asked.append(request.url) if "/revisions/" in request.url else None)
        made = await asyncio.gather(*(tab.submit(at % 5, page) for at in range(15) for page in (one, other)))
        assert sorted(each["seq"] for each in made) == list(range(1, 31))
        await asyncio.gather(tab.start(one), tab.start(other))
        await tab.sent()
        assert [seq for _, seq, _ in await tab.counted()] == list(range(1, 31))
        assert len(asked) == len(set(asked)) == 30, "one tab sends"


async def test_any_text_a_judge_can_type_arrives_as_it_was_signed(fresh: Court) -> None:
    """The server makes the signed bytes again from what it read: every character must survive the way."""
    texts = [
        "".join(chr(code) for code in range(1, 0x300)),
        "\ufeff\u2028\u2029\u200d\U0001f468\u200d\U0001f469 阿卜杜热合曼·买买提 \ufffe\uffff\U0010ffff",
        '\\u0000 \\\\ " </script> &amp; \x7f\x80\x9f',
    ]
    async with tablet(fresh) as tab:
        for entry, text in enumerate(texts):
            await tab.submit(entry, comment=text, reason=text[:200], marks={"content": 0})
        await tab.page.evaluate("(sheet) => store.submit({ ...sheet, comment: 'a\\ud800b\\0c' })", {
            "entry_id": str(fresh.place.entries[4]), "part": "lesson", "base": None, "rubric_version": 1, "marks": {},
            "reason": "", "judge_id": str(tab.judge_id),
        })  # fmt: skip
        await tab.start()
        await tab.until("records.every((each) => each.state !== 'waiting')")
        assert await tab.states() == ["acked"] * 4
    rows = await fresh.database.rows("SELECT comment FROM revisions WHERE device_id = $1 ORDER BY seq", tab.device_id)
    assert [row["comment"] for row in rows] == [*texts, "a\ufffdbc"]


async def test_drafts_are_lent_to_the_server_once_they_rest(fresh: Court) -> None:
    async with tablet(fresh) as tab:
        key = f"{tab.judge_id}/{fresh.place.entries[0]}/lesson"
        other = f"00000000-0000-0000-0000-000000000001/{fresh.place.entries[0]}/lesson"
        await tab.page.evaluate(
            """async ([key, other, judge_id]) => {
                await store.setDesk({ judge: { judge_id } });
                const draft = { marks: { content: '27.' }, comment: '', reason: '', base: null, written_at: 5 };
                await store.setDraft(key, draft);
                await store.setDraft(other, { ...draft, comment: "another judge's" });
            }""",
            [key, other, str(tab.judge_id)],
        )
        async with tab.page.expect_response("**/scoring/drafts/**") as answered:
            await tab.start()
        assert (await answered.value).status == 200
        rows = await fresh.database.rows(
            "SELECT judge_id, part, marks, comment FROM drafts WHERE device_id = $1", tab.device_id
        )
        assert [tuple(row) for row in rows] == [(tab.judge_id, "lesson", '{"content":"27."}', "")]
