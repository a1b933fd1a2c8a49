"""SQL of devices, enrolments, sign_ons, device_reports and pins, and the tries of PINs kept in `limits`."""

from datetime import datetime, timedelta
from uuid import UUID

import msgspec

from services.scoring.devices.domain import (
    Abilities,
    Bearer,
    Device,
    Enrolment,
    OfferState,
    Place,
    Report,
    Seat,
    SignOn,
)
from shared.db import Transaction


async def bearer(tx: Transaction, token_hash: bytes) -> tuple[Bearer, bool] | None:
    """Whose token this is, and whether the device was revoked."""
    row = await tx.fetchrow(
        "SELECT id, panel_id, revoked_at IS NOT NULL AS is_revoked FROM devices WHERE token_hash = $1", token_hash
    )
    return (Bearer(row["id"], row["panel_id"]), row["is_revoked"]) if row else None


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


async def number_of(tx: Transaction, panel_id: UUID, device_id: UUID) -> int:
    """A tablet's number in its panel: how many were enrolled there before it, and one. One at a time."""
    await tx.execute("SELECT pg_advisory_xact_lock(hashtextextended('enrol ' || $1, 0))", str(panel_id))
    return int(
        await tx.fetchval(
            """WITH firsts AS (SELECT device_id, min(used_at) AS used_at FROM enrolments
                                WHERE panel_id = $1 AND device_id IS NOT NULL GROUP BY device_id)
               SELECT count(*) + 1 FROM firsts
                WHERE used_at < coalesce((SELECT used_at FROM firsts WHERE device_id = $2), 'infinity')""",
            panel_id, device_id,
        )
    )  # fmt: skip


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


async def offer_state(tx: Transaction, enrolment_id: UUID) -> OfferState | None:
    row = await tx.fetchrow(
        """SELECT e.id, e.panel_id, d.label,
                  CASE WHEN e.used_at IS NOT NULL THEN 'used'
                       WHEN e.expires_at <= clock_timestamp() THEN 'over' ELSE 'open' END AS state,
                  greatest(0, ceil(extract(epoch FROM e.expires_at - clock_timestamp())))::int AS seconds_left
             FROM enrolments e LEFT JOIN devices d ON d.id = e.device_id WHERE e.id = $1""",
        enrolment_id,
    )
    return OfferState(**{**row, "label": row["label"] or ""}) if row else None


async def devices(tx: Transaction) -> list[Device]:
    """All of them, those of a panel in the order of their labels; a device's own audience gets its own row."""
    rows = await tx.fetch(
        """SELECT id, panel_id, owned_by, label, public_key, abilities, enrolled_at, revoked_at
             FROM devices ORDER BY panel_id, revoked_at IS NOT NULL, length(label), label, enrolled_at, id"""
    )
    return [Device(**{**row, "abilities": msgspec.json.decode(row["abilities"], type=Abilities)}) for row in rows]


async def revoke(tx: Transaction, device_id: UUID, by: UUID, now: datetime) -> tuple[UUID | None] | None:
    """Whose own device it is, None for a panel's; None instead if there is no such device. The first time stands."""
    row = await tx.fetchrow(
        """UPDATE devices SET revoked_at = coalesce(revoked_at, $2), revoked_by = coalesce(revoked_by, $3)
            WHERE id = $1 RETURNING owned_by""",
        device_id, now, by,
    )  # fmt: skip
    return (row["owned_by"],) if row else None


async def sign_ons(tx: Transaction) -> list[SignOn]:
    """Oldest first."""
    rows = await tx.fetch("SELECT device_id, judge_id, signature, at FROM sign_ons ORDER BY at, id")
    return [SignOn(**row) for row in rows]


async def has_signed(tx: Transaction, device_id: UUID, judge_id: UUID) -> bool:
    """Whether this judge drew a signature on this device before."""
    return bool(
        await tx.fetchval(
            "SELECT EXISTS (SELECT FROM sign_ons WHERE device_id = $1 AND judge_id = $2 AND signature <> '')",
            device_id, judge_id,
        )
    )  # fmt: skip


