"""Recording the columns of a scorecard; checking the sheet 考核 of a season folder."""

from datetime import datetime
from uuid import UUID

from msgspec import Struct

from services.awards.nominations import actions as nominations
from services.awards.nominations.domain import Nomination, may_act
from services.awards.programmes import actions as programmes
from services.awards.programmes.domain import Category, Programme, Stratum
from services.awards.programmes.domain.columns import SCORECARDS
from services.awards.scorecards import domain, store
from services.awards.scorecards.domain import Column, Kind, Standing
from shared.db import Transaction
from shared.errors import Fault, Refused
from shared.tables import Folder

FILE, SHEETS = "nominations.xlsx", ("考核", "scorecards")


async def record(
    tx: Transaction, column_id: UUID, nomination_id: UUID, kind: Kind, typed: dict[str, str], correction: str,
    by: nominations.Actor, now: datetime,
) -> Standing:  # fmt: skip
    """Record one whole column of a nomination's scorecard. typed: item key -> decimal text.

    A branch records its own self scores, the secretary any column. Raises NotAllowed: other_branch; Faulty from
    `domain.read_scores`; what `domain.next_column` raises; Missing: nomination_unknown.
    """
    nomination = await nominations.by_id(tx, nomination_id)
    may_act(nomination.branch_code, by.officer_of if kind == "self" else (), by.is_secretary)
    programme = await programmes.by_id(tx, nomination.programme_id)
    scores = domain.read_scores(programme.scorecard, typed, prefix="scores.")
    await store.lock(tx, nomination_id)
    columns = await store.newest(tx, [nomination_id])
    fresh = Column(id=column_id, version=1, scores=scores, correction=correction)
    column = domain.next_column(programme, kind, columns.get((nomination_id, kind)), fresh, now)
    if column:
        await store.add(tx, nomination_id, kind, column, by.person, now)
        columns[nomination_id, kind] = column
    return _standing(programme, nomination_id, columns)


async def standings(tx: Transaction, programme_id: UUID) -> dict[UUID, Standing]:
    """Nomination -> what its scorecard comes to."""
    programme = await programmes.by_id(tx, programme_id)
    ids = [nomination.id for nomination in await nominations.standing(tx, programme_id)]
    columns = await store.newest(tx, ids)
    return {each: _standing(programme, each, columns) for each in ids}


async def columns(tx: Transaction, nomination_id: UUID) -> dict[str, Column]:
    """Kind -> the newest column of one nomination."""
    return {kind: column for (_, kind), column in (await store.newest(tx, [nomination_id])).items()}


def _standing(programme: Programme, nomination_id: UUID, columns: dict[tuple[UUID, str], Column]) -> Standing:
    of = {kind: column.scores for (nomination, kind), column in columns.items() if nomination == nomination_id}
    return domain.standing(programme.scorecard, of.get("self", {}), of.get("audited", {}))


def check(
    folder: Folder, known: programmes.Programmes, nominated: dict[str, list[str]], faults: list[Fault]
) -> dict[str, dict[str, Standing]]:
    """Check the sheet 考核: programme key -> branch code -> what its scorecard comes to.

    nominated: programme key -> branch codes; every item of each of them must have both scores. Where a row is wrong, or
    the sheet 推荐 is, what follows from it is not told as well.
    """
    before, is_clean = len(faults), not any(each.file == FILE for each in faults)
    sheets: dict[tuple[str, str], dict[str, dict[str, int]]] = {}
    for row in nominations.sheet(folder, SHEETS, SCORECARDS, faults):
        programme = known.find(row["programme"] or "")
        if programme is None:
            faults.append(row.fault("programme_unknown", "programme"))
            continue
        if row["branch"] not in nominated[programme.key]:
            if is_clean and row["branch"]:
                faults.append(row.fault("branch_not_nominated", "branch"))
            continue
        if any(each.file == FILE and each.sheet == row.sheet and each.row == row.number for each in faults):
            continue
        of = sheets.setdefault((programme.key, row["branch"]), {"self": {}, "audited": {}})
        for kind, column in (("self", "self_score"), ("audited", "audited_score")):
            try:
                score = domain.read_score(programme.scorecard, row["item"] or "", row[column] or "")
            except Refused as refusal:
                values = {
                    name: value if isinstance(value, int) else str(value) for name, value in refusal.values.items()
                }
                faults.append(row.fault(refusal.code, "item" if refusal.code == "item_unknown" else column, **values))
                break
            if row["item"] in of[kind]:
                faults.append(row.fault("item_twice", "item"))
            of[kind][row["item"]] = score
    is_whole = is_clean and len(faults) == before
    return _complete(known, nominated, sheets, faults if is_whole else [])


