"""The harness. One PostgreSQL server per worker, a migrated template per service, a clone of it per test (about 30 ms).

Fixtures (async tests need no mark):

    registration_pool, scoring_pool, awards_pool
        an asyncpg pool of the service's login role on a fresh, migrated, empty database. Use it as the code does:
            async with transaction(registration_pool, "registration_officer", actor) as tx: ...
    registration_database, scoring_database, awards_database
        the same database: `.pool`, `.url`, `.owner_url`, and as its owner (who passes row security) for asserting the
        stored row: `await database.rows("SELECT … WHERE id = $1", id)`, `.value(…)`, `.execute(…)`.
    secrets
        a folder with the secrets of all three services (`secrets / "scoring"` is a SECRETS_DIR).
    nats_server
        a NATS server of this test alone, streams and consumers provisioned: `.url`, `.seed_file(service)`, `.admin_seed`.
    clock
        business time that the test moves: `clock.set(aware datetime)`; `clock.setting` is the value for CLOCK.
    settings
        `settings(database, nats_server=None)` -> shared.settings.Settings for that service; without a NATS server it
        names a port where nothing listens: the service must work all the same.
    client
        `await client(database)` -> httpx.AsyncClient on the service's app in this process, over ASGI, its lifespan run;
        the base address is the PUBLIC_URL, so `Origin` and cookies are as in a browser.
    installation
        a whole installation (three processes, NATS, Caddy) of this test alone: see deploy/installation.py. Slow (3 s):
        for tests/browser and tests/faults. `module_installation` is shared by a module.

Options: `--nightly` runs the large sizes. Size-dependent tests take the fixture `is_nightly`.
"""

import asyncio
import importlib
import os
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import count
from pathlib import Path
from typing import Any

import asyncpg
import httpx
import pytest
import pytest_asyncio
from litestar import Litestar
from xdist.remote import Producer
from xdist.scheduler import LoadScopeScheduling

from deploy.databases import close_database, make_databases
from deploy.embedded.nats import nats
from deploy.embedded.postgres import FAST, Postgres
from deploy.embedded.process import Part
from deploy.installation import Installation, temporary_folder
from deploy.keys import SERVICES, make_secrets, read_secret
from deploy.streams import provision
from shared.migrate import migrate
from shared.settings import Settings
from shared.web.app import make_app

OWNER_PASSWORD, APP_PASSWORD = "owner of a test database", "login role of a test"
PUBLIC_URL = "http://laurel.test"
CLONES = count(1)
MEMORY, MEMORY_BYTES = Path("/dev/shm"), 2 * 1024**3
LONG = ("tests/faults/", "tests/season/test_demo", "test_the_linter_is_content", "tests/browser/", "test_pages", "tests/deploy/")


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--nightly", action="store_true", help="run the large sizes that the issues name")


class Rooms(LoadScopeScheduling):
    """Which tests stay together on one worker: those of a file, but of a played season only those of the same folder.

    A test that kills servers shares nothing and goes wherever there is room. (xdist's own groups do not reach pytest 9.)
    """

    def _split_scope(self, nodeid: str) -> str:
        file, _, name = nodeid.partition("::")
        if "/faults/" in file:
            return nodeid
        return f"{file}[{name.partition('[')[2]}" if file.endswith("test_demo.py") else file


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Producer) -> LoadScopeScheduling:
    return Rooms(config, log)


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave the nightly tests out of the small run (deselected, not skipped: the count stays honest); begin with the long ones."""
    if not config.getoption("--nightly"):
        config.hook.pytest_deselected(items=[item for item in items if "nightly" in item.keywords])
        items[:] = [item for item in items if "nightly" not in item.keywords]
    items.sort(key=lambda item: not any(part in item.nodeid for part in LONG))


@pytest.fixture(scope="session")
def is_nightly(request: pytest.FixtureRequest) -> bool:
    return bool(request.config.getoption("--nightly"))


# PostgreSQL ---------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="session")
def worker_folder() -> Iterator[Path]:
    with temporary_folder(_memory()) as folder:
        yield folder


def _memory() -> Path | None:
    """A file system in memory with room for the clones, where there is one: a clone takes 20 ms there, on a disk up to 300."""
    if not MEMORY.is_dir() or not os.access(MEMORY, os.W_OK):
        return None
    found = os.statvfs(MEMORY)
    return None if found.f_flag & os.ST_NOEXEC or found.f_bavail * found.f_frsize < MEMORY_BYTES else MEMORY


@pytest.fixture(scope="session")
def postgres(worker_folder: Path) -> Iterator[Postgres]:
    """The worker's server, with the databases and roles of the three services; nothing is migrated in these."""
    server = Postgres(worker_folder / "postgres", worker_folder / "postgres.log", settings=FAST)
    asyncio.run(server.start())
    passwords = dict.fromkeys(SERVICES, (OWNER_PASSWORD, APP_PASSWORD))
    asyncio.run(make_databases(server.url(), passwords))
    yield server
    asyncio.run(server.stop())


