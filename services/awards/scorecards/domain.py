"""What a nominated branch scores and whether that is enough. Pure: no I/O, no clock, no randomness.

A *self score* is what the branch gives itself, an *audited score* what the union finds; only the audited one counts.
Points are integer counts of the scorecard's unit; "unscored" is never 0.

Not here: the scorecard itself (programmes), who was nominated (nominations).

Rule: services/awards/README.md#scorecards
"""

from datetime import datetime
from typing import Literal
from uuid import UUID

from msgspec import Struct

from services.awards.programmes.domain import Programme, Scorecard, told
from shared.errors import Conflict, Fault, Faulty, Refused
from shared.exact import count, text

Kind = Literal["self", "audited"]
Verdict = Literal["unaudited", "passed", "below_pass", "zero_category"]


class Column(Struct, frozen=True, kw_only=True):
    """One column of a scorecard as it was recorded; the newest version counts. correction: why it replaces the last."""

    id: UUID
    version: int
    scores: dict[str, int]
    correction: str = ""


class Standing(Struct, frozen=True, kw_only=True):
    """Totals in counts of the unit; None while an item of that column is missing."""

    self_total: int | None
    audited_total: int | None
    categories: dict[str, int | None]
    zero: tuple[str, ...]
    verdict: Verdict


def next_column(
    programme: Programme, kind: Kind, known: Column | None, fresh: Column, now: datetime
) -> Column | None:
    """The version to store, or None when the same scores are already there.

    A branch scores itself until nominations close; the audit ends when the ballot begins. Raises Refused:
    self_scores_closed, audit_closed, correction_missing; Conflict: scorecard_id_used.
    """
    if known and known.scores == fresh.scores:
        return None
    if kind == "self" and now >= programme.nominations_close:
        raise Refused("self_scores_closed", closed=told(programme.nominations_close))
    if kind == "audited" and now >= programme.ballot_closes:
        raise Refused("audit_closed", closed=told(programme.ballot_closes))
    if known is None:
        return fresh
    if known.id == fresh.id:
        raise Conflict("scorecard_id_used")
    if not fresh.correction.strip():
        raise Refused("correction_missing", field="correction")
    return Column(id=fresh.id, version=known.version + 1, scores=fresh.scores, correction=fresh.correction.strip())


def total(scores: dict[str, int], items: tuple[str, ...]) -> int | None:
    """The sum over the items; None while one is missing: a missing score is not a 0."""
    return sum(scores[item] for item in items) if all(item in scores for item in items) else None


def standing(scorecard: Scorecard, self_scores: dict[str, int], audited: dict[str, int]) -> Standing:
    """What the two columns add up to. scores: item key -> count of the unit."""
    keys = tuple(item.key for item in scorecard.items)
    by_category = {
        category.key: total(audited, tuple(item.key for item in category.items)) for category in scorecard.categories
    }
    zero = tuple(key for key, points in by_category.items() if points == 0)
    return Standing(
        self_total=total(self_scores, keys),
        audited_total=total(audited, keys),
        categories=by_category,
        zero=zero,
        verdict=_verdict(scorecard, total(audited, keys), bool(zero)),
    )


def _verdict(scorecard: Scorecard, audited_total: int | None, has_zero: bool) -> Verdict:
    if audited_total is None:
        return "unaudited"
    if has_zero and scorecard.zero_category_fails:
        return "zero_category"
    return "passed" if audited_total >= scorecard.pass_mark else "below_pass"


def read_scores(scorecard: Scorecard, typed: dict[str, str], prefix: str = "") -> dict[str, int]:
    """Item key -> count, from decimal text for every item.

    prefix: of the form's field names, so that a fault points at its field. Raises Faulty: item_unknown,
    score_missing, mark_not_number, mark_not_multiple, score_over_highest.
    """
    faults: list[Fault] = []
    scores: dict[str, int] = {}
    known = {item.key: item for item in scorecard.items}
    for key, item in known.items():
        sent = typed.get(key, "").strip()
        try:
            scores[key] = read_score(scorecard, key, sent)
        except Refused as refusal:
            values = {**{name: str(value) for name, value in refusal.values.items()}, "item": item.title}
            faults.append(Fault(code=refusal.code, field=f"{prefix}{key}", value=sent, values={**values}))
    for key in typed.keys() - known.keys():
        faults.append(Fault(code="item_unknown", field=f"{prefix}{key}", value=key, values={"item": key}))
    if faults:
        raise Faulty(faults)
    return scores


def read_score(scorecard: Scorecard, key: str, sent: str) -> int:
    """One score as a count of the unit; raises what `read_scores` collects."""
    item = next((each for each in scorecard.items if each.key == key), None)
    if item is None:
        raise Refused("item_unknown", item=key)
    if not sent:
        raise Refused("score_missing", item=item.title)
    points = count(sent, scorecard.unit.fraction)
    if not 0 <= points <= item.highest:
        raise Refused("score_over_highest", item=item.title, highest=shown(scorecard, item.highest))
    return points


def shown(scorecard: Scorecard, points: int | None) -> str:
    """Decimal text of a count of the unit; empty for what is unscored."""
    return "" if points is None else text(points, scorecard.unit.fraction)
