"""What a certificate says, byte for byte, and what a check of it establishes. Pure: no I/O, no clock, no randomness.

The *content* is canonical JSON: keys sorted, no spaces, UTF-8. The signature covers these bytes, so they are kept as they are.
A check is a *statement*, never a bare "valid": it lists what is established and what is not.
Not here: where keys are kept (the edge hands them in), the look of the sheet (templates/certificate.typ).
"""

import json
from datetime import date, datetime
from typing import Literal

import msgspec
from joserfc import jws
from joserfc.errors import JoseError
from joserfc.jwk import OKPKey
from msgspec import Struct

ALGORITHM = "Ed25519"
BLANK = "\ue000"
Point = Literal["signature", "content", "decision", "not_revoked", "paper", "bearer"]
CHECKED: tuple[Point, ...] = ("signature", "content", "decision", "not_revoked")
NEVER: tuple[Point, ...] = ("paper", "bearer")
"""What no server can establish: that the sheet in the hand says the same, and that its holder is the person."""


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
    """What follows from the check; what no server can establish is always said."""
    if not (signature_holds and number_matches):
        return Statement(verdict="not_established", established=(), not_established=(*CHECKED, *NEVER))
    if revoked_on is not None:
        return Statement(verdict="revoked", established=CHECKED[:-1], not_established=("not_revoked", *NEVER))
    return Statement(verdict="established", established=CHECKED, not_established=NEVER)


class Kept(Struct, frozen=True, kw_only=True):
    """A certificate as it was issued, with its revocation if there was one."""

    number: str
    token: str
    content: str
    signature: str
    key_id: str
    pdf_sha256: str
    issued_at: datetime
    revoked_on: date | None
    revoked_by: str | None


class Checked(Struct, frozen=True, kw_only=True):
    """What a check answers."""

    statement: Statement
    content: Content
    token: str
    signature: str
    key_id: str
    revoked_on: date | None
    revoked_by: str | None


def sign(content: bytes, private_pem: str) -> str:
    """The content as a JWS in compact form: Ed25519, key id in the header."""
    key = OKPKey.import_key(private_pem)
    return jws.serialize_compact({"alg": ALGORITHM, "kid": key.thumbprint()}, content, key, algorithms=[ALGORITHM])


def holds(signature: str, content: bytes, public_pem: str) -> bool:
    """Whether the signature is by this key and over exactly these bytes."""
    try:
        signed = jws.deserialize_compact(signature, OKPKey.import_key(public_pem), algorithms=[ALGORITHM])
    except JoseError:
        return False
    return signed.payload == content


def key_id(public_pem: str) -> str:
    """RFC 7638 thumbprint of the key."""
    return OKPKey.import_key(public_pem).thumbprint()


def public_keys(public_pem: str) -> dict[str, object]:
    """The key as a JWK Set, for whoever checks a signature without this server."""
    key = OKPKey.import_key(public_pem)
    return {"keys": [{**key.as_dict(private=False), "kid": key.thumbprint(), "alg": ALGORITHM, "use": "sig"}]}


def check(kept: Kept, public_pem: str) -> Checked:
    """Check a kept certificate against the key: signature over the bytes, number in the bytes, revocation."""
    content = kept.content.encode()
    said = content_of(content)
    return Checked(
        statement=statement(holds(kept.signature, content, public_pem), said.number == kept.number, kept.revoked_on),
        content=said, token=kept.token, signature=kept.signature, key_id=kept.key_id, revoked_on=kept.revoked_on,
        revoked_by=kept.revoked_by,
    )  # fmt: skip


def normal_number(typed: str) -> str:
    """A number as it is kept: capitals, half-width, no spaces, any dash."""
    half = "".join(chr(ord(c) - 0xFEE0) if 0xFF01 <= ord(c) <= 0xFF5E else c for c in typed.strip())
    return "".join("-" if c in "‐‑‒–—−" else c for c in half if not c.isspace()).upper()


def with_room(text: str, unprinted: frozenset[str]) -> str:
    """The text with a blank to write in, U+E000, for each character outside the fonts; the template draws it."""
    return "".join(BLANK if each in unprinted else each for each in text)