async def put_report(tx: Transaction, device_id: UUID, report: Report) -> None:
    """The newest report stands."""
    await tx.execute(
        """INSERT INTO device_reports (device_id, heard_at, queue, parked, last_position, battery, skew_ms, version)
           VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
           ON CONFLICT (device_id) DO UPDATE
              SET heard_at = excluded.heard_at, queue = excluded.queue, parked = excluded.parked,
                  last_position = excluded.last_position, battery = excluded.battery, skew_ms = excluded.skew_ms,
                  version = excluded.version
            WHERE device_reports.heard_at <= excluded.heard_at""",
        device_id, report.heard_at, report.queue, report.parked, report.last_position, report.battery, report.skew_ms,
        report.version,
    )  # fmt: skip


async def reports(tx: Transaction) -> dict[UUID, Report]:
    rows = await tx.fetch(
        "SELECT device_id, heard_at, queue, parked, last_position, battery, skew_ms, version FROM device_reports"
    )
    return {(values := dict(row)).pop("device_id"): Report(**values) for row in rows}


async def put_pin(tx: Transaction, panel_id: UUID, judge_id: UUID, hashed: str, by: UUID, now: datetime) -> None:
    """The newest PIN stands. The desk writes hashes and reads none, so no statement here may."""
    await tx.execute(
        """WITH changed AS (UPDATE pins SET hash = $3, made_by = $4, made_at = $5
                             WHERE panel_id = $1 AND judge_id = $2 RETURNING true)
           INSERT INTO pins (panel_id, judge_id, hash, made_by, made_at)
           SELECT $1, $2, $3, $4, $5 WHERE NOT EXISTS (SELECT FROM changed)""",
        panel_id, judge_id, hashed, by, now,
    )  # fmt: skip


async def pin_of(tx: Transaction, panel_id: UUID, judge_id: UUID) -> str | None:
    """The hash."""
    found: str | None = await tx.fetchval(
        "SELECT hash FROM pins WHERE panel_id = $1 AND judge_id = $2", panel_id, judge_id
    )
    return found


async def with_pin(tx: Transaction) -> set[tuple[UUID, UUID]]:
    """(panel, judge) of everybody who has a PIN."""
    rows = await tx.fetch("SELECT panel_id, judge_id FROM pins")
    return {(row["panel_id"], row["judge_id"]) for row in rows}


async def add_try(tx: Transaction, key: str, within: timedelta) -> int:
    """Count a try and say how many there were lately, with this one; of two at once the second waits. System time."""
    await tx.execute("SELECT pg_advisory_xact_lock(hashtextextended($1, 0))", key)
    await tx.execute("DELETE FROM limits WHERE key = $1 AND at < clock_timestamp() - $2::interval", key, within)
    await tx.execute("INSERT INTO limits (key) VALUES ($1)", key)
    return int(await tx.fetchval("SELECT count(*) FROM limits WHERE key = $1", key))


async def forget_tries(tx: Transaction, key: str) -> None:
    await tx.execute("DELETE FROM limits WHERE key = $1", key)


async def place(tx: Transaction) -> Place | None:
    """Where the acting device stands; None for a judge's own browser."""
    row = await tx.fetchrow(
        """SELECT p.venue, p.asks_pin, coalesce(a.title, '') AS activity, coalesce(a.title_en, '') AS activity_en,
                  coalesce(v.title, '') AS division, coalesce(v.title_en, '') AS division_en
             FROM devices d JOIN panels p ON p.id = d.panel_id
             LEFT JOIN activities a ON a.key = p.activity_key
             LEFT JOIN divisions v ON v.activity_id = a.activity_id AND v.key = p.division_key
            WHERE d.id = acting_device()"""
    )
    return Place(**row) if row else None


async def seats(tx: Transaction) -> list[Seat]:
    """The panel of the acting device."""
    rows = await tx.fetch("SELECT judge_id, position, kind, name, leader FROM device_seats ORDER BY kind, position")
    return [Seat(**row) for row in rows]


async def add_sign_on(
    tx: Transaction, sign_on_id: UUID, device_id: UUID, judge_id: UUID, signature: str, now: datetime
) -> bool:
    """False if the id stands for another judge or device."""
    await tx.execute(
        """INSERT INTO sign_ons (id, device_id, judge_id, signature, at) VALUES ($1, $2, $3, $4, $5)
           ON CONFLICT (id) DO NOTHING""",
        sign_on_id, device_id, judge_id, signature, now,
    )  # fmt: skip
    return bool(
        await tx.fetchval(
            "SELECT EXISTS (SELECT FROM sign_ons WHERE (id, device_id, judge_id) = ($1, $2, $3))",
            sign_on_id, device_id, judge_id,
        )
    )  # fmt: skip