def _template(postgres: Postgres, service: str) -> str:
    """Migrate the service's database once by the real migrate step; tests get clones of it."""
    audiences = importlib.import_module(f"services.{service}.roles").AUDIENCES
    migrate(service, audiences, postgres.url(service, f"{service}_owner", OWNER_PASSWORD))
    return service


@pytest.fixture(scope="session")
def registration_template(postgres: Postgres) -> str:
    return _template(postgres, "registration")


@pytest.fixture(scope="session")
def scoring_template(postgres: Postgres) -> str:
    return _template(postgres, "scoring")


@pytest.fixture(scope="session")
def awards_template(postgres: Postgres) -> str:
    return _template(postgres, "awards")


@dataclass
class Database:
    """A clone of one service's template."""

    service: str
    name: str
    url: str
    owner_url: str
    superuser_url: str
    pool: asyncpg.Pool
    _owner: asyncpg.Connection

    async def rows(self, sql: str, *values: Any) -> list[asyncpg.Record]:
        """What is stored, read as the owner."""
        return await self._owner.fetch(sql, *values)

    async def value(self, sql: str, *values: Any) -> Any:
        return await self._owner.fetchval(sql, *values)

    async def execute(self, sql: str, *values: Any) -> str:
        return await self._owner.execute(sql, *values)


@asynccontextmanager
async def clone(postgres: Postgres, service: str) -> AsyncIterator[Database]:
    """A fresh database of the service for one test, dropped afterwards."""
    name = f"{service}_{next(CLONES)}"
    admin = await asyncpg.connect(postgres.url())
    try:
        await admin.execute(f"CREATE DATABASE {name} TEMPLATE {service} STRATEGY wal_log OWNER {service}_owner")
        await close_database(admin, name, service)
        url = postgres.url(name, f"{service}_app", APP_PASSWORD)
        owner_url = postgres.url(name, f"{service}_owner", OWNER_PASSWORD)
        owner = await asyncpg.connect(owner_url)
        pool = await asyncpg.create_pool(url, min_size=0, max_size=20, command_timeout=30)
        try:
            yield Database(service, name, url, owner_url, postgres.url(name), pool, owner)
        finally:
            pool.terminate()
            owner.terminate()
            await admin.execute(f"DROP DATABASE {name} WITH (FORCE)")
    finally:
        await admin.close()


@pytest_asyncio.fixture
async def registration_database(postgres: Postgres, registration_template: str) -> AsyncIterator[Database]:
    async with clone(postgres, "registration") as database:
        yield database


@pytest_asyncio.fixture
async def scoring_database(postgres: Postgres, scoring_template: str) -> AsyncIterator[Database]:
    async with clone(postgres, "scoring") as database:
        yield database


@pytest_asyncio.fixture
async def awards_database(postgres: Postgres, awards_template: str) -> AsyncIterator[Database]:
    async with clone(postgres, "awards") as database:
        yield database


@pytest_asyncio.fixture
async def registration_pool(registration_database: Database) -> asyncpg.Pool:
    return registration_database.pool


@pytest_asyncio.fixture
async def scoring_pool(scoring_database: Database) -> asyncpg.Pool:
    return scoring_database.pool


