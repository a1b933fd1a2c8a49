"""The servers of the wheels run as root and not, beside taken ports, and leave nothing behind."""

import asyncio
import os
import shutil
import socket
import subprocess
import sys

import asyncpg
import httpx
import psutil
import pytest

from deploy.embedded.ports import free_port, is_free
from deploy.embedded.postgres import FAST, Postgres
from deploy.installation import ROOT, Installation, temporary_folder

SERVERS_ONLY = """
import asyncio, os, sys
from pathlib import Path
from deploy.installation import Installation
async def main():
    async with Installation(Path(sys.argv[1]), services=()) as installation:
        print("running as", os.geteuid(), sorted(installation.parts))
asyncio.run(main())
"""
SERVERS_FOR_A_MINUTE = SERVERS_ONLY.replace(
    "        print(",
    "        print(*(part.pid for part in installation.parts.values()), flush=True)\n"
    "        await asyncio.sleep(60)\n"
    "        print(",
)


def becoming(user: int) -> list[str]:
    return ["setpriv", f"--reuid={user}", f"--regid={user}", "--clear-groups"]


def python_for(user: int) -> str | None:
    """A Python of this version that the user may run: ours may stand in a folder that only root enters."""
    for candidate in (sys.executable, f"/usr/bin/python{sys.version_info.major}.{sys.version_info.minor}"):
        done = subprocess.run([*becoming(user), candidate, "-V"], check=False, capture_output=True)
        if done.returncode == 0:
            return candidate
    return None


@pytest.mark.skipif(os.geteuid() != 0 or not shutil.which("setpriv"), reason="only root can become somebody else")
def test_the_embedded_servers_run_without_root() -> None:
    nobody = 65534
    python = python_for(nobody)
    if python is None:
        pytest.skip("no Python of this version that another user may run")
    with temporary_folder() as folder:
        os.chown(folder, nobody, nobody)
        packages = next(path for path in sys.path if path.endswith("site-packages"))
        done = subprocess.run(
            [*becoming(nobody), python, "-c", SERVERS_ONLY, str(folder / "data")],
            env={"PATH": os.environ["PATH"], "PYTHONPATH": f"{ROOT}:{packages}", "HOME": str(folder)},
            cwd=folder, capture_output=True, text=True, check=False,
        )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert done.stdout.strip() == f"running as {nobody} ['caddy', 'nats', 'postgres']"


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can start a server as somebody else")
async def test_as_root_postgresql_runs_as_nobody() -> None:
    with temporary_folder() as folder:
        async with Installation(folder, services=()) as installation:
            assert psutil.Process(installation.parts["postgres"].pid).username() == "nobody"


@pytest.mark.skipif(os.geteuid() != 0, reason="only root has folders that nobody cannot enter")
async def test_postgresql_runs_on_data_beneath_a_folder_closed_to_its_user() -> None:
    with temporary_folder() as folder:
        folder.chmod(0o700)
        server = Postgres(folder / "deep" / "data", folder / "log")
        await server.start()
        await server.stop()
        await server.start()
        await server.stop()
        assert (folder / "deep" / "data" / "PG_VERSION").read_text() == "18\n"
        assert folder.stat().st_mode & 0o777 == 0o700


async def test_a_taken_port_is_no_error() -> None:
    with socket.socket() as taken, temporary_folder() as folder:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        number = taken.getsockname()[1]
        async with Installation(folder, services=(), port=number) as installation:
            assert installation.port != number
            answer = await httpx.AsyncClient(trust_env=False).get(f"{installation.url}/nothing")
            assert answer.status_code == 404


def test_a_preferred_port_that_is_free_is_taken() -> None:
    port = free_port()
    assert is_free(port)
    assert free_port(port) == port


async def test_everything_written_survives_kill_and_restart() -> None:
    with temporary_folder() as folder:
        server = Postgres(folder / "data", folder / "log")
        await server.start()
        connection = await asyncpg.connect(server.url())
        await connection.execute("CREATE TABLE kept (n int); INSERT INTO kept VALUES (7)")
        server.part.kill()
        await server.start()
        connection = await asyncpg.connect(server.url())
        assert await connection.fetchval("SELECT n FROM kept") == 7
        await connection.close()
        await server.stop()


async def test_a_killed_server_starts_again_under_the_work_of_its_sessions() -> None:
    """Their processes outlive the killed one for a moment and hold its shared memory."""
    with temporary_folder() as folder:
        server = Postgres(folder / "data", folder / "log", settings=FAST)
        await server.start()
        for _ in range(3):
            sessions = [await asyncpg.connect(server.url()) for _ in range(6)]
            work = [asyncio.ensure_future(each.execute("SELECT count(*) FROM generate_series(1, 9000000)")) for each in sessions]
            await asyncio.sleep(0.1)
            server.part.kill()
            await server.start()
            await asyncio.gather(*work, return_exceptions=True)
        connection = await asyncpg.connect(server.url())
        assert await connection.fetchval("SELECT 1") == 1
        await connection.close()
        await server.stop()


async def test_leaving_ends_every_process_and_the_folder_goes() -> None:
    with temporary_folder() as folder:
        async with Installation(folder, services=()) as installation:
            pids = [part.pid for part in installation.parts.values()]
            assert all(pids)
    assert not folder.exists()
    assert not [pid for pid in pids if pid and psutil.pid_exists(pid)]


def test_killing_the_supervisor_ends_its_servers() -> None:
    with temporary_folder() as folder:
        supervisor = subprocess.Popen(
            [sys.executable, "-c", SERVERS_FOR_A_MINUTE, str(folder / "data")],
            env=os.environ | {"PYTHONPATH": str(ROOT)}, stdout=subprocess.PIPE, text=True,
        )  # fmt: skip
        assert supervisor.stdout
        pids = [int(word) for word in supervisor.stdout.readline().split()]
        assert len(pids) == 3
        supervisor.kill()
        supervisor.wait()
        gone, alive = psutil.wait_procs([psutil.Process(pid) for pid in pids if psutil.pid_exists(pid)], timeout=15)
        assert not [process for process in alive if process.status() != psutil.STATUS_ZOMBIE]
