"""The quota an entry uses up, and what is left of it. Not here: the branch's own order (slice `recommendations`)."""

from uuid import UUID

from msgspec import Struct

from services.registration.activities import domain as rules
from services.registration.activities.domain import Activity, Division
from services.registration.quotas import store
from services.registration.units.domain import Branch
from shared.db import Transaction
from shared.ids import new_id


class Quota(Struct, frozen=True, kw_only=True):
    """Divisions that share one quota of a branch; bound None: no bound; used: numbers of its order in use."""

    divisions: tuple[Division, ...]
    bound: int | None
    used: int

    @property
    def left(self) -> int | None:
        """How many the branch may still send; None: no bound."""
        return None if self.bound is None else max(self.bound - self.used, 0)


def bound(activity: Activity, division: Division, branch: Branch) -> int | None:
    """How many entries the branch may send to this division and those that share its quota; None: no bound."""
    return rules.quota(activity, division, branch.code, branch.numbers)


async def of_branch(tx: Transaction, activity: Activity, branch: Branch) -> list[Quota]:
    """The branch's quotas: first the one that divisions share, then those counted alone."""
    used = await store.used(tx, activity.id, branch.id)
    shared = tuple(d for d in activity.divisions if d.own_quota is None)
    alone = [d for d in activity.divisions if d.own_quota is not None]
    groups = ([(shared, None)] if shared else []) + [((d,), d.id) for d in alone]
    return [
        Quota(divisions=group, bound=bound(activity, group[0], branch), used=used.get(key, 0)) for group, key in groups
    ]


async def of_division(
    tx: Transaction, activity: Activity, division: Division, branch: Branch
) -> tuple[UUID, int | None]:
    """The quota an entry of this division uses up: its id and bound; made where it is asked for first."""
    key = division.id if division.own_quota is not None else None
    if found := await store.quota(tx, activity.id, branch.id, key):
        return found
    await store.add(tx, new_id(), activity.id, branch.id, key, bound(activity, division, branch))
    made = await store.quota(tx, activity.id, branch.id, key)
    if made is None:
        raise LookupError("a quota that was just made is there")
    return made


async def numbers(tx: Transaction, quota_id: UUID) -> frozenset[int]:
    """Numbers of the branch's order that are in use."""
    return await store.numbers(tx, quota_id)
