"""Taking programmes over from a season folder, and looking them up.

`check` reads what the folder says about programmes and stores nothing; `store` takes it over as editions. The files of
the rehearsal (nominations.xlsx, votes.csv) are checked by ballots, which knows how votes are counted.
"""

from datetime import datetime
from uuid import UUID

from msgspec import Struct

from services.awards.editions import actions as editions
from services.awards.programmes import domain, store
from services.awards.programmes.domain import Branch, Member, Programme
from services.awards.programmes.domain.columns import BRANCHES, PEOPLE
from shared.db import Transaction
from shared.errors import Fault, Missing, Refused
from shared.ids import opaque
from shared.tables import Folder
from shared.web import gate


class BranchLine(Struct, frozen=True, kw_only=True):
    """A line of branches.csv."""

    code: str
    name: str
    category: str
    officer: str = ""


class Loaded(Struct, frozen=True, kw_only=True):
    """One programme file that was read without a fault."""

    file: str
    programme: Programme
    plan: editions.Plan


class Programmes(Struct, frozen=True, kw_only=True):
    """What a season folder says about programmes. committee: account and name, in the order of the file."""

    loaded: tuple[Loaded, ...]
    branches: tuple[BranchLine, ...]
    committee: tuple[tuple[str, str], ...]

    @property
    def categories(self) -> dict[str, str]:
        """Branch code -> category."""
        return {branch.code: branch.category for branch in self.branches}

    def find(self, name: str) -> Programme | None:
        """By key or by title."""
        return next(
            (each.programme for each in self.loaded if name in (each.programme.key, each.programme.title)), None
        )


def check(folder: Folder, files: list[str], faults: list[Fault]) -> Programmes:
    """Read the programme files and all that they refer to; every fault is added to `faults`."""
    season = folder.toml("season.toml", []) or {}
    branches = _branches(folder)
    committee = _committee(folder, season)
    loaded = [one for file in files if (one := _load(folder, file, faults)) is not None]
    programmes = Programmes(loaded=tuple(loaded), branches=tuple(branches), committee=tuple(committee))
    seen: set[str] = set()
    for each in loaded:
        if each.programme.key in seen:
            faults.append(Fault(code="key_twice", file=each.file, column="key", values={"key": each.programme.key}))
        seen.add(each.programme.key)
        faults += domain.check_references(
            each.programme,
            each.file,
            {branch.code: branch.category for branch in branches},
            [one for one, _ in committee],
        )
    return programmes


def _load(folder: Folder, file: str, faults: list[Fault]) -> Loaded | None:
    data = folder.toml(file, faults)
    if data is None:
        return None
    before = len(faults)
    programme = domain.read(data, file, faults)
    plan = editions.plan_of(data, file, "", faults)
    return Loaded(file=file, programme=programme, plan=plan) if plan and len(faults) == before else None


def _branches(folder: Folder) -> list[BranchLine]:
    """Branches as far as they can be read; registration owns the file and tells its faults."""
    rows = folder.table("branches.csv", BRANCHES, [])
    return [
        BranchLine(code=row["code"], name=row["name"], category=row["category"], officer=row["officer"] or "")
        for row in rows
        if row["code"] and row["name"] and row["category"]
    ]


def _committee(folder: Folder, season: dict[str, object]) -> list[tuple[str, str]]:
    roles, outsiders = season.get("roles"), season.get("outsider")
    accounts = roles.get("committee", []) if isinstance(roles, dict) else []
    names = {row["staff_no"]: row["name"] for row in folder.table("members.xlsx", PEOPLE, [])}
    for outsider in outsiders if isinstance(outsiders, list) else []:
        if isinstance(outsider, dict):
            names[str(outsider.get("account", ""))] = str(outsider.get("name", ""))
    return [(str(account), names.get(str(account)) or str(account)) for account in accounts]


def summary(programmes: Programmes) -> list[dict[str, object]]:
    """What the check's preview says about each programme."""
    return [
        {
            "key": each.programme.key,
            "title": each.programme.title,
            "title_en": each.programme.title_en,
            "strata": [
                {"title": s.title, "nominations": s.nominations, "seats": s.seats} for s in each.programme.strata
            ],
            "offices": [office.office for office in each.programme.offices],
            "due": each.programme.ballot.due,
        }
        for each in programmes.loaded
    ]


async def store_programmes(
    tx: Transaction, season_id: UUID, season: editions.SeasonFacts, programmes: Programmes, key: bytes, now: datetime
) -> None:
    """Take over branches, committee and programmes of a checked folder.

    key: the installation's key, from which handles and branch ids are derived.
    """
    await store.save_branches(tx, [_branch(line, key) for line in programmes.branches])
    for line in programmes.branches:
        if line.officer:
            await gate.grant(tx, opaque(key, "account", line.officer), "branch_officer", line.code)
    members = [
        Member(seat=seat, handle=opaque(key, "account", account), account=account, name=name)
        for seat, (account, name) in enumerate(programmes.committee, 1)
    ]
    for each in programmes.loaded:
        rule = domain.published(each.programme)
        programme_id = await editions.open_edition(tx, season_id, _opening(season, each))
        await store.add(tx, programme_id, rule, domain.digest(rule))
        await store.add_places(tx, programme_id, domain.places(rule))
        await store.add_members(tx, programme_id, members)


def _branch(line: BranchLine, key: bytes) -> Branch:
    return Branch(
        id=opaque(key, "branch", line.code),
        code=line.code,
        name=line.name,
        name_key=domain.name_key(line.name),
        category=line.category,
        officer_handle=opaque(key, "account", line.officer) if line.officer else None,
    )


def _opening(season: editions.SeasonFacts, each: Loaded) -> editions.Opening:
    rule = each.programme
    tiers = (editions.Tier(name=rule.tier, name_en=rule.tier_en),)
    return editions.Opening(
        key=rule.key,
        kind="programme",
        title=rule.title,
        title_en=rule.title_en,
        organisation=season.organisation,
        language=season.language,
        divisions=tuple(
            editions.Division(key=stratum.key, title=stratum.title, title_en=stratum.title_en, tiers=tiers)
            for stratum in rule.strata
        ),
        plan=each.plan,
    )


async def by_id(tx: Transaction, programme_id: UUID) -> Programme:
    """The programme's published rule. Raises Missing: programme_unknown."""
    return (await rule_and_hash(tx, programme_id))[0]


async def id_of(tx: Transaction, key: str) -> UUID:
    """Raises Missing: programme_unknown."""
    found = await store.id_of(tx, key)
    if found is None:
        raise Missing("programme_unknown")
    return found


async def rule_and_hash(tx: Transaction, programme_id: UUID) -> tuple[Programme, str]:
    """Raises Missing: programme_unknown."""
    found = await store.by_id(tx, programme_id)
    if found is None:
        raise Missing("programme_unknown")
    return found


async def listed(tx: Transaction) -> list[tuple[UUID, Programme]]:
    """All programmes, the oldest first."""
    return await store.listed(tx)


async def members(tx: Transaction, programme_id: UUID) -> list[Member]:
    """Who is due at the programme's ballot."""
    return await store.members(tx, programme_id)


async def branches(tx: Transaction) -> list[Branch]:
    return await store.branches(tx)


async def branch(tx: Transaction, code: str) -> Branch:
    """Raises Refused: branch_unknown."""
    found = await store.branch_by_code(tx, code)
    if found is None:
        raise Refused("branch_unknown", value=code)
    return found
