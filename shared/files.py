"""Files by content: stored under their SHA-256; the row that names one owns its name, size and type."""

import hashlib
import os
from pathlib import Path

from shared.errors import Missing


class Files:
    """url: `file:///folder`. Nothing is ever served by path."""

    def __init__(self, url: str) -> None:
        if not url.startswith("file://"):
            raise ValueError(f"FILES_URL={url!r}: expected file:///folder")
        self._folder = Path(url.removeprefix("file://"))

    def put(self, content: bytes) -> str:
        """Keep the content durably and return its SHA-256 in hex; the same content is kept once."""
        digest = hashlib.sha256(content).hexdigest()
        path = self._path(digest)
        if not path.exists():
            path.parent.mkdir(parents=True, exist_ok=True)
            fresh = path.with_suffix(f".{os.getpid()}")
            with fresh.open("wb") as file:
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
            fresh.replace(path)
        return digest

    def get(self, digest: str) -> bytes:
        """Raises Missing: file_missing."""
        path = self._path(digest)
        if len(digest) != 64 or not path.exists():
            raise Missing("file_missing")
        return path.read_bytes()

    def _path(self, digest: str) -> Path:
        return self._folder / digest[:2] / digest
