"""Tablets as the demo's judges hold them: a key of their own, a queue that only a real acknowledgement shortens.

What a tablet sends is signed with its key and stored before it is sent (protocol 2); the same bytes go again until the
service has acknowledged them. A `Hall` is the network between a venue's tablets and the server, which can be cut.
"""

import base64
import time
from collections.abc import Mapping
from typing import Any, Literal

import httpx
import msgspec
from cryptography.hazmat.primitives.asymmetric.ec import ECDSA, SECP256R1, generate_private_key
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from msgspec import Struct

from deploy.demo.user import User
from shared.ids import new_id, secret_id

PROTOCOL = 2
ABILITIES = {
    "secure_context": True, "worker": True, "strict_storage": True, "locks": True, "subtle": True, "persist": True,
}  # fmt: skip
SIGNATURE = "M40 150L90 40L140 150M62 110L120 110M180 150Q200 20 240 90Q260 170 320 60M350 150Q420 20 540 130"


class Hall(httpx.AsyncBaseTransport):
    """The network of one venue. losing: what is sent arrives, what is answered does not. down: nothing goes through."""

    def __init__(self, outside: httpx.AsyncBaseTransport) -> None:
        self._outside = outside
        self.state: Literal["up", "losing", "down"] = "up"

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        if self.state == "down":
            raise httpx.ConnectError("the hall has no network", request=request)
        answer = await self._outside.handle_async_request(request)
        if self.state == "losing":
            await answer.aread()
            raise httpx.ReadError("the answer was lost", request=request)
        return answer


class Stored(Struct, kw_only=True):
    """One revision as the tablet keeps it: the bytes that were signed, and the acknowledgement once there is one."""

    id: str
    body: bytes
    signature: str
    disposition: str = ""


class Tablet:
    """One device; `user` is its browser, and acts for the judge who has signed on. seq rises with each revision."""

    def __init__(self, user: User, label: str) -> None:
        self.user = user
        self.label = label
        self.device_id = str(secret_id())
        self.judge_id = ""
        self.queue: list[Stored] = []
        self.last_position: int | None = None
        self._key = generate_private_key(SECP256R1())
        self._seq = 0

    async def enrol(self, code: str) -> None:
        """Show the code that staff made, and be known."""
        self.label = (await self.user.post("/scoring/enrolments", {**self._known(), "code": code}))["label"]

    async def enrol_own(self, judge_id: str) -> None:
        """A judge's own browser, known by the session."""
        await self.user.post("/scoring/devices/own", self._known())
        self.judge_id = judge_id

    async def sign_on(self, judge_id: str, pin: str) -> None:
        """The judge taps the own name and signs."""
        body = {"id": str(new_id()), "judge_id": judge_id, "signature": SIGNATURE, "pin": pin}
        await self.user.take_session("/scoring/sign-ons", body)
        self.judge_id = judge_id

    def write(
        self,
        entry_id: str,
        part: str,
        version: int,
        marks: Mapping[str, int],
        base: str | None = None,
        reason: str = "",
    ) -> Stored:
        """Submit a sheet: from now on it stands in the queue."""
        self._seq += 1
        said = {
            "base": base,
            "comment": "",
            "device_id": self.device_id,
            "entry_id": entry_id,
            "id": str(new_id()),
            "judge_id": self.judge_id,
            "marks": dict(marks),
            "part": part,
            "protocol": PROTOCOL,
            "reason": reason,
            "rubric_version": version,
            "seq": self._seq,
            "written_at": time.time_ns() // 1_000_000,
        }
        body = msgspec.json.encode(said, order="sorted")
        self.queue.append(Stored(id=str(said["id"]), body=body, signature=self._sign(body)))
        return self.queue[-1]

    async def drain(self) -> bool:
        """Send what stands in the queue, oldest first, each once; False if somewhere no acknowledgement came."""
        while self.queue:
            waiting = self.queue[0]
            headers = {"Laurel-Signature": waiting.signature, "Content-Type": "application/json"}
            answer = await self.user.attempt("PUT", f"/scoring/revisions/{waiting.id}", waiting.body, headers)
            if not is_acknowledgement(answer, waiting.id):
                return False
            waiting.disposition, self.last_position = answer["disposition"], answer["ledger_position"]
            self.queue.pop(0)
        return True

    async def report(self) -> bool:
        """Tell the desk how it stands; False if the desk did not hear it."""
        told = {
            "queue": len(self.queue),
            "parked": 0,
            "last_position": self.last_position,
            "battery": 60 + self._seq % 40,
            "clock_ms": time.time_ns() // 1_000_000,
            "version": "demo",
        }
        headers = {"Content-Type": "application/json"}
        answer = await self.user.attempt("POST", "/scoring/devices/reports", msgspec.json.encode(told), headers)
        return answer is not None

    def _known(self) -> dict[str, Any]:
        point = self._key.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
        return {
            "device_id": self.device_id,
            "public_key": _text(point),
            "label": self.label,
            "abilities": ABILITIES,
        }

    def _sign(self, body: bytes) -> str:
        r, s = decode_dss_signature(self._key.sign(body, ECDSA(SHA256())))
        return _text(r.to_bytes(32) + s.to_bytes(32))


def is_acknowledgement(answer: Any, revision_id: str) -> bool:
    """Only JSON with the same id and a ledger position: a captive portal answers 200 too."""
    return (
        isinstance(answer, dict) and answer.get("id") == revision_id and isinstance(answer.get("ledger_position"), int)
    )


def _text(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")
