"""The scoring service on a port of this machine and Chromium before it: IndexedDB and streams need a real origin."""

import asyncio
import shutil
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any
from uuid import UUID

import msgspec
import uvicorn
from axe_playwright_python.async_playwright import Axe
from playwright.async_api import Browser, BrowserContext, Page, async_playwright

from services.scoring.app import PLAN
from shared.db import transaction
from shared.ids import new_id
from shared.settings import Settings
from shared.web import gate
from shared.web.app import Plan, make_app
from tests.conftest import Database

SMALLEST_TEXT = """() => Math.min(...[...document.querySelectorAll('body *')]
    .filter(each => each.getClientRects().length && !each.closest('.vh, .skip, svg')
        && [...each.childNodes].some(node => node.nodeType === 3 && node.textContent.trim()))
    .map(each => parseFloat(getComputedStyle(each).fontSize)))"""
SMALL_TARGETS = """least => [...document.querySelectorAll('a, button, input:not([type=hidden]), select, textarea')]
    .filter(each => each.getClientRects().length && !each.closest('.skip'))
    .map(each => [each, (each.closest('label') || each).getBoundingClientRect()])
    .filter(([, box]) => box.height < least || box.width < least).map(([each]) => each.outerHTML.slice(0, 120))"""
OVERFLOW = "() => document.documentElement.scrollWidth > innerWidth || document.documentElement.scrollHeight > innerHeight"


@asynccontextmanager
async def serving(settings: Settings, plan: Plan = PLAN) -> AsyncIterator[str]:
    """The service under uvicorn; the address is its PUBLIC_URL."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    url = f"http://127.0.0.1:{port}"
    app = make_app(plan, msgspec.structs.replace(settings, public_url=url, bind=f"127.0.0.1:{port}"))
    server = uvicorn.Server(uvicorn.Config(app, port=port, log_level="warning", timeout_graceful_shutdown=1))
    task = asyncio.create_task(server.serve())
    while not server.started:
        await asyncio.sleep(0.02)
    try:
        yield url
    finally:
        for tell in app.state.house.more["on_exit"]:
            tell()
        server.should_exit = True
        await task


@asynccontextmanager
async def chromium() -> AsyncIterator[Browser]:
    path = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    assert path, "no Chromium on this machine: run .ci/run, or apt-get install chromium"
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=path, args=["--no-sandbox"])
        try:
            yield browser
        finally:
            await browser.close()


async def cookie(database: Database, handle: UUID, *roles: str) -> str:
    """A session for this account with these roles."""
    async with transaction(database.pool, "scoring_gate") as tx:
        for role in roles:
            await gate.grant(tx, handle, role)
        return await gate.start(tx, new_id(), handle)


async def context(browser: Browser, url: str, token: str, **dress: Any) -> BrowserContext:
    """A browser that is signed in; 1024×768 unless told."""
    dress = {"viewport": {"width": 1024, "height": 768}, "locale": "zh-CN", **dress}
    made = await browser.new_context(**dress)
    if token:
        await made.add_cookies([{"name": "laurel_scoring", "value": token, "url": f"{url}/scoring/"}])
    return made


async def violations(page: Page) -> list[str]:
    """What axe finds."""
    found = (await Axe().run(page)).response["violations"]
    return [f"{each['id']}: {node['html'][:160]}" for each in found for node in each["nodes"]]
