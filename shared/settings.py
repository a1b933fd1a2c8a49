"""What a process is told from outside: environment variables, and nothing else."""

import os
from pathlib import Path

from msgspec import Struct


class Settings(Struct, frozen=True, kw_only=True):
    """bind: host:port. public_url: the one origin browsers see, without a trailing slash. clock: see shared.clock."""

    database_url: str
    nats_url: str
    nats_seed_file: Path
    bind: str
    public_url: str
    secrets_dir: Path
    files_url: str
    clock: str

    def secret(self, name: str) -> bytes:
        """The content of one file of SECRETS_DIR. Raises FileNotFoundError."""
        return (self.secrets_dir / name).read_bytes()

    @property
    def installation_key(self) -> bytes:
        """The key of `shared.ids.opaque`, 32 bytes, the same in every service."""
        return bytes.fromhex(self.secret("installation.key").decode())

    @property
    def is_secure(self) -> bool:
        return self.public_url.startswith("https:")


def from_environment() -> Settings:
    """Read the settings. Raises SystemExit that names the missing variable."""
    names = ("DATABASE_URL", "NATS_URL", "NATS_SEED_FILE", "BIND", "PUBLIC_URL", "SECRETS_DIR", "FILES_URL")
    if missing := [name for name in names if name not in os.environ]:
        raise SystemExit(f"set {', '.join(missing)} in the environment")
    return Settings(
        database_url=os.environ["DATABASE_URL"],
        nats_url=os.environ["NATS_URL"],
        nats_seed_file=Path(os.environ["NATS_SEED_FILE"]),
        bind=os.environ["BIND"],
        public_url=os.environ["PUBLIC_URL"].rstrip("/"),
        secrets_dir=Path(os.environ["SECRETS_DIR"]),
        files_url=os.environ["FILES_URL"],
        clock=os.environ.get("CLOCK", "system"),
    )
