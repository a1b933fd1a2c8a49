"""Checking a season folder and storing it: the only loader there is.

Reading the files takes a worker thread's time and is done between transactions (`examine`), never inside one.
"""

import asyncio
from datetime import datetime, timedelta
from uuid import UUID

from msgspec import Struct

from services.registration.accounts import actions as accounts
from services.registration.activities import actions as activities
from services.registration.people import actions as people
from services.registration.seasons import domain, store
from services.registration.seasons.domain import Check, Season, Stored, Summary
from services.registration.seasons.domain.settling import settle
from services.registration.units import actions as units
from shared.db import Transaction
from shared.errors import Conflict, Fault, Missing, Refused
from shared.ids import new_id, opaque
from shared.tables import Folder
from shared.web import gate

OWNED = ("season.toml", "branches.csv", "members.xlsx", "signups.xlsx")
KEPT = timedelta(days=1)


class Examined(Struct, frozen=True, kw_only=True):
    """What the files say by themselves. files: those that registration owns; season: None while there is a fault."""

    files: dict[str, bytes]
    content_hash: bytes
    season: Season | None
    summary: Summary
    faults: list[Fault]


async def examine(files: dict[str, bytes], content_hash: bytes | None = None) -> Examined:
    """Read and check an uploaded folder in a worker thread. content_hash: of the whole folder, when these are a part.

    Raises Refused: archive_unreadable (damaged, or locked by a password).
    """
    return await asyncio.to_thread(_examined, files, content_hash)


def _examined(files: dict[str, bytes], content_hash: bytes | None) -> Examined:
    folder = Folder.of(files)
    if files and not folder.files:  # a damaged archive, or one locked by a password
        raise Refused("archive_unreadable", field="archive")
    season, summary, faults = domain.check(folder, new_id)
    return Examined(
        files={name: content for name, content in folder.files.items() if name in OWNED},
        content_hash=content_hash or domain.content_hash(folder.files),
        season=season,
        summary=summary,
        faults=faults,
    )


async def record(tx: Transaction, id: UUID, examined: Examined, by: UUID, now: datetime) -> Check:
    """Keep an examined folder for a day, to be looked at and stored; a faulty one keeps its faults only."""
    faults = examined.faults + (await _against_stored(tx, examined) if examined.season else [])
    check = Check(id=id, content_hash=examined.content_hash, faults=faults, summary=examined.summary)
    await store.add_check(tx, check, None if faults else examined.files, by, now)
    return check


async def _against_stored(tx: Transaction, examined: Examined) -> list[Fault]:
    """Adds season_exists, activity_taken: what only the database knows."""
    assert examined.season is not None
    season = examined.season
    known = await store.by_key(tx, season.key)
    if known:
        same = known.content_hash == examined.content_hash
        return [] if same else [Fault(code="season_exists", file="season.toml", column="key", value=season.key)]
    taken = await activities.taken(tx, [each.key for each in season.activities])
    return [
        Fault(code="activity_taken", file="season.toml", column=f"activity[{key}].key", value=key)
        for key in sorted(taken)
    ]


async def close_due(tx: Transaction, now: datetime) -> None:
    """Throw away the rosters of uploads that were never stored; the minute tick runs it."""
    await store.forget_unstored(tx, now - KEPT)


async def check(tx: Transaction, id: UUID) -> Check:
    """Raises Missing: no_such_check."""
    found = await store.check(tx, id)
    if found is None:
        raise Missing("no_such_check")
    return found


async def content(tx: Transaction, check: Check) -> dict[str, bytes]:
    """The files of a check without faults. Raises Refused: season_has_faults; Conflict: check_too_old."""
    if check.faults:
        raise Refused("season_has_faults", count=len(check.faults))
    found = await store.content(tx, check.id)
    if found is None and check.season_id is None:
        raise Conflict("check_too_old")
    return found or {}


async def seasons(tx: Transaction) -> list[Stored]:
    """Stored seasons, the newest first."""
    return await store.seasons(tx)


async def keep(tx: Transaction, check_id: UUID, examined: Examined, by: UUID, key: bytes, now: datetime) -> Stored:
    """Store the season whole: branches, units, people, accounts, grants, activities. key: the installation's.

    The same content again is answered with what is stored. Raises Conflict: season_exists, activity_taken.
    """
    await store.lock(tx)
    season = examined.season
    if season is None:
        raise Refused("season_has_faults", count=len(examined.faults))
    known = await store.by_key(tx, season.key)
    if known is None or known.content_hash != examined.content_hash:
        for fault in await _against_stored(tx, examined):
            raise Conflict(fault.code, value=fault.value)
        await store.add(tx, season, examined.content_hash, by, now)
        await _keep_parts(tx, season, key)
        known = await store.by_key(tx, season.key)
    assert known is not None
    await store.finish(tx, check_id, known.id)
    return known


async def _keep_parts(tx: Transaction, season: Season, key: bytes) -> None:
    names = [each.staff_no for each in season.members] + [each.account for each in season.outsiders]
    settled = settle(
        season,
        {each.code: id for id, each in (await units.branches(tx)).items()},
        {each.name: id for id, each in (await units.units(tx)).items()},
        await accounts.people_of(tx, names),
        lambda name: opaque(key, "unit", name),
        new_id,
    )
    await units.take_over(tx, settled.branches, settled.units)
    await people.take_over(tx, settled.persons)
    await accounts.add(tx, settled.accounts, key)
    for each in season.roles:
        await gate.grant(tx, accounts.handle(key, each.account), each.role, each.scope)
    await activities.open_all(tx, list(season.activities))
