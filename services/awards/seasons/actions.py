"""Checking a season folder as far as awards owns it, and taking it over. The files are read in a worker thread."""

import asyncio
from datetime import datetime
from typing import Any
from uuid import UUID

from msgspec import Struct

from services.awards.ballots import actions as ballots
from services.awards.editions import actions as editions
from services.awards.notices import actions as notices
from services.awards.programmes import actions as programmes
from services.awards.seasons import domain, store
from services.awards.seasons.domain import ActivityLine, Check, SeasonLine, Stored
from shared.db import Transaction
from shared.errors import Conflict, Fault, Missing, Refused
from shared.ids import new_id, opaque
from shared.tables import Column, Folder
from shared.web import gate

__all__ = ["Check", "Examined", "Stored", "check", "content", "examine", "keep", "record", "seasons"]


class Examined(Struct, frozen=True, kw_only=True):
    """What a folder says. season and programmes are complete only where there is no fault."""

    files: dict[str, bytes]
    content_hash: bytes
    season: SeasonLine | None
    openings: tuple[editions.Opening, ...]
    programmes: programmes.Programmes | None
    faults: list[Fault]


async def examine(files: dict[str, bytes]) -> Examined:
    """Read and check an uploaded folder; nothing is stored."""
    return await asyncio.to_thread(_examined, files)


def _examined(files: dict[str, bytes]) -> Examined:
    folder = Folder.of(files)
    faults: list[Fault] = []
    table = folder.toml(domain.FILE, faults)
    season, openings, found = None, [], None
    if table is not None:
        season = domain.read(table, faults)
        domain.check_accounts(season, _accounts(folder, table), faults)
        for activity in season.activities:
            _check_ties(folder, activity, faults)
            if opening := _opening(season, activity, faults):
                openings.append(opening)
        found = programmes.check(folder, list(season.programme_files), faults)
        ballots.check(folder, found, faults)
    return Examined(
        files=folder.files, content_hash=domain.content_hash(folder.files), season=season, openings=tuple(openings),
        programmes=found, faults=faults,
    )  # fmt: skip


def _accounts(folder: Folder, table: dict[str, Any]) -> list[str]:
    """Accounts the folder knows. Registration owns members.xlsx and tells what is wrong with it."""
    rows = folder.table("members.xlsx", (Column("staff_no", ("工号",)),), [])
    return [row["staff_no"] for row in rows] + [
        str(each.get("account")) for each in domain.tables(table.get("outsider"))
    ]


def _check_ties(folder: Folder, activity: ActivityLine, faults: list[Fault]) -> None:
    """Scoring owns the rule's file and tells what is wrong with it."""
    rule = folder.toml(str(activity.table.get("rule", "")), [])
    domain.check_ties(activity, (rule or {}).get("ties"), faults)


def _opening(season: SeasonLine, activity: ActivityLine, faults: list[Fault]) -> editions.Opening | None:
    plan = editions.plan_of(activity.table, domain.FILE, activity.place, faults)
    if plan is None:
        return None
    return editions.Opening(
        key=activity.key, kind="competition", title=activity.title, title_en=activity.title_en,
        organisation=season.organisation, language=season.language, plan=plan,
        divisions=tuple(
            editions.Division(
                key=each.key, title=each.title, title_en=each.title_en, tier_ties=editions.ties_of(each.tier_ties),
                tiers=tuple(editions.Tier(name=t.name, name_en=t.name_en, count=t.count) for t in each.tiers),
            )
            for each in activity.divisions
        ),
    )  # fmt: skip


async def record(tx: Transaction, check_id: UUID, examined: Examined, by: UUID, now: datetime) -> Check:
    """Keep an examined folder for a day; a faulty one keeps its faults only."""
    faults = examined.faults + await _against_stored(tx, examined)
    check = Check(
        id=check_id,
        content_hash=examined.content_hash,
        faults=faults,
        summary=await _summary(tx, examined) if not faults else {},
    )
    await store.forget_unstored(tx, now)
    await store.insert_check(tx, check, None if faults else examined.files, by, now)
    return check


async def _against_stored(tx: Transaction, examined: Examined) -> list[Fault]:
    """Adds season_exists, edition_taken: what only the database knows."""
    if examined.season is None:
        return []
    known = await store.by_key(tx, examined.season.key)
    if known:
        same = known.content_hash == examined.content_hash
        return [] if same else [Fault(code="season_exists", file=domain.FILE, column="key", value=known.key)]
    taken = {each.key for each in await editions.listed(tx)}
    return [
        Fault(code="edition_taken", file=domain.FILE, column="activity.key", value=each.key)
        for each in examined.openings
        if each.key in taken
    ]


async def _summary(tx: Transaction, examined: Examined) -> dict[str, Any]:
    """What would be stored. notice_ends is None where a year's calendar is unknown: the clock would stand."""
    assert examined.season and examined.programmes
    return {
        "key": examined.season.key,
        "title": examined.season.title,
        "activities": [
            {
                "key": each.key,
                "title": each.title,
                "title_en": each.title_en,
                "divisions": [
                    {
                        "title": d.title,
                        "title_en": d.title_en,
                        "tiers": [{"name": t.name, "count": t.count} for t in d.tiers],
                    }
                    for d in each.divisions
                ],
                "notice_starts": each.plan.notice.starts,
                "notice_ends": await notices.foreseen(tx, each.plan.notice),
            }
            for each in examined.openings
        ],
        "programmes": programmes.summary(examined.programmes),
        "roles": {role: len(accounts) for role, accounts in examined.season.roles.items()},
    }


async def check(tx: Transaction, check_id: UUID) -> Check:
    """Raises Missing: season_check_unknown."""
    if (found := await store.check(tx, check_id)) is None:
        raise Missing("season_check_unknown")
    return found


async def content(tx: Transaction, found: Check) -> dict[str, bytes]:
    """The files of a check. Raises Refused: season_has_faults, season_check_old."""
    if found.faults:
        raise Refused("season_has_faults", count=len(found.faults))
    files = await store.content(tx, found.id)
    if files is None:
        raise Refused("season_check_old")
    return files


async def keep(
    tx: Transaction, check_id: UUID, examined: Examined, by: UUID, key: bytes, now: datetime
) -> tuple[UUID, str]:
    """Take a checked folder over: editions, programmes, grants. Its id and key; the same content twice is stored once.

    key: the installation's, from which account handles are derived. Raises Conflict: season_exists, edition_taken.
    """
    assert examined.season and examined.programmes
    await store.lock(tx)
    season = examined.season
    if faults := await _against_stored(tx, examined):
        raise Conflict(faults[0].code, value=faults[0].value, column=faults[0].column)
    if known := await store.by_key(tx, season.key):
        await store.finish(tx, check_id, known.id)
        return known.id, known.key
    season_id = new_id()
    await store.insert(tx, season_id, season, examined.content_hash, by, now)
    for opening in examined.openings:
        await editions.open_edition(tx, season_id, opening)
    facts = editions.SeasonFacts(
        key=season.key, title=season.title, organisation=season.organisation, language=season.language
    )
    await programmes.store_programmes(tx, season_id, facts, examined.programmes, key, now)
    for role, accounts in season.roles.items():
        for account in accounts:
            await gate.grant(tx, opaque(key, "account", account), role)
    await store.finish(tx, check_id, season_id)
    return season_id, season.key


async def seasons(tx: Transaction) -> list[Stored]:
    """Newest first."""
    return await store.seasons(tx)
