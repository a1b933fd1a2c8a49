"""A whole installation on one machine: PostgreSQL, NATS, Caddy and the three services as separate processes.

Used by demo, up, browser tests and fault tests. Everything lives in one folder: data, secrets, files and logs. Parts are
started, stopped, killed and started again by name; leaving the context ends all of them, whatever happened inside.

    async with Installation(folder) as installation:
        print(installation.url)
        installation.kill("scoring")
        await installation.start("scoring")
"""

import asyncio
import contextlib
import math
import os
import shutil
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType

import httpx

from deploy.databases import make_databases
from deploy.embedded.caddy import caddy
from deploy.embedded.nats import nats
from deploy.embedded.ports import free_port
from deploy.embedded.postgres import Postgres
from deploy.embedded.process import Part, PartFailed
from deploy.keys import SERVICES, make_secrets, read_secret
from deploy.streams import provision

ROOT = Path(__file__).resolve().parent.parent
INHERITED = ("PATH", "HOME", "TMPDIR", "LANG", "LC_ALL", "COVERAGE_PROCESS_START")
Tell = Callable[[str], None]


class Installation:
    """data: the folder of everything. clock: "system", or "file" for a clock that demo and tests can move.

    root_port: in a hall, where the page about the root of Caddy's own authority is served. settings: PostgreSQL settings
    beside the normal ones. commands: service -> what runs instead of `python -m services.<service>` (fault tests run a
    broken variant).
    """

    def __init__(
        self,
        data: Path,
        *,
        clock: str = "system",
        port: int | None = None,
        public_url: str | None = None,
        root_port: int | None = None,
        services: Sequence[str] = SERVICES,
        settings: dict[str, str] | None = None,
        commands: dict[str, list[str]] | None = None,
        tell: Tell = lambda _: None,
    ) -> None:
        self.data = data.resolve()
        self.services = tuple(services)
        self.port = free_port(port)
        self.url = public_url or f"http://127.0.0.1:{self.port}"
        self.root_port = root_port
        self.clock_file = self.data / "clock" if clock == "file" else None
        self.ports = {service: free_port() for service in self.services}
        self.parts: dict[str, Part] = {}
        self.nats_port = free_port()
        self.postgres: Postgres | None = None
        self._settings = settings
        self._commands = commands or {}
        self._tell = tell

    @property
    def secrets(self) -> Path:
        return self.data / "secrets"

    @property
    def logs(self) -> Path:
        return self.data / "logs"

    @property
    def first_code(self) -> str:
        """The one-time code that makes the first administrator of each service."""
        return read_secret(self.secrets / "admin" / "first_code")

    @property
    def nats_url(self) -> str:
        return f"nats://127.0.0.1:{self.nats_port}"

    async def __aenter__(self) -> "Installation":
        try:
            await self._open()
        except BaseException:
            await self.close()
            raise
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.close()

    async def start(self, name: str) -> None:
        """Start a part that was stopped or killed, and wait until it works again."""
        if name == "postgres" and self.postgres:
            await self.postgres.start()
        else:
            await self.parts[name].start()

    async def stop(self, name: str) -> None:
        """End a part in good order."""
        await self.parts[name].stop()

    def kill(self, name: str) -> None:
        """kill -9 of a part and its children."""
        self.parts[name].kill()

    async def close(self) -> None:
        """End everything: the services first, the database last."""
        first = [part for name, part in self.parts.items() if name not in ("postgres", "nats")]
        await asyncio.gather(*(part.stop() for part in first))
        for name in ("nats", "postgres"):
            if name in self.parts:
                await self.parts[name].stop(30)

    def broken(self) -> list[str]:
        """Names of the parts that were started and no longer run."""
        return [name for name, part in self.parts.items() if part.pid is None]

    def set_clock(self, at: datetime) -> None:
        """Move business time to an aware instant, never before it; it runs on from there. Only with clock="file"."""
        if self.clock_file is None:
            raise ValueError("this installation runs on system time")
        offset = math.ceil((at.astimezone(UTC) - datetime.now(UTC)).total_seconds())
        fresh = self.clock_file.with_suffix(".new")
        fresh.write_text(f"{offset}\n")
        fresh.replace(self.clock_file)

    def database_url(self, service: str, role: str = "app") -> str:
        """The address of a service's database for its role "app" or "owner"."""
        if self.postgres is None:
            raise ValueError("the installation is not open")
        return self.postgres.url(service, f"{service}_{role}", self._password(service, role))

    def environment(self, service: str) -> dict[str, str]:
        """Exactly what a service process is told, besides the operating system's own variables."""
        inherited = {name: os.environ[name] for name in INHERITED if name in os.environ}
        return inherited | {
            "PYTHONPATH": str(ROOT),
            "PYTHONSAFEPATH": "1",
            "PYTHONUNBUFFERED": "1",
            "OPENBLAS_NUM_THREADS": "1",  # matrices are as large as a panel: threads would only wait for each other
            "DATABASE_URL": self.database_url(service),
            "NATS_URL": self.nats_url,
            "NATS_SEED_FILE": str(self.secrets / service / "nats.seed"),
            "BIND": f"127.0.0.1:{self.ports[service]}",
            "PUBLIC_URL": self.url,
            "SECRETS_DIR": str(self.secrets / service),
            "FILES_URL": (self.data / "files" / service).as_uri(),
            "CLOCK": f"file:{self.clock_file}" if self.clock_file else "system",
        }  # fmt: skip

    async def _open(self) -> None:
        self.data.mkdir(parents=True, exist_ok=True)
        make_secrets(self.secrets)
        if self.clock_file and not self.clock_file.exists():
            self.clock_file.write_text("0\n")
        self._tell("PostgreSQL")
        await self._open_postgres()
        self._tell("NATS")
        self.parts["nats"], _ = nats(self.data / "nats", self.logs / "nats.log", self.secrets, self.nats_port)
        await self.parts["nats"].start()
        await asyncio.gather(self._provision(), *(self._migrate(service) for service in self.services))
        self._tell("registration, scoring, awards")
        for service in self.services:
            (self.data / "files" / service).mkdir(parents=True, exist_ok=True)
            self.parts[service] = self._service(service)
            self.parts[service].launch()
        self.parts["caddy"] = caddy(
            self.data / "caddy",
            self.logs / "caddy.log",
            port=self.port,
            public_url=self.url,
            services=self._upstreams(),
            root_port=self.root_port,
        )
        await asyncio.gather(self.parts["caddy"].start(), *(self.parts[service].ready() for service in self.services))

    async def _open_postgres(self) -> None:
        self.postgres = Postgres(self.data / "postgres", self.logs / "postgres.log", settings=self._settings)
        self.parts["postgres"] = self.postgres.part
        await self.postgres.start()
        self.parts["postgres"] = self.postgres.part
        passwords = {each: (self._password(each, "owner"), self._password(each, "app")) for each in SERVICES}
        await make_databases(self.postgres.url(), passwords)

    async def _provision(self) -> None:
        await provision(self.nats_url, read_secret(self.secrets / "admin" / "nats.seed"))

    async def _migrate(self, service: str) -> None:
        environment = self.environment(service) | {"MIGRATE_URL": self.database_url(service, "owner")}
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", f"services.{service}.cli", "migrate",
            env=environment, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT,
        )  # fmt: skip
        output, _ = await process.communicate()
        if process.returncode:
            raise PartFailed(
                f"the migration of {service} ended with {process.returncode}:\n{output.decode(errors='replace')}"
            )

    def _service(self, service: str) -> Part:
        address = f"http://127.0.0.1:{self.ports[service]}/{service}/health/ready"

        async def is_ready() -> bool:
            async with httpx.AsyncClient(trust_env=False) as client:
                try:
                    return (await client.get(address, timeout=5)).status_code == 200
                except httpx.HTTPError:
                    return False

        command = [sys.executable, "-m", *self._commands.get(service, [f"services.{service}"])]
        return Part(
            service, command, self.logs / f"{service}.log", environment=self.environment(service), is_ready=is_ready
        )

    def _upstreams(self) -> dict[str, int]:
        """Every service needs an address in the Caddyfile; one that is not run here gets a port where nothing listens."""
        return {service: self.ports.get(service, 9) for service in SERVICES}

    def _password(self, service: str, role: str) -> str:
        return read_secret(self.secrets / "admin" / f"{service}.{role}.password")


@contextlib.contextmanager
def temporary_folder(inside: Path | None = None) -> Iterator[Path]:
    """A folder that PostgreSQL's own user may enter too, removed at the end. inside: instead of the usual place."""
    folder = Path(tempfile.mkdtemp(prefix="laurel-", dir=inside))
    folder.chmod(0o711)
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)
