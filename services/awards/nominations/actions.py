"""Nominating a branch and taking a nomination back; checking the sheet 推荐 of a season folder."""

from datetime import datetime
from uuid import UUID

from msgspec import Struct

from services.awards.nominations import domain, store
from services.awards.nominations.domain import Line, Nomination
from services.awards.programmes import actions as programmes
from services.awards.programmes.domain import Branch, Programme, phase
from services.awards.programmes.domain.columns import NOMINATIONS
from shared.db import Transaction
from shared.errors import Conflict, Fault, Missing
from shared.tables import Column, Folder, Row

SHEETS = ("推荐", "nominations")


class Actor(Struct, frozen=True, kw_only=True):
    """Who acts: an officer of some branches, or the committee's secretary."""

    person: UUID
    officer_of: frozenset[str] = frozenset()
    is_secretary: bool = False


async def nominate(
    tx: Transaction, nomination_id: UUID, programme_id: UUID, branch_code: str, reason: str, by: Actor, now: datetime
) -> Nomination:
    """Let a branch stand. The same id again is the same nomination.

    Raises what `domain.may_act` and `domain.admit` raise; Refused: branch_unknown; Conflict: nomination_id_used.
    """
    domain.may_act(branch_code, by.officer_of, by.is_secretary)
    programme = await programmes.by_id(tx, programme_id)
    branch = await programmes.branch(tx, branch_code)
    await store.lock(tx, programme_id)
    if known := await store.by_id(tx, nomination_id):
        if (known.programme_id, known.branch_id) != (programme_id, branch.id):
            raise Conflict("nomination_id_used")
        return known
    standing = await store.standing(tx, programme_id)
    place = domain.admit(programme, branch.category, branch.code, reason, standing, now)
    nomination = Nomination(
        id=nomination_id,
        programme_id=programme_id,
        branch_id=branch.id,
        branch_code=branch.code,
        branch=branch.name,
        branch_key=branch.name_key,
        stratum=place.stratum.key,
        place=place.number,
        reason=reason.strip(),
    )
    await store.add(tx, nomination, by.person, now)
    return nomination


async def withdraw(tx: Transaction, nomination_id: UUID, by: Actor, now: datetime) -> Nomination:
    """Take a nomination back and free its place.

    Raises Missing: nomination_unknown; NotAllowed: other_branch; Refused: nominations_closed.
    """
    nomination = await by_id(tx, nomination_id)
    domain.may_act(nomination.branch_code, by.officer_of, by.is_secretary)
    domain.may_withdraw(await programmes.by_id(tx, nomination.programme_id), now)
    await store.withdraw(tx, nomination_id, by.person, now)
    return nomination


async def by_id(tx: Transaction, nomination_id: UUID) -> Nomination:
    """Raises Missing: nomination_unknown."""
    found = await store.by_id(tx, nomination_id)
    if found is None:
        raise Missing("nomination_unknown")
    return found


async def standing(tx: Transaction, programme_id: UUID) -> list[Nomination]:
    """The nominations that stand, in the order of branch codes."""
    return await store.standing(tx, programme_id)


def check(folder: Folder, known: programmes.Programmes, faults: list[Fault]) -> dict[str, list[str]]:
    """Check the sheet 推荐: programme key -> nominated branch codes, in the order of the sheet."""
    lines: dict[str, list[Line]] = {each.programme.key: [] for each in known.loaded}
    for row in sheet(folder, SHEETS, NOMINATIONS, faults):
        programme = known.find(row["programme"] or "")
        if programme is None:
            faults.append(row.fault("programme_unknown", "programme"))
        elif row["branch"]:
            lines[programme.key].append(
                Line(
                    programme=programme.key,
                    branch_code=row["branch"],
                    reason=row["reason"] or "",
                    row=row.number,
                    sheet=row.sheet,
                    headers=row.headers,
                )
            )
    for each in known.loaded:
        faults += domain.check_lines(each.programme, known.categories, lines[each.programme.key])
    return {key: [line.branch_code for line in of] for key, of in lines.items()}


def sheet(folder: Folder, names: tuple[str, ...], columns: tuple[Column, ...], faults: list[Fault]) -> list[Row]:
    """The rows of the first of these sheets that nominations.xlsx has; sheet_absent if it has none of them."""
    for name in names:
        found: list[Fault] = []
        rows = folder.table("nominations.xlsx", columns, found, sheet=name)
        if not any(fault.code == "sheet_absent" for fault in found):
            faults += found
            return rows
    folder.table("nominations.xlsx", columns, faults, sheet=names[0])
    return []


class StratumPlaces(Struct, frozen=True, kw_only=True):
    """A stratum's quota and how much of it is used."""

    key: str
    title: str
    title_en: str
    quota: int
    used: int


class Desk(Struct, frozen=True, kw_only=True):
    """What a nominating reader needs. branches: those that may be nominated now, by this reader."""

    programme_id: UUID
    programme: Programme
    phase: str
    strata: tuple[StratumPlaces, ...]
    branches: tuple[Branch, ...]
    standing: tuple[Nomination, ...]


async def desk(tx: Transaction, key: str, by: Actor, now: datetime) -> Desk:
    """The nominating page: an officer sees the own branches, the secretary all. Raises Missing: programme_unknown."""
    programme_id = await programmes.id_of(tx, key)
    programme = await programmes.by_id(tx, programme_id)
    standing = await store.standing(tx, programme_id)
    mine = [b for b in await programmes.branches(tx) if by.is_secretary or b.code in by.officer_of]
    taken = {nomination.branch_id for nomination in standing}
    used = domain.used(standing)
    return Desk(
        programme_id=programme_id,
        programme=programme,
        phase=phase(programme, now),
        strata=tuple(
            StratumPlaces(key=s.key, title=s.title, title_en=s.title_en, quota=s.nominations, used=used[s.key])
            for s in programme.strata
            if by.is_secretary or any(programme.stratum_of(branch.category) == s for branch in mine)
        ),
        branches=tuple(b for b in mine if b.id not in taken and programme.stratum_of(b.category)),
        standing=tuple(n for n in standing if by.is_secretary or n.branch_code in by.officer_of),
    )


async def nominate_by_key(
    tx: Transaction, nomination_id: UUID, key: str, branch_code: str, reason: str, by: Actor, now: datetime
) -> Nomination:
    """`nominate` in the programme of this key. Raises Missing: programme_unknown."""
    programme_id = await programmes.id_of(tx, key)
    return await nominate(tx, nomination_id, programme_id, branch_code, reason, by, now)


async def programme_key(tx: Transaction, nomination: Nomination) -> str:
    return (await programmes.by_id(tx, nomination.programme_id)).key
