"""Gather what a hall needs to begin, in the audience that has no mark, and keep what people say of it."""

from datetime import datetime
from uuid import UUID

from services.scoring.clocks import actions as clocks
from services.scoring.halls import actions as halls
from services.scoring.panels import actions as panels
from services.scoring.readiness import store
from services.scoring.readiness.domain import Facts, Item, Preparation
from services.scoring.rolls import actions as rolls
from services.scoring.rolls.domain import Division
from services.scoring.rubrics import actions as rubrics
from services.scoring.running_orders import actions as running_orders
from shared.db import Transaction
from shared.errors import Missing, Refused


async def gather(tx: Transaction, division_id: UUID, free: int, now: datetime) -> tuple[Division, Facts]:
    """Raises Missing: division_unknown."""
    division = await rolls.division(tx, division_id)
    try:
        panel = await panels.of_division(tx, division_id)
    except Missing:
        panel = None
    facts = Facts(
        roll=await rolls.current(tx, division_id, "final"),
        attached=await rubrics.of_activity(tx, division.activity_key),
        panel=panel,
        assignments=tuple(await panels.assignments(tx, division_id)),
        absent=await running_orders.absent(tx, division_id),
        waiting=sum(each.is_open for each in await running_orders.requests(tx, division_id)),
        tablets=tuple(await halls.tablets(tx, panel)) if panel else (),
        clock=next((each for each in await clocks.of_division(tx, division_id) if each.state != "ended"), None),
        preparations=tuple(await store.of_division(tx, division_id)),
        free=free,
        now=now,
    )
    return division, facts


async def say(tx: Transaction, division_id: UUID, item: Item, by: UUID, now: datetime) -> None:
    """Somebody has seen that it is in its place. Raises Refused: preparation_too_early (no roll or no rule yet)."""
    division = await rolls.division(tx, division_id)
    roll = await rolls.current(tx, division_id, "final")
    attached = await rubrics.of_activity(tx, division.activity_key)
    if roll is None or attached is None:
        raise Refused("preparation_too_early")
    said = Preparation(item=item, roll_hash=roll.hash, rule_hash=attached.hash, said_at=now)
    await store.say(tx, division_id, said, by)
