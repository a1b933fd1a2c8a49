"""SQL of devices, enrolments, sign_ons and device_reports."""

from datetime import datetime, timedelta
from uuid import UUID

import msgspec

from services.scoring.devices.domain import Abilities, Bearer, Device, Enrolment, Key, Seat
from shared.db import Transaction


async def keys(tx: Transaction, ids: list[UUID]) -> dict[UUID, Key]:
    rows = await tx.fetch(
        """SELECT d.id, d.public_key, d.revoked_at IS NOT NULL AS is_revoked,
                  array(SELECT DISTINCT s.judge_id FROM sign_ons s WHERE s.device_id = d.id) AS judges
             FROM devices d WHERE d.id = ANY($1::uuid[])""",
        ids,
    )
    return {
        row["id"]: Key(public_key=row["public_key"], is_revoked=row["is_revoked"], judges=frozenset(row["judges"]))
        for row in rows
    }


async def bearer(tx: Transaction, token_hash: bytes) -> tuple[Bearer, bool] | None:
    """Whose token this is, and whether the device was revoked."""
    row = await tx.fetchrow(
        "SELECT id, owned_by, revoked_at IS NOT NULL AS is_revoked FROM devices WHERE token_hash = $1", token_hash
    )
    return (Bearer(row["id"], row["owned_by"]), row["is_revoked"]) if row else None


async def add_enrolment(
    tx: Transaction, enrolment_id: UUID, panel_id: UUID, code_hash: bytes, lasts: timedelta, by: UUID
) -> None:
    await tx.execute(
        """INSERT INTO enrolments (id, panel_id, code_hash, made_by, expires_at)
           VALUES ($1, $2, $3, $4, clock_timestamp() + $5) ON CONFLICT (id) DO NOTHING""",
        enrolment_id, panel_id, code_hash, by, lasts,
    )  # fmt: skip


async def enrolment(tx: Transaction, code_hash: bytes) -> Enrolment | None:
    """The code, its row locked: of two tablets at once the second waits."""
    row = await tx.fetchrow(
        """SELECT panel_id, expires_at <= clock_timestamp() AS is_over, device_id
             FROM enrolments WHERE code_hash = $1 FOR UPDATE""",
        code_hash,
    )
    return Enrolment(**row) if row else None


async def use_enrolment(tx: Transaction, code_hash: bytes, device_id: UUID) -> None:
    await tx.execute(
        "UPDATE enrolments SET used_at = clock_timestamp(), device_id = $2 WHERE code_hash = $1 AND used_at IS NULL",
        code_hash, device_id,
    )  # fmt: skip


async def add_device(tx: Transaction, device: Device, token_hash: bytes) -> bool:
    """Enrol, or enrol anew with the same key. False if the id belongs to another key."""
    added = await tx.fetchval(
        """INSERT INTO devices (id, panel_id, owned_by, label, public_key, abilities, token_hash, enrolled_at)
           VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
           ON CONFLICT (id) DO UPDATE
              SET panel_id = excluded.panel_id, owned_by = excluded.owned_by, label = excluded.label,
                  abilities = excluded.abilities, token_hash = excluded.token_hash, enrolled_at = excluded.enrolled_at,
                  revoked_at = NULL, revoked_by = NULL
            WHERE devices.public_key = excluded.public_key
           RETURNING true""",
        device.id, device.panel_id, device.owned_by, device.label, device.public_key,
        msgspec.json.encode(device.abilities).decode(), token_hash, device.enrolled_at,
    )  # fmt: skip
    return bool(added)


async def device(tx: Transaction, device_id: UUID) -> Device | None:
    row = await tx.fetchrow(
        """SELECT id, panel_id, owned_by, label, public_key, abilities, enrolled_at, revoked_at
             FROM devices WHERE id = $1""",
        device_id,
    )
    return Device(**{**row, "abilities": msgspec.json.decode(row["abilities"], type=Abilities)}) if row else None


async def seats(tx: Transaction) -> list[Seat]:
    """The panel of the acting device."""
    rows = await tx.fetch("SELECT judge_id, position, kind, name, leader FROM device_seats ORDER BY kind, position")
    return [Seat(**row) for row in rows]


async def add_sign_on(
    tx: Transaction, sign_on_id: UUID, device_id: UUID, judge_id: UUID, signature: str, now: datetime
) -> None:
    await tx.execute(
        """INSERT INTO sign_ons (id, device_id, judge_id, signature, at) VALUES ($1, $2, $3, $4, $5)
           ON CONFLICT (id) DO NOTHING""",
        sign_on_id, device_id, judge_id, signature, now,
    )  # fmt: skip
