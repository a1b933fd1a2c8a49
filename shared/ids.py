"""Identifiers: which one tells time, which tells nothing, and the order of a lot."""

import hashlib
import hmac
import os
import time
import uuid
from collections.abc import Iterable
from uuid import UUID


def new_id() -> UUID:
    """A UUIDv7: sorts by the time it was made (RFC 9562, 5.7)."""
    stamp = time.time_ns() // 1_000_000
    tail = int.from_bytes(os.urandom(10))
    value = (stamp & ((1 << 48) - 1)) << 80 | 0x7 << 76 | (tail >> 68 & 0xFFF) << 64 | 0b10 << 62 | tail & ((1 << 62) - 1)
    return UUID(int=value)


def secret_id() -> UUID:
    """A UUIDv4, for votes, tickets and devices: it tells neither time nor order."""
    return uuid.uuid4()


def opaque(key: bytes, kind: str, name: str) -> UUID:
    """The same UUID (version 8) for the same name everywhere in one installation, and nothing to anybody without its key.

    kind: keeps an account and a unit of the same name apart.
    """
    digest = hmac.digest(key, f"{kind}\x00{name}".encode(), "sha256")
    return UUID(int=int.from_bytes(digest[:16]) & ~(0xF << 76 | 0b11 << 62) | 0x8 << 76 | 0b10 << 62)


def lot(seed: bytes, ids: Iterable[UUID]) -> list[UUID]:
    """Order ids by SHA-256(seed ‖ ":" ‖ id in its usual text form). Anybody can repeat it with the recorded seed."""
    return sorted(ids, key=lambda each: hashlib.sha256(seed + b":" + str(each).encode()).digest())
