"""The secrets of an installation: made once, one folder per service with only what that service may see.

Formats are those that `shared` reads: `installation.key` 64 hex characters, `first_code` the SHA-256 of the code,
Ed25519 keys as PEM, the nkey seed as text without a line end (nats-py takes the file as it is).
"""

import hashlib
import os
import secrets
from itertools import product
from pathlib import Path

import nkeys
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat

SERVICES = ("registration", "scoring", "awards")
PRIVATE_KEYS = {"ticket": "registration", "certificate": "awards"}
"""Key pair -> the one service that signs with it; all three hold the public half."""
CODE_LETTERS = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"


def make_secrets(folder: Path) -> None:
    """Fill `folder` where something is missing; what is there stays. Needs nothing but the disk."""
    for name in (*SERVICES, "admin"):
        (folder / name).mkdir(parents=True, exist_ok=True)
        (folder / name).chmod(0o700)
    folder.chmod(0o700)
    if not (folder / "admin" / "whole").exists():
        _make_installation_key(folder)
        _make_first_code(folder)
        for key, owner in PRIVATE_KEYS.items():
            _make_pair(folder, key, owner)
        for name in (*SERVICES, "admin"):
            _write(folder / name / "nats.seed", new_seed(), end="")
        for name, role in product(SERVICES, ("owner", "app")):
            _write(folder / "admin" / f"{name}.{role}.password", secrets.token_urlsafe(24))
        _write(folder / "admin" / "whole", "every secret above is written")


def read_secret(path: Path) -> str:
    """The text of one secret."""
    return path.read_text().strip()


def new_seed() -> str:
    """A fresh nkey seed of a NATS user."""
    return bytes(nkeys.encode_seed(os.urandom(32), nkeys.PREFIX_BYTE_USER)).decode()


def public_nkey(seed: str) -> str:
    """The public half of a NATS user's seed, as it stands in the server's configuration."""
    key: bytes = nkeys.from_seed(bytearray(seed.encode())).public_key
    return key.decode()


def _make_installation_key(folder: Path) -> None:
    key = secrets.token_hex(32)
    for name in SERVICES:
        _write(folder / name / "installation.key", key)


def _make_first_code(folder: Path) -> None:
    code = "-".join("".join(secrets.choice(CODE_LETTERS) for _ in range(4)) for _ in range(4))
    _write(folder / "admin" / "first_code", code)
    for name in SERVICES:
        _write(folder / name / "first_code", hashlib.sha256(code.encode()).hexdigest())


def _make_pair(folder: Path, key: str, owner: str) -> None:
    private = Ed25519PrivateKey.generate()
    _write(
        folder / owner / f"{key}.key",
        private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode().strip(),
    )
    public = private.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode().strip()
    for name in SERVICES:
        _write(folder / name / f"{key}.pub", public)


def _write(path: Path, text: str, end: str = "\n") -> None:
    path.touch(0o600)
    path.chmod(0o600)
    path.write_text(text + end)
