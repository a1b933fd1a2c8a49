"""What the tablet says is saved is saved; what is not saved is said. The store in Chromium, its storage broken on purpose."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio

from deploy.embedded.postgres import Postgres
from tests.scoring.tablet.core import Court, Tab, court, tablet

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="module")]
DRAFT = {"marks": {"content": "27."}, "comment": "", "reason": "", "base": None, "written_at": 5}


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def opened(
    postgres: Postgres, scoring_template: str, secrets: Path, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Court]:
    async with court(postgres, secrets, tmp_path_factory.mktemp("files")) as made:
        yield made


def key(tab: Tab, entry: int = 0) -> str:
    return f"{tab.judge_id}/{tab.court.place.entries[entry]}/lesson"


async def outcome(tab: Tab, work: str, *arguments: object) -> str:
    """ "saved", or the reason why not. work: JavaScript of the arguments `a`."""
    told: str = await tab.page.evaluate(
        f"(a) => (async () => {{ {work} }})().then(() => 'saved', (failed) => failed.reason)", arguments
    )
    return told


async def test_every_write_is_strict_and_is_told_only_when_it_is_complete(opened: Court) -> None:
    async with tablet(opened) as tab:
        await tab.page.evaluate(
            """() => {
                window.seen = [];
                const begin = IDBDatabase.prototype.transaction;
                IDBDatabase.prototype.transaction = function (...given) {
                    const tx = begin.apply(this, given);
                    if (tx.mode === 'readwrite') {
                        seen.push(tx.durability);
                        tx.addEventListener('complete', () => seen.push('complete'));
                    }
                    return tx;
                };
            }"""
        )
        await tab.page.evaluate(
            "async ([key, draft]) => { await store.setDraft(key, draft); seen.push('told'); }", [key(tab), DRAFT]
        )
        await tab.submit()
        await tab.page.evaluate("() => seen.push('told')")
        assert await tab.page.evaluate("() => seen") == ["strict", "complete", "told"] * 2


async def test_a_draft_and_a_sheet_outlive_the_page_and_the_sheet_takes_the_draft_away(opened: Court) -> None:
    async with tablet(opened) as tab:
        for entry in (0, 1):
            await tab.page.evaluate("([key, draft]) => store.setDraft(key, draft)", [key(tab, entry), DRAFT])
        made = await tab.submit(0)
        await tab.page.close()
        await tab.open()
        assert await tab.page.evaluate("() => store.drafts()") == {key(tab, 1): DRAFT}
        assert await tab.page.evaluate("(key) => store.draft(key)", key(tab)) is None
        assert await tab.records() == [made]
        assert (made["state"], made["seq"], made["ack"]) == ("waiting", 1, None)


async def test_a_handle_that_the_system_took_is_opened_again_once(opened: Court) -> None:
    async with tablet(opened) as tab:
        await tab.page.evaluate(
            """() => {
                window.taken = 1;
                const begin = IDBDatabase.prototype.transaction;
                IDBDatabase.prototype.transaction = function (...given) {
                    if (given[1] === 'readwrite' && taken-- > 0) { this.close(); }
                    return begin.apply(this, given);
                };
            }"""
        )
        assert await outcome(tab, "await store.setDraft(...a)", key(tab), DRAFT) == "saved"
        await tab.page.evaluate("() => { window.taken = 1; }")
        made = await tab.submit()
        assert await tab.page.evaluate("() => lost") == []
        await tab.page.evaluate("() => { window.taken = 2; }")
        assert await outcome(tab, "await store.setDraft(...a)", key(tab, 1), DRAFT) == "lost"
        assert await tab.page.evaluate("() => lost") == ["lost"], "said loudly"
        await tab.page.evaluate("() => { window.taken = 0; }")
        assert await outcome(tab, "await store.setDraft(...a)", key(tab, 1), DRAFT) == "saved"
        assert [each["id"] for each in await tab.records()] == [made["id"]]


async def test_a_handle_lost_between_the_commit_and_its_news_makes_one_record(opened: Court) -> None:
    async with tablet(opened) as tab:
        await tab.page.evaluate(
            """() => {
                let first = true;
                const begin = IDBDatabase.prototype.transaction;
                IDBDatabase.prototype.transaction = function (...given) {
                    const tx = begin.apply(this, given);
                    if (tx.mode === 'readwrite' && first) {
                        first = false;
                        const abort = () => tx.onabort(new Event('abort'));
                        Object.defineProperty(tx, 'oncomplete', { set() { tx.addEventListener('complete', abort); } });
                    }
                    return tx;
                };
            }"""
        )
        made = await tab.submit()
        again = await tab.submit(1)
        assert [(each["id"], each["seq"]) for each in await tab.records()] == [(made["id"], 1), (again["id"], 2)]


async def test_a_full_tablet_says_so_and_reports_nothing_saved(opened: Court) -> None:
    """The real quota of the browser, made small from outside before the storage is used."""
    async with tablet(opened, quota=400_000) as tab:
        made = await tab.submit(0)
        large = {**DRAFT, "comment": "评" * 2_000_000}
        assert await outcome(tab, "await store.setDraft(...a)", key(tab), large) == "quota"
        assert await tab.page.evaluate("() => lost") == ["quota"]
        assert await tab.page.evaluate("(key) => store.draft(key)", key(tab)) is None
        assert await tab.records() == [made], "what was saved is still there"


async def test_storage_that_never_answers_is_lost_not_waited_for(opened: Court) -> None:
    async with tablet(opened) as tab:
        await tab.page.evaluate(
            """() => {
                const wait = window.setTimeout;
                window.setTimeout = (work, time) => wait(work, time / 100);
                IDBTransaction.prototype.__defineSetter__('oncomplete', () => {});
            }"""
        )
        assert await outcome(tab, "await store.setDraft(...a)", key(tab), DRAFT) == "lost"
        assert await tab.page.evaluate("() => lost") == ["lost"]


async def test_a_tab_frozen_with_the_lock_in_hand_does_not_stop_the_other(opened: Court) -> None:
    async with tablet(opened) as tab:
        frozen = tab.page
        await frozen.evaluate("() => void navigator.locks.request('laurel-number', () => new Promise(() => {}))")
        await tab.open()
        made = await asyncio.wait_for(tab.submit(), 12)
        assert made["seq"] == 1


async def test_without_an_identity_nothing_is_submitted_and_too_long_a_remark_is_told(opened: Court) -> None:
    async with tablet(opened, with_identity=False) as tab:
        sheet: dict[str, Any] = {
            "entry_id": "",
            "part": "",
            "base": None,
            "rubric_version": 1,
            "marks": {},
            "comment": "",
            "reason": "",
            "judge_id": "",
        }
        assert await outcome(tab, "await store.submit(...a)", sheet) == "no_identity"
        await tab.open()
        assert await outcome(tab, "await store.submit(...a)", {**sheet, "comment": "评" * 2001}) == "too_long"
        assert await outcome(tab, "await store.submit(...a)", {**sheet, "comment": "😀" * 2000}) == "saved"


async def test_a_tablet_is_emptied_only_when_all_is_received_and_sealed(opened: Court) -> None:
    async with tablet(opened) as tab:
        await tab.page.evaluate("() => store.setDesk({ divisions: [{ sealed: true }, { sealed: false }] })")
        made = await tab.submit()
        assert await outcome(tab, "await store.wipe()") == "unsent"
        await tab.page.evaluate("(id) => store.settle(id, { state: 'parked', ack: null, parked: null })", made["id"])
        assert await outcome(tab, "await store.wipe()") == "unsent"
        await tab.page.evaluate("(id) => store.settle(id, { state: 'acked', ack: { id }, parked: null })", made["id"])
        assert await outcome(tab, "await store.wipe()") == "open"
        await tab.page.evaluate("() => store.setDesk({ divisions: [{ sealed: true }] })")
        assert await outcome(tab, "await store.wipe()") == "saved"
        assert await tab.records() == []
        assert (await tab.submit())["seq"] == 2, "a number is never given twice"


async def test_what_is_submitted_while_the_tablet_is_emptied_stays(opened: Court) -> None:
    async with tablet(opened) as tab:
        await tab.page.evaluate("() => store.setDesk({ divisions: [{ sealed: true }] })")
        sheet = {"entry_id": str(opened.place.entries[0]), "part": "lesson", "base": None, "rubric_version": 1, "marks": {},
                 "comment": "", "reason": "", "judge_id": str(tab.judge_id)}  # fmt: skip
        await tab.page.evaluate("async (sheet) => { await Promise.allSettled([store.submit(sheet), store.wipe()]); }", sheet)
        assert await tab.states() == ["waiting"]


async def test_what_was_not_acknowledged_comes_back_after_the_browser_threw_the_database_away(opened: Court) -> None:
    """As Chromium does when it was killed in the middle of a write: keys and all are gone."""
    async with tablet(opened) as tab:
        made = [await tab.submit(entry) for entry in range(4)]
        news = {"acked": made[0], "parked": made[1]}
        for state, record in news.items():
            await tab.page.evaluate("([id, state]) => store.settle(id, { state, ack: null, parked: null })", [record["id"], state])
        await tab.page.evaluate(
            """async () => { const cache = await caches.open('laurel-copies'); await cache.put('/torn', new Response('{"id": "'));
                return new Promise((resolve) => { indexedDB.deleteDatabase('laurel-marks').onsuccess = resolve; }); }"""
        )
        await tab.open(with_identity=False)
        assert await tab.page.evaluate("() => store.identity()") is None
        assert await tab.records() == made[1:]
        await tab.open(with_identity=False)
        assert await tab.records() == made[1:]


async def test_an_acknowledged_record_is_never_changed_again(opened: Court) -> None:
    async with tablet(opened) as tab:
        made = await tab.submit()
        await tab.page.evaluate("(id) => store.settle(id, { state: 'acked', ack: { id }, parked: null })", made["id"])
        await tab.page.evaluate("(id) => store.settle(id, { state: 'parked', ack: null, parked: {} })", made["id"])
        assert await tab.states() == ["acked"]
