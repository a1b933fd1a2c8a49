"""SQL of materials and material_uploads."""

from datetime import datetime
from uuid import UUID

import asyncpg
import msgspec

from services.scoring.materials.domain import Filed, Found, Material, Upload
from shared.db import Transaction

_COLUMNS = "id, division_id, entry_id, name, media_type, bytes, sha256"


def _material(row: asyncpg.Record) -> Material:
    return Material(**{name: row[name] for name in Material.__struct_fields__})


async def standing(tx: Transaction, division_id: UUID) -> list[Material]:
    """What is given to judges now; a judge's role gets that of the entries to mark."""
    rows = await tx.fetch(
        f"SELECT {_COLUMNS} FROM materials WHERE division_id = $1 AND ended_at IS NULL ORDER BY entry_id, name",  # noqa: S608 - a constant
        division_id,
    )
    return [_material(row) for row in rows]


async def filed(tx: Transaction, division_id: UUID) -> list[Filed]:
    """The same as the desk knows it."""
    rows = await tx.fetch(
        "SELECT * FROM materials WHERE division_id = $1 AND ended_at IS NULL ORDER BY entry_id, name", division_id
    )
    return [Filed(material=_material(row), file_name=row["file_name"], added_at=row["added_at"]) for row in rows]


async def find(tx: Transaction, material_id: UUID) -> Material | None:
    row = await tx.fetchrow(
        f"SELECT {_COLUMNS} FROM materials WHERE id = $1 AND ended_at IS NULL",  # noqa: S608 - a constant
        material_id,
    )
    return _material(row) if row else None


async def add(tx: Transaction, each: Material, file_name: str, by: UUID, at: datetime) -> None:
    await tx.execute(
        """INSERT INTO materials (id, division_id, entry_id, name, file_name, media_type, bytes, sha256, added_by, added_at)
           VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)""",
        each.id, each.division_id, each.entry_id, each.name, file_name, each.media_type, each.bytes, each.sha256, by, at,
    )  # fmt: skip


async def end(tx: Transaction, entry_id: UUID, name: str, by: UUID, at: datetime) -> None:
    """Judges get it no longer."""
    await tx.execute(
        "UPDATE materials SET ended_by = $3, ended_at = $4 WHERE entry_id = $1 AND name = $2 AND ended_at IS NULL",
        entry_id, name, by, at,
    )  # fmt: skip


async def add_upload(tx: Transaction, upload: Upload) -> None:
    await tx.execute(
        "INSERT INTO material_uploads (id, division_id, found, made_by, made_at) VALUES ($1, $2, $3, $4, $5)",
        upload.id, upload.division_id, msgspec.json.encode(upload.found).decode(), upload.made_by, upload.made_at,
    )  # fmt: skip


async def upload(tx: Transaction, upload_id: UUID) -> Upload | None:
    """The upload, its row locked."""
    row = await tx.fetchrow("SELECT * FROM material_uploads WHERE id = $1 FOR UPDATE", upload_id)
    if row is None:
        return None
    return Upload(**{**dict(row), "found": msgspec.json.decode(row["found"], type=tuple[Found, ...])})


async def confirm(tx: Transaction, upload_id: UUID, at: datetime) -> None:
    await tx.execute("UPDATE material_uploads SET confirmed_at = $2 WHERE id = $1", upload_id, at)
