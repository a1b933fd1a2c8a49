"""Enrol tablets, let judges sign on, end both, and keep what tablets say of themselves."""

import hashlib
import secrets
from datetime import datetime
from uuid import UUID

from services.scoring.devices import domain, store
from services.scoring.devices.domain import Bearer, Device, Key, Seat
from shared.db import Transaction
from shared.errors import Conflict, NotSignedIn, Refused
from shared.web import gate

JUDGING = ("judge", "panel_leader")
"""What a session opened on a tablet may do, whatever else the account may elsewhere."""


async def keys(tx: Transaction, ids: list[UUID]) -> dict[UUID, Key]:
    """Enrolled devices: public key, whether revoked, and the judges that signed on. An unknown id is absent."""
    return await store.keys(tx, ids)


async def bearer(tx: Transaction, token: str | None) -> Bearer:
    """Whose cookie this is, in the audience of the gate. Raises NotSignedIn: device_unknown, device_revoked."""
    found = await store.bearer(tx, _hashed(token)) if token else None
    if found is None:
        raise NotSignedIn("device_unknown")
    device, is_revoked = found
    if is_revoked:
        raise NotSignedIn("device_revoked")
    return device


async def offer(tx: Transaction, enrolment_id: UUID, panel_id: UUID, key: bytes, by: UUID) -> str:
    """Make a one-time code and return it. The same id gives the same code and no more time."""
    made = domain.code(key, enrolment_id)
    await store.add_enrolment(tx, enrolment_id, panel_id, _hashed(made), domain.CODE_LASTS, by)
    return made


async def enrol(tx: Transaction, code: str, device: Device) -> str:
    """Let a tablet in by its code and return its token, which is stored nowhere. device: its panel is the code's.

    Raises Refused: enrolment_unknown, enrolment_used, enrolment_over. Raises Conflict: device_reused.
    """
    hashed = _hashed(code.strip().upper())
    found = domain.check_enrolment(await store.enrolment(tx, hashed), device.id)
    token = await _add(tx, device, panel_id=found.panel_id)
    await store.use_enrolment(tx, hashed, device.id)
    return token


async def enrol_own(tx: Transaction, device: Device, judge_id: UUID, now: datetime) -> str:
    """Let the browser in on which a judge has signed in with the own account. Raises Conflict: device_reused."""
    token = await _add(tx, device, owned_by=judge_id)
    await store.add_sign_on(tx, device.id, device.id, judge_id, "", now)
    return token


async def seats(tx: Transaction) -> list[Seat]:
    """Whom the acting device offers."""
    return await store.seats(tx)


async def sign_on(
    tx: Transaction, device_id: UUID, sign_on_id: UUID, judge_id: UUID, signature: str, now: datetime
) -> str:
    """A judge of the panel takes the tablet in hand: the token of a judge's session. Raises Refused: judge_not_in_panel."""
    if judge_id not in {seat.judge_id for seat in await store.seats(tx)}:
        raise Refused("judge_not_in_panel")
    await store.add_sign_on(tx, sign_on_id, device_id, judge_id, signature, now)
    return await gate.start(tx, judge_id, judge_id, device_id, JUDGING)


async def _add(tx: Transaction, device: Device, *, panel_id: UUID | None = None, owned_by: UUID | None = None) -> str:
    token = secrets.token_urlsafe(32)
    placed = Device(
        id=device.id,
        panel_id=panel_id,
        owned_by=owned_by,
        label=device.label,
        public_key=device.public_key,
        abilities=device.abilities,
        enrolled_at=device.enrolled_at,
    )
    if not await store.add_device(tx, placed, _hashed(token)):
        raise Conflict("device_reused")
    return token


def _hashed(text: str) -> bytes:
    return hashlib.sha256(text.encode()).digest()
