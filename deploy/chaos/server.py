"""What happens to the server: its parts are killed and started again, and its disk is filled."""

import asyncio
import os
import resource
import subprocess
from contextlib import suppress
from pathlib import Path

from deploy.installation import Installation

DISK_MEGABYTES = 768
SETTINGS = {"max_wal_size": "160MB", "min_wal_size": "80MB"}
"""So that the write-ahead log fits on a small disk."""
FULL = ("No space left on device", "File too large")
FULL_SECONDS = 6.0


class Disk:
    """PostgreSQL's disk: a small file system of its own where we may mount one, else its processes' file size limit.

    kind: "file system", "file size limit", or "" where neither is possible, with the reason in `reason`.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.kind, self.reason = "", ""
        self._ballast = folder / "ballast"

    def open(self) -> None:
        """Before PostgreSQL makes its data."""
        self.folder.mkdir(parents=True, exist_ok=True)
        words = ["mount", "-t", "tmpfs", "-o", f"size={DISK_MEGABYTES}m,mode=0700", "laurel-chaos", str(self.folder)]
        try:
            done = subprocess.run(words, capture_output=True, text=True, check=False)
        except OSError as error:
            self.reason = str(error)
        else:
            self.reason = done.stderr.strip()
            self.kind = "" if done.returncode else "file system"
        if not self.kind and hasattr(resource, "prlimit"):
            self.kind = "file size limit"

    def close(self) -> None:
        if self.kind == "file system":
            subprocess.run(["umount", "--lazy", str(self.folder)], capture_output=True, check=False)

    async def fill(self, installation: Installation) -> bool:
        """Let the disk be full until PostgreSQL has met it, and for some seconds at most. Says whether it has met it."""
        log = installation.logs / "postgres.log"
        before = log.stat().st_size
        self._set(True, installation)
        try:
            for _ in range(int(FULL_SECONDS / 0.1)):
                await asyncio.sleep(0.1)
                self._set(True, installation)
                if _said(log, before):
                    await asyncio.sleep(0.7)
                    return True
        finally:
            self._set(False, installation)
        return False

    def _set(self, is_full: bool, installation: Installation) -> None:
        """Full is kept full: PostgreSQL removes files too, and its processes come and go."""
        if self.kind == "file size limit":
            self._limit(4096 if is_full else resource.RLIM_INFINITY, installation)
        elif not is_full:
            self._ballast.unlink(missing_ok=True)
        else:
            found = os.statvfs(self.folder)
            with suppress(OSError), self._ballast.open("ab") as ballast:  # what it takes itself meanwhile is as well
                if found.f_bavail:
                    os.posix_fallocate(ballast.fileno(), ballast.tell(), found.f_bavail * found.f_frsize)

    def _limit(self, size: int, installation: Installation) -> None:
        for pid in _family(installation.parts["postgres"].pid):
            with suppress(ProcessLookupError, PermissionError):
                _, hard = resource.prlimit(pid, resource.RLIMIT_FSIZE)
                resource.prlimit(pid, resource.RLIMIT_FSIZE, (size, hard))


def _said(log: Path, since: int) -> bool:
    with log.open("rb") as file:
        file.seek(since)
        text = file.read().decode(errors="replace")
    return any(word in text for word in FULL)


def _family(pid: int | None) -> list[int]:
    """A process and its children."""
    if pid is None:
        return []
    found = Path(f"/proc/{pid}/task/{pid}/children")
    return [pid, *map(int, found.read_text().split())] if found.exists() else [pid]
