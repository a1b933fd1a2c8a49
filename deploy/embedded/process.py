"""One child process of an installation: started, stopped, killed and started again by name.

The child leads its own process group, writes to a log file, and ends with its parent even where the parent is killed.
Start from the main thread: Linux ties the child's life to the thread that made it.
"""

import asyncio
import contextlib
import ctypes
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
PR_SET_PDEATHSIG = 1
LIBC = ctypes.CDLL(None, use_errno=True) if sys.platform == "linux" else None


class PartFailed(RuntimeError):
    """A part did not start or ended by itself; the message holds the end of its log."""


class Part:
    """A command with its environment, its log and the signal that ends it in good order."""

    def __init__(
        self,
        name: str,
        command: Sequence[str],
        log: Path,
        *,
        environment: Mapping[str, str] | None = None,
        stop_signal: signal.Signals = signal.SIGTERM,
        user: tuple[int, int] | None = None,
        is_ready: Callable[[], Awaitable[bool]] | None = None,
        folder: Path | None = None,
    ) -> None:
        self.name = name
        self.command = list(command)
        self.log = log
        self._environment = environment
        self._stop_signal = stop_signal
        self._user = user
        self._is_ready = is_ready
        self._folder = folder
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def pid(self) -> int | None:
        """The process id while it runs."""
        return self._process.pid if self._process and self._process.poll() is None else None

    def launch(self) -> None:
        """Start the process; says nothing about readiness."""
        if self.pid:
            return
        self.log.parent.mkdir(parents=True, exist_ok=True)
        with self.log.open("ab") as log:
            self._process = subprocess.Popen(
                self.command,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                env=dict(self._environment) if self._environment is not None else None,
                cwd=self._folder,
                start_new_session=True,
                preexec_fn=self._prepare,
            )

    async def start(self, timeout_seconds: float = 60) -> None:
        """Start and wait until ready. Raises PartFailed."""
        self.launch()
        await self.ready(timeout_seconds)

    async def ready(self, timeout_seconds: float = 60) -> None:
        """Wait until the part answers. Raises PartFailed when it ends or stays silent."""
        deadline = time.monotonic() + timeout_seconds
        while self._is_ready and not await self._answers():
            if not self.pid:
                raise PartFailed(f"{self.name} ended while starting:\n{self.tail()}")
            if time.monotonic() > deadline:
                raise PartFailed(f"{self.name} was not ready after {timeout_seconds:.0f} s:\n{self.tail()}")
            await asyncio.sleep(0.05)

    async def stop(self, timeout_seconds: float = 15) -> None:
        """End in good order; what does not end in time is killed."""
        if not self._process:
            return
        if self.pid:
            self._process.send_signal(self._stop_signal)
        deadline = time.monotonic() + timeout_seconds
        while self._process.poll() is None and time.monotonic() < deadline:
            await asyncio.sleep(0.02)
        self.kill()

    def kill(self) -> None:
        """End at once, with every child (SIGKILL to the group), and collect it."""
        if self._process:
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.killpg(self._process.pid, signal.SIGKILL)
            self._process.wait()

    def tail(self, lines: int = 25) -> str:
        """The end of the log."""
        if not self.log.exists():
            return "(no log)"
        return "\n".join(self.log.read_text(errors="replace").splitlines()[-lines:])

    async def _answers(self) -> bool:
        return bool(self._is_ready and await self._is_ready())

    def _prepare(self) -> None:
        if self._user:
            os.setgroups([])
            os.setgid(self._user[1])
            os.setuid(self._user[0])
        if LIBC:
            LIBC.prctl(PR_SET_PDEATHSIG, signal.SIGKILL if self._stop_signal is signal.SIGTERM else self._stop_signal)


def program(name: str) -> str:
    """A program that came with a wheel: beside the running Python, in this checkout's environment, or on the path."""
    beside = (Path(sys.executable).parent, Path(sys.prefix) / "bin", ROOT / ".venv" / "bin")
    found = next((folder / name for folder in beside if (folder / name).exists()), None) or shutil.which(name)
    if found is None:
        raise PartFailed(f"the program {name} is missing; run ./laurel again, which installs it")
    return str(found)


async def listens(port: int) -> bool:
    """Whether something accepts connections on this loopback port."""
    try:
        _, writer = await asyncio.open_connection("127.0.0.1", port)
    except OSError:
        return False
    writer.close()
    with contextlib.suppress(OSError):
        await writer.wait_closed()
    return True
