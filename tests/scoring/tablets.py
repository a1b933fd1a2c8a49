"""A tablet in Python: a key of its own, enrolled and signed on, that writes and signs what protocol 2 asks for."""

import base64
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

import httpx
import msgspec
from cryptography.hazmat.primitives.asymmetric.ec import ECDSA, SECP256R1, EllipticCurvePrivateKey, generate_private_key
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from services.scoring.sheets.domain import Revision, SheetKey, canonical
from shared.ids import new_id, secret_id
from tests.scoring.people import Person
from tests.scoring.stage import NOW

ABILITIES = '{"secure_context":true,"worker":true,"strict_storage":true,"locks":true,"subtle":true,"persist":true}'


@dataclass
class Tablet:
    """seq rises with each revision written here."""

    id: UUID = field(default_factory=secret_id)
    key: EllipticCurvePrivateKey = field(default_factory=lambda: generate_private_key(SECP256R1()))
    seq: int = 0

    @property
    def public_key(self) -> bytes:
        """The raw point."""
        return self.key.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)

    def write(self, judge_id: UUID, entry_id: UUID, part: str, marks: dict[str, int], **changes: Any) -> bytes:
        """The bytes of the next revision."""
        self.seq += 1
        revision = Revision(
            id=new_id(), device_id=self.id, seq=self.seq, base=None, sheet=SheetKey(judge_id, entry_id, part),
            rubric_version=1, marks=marks, comment="", reason="", written_at=NOW, protocol=2,
        )  # fmt: skip
        return canonical(msgspec.structs.replace(revision, **changes))

    def sign(self, body: bytes) -> str:
        r, s = decode_dss_signature(self.key.sign(body, ECDSA(SHA256())))
        return base64.urlsafe_b64encode(r.to_bytes(32) + s.to_bytes(32)).decode().rstrip("=")

    async def enrol(self, database: Any, *judges: UUID) -> None:
        """Known as a browser of the first judge, all of them signed on; how that comes about is tested with the devices."""
        await database.execute(
            "INSERT INTO devices (id, owned_by, label, public_key, abilities, token_hash, enrolled_at)"
            " VALUES ($1, $2, '平板', $3, $4, $5, $6)",
            self.id, judges[0], self.public_key, ABILITIES, self.id.bytes, NOW,
        )  # fmt: skip
        for judge_id in judges:
            await database.execute(
                "INSERT INTO sign_ons (id, device_id, judge_id, signature, at) VALUES ($1, $2, $3, '', $4)",
                new_id(), self.id, judge_id, NOW,
            )  # fmt: skip

    async def revoke(self, database: Any) -> None:
        await database.execute(
            "UPDATE devices SET revoked_at = $2, revoked_by = $3 WHERE id = $1", self.id, NOW, new_id()
        )

    async def send(self, person: Person, body: bytes, signature: str | None = None, path: str = "") -> httpx.Response:
        """PUT these bytes as the person's session."""
        address = path or f"/scoring/revisions/{msgspec.json.decode(body)['id']}"
        headers = person.headers() | {
            "Content-Type": "application/json",
            "Laurel-Signature": signature or self.sign(body),
        }
        return await person.http.put(address, content=body, headers=headers)