def _complete(
    known: programmes.Programmes,
    nominated: dict[str, list[str]],
    sheets: dict[tuple[str, str], dict[str, dict[str, int]]],
    faults: list[Fault],
) -> dict[str, dict[str, Standing]]:
    standings: dict[str, dict[str, Standing]] = {}
    for each in known.loaded:
        rule = each.programme
        of = standings.setdefault(rule.key, {})
        for branch in nominated[rule.key]:
            columns = sheets.get((rule.key, branch), {"self": {}, "audited": {}})
            of[branch] = domain.standing(rule.scorecard, columns["self"], columns["audited"])
            for item in rule.scorecard.items:
                if item.key not in columns["audited"] or item.key not in columns["self"]:
                    faults.append(
                        Fault(
                            code="item_absent", file="nominations.xlsx", sheet=SHEETS[0], value=branch,
                            values={"item": item.title, "branch": branch},
                        )
                    )  # fmt: skip
    return standings


class SheetItem(Struct, frozen=True, kw_only=True):
    """One line of the scorecard as text; empty where it is unscored."""

    key: str
    title: str
    title_en: str
    highest: str
    self_score: str
    audited_score: str


class SheetPart(Struct, frozen=True, kw_only=True):
    """A heading with its items and what they add up to."""

    title: str
    title_en: str
    highest: str
    audited_score: str
    items: tuple[SheetItem, ...]


class Sheet(Struct, frozen=True, kw_only=True):
    """A nomination with its scorecard, and what this reader may still record."""

    nomination: Nomination
    programme: Programme
    stratum: Stratum
    parts: tuple[SheetPart, ...]
    standing: Standing
    self_total: str
    audited_total: str
    pass_mark: str
    highest: str
    may_score_itself: bool
    may_audit: bool
    versions: dict[str, int]


async def sheet(tx: Transaction, nomination_id: UUID, by: nominations.Actor, sees_all: bool, now: datetime) -> Sheet:
    """The page of one nomination. Raises Missing: nomination_unknown; NotAllowed: other_branch."""
    nomination = await nominations.by_id(tx, nomination_id)
    may_act(nomination.branch_code, by.officer_of, by.is_secretary or sees_all)
    programme = await programmes.by_id(tx, nomination.programme_id)
    known = await columns(tx, nomination_id)
    of: dict[str, dict[str, int]] = {kind: column.scores for kind, column in known.items()}
    standing = domain.standing(programme.scorecard, of.get("self", {}), of.get("audited", {}))
    card = programme.scorecard
    return Sheet(
        nomination=nomination,
        programme=programme,
        stratum=next(each for each in programme.strata if each.key == nomination.stratum),
        parts=tuple(_part(programme, category, of, standing) for category in card.categories),
        standing=standing,
        self_total=domain.shown(card, standing.self_total),
        audited_total=domain.shown(card, standing.audited_total),
        pass_mark=domain.shown(card, card.pass_mark),
        highest=domain.shown(card, card.highest),
        may_score_itself=now < programme.nominations_close
        and (by.is_secretary or nomination.branch_code in by.officer_of),
        may_audit=by.is_secretary and now < programme.ballot_closes,
        versions={kind: column.version for kind, column in known.items()},
    )


def _part(programme: Programme, category: Category, of: dict[str, dict[str, int]], standing: Standing) -> SheetPart:
    card = programme.scorecard
    return SheetPart(
        title=category.title,
        title_en=category.title_en,
        highest=domain.shown(card, category.highest),
        audited_score=domain.shown(card, standing.categories[category.key]),
        items=tuple(
            SheetItem(
                key=item.key,
                title=item.title,
                title_en=item.title_en,
                highest=domain.shown(card, item.highest),
                self_score=domain.shown(card, of.get("self", {}).get(item.key)),
                audited_score=domain.shown(card, of.get("audited", {}).get(item.key)),
            )
            for item in category.items
        ),
    )
