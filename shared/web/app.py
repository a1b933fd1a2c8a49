"""Builds the application of a service from its routes and consumers; every service has the same house around it."""

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager, suppress
from datetime import datetime
from pathlib import Path

import structlog
from litestar import Litestar
from litestar.datastructures import State
from litestar.di import Provide
from litestar.handlers import HTTPRouteHandler
from litestar.openapi import OpenAPIConfig
from litestar.openapi.plugins import JsonRenderPlugin
from litestar.static_files import create_static_files_router
from litestar.types import Message, Scope
from msgspec import Struct

from shared.bus import Bus
from shared.clock import clock_from
from shared.db import UNAVAILABLE, Pool, Transaction, pool, transaction
from shared.files import Files
from shared.inbox import Consumer, Inbox
from shared.migrate import behind
from shared.relay import Relay
from shared.settings import Settings
from shared.web import operations, signin
from shared.web.edge import House, edge_of
from shared.web.pages import STATIC, environment
from shared.web.routing import BODY
from shared.web.texts import Texts
from shared.web.told import tell

log = structlog.get_logger()
TICK_SECONDS = 60
TICK_LOCK = 7_261_003
CONTENT_SECURITY_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; connect-src 'self'; "
    "form-action 'self'; frame-ancestors 'none'; base-uri 'none'; manifest-src 'self'; worker-src 'self'"
)
HEADERS = (
    (b"content-security-policy", CONTENT_SECURITY_POLICY.encode()),
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"same-origin"),
    (b"cross-origin-opener-policy", b"same-origin"),
)
Tick = Callable[[Transaction, datetime], Awaitable[None]]
Start = Callable[[House], AbstractAsyncContextManager[None]]


class Plan(Struct, kw_only=True):
    """A service as its `app.py` lays it out.

    folder: the service's package, with templates/ static/ messages/ migrations/.
    around: a context manager that puts the service's own parts (batch writer, hub) into `house.more` and stops them.
    tick: run each minute by one process in `<service>_system`, with business time; must be idempotent.
    """

    service: str
    folder: Path
    routes: Sequence[HTTPRouteHandler]
    consumers: list[Consumer] = []
    around: Start | None = None
    tick: Tick | None = None


def make_app(plan: Plan, settings: Settings) -> Litestar:
    """The application; its pool, NATS connection, relay, inbox and tick live as long as its lifespan."""
    static = plan.folder / "static"
    static.mkdir(exist_ok=True)
    house = House(
        service=plan.service,
        settings=settings,
        pool=None,  # type: ignore[arg-type]  # made in the lifespan, on its own event loop
        clock=clock_from(settings.clock),
        texts=Texts(plan.folder / "messages"),
        pages=environment(plan.service, plan.folder / "templates", static),
        more={"files": Files(settings.files_url), "on_exit": []},
    )

    @asynccontextmanager
    async def lifespan(app: Litestar) -> AsyncIterator[None]:
        house.pool = await pool(settings.database_url)
        await _refuse_behind(plan.service, house.pool)
        bus = Bus.connect(settings.nats_url, settings.nats_seed_file, plan.service)
        house.more["bus"] = bus
        relay = Relay(settings.database_url, bus, plan.service)
        inbox = Inbox(house.pool, bus, house.clock, plan.consumers)
        ticking = asyncio.create_task(_tick(plan, house), name="tick")
        async with plan.around(house) if plan.around else _nothing():
            relay.start()
            inbox.start()
            yield
            ticking.cancel()
            await inbox.stop()
            await relay.stop()
        with suppress(asyncio.CancelledError):
            await ticking
        await bus.close()
        with suppress(TimeoutError):
            await asyncio.wait_for(house.pool.close(), 3)

    return Litestar(
        [
            *plan.routes,
            *signin.routes(plan.service),
            *operations.routes(plan.service, plan.consumers),
            create_static_files_router(
                path=f"/{plan.service}/static", directories=[static, STATIC], cache_control=None, include_in_schema=False
            ),
        ],
        dependencies={"edge": Provide(edge_of)},
        exception_handlers={Exception: tell},
        lifespan=[lifespan],
        state=State({"house": house}),
        before_send=[_add_headers],
        openapi_config=OpenAPIConfig(
            title=f"laurel {plan.service}", version="1", path=f"/{plan.service}/schema", render_plugins=[JsonRenderPlugin()],
        ),
        request_max_body_size=BODY,
        multipart_form_part_limit=400,
    )  # fmt: skip


async def _refuse_behind(service: str, database: Pool) -> None:
    while True:
        try:
            async with transaction(database, f"{service}_gate") as tx:
                missing = await behind(tx, service)
            break
        except UNAVAILABLE as error:
            log.info("waiting for PostgreSQL", error=str(error) or type(error).__name__)
            await asyncio.sleep(0.5)
    if missing:
        raise SystemExit(f"{service}: the schema is behind, run its migrate command first (missing: {', '.join(missing)})")


@asynccontextmanager
async def _nothing() -> AsyncIterator[None]:
    yield


async def _tick(plan: Plan, house: House) -> None:
    while plan.tick:
        await asyncio.sleep(TICK_SECONDS)
        try:
            async with transaction(house.pool, f"{plan.service}_system") as tx:
                if await tx.fetchval("SELECT pg_try_advisory_xact_lock($1)", TICK_LOCK):
                    await plan.tick(tx, house.clock.now())
        except Exception:  # the next minute tries again; what failed is in the log
            log.exception("tick failed")


async def _add_headers(message: Message, scope: Scope) -> None:
    if message["type"] != "http.response.start":
        return
    headers: list[tuple[bytes, bytes]] = list(message["headers"])
    headers += [header for header in HEADERS if header[0] not in {name for name, _ in headers}]
    if "/static/" in scope["path"] and b"v=" in scope.get("query_string", b""):
        headers = [header for header in headers if header[0].lower() != b"cache-control"]
        headers.append((b"cache-control", b"public, max-age=31536000, immutable"))
    message["headers"] = headers
    _log_access(message["status"], scope)


def _log_access(status: int, scope: Scope) -> None:
    path = scope["path"]
    if "/health/" in path or "/static/" in path:
        return
    log.info("request", method=scope.get("method"), path=path, status=status, at=round(time.time(), 3))


