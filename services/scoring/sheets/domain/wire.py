"""Protocol 2 on the wire: the exact bytes a tablet stored when the judge submitted, and the device's signature over them.

ECDSA over P-256 with SHA-256; the signature is raw r ‖ s in base64url without padding, a key the raw uncompressed point.
Bytes that are not canonical are no revision: so the ledger's entry alone gives back what was signed.
"""

import base64
import binascii
from datetime import timedelta
from typing import Annotated, Literal
from uuid import UUID

import msgspec
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ec import ECDSA, SECP256R1, EllipticCurvePublicKey
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256
from msgspec import Meta, Struct

from services.scoring.sheets.domain import EPOCH, Revision, SheetKey, Source, canonical
from shared.errors import Refused

Key = Annotated[str, Meta(min_length=1, max_length=40)]
Count = Annotated[int, Meta(ge=-1_000_000_000, le=1_000_000_000)]
Seq = Annotated[int, Meta(ge=1, le=9_007_199_254_740_991)]
Version = Annotated[int, Meta(ge=1, le=1_000_000)]
Marks = Annotated[dict[Key, Count], Meta(max_length=200)]
Comment = Annotated[str, Meta(max_length=2000)]
Reason = Annotated[str, Meta(max_length=500)]
HALF, NUL = 32, "\0"
ALGORITHM = ECDSA(SHA256())


class Wire(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What the bytes say. written_at: milliseconds of the tablet's clock since 1970, up to the year 9999."""

    base: UUID | None
    comment: Comment
    device_id: UUID
    entry_id: UUID
    id: UUID
    judge_id: UUID
    marks: Marks
    part: Key
    protocol: Literal[2]
    reason: Reason
    rubric_version: Version
    seq: Seq
    written_at: Annotated[int, Meta(ge=0, le=253_402_300_799_999)]


def key(raw: bytes) -> EllipticCurvePublicKey:
    """A device's key from its raw point (65 bytes). Raises Refused: signature_wrong (no point of the curve)."""
    try:
        return EllipticCurvePublicKey.from_encoded_point(SECP256R1(), raw)
    except ValueError as error:
        raise Refused("signature_wrong") from error


def read(body: bytes, signature: str, source: Source) -> Revision:
    """The revision that these bytes are; who signed them is not asked yet. Raises Refused: revision_unreadable."""
    try:
        said = msgspec.json.decode(body, type=Wire)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise Refused("revision_unreadable", detail=str(error)) from error
    revision = Revision(
        id=said.id,
        device_id=said.device_id,
        seq=said.seq,
        base=said.base,
        sheet=SheetKey(said.judge_id, said.entry_id, said.part),
        rubric_version=said.rubric_version,
        marks=said.marks,
        comment=said.comment,
        reason=said.reason,
        written_at=EPOCH + timedelta(milliseconds=said.written_at),
        protocol=said.protocol,
        signature=signature,
        source=source,
    )
    if canonical(revision) != body or NUL in "".join((said.comment, said.reason, said.part, *said.marks)):
        raise Refused("revision_unreadable", detail="not canonical")
    return revision


def check(public_key: EllipticCurvePublicKey, body: bytes, signature: str) -> None:
    """Raises Refused: signature_wrong, unless the device that holds this key signed these bytes."""
    try:
        raw = base64.urlsafe_b64decode(signature + "==")
        if len(raw) != 2 * HALF:
            raise InvalidSignature
        r, s = int.from_bytes(raw[:HALF]), int.from_bytes(raw[HALF:])
        public_key.verify(encode_dss_signature(r, s), body, ALGORITHM)
    except (InvalidSignature, binascii.Error, ValueError) as error:
        raise Refused("signature_wrong") from error
