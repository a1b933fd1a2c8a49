"""Make a rehearsal, and clear it away from the lists; its ledger stays."""

import hashlib
from datetime import datetime
from uuid import UUID

import msgspec

from services.scoring.bundles.domain import roll_text
from services.scoring.panels import actions as panels
from services.scoring.rehearsals import domain, store
from services.scoring.rehearsals.domain import Rehearsal, Use
from services.scoring.rolls import actions as rolls
from services.scoring.rubrics import actions as rubrics
from shared.db import Transaction
from shared.errors import Missing
from shared.ids import new_id

SEASON = "rehearsal"


async def make(tx: Transaction, rehearsal: Rehearsal, now: datetime) -> None:
    """Open an invented division with the panel of a real one. The same id again changes nothing.

    Raises Missing: division_unknown, no_panel, rule_absent. Refused: rehearsal_panel_small.
    """
    model = await rolls.division(tx, rehearsal.modelled_on)
    panel = await panels.of_division(tx, rehearsal.modelled_on)
    rule = await rubrics.of_activity(tx, rehearsal.rule_key)
    if rule is None:
        raise Missing("rule_absent", activity=rehearsal.rule_key)
    domain.check(panel, rule)
    if model.is_rehearsal:
        raise Missing("division_unknown")
    if not await store.add(tx, rehearsal):
        return
    ids = tuple(new_id() for _ in range(domain.ENTRIES + 1))
    activity, division, roll, seated = domain.invented(rehearsal, model, panel, ids, new_id())
    roll = msgspec.structs.replace(roll, hash=hashlib.sha256(roll_text(roll).encode()).hexdigest())
    await rubrics.attach(tx, activity.key, rule.rule, "", None, now)
    await rolls.open_activity(tx, activity, [division])
    await rolls.receive(tx, roll, now)
    await panels.add(tx, [seated], SEASON)


async def every(tx: Transaction) -> list[Rehearsal]:
    """All of them, the newest first."""
    return await store.every(tx)


async def uses(tx: Transaction) -> list[Use]:
    """Rules to rehearse: of every activity of this and earlier years, the newest first."""
    return await store.uses(tx)


async def clear(tx: Transaction, division_id: UUID, by: UUID, now: datetime) -> None:
    """Take it from the lists and the tablets. Raises Missing: rehearsal_unknown."""
    if not await store.clear(tx, division_id, by, now):
        raise Missing("rehearsal_unknown")
