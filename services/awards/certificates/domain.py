"""What a certificate says, byte for byte, and what a check of it establishes. Pure: no I/O, no clock, no randomness.

The *content* is canonical JSON: keys sorted, no spaces, UTF-8. The signature covers these bytes, so they are kept as they are.
A check is a *statement*, never a bare "valid": it lists what is established and what is not.
Not here: keys (actions), the look of the sheet (templates/certificate.typ).
"""

import json
from datetime import date
from typing import Literal

import msgspec
from msgspec import Struct

Point = Literal["signature", "content", "decision", "not_revoked", "paper", "bearer"]


class Content(Struct, frozen=True, kw_only=True):
    """Everything a certificate states. Dates are ISO days in Asia/Shanghai. form: the version of this Struct."""

    form: int = 1
    number: str
    name: str
    unit: str
    subject_kind: str
    edition: str
    edition_en: str
    division: str
    division_en: str
    work: str
    tier: str
    tier_en: str
    organisation: str
    language: str
    approval_body: str
    approval_no: str
    approved_on: str
    document_no: str
    decided_on: str
    issued_on: str


class Statement(Struct, frozen=True, kw_only=True):
    """verdict: what the headline says. What the points mean stands in the catalogue."""

    verdict: Literal["established", "revoked", "not_established"]
    established: tuple[Point, ...]
    not_established: tuple[Point, ...]


def canonical(content: Content) -> bytes:
    """The bytes that are signed."""
    return json.dumps(msgspec.to_builtins(content), ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


def content_of(kept: bytes) -> Content:
    return msgspec.json.decode(kept, type=Content)


def statement(signature_holds: bool, number_matches: bool, revoked_on: date | None) -> Statement:
    """What follows from the check. What no server can establish is always said: the sheet in the hand, and who holds it."""
    if not (signature_holds and number_matches):
        return Statement(
            verdict="not_established", established=(), not_established=("signature", "content", "decision", "not_revoked", "paper", "bearer")
        )
    if revoked_on is not None:
        return Statement(
            verdict="revoked", established=("signature", "content", "decision"), not_established=("not_revoked", "paper", "bearer")
        )
    return Statement(
        verdict="established", established=("signature", "content", "decision", "not_revoked"), not_established=("paper", "bearer")
    )
