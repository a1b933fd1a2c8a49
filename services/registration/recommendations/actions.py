"""The branch's review: its whole order at once, and returns. The entries themselves are the slice `entries`'."""

from datetime import datetime
from uuid import UUID

from msgspec import Struct

from services.registration.activities import actions as activities
from services.registration.activities.domain import Activity
from services.registration.entries import actions as entries
from services.registration.entries.actions import Rank
from services.registration.entries.domain import Entry
from services.registration.quotas import actions as quotas
from services.registration.recommendations import domain
from services.registration.recommendations.domain import Recommendation
from services.registration.units.domain import Branch
from shared.db import Transaction


class Order(Struct, frozen=True, kw_only=True):
    """A branch's whole order: entry -> number; entries of the branch that are not named are not recommended (yet)."""

    activity_id: UUID
    branch: Branch
    numbers: dict[UUID, int]


async def recommend(tx: Transaction, order: Order, by: UUID, now: datetime) -> list[Entry]:
    """Take over the branch's whole order: who has a number is approved, who has none waits for the branch.

    Raises Faulty: over_quota, number_twice, number_below_one, entry_not_open; Refused: review_closed (closes),
    admission_by_arrival. Nothing is stored then.
    """
    activity = await activities.activity(tx, order.activity_id)
    domain.check_open(activity.admission, activity.review_closes, now)
    open_entries = await entries.under_review(tx, activity.id, order.branch.id)
    wanted = [Recommendation(entry_id=e, number=n) for e, n in order.numbers.items()]
    domain.check_known(wanted, frozenset(e.id for e in open_entries))
    quota_of = {e.id: await _quota(tx, activity, e.division_id, order.branch) for e in open_entries}
    places = domain.ordered(wanted, quota_of)
    ranks = [
        Rank(entry_id=e.id, quota_id=quota_of[e.id][0], bound=quota_of[e.id][1], number=places.get(e.id))
        for e in open_entries
    ]
    return await entries.rank(tx, open_entries, ranks, by, now)


async def send_back(tx: Transaction, entry_id: UUID, texts: dict[str, str], by: UUID, now: datetime) -> Entry:
    """The branch returns an entry, with what to correct, field by field.

    Raises Faulty: return_reason_absent, return_reason_long, return_field_unknown; Refused: entry_state,
    review_closed (closes), admission_by_arrival.
    """
    entry = await entries.entry(tx, entry_id)
    activity = await activities.activity(tx, entry.activity_id)
    domain.check_open(activity.admission, activity.review_closes, now)
    return await entries.give_back(tx, entry, domain.said_back(texts), by, now)


async def _quota(
    tx: Transaction, activity: Activity, division_id: UUID, branch: Branch
) -> tuple[UUID, int | None]:
    division = next(d for d in activity.divisions if d.id == division_id)
    return await quotas.of_division(tx, activity, division, branch)
