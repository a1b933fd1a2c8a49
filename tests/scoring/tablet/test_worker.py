"""The worker keeps the shell and nothing else, only what the server meant, and lets a new version in only when it may."""

from collections.abc import AsyncIterator
from pathlib import Path

import msgspec
import pytest
import pytest_asyncio
from playwright.async_api import Page, expect

from deploy.embedded.postgres import Postgres
from services.scoring.tablet import routes
from services.scoring.tablet.domain import Kept
from shared.web.edge import Edge
from tests.scoring.tablet.core import REVISIONS
from tests.scoring.tablet.pages import Venue, venue

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="module")]
# laurel-copies is the page's own, of the store
KEPT = """async () => {
    const found = {};
    for (const name of await caches.keys()) if (name !== 'laurel-copies') found[name] = (await (await caches.open(name)).keys()).map((each) => new URL(each.url).pathname);
    return found;
}"""


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def hall(
    postgres: Postgres, scoring_template: str, secrets: Path, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Venue]:
    async with venue(postgres, secrets, tmp_path_factory.mktemp("files"), judges=5) as made:
        yield made


async def version(page: Page) -> list[str]:
    """The versions that are kept."""
    return [name.removeprefix("laurel-tablet ") for name in await page.evaluate(KEPT)]


async def test_it_keeps_the_shell_and_its_files_and_no_data(hall: Venue) -> None:
    async with hall.tablet() as tablet:
        page = await tablet.open()
        await tablet.ready_without_network()
        await tablet.type_marks("20", "20", "10")
        await page.click("#submit")
        await tablet.until_rows("counted")
        (kept,) = (await page.evaluate(KEPT)).values()
    folder, modules = f"/scoring/tablet/app/{routes.modules_of_page()[0]}/", routes.modules_of_page()[1]
    assert {path.removeprefix(folder) for path in kept if path.startswith(folder)} == set(modules) - {"worker.js"}
    others = {path for path in kept if not path.startswith(folder)}
    assert others == {"/scoring/tablet"} | {path for path in others if path.startswith("/scoring/static/")}


@pytest.mark.parametrize("portal", ["a file", "the page"])
async def test_what_the_server_did_not_mean_is_not_kept(
    hall: Venue, portal: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A captive portal that answers 200 in the middle of it: other bytes for a file, or a page without our mark."""
    honest = routes._kept

    def disturbed(edge: Edge) -> Kept:
        kept = honest(edge)
        if portal == "a file":
            return msgspec.structs.replace(kept, version="disturbed", files=dict.fromkeys(kept.files, "0" * 64))
        return msgspec.structs.replace(kept, version="disturbed") if "worker" in edge.request.url.path else kept

    monkeypatch.setattr(routes, "_kept", disturbed)
    async with hall.tablet() as tablet:
        page = await tablet.open()
        fate = await page.evaluate(
            """async () => {
                const made = await navigator.serviceWorker.register('/scoring/tablet/worker.js', { scope: '/scoring/tablet' });
                const worker = made.installing ?? made.waiting ?? made.active;
                while (worker.state === 'installing') await new Promise((done) => worker.addEventListener('statechange', done, { once: true }));
                return worker.state;
            }"""
        )
        assert fate == "redundant"
        await page.reload()
        await expect(page.locator("#entries")).to_be_visible()


async def test_a_new_version_waits_until_nothing_waits_and_then_takes_over(
    hall: Venue, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with hall.tablet() as tablet:
        page = await tablet.open()
        await tablet.ready_without_network()
        (old,) = await version(page)
        await tablet.context.route(REVISIONS, lambda route: route.abort())
        await tablet.type_marks("20", "20", "10")
        await page.click("#submit")
        await expect(page.locator("#on-tablet")).to_have_class("s-ok")
        honest = routes._kept
        monkeypatch.setattr(routes, "_kept", lambda edge: msgspec.structs.replace(honest(edge), version="next"))
        await page.evaluate(
            """async () => {
                const known = await navigator.serviceWorker.getRegistration('/scoring/tablet');
                await known.update();
                while (!known.waiting) await new Promise((done) => setTimeout(done, 20));
            }"""
        )
        assert set(await version(page)) == {old, "next"}
        await expect(page.locator('[data-do="update"]')).to_have_count(0)
        assert (
            await page.evaluate(
                "async () => (await navigator.serviceWorker.getRegistration('/scoring/tablet')).active.state"
            )
            == "activated"
        )
        await tablet.context.unroute(REVISIONS)
        await tablet.ask_again()
        await tablet.until_rows("counted")
        async with page.expect_navigation():
            await page.click('[data-do="update"]')
        await expect(page.locator("#entries")).to_be_visible()
        assert await version(page) == ["next"]
