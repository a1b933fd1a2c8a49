"""The grammar of `programmes/*.toml`: from the parsed file to a `Programme`, every fault at once."""

from collections import Counter
from collections.abc import Iterable
from typing import Any

from services.awards.programmes.domain.reading import Table
from services.awards.programmes.domain.rule import (
    BASES,
    BallotRule,
    Category,
    Item,
    Office,
    Programme,
    Reply,
    Scorecard,
    Stratum,
)
from shared.errors import Fault, Refused
from shared.exact import Ratio, count

WHOLE = Ratio(1, 1)
ELSEWHERE = {"notice", "approval", "commendation"}
"""Tables that every edition has, so that its own slice reads them."""


def read(data: dict[str, Any], file: str, faults: list[Fault]) -> Programme:
    """The programme a file describes; when `faults` grew, the returned value is not to be used."""
    top = Table(data, file, faults)
    programme = Programme(
        key=top.text("key"),
        title=top.text("title"),
        title_en=top.text("title_en", optional=True),
        subject=top.choice("subject", ("branch",)),
        edition=top.text("edition"),
        document_no=top.text("document_no", optional=True),
        opens=top.moment("opens"),
        nominations_close=top.moment("nominations_close"),
        ballot_at=top.moment("ballot_at"),
        ballot_closes=top.moment("ballot_closes"),
        tier=top.text("tier"),
        tier_en=top.text("tier_en", optional=True),
        strata=tuple(_stratum(table) for table in top.each("stratum", "stratum")),
        scorecard=_scorecard(top.under("scorecard", "scorecard")),
        offices=tuple(_office(table) for table in top.each("consultation", "consultation", optional=True)),
        ballot=_ballot(ballot := top.under("ballot", "ballot")),
        absent=ballot.texts("absent"),
        recused=ballot.texts("recused"),
    )
    ballot.end()
    top.asked |= ELSEWHERE
    top.end()
    if not any(fault.file == file for fault in faults):
        _consistent(programme, top)
    return programme


def _stratum(table: Table) -> Stratum:
    stratum = Stratum(
        key=table.text("key"),
        title=table.text("title"),
        title_en=table.text("title_en", optional=True),
        categories=table.texts("categories"),
        nominations=table.whole("nominations", least=1),
        seats=table.whole("seats", least=1),
    )
    table.end()
    return stratum


def _scorecard(table: Table) -> Scorecard:
    unit = table.ratio("unit")
    scorecard = Scorecard(
        unit=unit,
        pass_mark=_points(table, "pass", unit),
        zero_category_fails=table.flag("zero_category_fails"),
        categories=tuple(_category(each, unit) for each in table.each("category", "category")),
    )
    table.end()
    return scorecard


def _category(table: Table, unit: Ratio) -> Category:
    category = Category(
        key=table.text("key"),
        title=table.text("title"),
        title_en=table.text("title_en", optional=True),
        items=tuple(_item(each, unit) for each in table.each("item", "item")),
    )
    table.end()
    return category


def _item(table: Table, unit: Ratio) -> Item:
    item = Item(
        key=table.text("key"),
        title=table.text("title"),
        title_en=table.text("title_en", optional=True),
        highest=_points(table, "highest", unit),
    )
    table.end()
    return item


def _points(table: Table, key: str, unit: Ratio) -> int:
    """Decimal text as a count of the unit, above 0."""
    text = table.text(key)
    if not text:
        return 1
    try:
        points = count(text, unit.fraction)
    except Refused as refusal:
        table.fault(refusal.code, key, text, unit=f"{unit.n}/{unit.d}")
        return 1
    if points < 1:
        table.fault("too_small", key, text, least=1)
    return points


def _office(table: Table) -> Office:
    office = Office(
        office=table.text("office"),
        office_en=table.text("office_en", optional=True),
        due=table.day("due"),
        replies=tuple(_reply(each) for each in table.each("reply", "reply", optional=True)),
    )
    table.end()
    return office


def _reply(table: Table) -> Reply:
    reply = Reply(
        branch=table.text("branch"),
        opinion=table.choice("opinion", ("none", "veto")),
        reference=table.text("reference"),
        reason=table.text("reason", optional=True),
        on=table.day("on"),
    )
    if reply.opinion == "veto" and not reply.reason:
        table.fault("veto_without_reason", "reason")
    if reply.opinion == "veto" and reply.branch == "*":
        table.fault("veto_of_everybody", "branch", "*")
    table.end()
    return reply


def _ballot(table: Table) -> BallotRule:
    return BallotRule(
        due=table.whole("due", least=1),
        quorum=table.ratio("quorum", most=WHOLE),
        quorum_of=table.choice("quorum_of", ("due",)),
        majority=table.ratio("majority", most=WHOLE),
        majority_of=table.choice("majority_of", BASES),
        compare=table.choice("compare", ("more_than", "at_least")),
        supports=table.choice("supports", ("seats", "any")),
        tie=table.choice("tie", ("revote_tied", "fewer_no")),
        shortfall=table.choice("shortfall", ("leave_empty", "revote_rest")),
        rounds=table.whole("rounds", least=1),
    )


def _consistent(programme: Programme, top: Table) -> None:
    """Faults that only show when the whole file is read."""
    times = [programme.opens, programme.nominations_close, programme.ballot_at, programme.ballot_closes]
    names = ("opens", "nominations_close", "ballot_at", "ballot_closes")
    for earlier, later, name in zip(times, times[1:], names[1:], strict=False):
        if later <= earlier:
            top.fault("moments_out_of_order", name, later.isoformat())
    for repeated in _repeated(stratum.key for stratum in programme.strata):
        top.fault("key_twice", "stratum.key", repeated, key=repeated)
    for repeated in _repeated(category for stratum in programme.strata for category in stratum.categories):
        top.fault("category_in_two_strata", "stratum.categories", repeated, category=repeated)
    for repeated in _repeated(item.key for item in programme.scorecard.items):
        top.fault("key_twice", "scorecard.category.item.key", repeated, key=repeated)
    for repeated in _repeated(office.office for office in programme.offices):
        top.fault("key_twice", "consultation.office", repeated, key=repeated)
    for stratum in programme.strata:
        if stratum.nominations < stratum.seats:
            top.fault("fewer_nominations_than_seats", "stratum.nominations", stratum.nominations, seats=stratum.seats)
        if not stratum.categories:
            top.missing("stratum_categories")
    if programme.scorecard.pass_mark > programme.scorecard.highest:
        top.fault("pass_out_of_reach", "scorecard.pass", programme.scorecard.pass_mark)
    ballot = programme.ballot
    if ballot.majority.fraction == 1 and ballot.compare == "more_than":
        top.fault("majority_out_of_reach", "ballot.majority", "1")
    for account in sorted(set(programme.absent) & set(programme.recused)):
        top.fault("absent_and_recused", "ballot.recused", account)


def _repeated(values: Iterable[str]) -> list[str]:
    return [value for value, times in Counter(values).items() if times > 1]