@pytest_asyncio.fixture
async def awards_pool(awards_database: Database) -> asyncpg.Pool:
    return awards_database.pool


# Secrets, NATS, time ------------------------------------------------------------------------------------------------


@pytest.fixture(scope="session")
def secrets(worker_folder: Path) -> Path:
    make_secrets(worker_folder / "secrets")
    return worker_folder / "secrets"


@dataclass
class NatsServer:
    """A server with provisioned streams."""

    url: str
    secrets: Path
    part: Part

    @property
    def admin_seed(self) -> str:
        return read_secret(self.secrets / "admin" / "nats.seed")

    def seed_file(self, service: str) -> Path:
        return self.secrets / service / "nats.seed"


@pytest_asyncio.fixture
async def nats_server(secrets: Path, tmp_path: Path) -> AsyncIterator[NatsServer]:
    part, port = nats(tmp_path / "nats", tmp_path / "nats.log", secrets)
    try:
        await part.start()
        server = NatsServer(f"nats://127.0.0.1:{port}", secrets, part)
        await provision(server.url, server.admin_seed)
        yield server
    finally:
        await part.stop()


class MovedClock:
    """Business time of a test: an offset file as the demo uses it."""

    def __init__(self, file: Path) -> None:
        self._file = file
        self.setting = f"file:{file}"
        file.write_text("0\n")

    def set(self, at: datetime) -> None:
        self._file.write_text(f"{(at - datetime.now(UTC)).total_seconds():.3f}\n")


@pytest.fixture
def clock(tmp_path: Path) -> MovedClock:
    return MovedClock(tmp_path / "clock")


# The service's app in this process ----------------------------------------------------------------------------------


@pytest.fixture
def settings(secrets: Path, tmp_path: Path, clock: MovedClock) -> Callable[..., Settings]:
    def made(database: Database, nats_server: NatsServer | None = None) -> Settings:
        files = tmp_path / "files" / database.service
        files.mkdir(parents=True, exist_ok=True)
        return Settings(
            database_url=database.url,
            nats_url=nats_server.url if nats_server else "nats://127.0.0.1:9",
            nats_seed_file=secrets / database.service / "nats.seed",
            bind="127.0.0.1:0",
            public_url=PUBLIC_URL,
            secrets_dir=secrets / database.service,
            files_url=files.as_uri(),
            clock=clock.setting,
        )

    return made


@asynccontextmanager
async def running(app: Litestar) -> AsyncIterator[None]:
    """The app's lifespan, entered and left by one task: a fixture's set-up and tear-down run in two."""
    is_up, may_end = asyncio.Event(), asyncio.Event()

    async def live() -> None:
        async with app.lifespan():
            is_up.set()
            await may_end.wait()

    life = asyncio.create_task(live())
    waiting = asyncio.create_task(is_up.wait())
    await asyncio.wait({life, waiting}, return_when=asyncio.FIRST_COMPLETED)
    if life.done():
        waiting.cancel()
        await life
    try:
        yield
    finally:
        may_end.set()
        await life


@pytest_asyncio.fixture
async def client(
    settings: Callable[..., Settings],
) -> AsyncIterator[Callable[..., Awaitable[httpx.AsyncClient]]]:
    async with AsyncExitStack() as stack:

        async def opened(database: Database, nats_server: NatsServer | None = None) -> httpx.AsyncClient:
            plan = importlib.import_module(f"services.{database.service}.app").PLAN
            app = make_app(plan, settings(database, nats_server))
            await stack.enter_async_context(running(app))
            transport = httpx.ASGITransport(app=app, raise_app_exceptions=False)
            return await stack.enter_async_context(httpx.AsyncClient(transport=transport, base_url=PUBLIC_URL))

        yield opened


# A whole installation -----------------------------------------------------------------------------------------------


@pytest_asyncio.fixture
async def installation() -> AsyncIterator[Installation]:
    with temporary_folder() as folder:
        async with Installation(folder, clock="file") as opened:
            yield opened


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def module_installation() -> AsyncIterator[Installation]:
    with temporary_folder() as folder:
        async with Installation(folder, clock="file", settings=FAST) as opened:
            yield opened
