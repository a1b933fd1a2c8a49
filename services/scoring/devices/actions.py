"""Enrol tablets, let judges sign on, end both, and keep what tablets say of themselves.

A PIN is hashed and checked in a worker thread between two transactions, never inside one.
"""

import asyncio
import hashlib
import secrets
from datetime import datetime, timedelta
from uuid import UUID

from argon2 import PasswordHasher
from argon2.exceptions import VerifyMismatchError
from msgspec import structs

from services.scoring.devices import domain, store
from services.scoring.devices.domain import Bearer, Device, OfferState, Pin, Place, Report, Seat, Tablet
from shared.db import Transaction
from shared.errors import Conflict, Missing, NotSignedIn, Refused
from shared.web import gate

JUDGING = ("judge", "panel_leader")
"""What a session opened on a tablet may do, whatever else the account may elsewhere."""
HASHER = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)
TRIES_WITHIN = timedelta(minutes=domain.PIN_MINUTES)


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
    """Make a one-time code and return it. The same id gives the same code and no more time.

    Raises Conflict: offer_reused (the id stands for another panel's code).
    """
    made = domain.code(key, enrolment_id)
    await store.add_enrolment(tx, enrolment_id, panel_id, _hashed(made), domain.CODE_LASTS, by)
    if (await offer_state(tx, enrolment_id)).panel_id != panel_id:
        raise Conflict("offer_reused")
    return made


async def offer_state(tx: Transaction, enrolment_id: UUID) -> OfferState:
    """Whether the code can still be used, or who used it. Raises Missing: enrolment_unknown."""
    found = await store.offer_state(tx, enrolment_id)
    if found is None:
        raise Missing("enrolment_unknown")
    return found


async def enrol(tx: Transaction, code: str, device: Device) -> tuple[str, str]:
    """Let a tablet in by its code: its token, which is stored nowhere, and how staff call it. Its panel is the code's.

    Raises Refused: enrolment_unknown, enrolment_used, enrolment_over. Raises Conflict: device_reused.
    """
    hashed = _hashed(code.strip().upper())
    found = domain.check_enrolment(await store.enrolment(tx, hashed), device.id)
    label = domain.numbered(await store.number_of(tx, found.panel_id, device.id), device.label)
    token = await _add(tx, structs.replace(device, panel_id=found.panel_id, label=label))
    await store.use_enrolment(tx, hashed, device.id)
    return token, label


async def enrol_own(tx: Transaction, device: Device, sign_on_id: UUID, judge_id: UUID, now: datetime) -> str:
    """Let the browser in on which a judge has signed in with the own account. Raises Conflict: device_reused."""
    token = await _add(tx, structs.replace(device, owned_by=judge_id))
    await store.add_sign_on(tx, sign_on_id, device.id, judge_id, "", now)
    return token


async def place(tx: Transaction) -> Place:
    """Where the acting device stands; nowhere for a judge's own browser."""
    return await store.place(tx) or Place()


async def seats(tx: Transaction) -> list[Seat]:
    """Whom the acting device offers."""
    return await store.seats(tx)


async def begin_sign_on(tx: Transaction, device: Bearer, judge_id: UUID, *, is_drawn: bool) -> str | None:
    """Count a try where a PIN is asked, and return its hash; None where none is asked.

    is_drawn: a signature came with it; the first time it must. Raises Refused: judge_not_in_panel, signature_absent,
    pin_paused, pin_absent.
    """
    if judge_id not in {seat.judge_id for seat in await store.seats(tx)}:
        raise Refused("judge_not_in_panel")
    if not is_drawn and not await store.has_signed(tx, device.id, judge_id):
        raise Refused("signature_absent")
    if device.panel_id is None or not (await place(tx)).asks_pin:
        return None
    found = await store.pin_of(tx, device.panel_id, judge_id)
    if found is None:
        raise Refused("pin_absent")
    domain.check_tries(await store.add_try(tx, _tries_of(judge_id), TRIES_WITHIN))
    return found


async def is_pin(known: str, pin: str) -> bool:
    """Whether this is the PIN."""
    return await asyncio.to_thread(_verified, known, pin)


async def sign_on(
    tx: Transaction, device_id: UUID, sign_on_id: UUID, judge_id: UUID, signature: str, now: datetime
) -> str:
    """A judge of the panel has the tablet in hand: the token of a judge's session. The tries of the PIN are forgotten.

    Raises Conflict: sign_on_reused (the id stands for another judge or tablet: every session has a sign-on that staff see).
    """
    await store.forget_tries(tx, _tries_of(judge_id))
    if not await store.add_sign_on(tx, sign_on_id, device_id, judge_id, signature, now):
        raise Conflict("sign_on_reused")
    return await gate.start(tx, judge_id, judge_id, device_id, JUDGING)


async def revoke(tx: Transaction, device_id: UUID, by: UUID, now: datetime) -> UUID | None:
    """Let a device in no longer: its cookie, its sessions, its revisions. Again changes nothing.

    Says whose own it is: that account is to be signed out (`gate.end_own`). Raises Missing: device_missing.
    """
    done = await store.revoke(tx, device_id, by, now)
    if done is None:
        raise Missing("device_missing")
    await gate.end_of_device(tx, device_id)
    return done[0]


async def report(tx: Transaction, device_id: UUID, told: Report) -> None:
    """Keep what a device says of itself."""
    await store.put_report(tx, device_id, told)


async def tablets(tx: Transaction) -> list[Tablet]:
    """Every device as staff see it, by panel."""
    return domain.tablets(await store.devices(tx), await store.sign_ons(tx), await store.reports(tx))


async def new_pins(judges: list[UUID]) -> list[tuple[Pin, str]]:
    """A fresh PIN for each, with its hash. This is the only time a PIN is seen."""
    made = [Pin(judge_id, domain.pin(secrets.token_bytes(8))) for judge_id in judges]
    hashes = await asyncio.gather(*(asyncio.to_thread(HASHER.hash, each.pin) for each in made))
    return list(zip(made, hashes, strict=True))


async def put_pins(tx: Transaction, panel_id: UUID, pins: list[tuple[Pin, str]], by: UUID, now: datetime) -> None:
    """From now on these PINs hold; the earlier ones of these judges do not."""
    for pin, hashed in pins:
        await store.put_pin(tx, panel_id, pin.judge_id, hashed, by, now)


async def with_pin(tx: Transaction) -> set[tuple[UUID, UUID]]:
    """(panel, judge) of everybody who was given a PIN."""
    return await store.with_pin(tx)


async def _add(tx: Transaction, device: Device) -> str:
    token = secrets.token_urlsafe(32)
    if not await store.add_device(tx, device, _hashed(token)):
        raise Conflict("device_reused")
    return token


def _hashed(text: str) -> bytes:
    return hashlib.sha256(text.encode()).digest()


def _tries_of(judge_id: UUID) -> str:
    return f"pin {judge_id}"


def _verified(known: str, pin: str) -> bool:
    try:
        return HASHER.verify(known, pin)
    except VerifyMismatchError:
        return False
