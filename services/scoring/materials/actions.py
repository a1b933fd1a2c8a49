"""Take uploaded files, show what would become of them, and give the confirmed ones to the judges of their entries."""

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from services.scoring.materials import domain, store
from services.scoring.materials.domain import Filed, Material, Upload
from services.scoring.rolls import actions as rolls
from services.scoring.rolls.domain import Roll
from services.scoring.rubrics.domain import Stage
from shared.db import Transaction
from shared.errors import Missing, Refused
from shared.ids import new_id

STAGES: tuple[Stage, ...] = ("final", "preselection")


async def upload(
    tx: Transaction, upload_id: UUID, division_id: UUID, files: Mapping[str, tuple[bytes, str]], by: UUID, now: datetime
) -> Upload:
    """Look at files and keep what was seen; nothing changes by it. files: name -> content and its SHA-256.

    Raises Missing: division_unknown, no_roll. Refused: materials_none.
    """
    if not files:
        raise Refused("materials_none", field="files")
    roll, standing = await roll_of(tx, division_id), await store.standing(tx, division_id)
    found = tuple(domain.look(name, content, digest, roll, standing) for name, (content, digest) in sorted(files.items()))
    made = Upload(id=upload_id, division_id=division_id, found=found, made_by=by, made_at=now)
    await store.add_upload(tx, made)
    return made


async def confirm(
    tx: Transaction, upload_id: UUID, division_id: UUID, picked: Mapping[str, UUID], by: UUID, now: datetime
) -> Upload:
    """Give the files of an upload to the judges of their entries; one of the same name is replaced. Once is enough.

    picked: SHA-256 -> entry, for files whose names tell none. Raises Missing: material_upload_unknown.
    Refused: material_entry_unknown, materials_none_fit.
    """
    made = await of_upload(tx, upload_id, division_id)
    if made.confirmed_at:
        return made
    roll = await roll_of(tx, division_id)
    if set(picked.values()) - roll.entries:
        raise Refused("material_entry_unknown")
    chosen = domain.chosen(made, picked)
    if not chosen:
        raise Refused("materials_none_fit")
    used: set[str] = set()
    for found, entry_id in chosen:
        name = domain.free(domain.named(roll.codes[entry_id], found.file_name, found.media_type), used)
        used.add(name)
        await store.end(tx, entry_id, name, by, now)
        material = Material(
            id=new_id(), division_id=division_id, entry_id=entry_id, name=name, media_type=found.media_type,
            bytes=found.bytes, sha256=found.sha256,
        )  # fmt: skip
        await store.add(tx, material, found.file_name, by, now)
    await store.confirm(tx, upload_id, now)
    return await of_upload(tx, upload_id, division_id)


async def of_upload(tx: Transaction, upload_id: UUID, division_id: UUID) -> Upload:
    """Raises Missing: material_upload_unknown."""
    found = await store.upload(tx, upload_id)
    if found is None or found.division_id != division_id:
        raise Missing("material_upload_unknown")
    return found


async def remove(tx: Transaction, material_id: UUID, by: UUID, now: datetime) -> Material:
    """Judges get it no longer. Raises Missing: material_unknown."""
    material = await of_id(tx, material_id)
    await store.end(tx, material.entry_id, material.name, by, now)
    return material


async def of_id(tx: Transaction, material_id: UUID) -> Material:
    """A material that this reader may have. Raises Missing: material_unknown."""
    found = await store.find(tx, material_id)
    if found is None:
        raise Missing("material_unknown")
    return found


async def standing(tx: Transaction, division_id: UUID) -> dict[UUID, list[Material]]:
    """Entry -> what its judges may read; a judge's role gets that of the entries to mark."""
    found: dict[UUID, list[Material]] = {}
    for each in await store.standing(tx, division_id):
        found.setdefault(each.entry_id, []).append(each)
    return found


async def filed(tx: Transaction, division_id: UUID) -> list[Filed]:
    """What the judges of a division may read, with the names under which it was uploaded."""
    return await store.filed(tx, division_id)


async def roll_of(tx: Transaction, division_id: UUID) -> Roll:
    """The final roll, before it the pre-selection's. Raises Missing: no_roll."""
    for stage in STAGES:
        roll = await rolls.current(tx, division_id, stage)
        if roll:
            return roll
    raise Missing("no_roll")
