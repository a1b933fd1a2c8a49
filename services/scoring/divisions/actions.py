"""Gather a division for the desk. Reads only; each decision has its own slice."""

from uuid import UUID

from services.scoring.deductions import actions as deductions
from services.scoring.divisions.domain import Gathered
from services.scoring.freezes import actions as freezes
from services.scoring.locks import actions as locks
from services.scoring.panels import actions as panels
from services.scoring.releases import actions as releases
from services.scoring.remarks import actions as remarks
from services.scoring.rolls import actions as rolls
from services.scoring.rolls.domain import Division
from services.scoring.rubrics import actions as rubrics
from services.scoring.rubrics.domain import Stage
from services.scoring.running_orders import actions as running_orders
from services.scoring.score_sets import actions as score_sets
from services.scoring.sheets import actions as sheets
from services.scoring.standings import actions as standings
from shared.db import Transaction
from shared.errors import Missing


async def divisions(tx: Transaction) -> list[Division]:
    """Every division that is open."""
    return await rolls.divisions(tx)


async def stage_of(tx: Transaction, division_id: UUID) -> Stage:
    """The stage the desk works on: the final once its roll has come."""
    if await rolls.current(tx, division_id, "final"):
        return "final"
    return "preselection" if await rolls.current(tx, division_id, "preselection") else "final"


async def gather(tx: Transaction, division_id: UUID, stage: Stage) -> Gathered:
    """Everything the desk shows. Raises Missing: division_unknown."""
    division = await rolls.division(tx, division_id)
    roll = await running_orders.taking_part(tx, division_id, stage)
    attached = await rubrics.of_activity(tx, division.activity_key)
    try:
        panel = await panels.of_division(tx, division_id)
    except Missing:
        panel = None
    is_ready = roll is not None and attached is not None and panel is not None
    picture = await standings.of_division(tx, division_id, stage) if is_ready else None
    return Gathered(
        division=division,
        stage=stage,
        attached=attached,
        panel=panel,
        roll=roll,
        absent=await running_orders.absent_codes(tx, division_id) if stage == "final" else (),
        thin=await panels.problems(tx, division_id),
        standings=picture.standings if picture else None,
        basis=picture.basis if picture else None,
        sheets=tuple(await sheets.sheets(tx, division_id)),
        signed=await sheets.countersigned(tx, division_id),
        is_locked=stage in await sheets.locked(tx, division_id),
        requests=tuple(await locks.requests(tx, division_id, stage)),
        releases=tuple(each for each in await releases.of_division(tx, division_id) if each.stage == stage),
        score_sets=tuple(each for each in await score_sets.of_division(tx, division_id) if each.content.stage == stage),
        remarks=tuple(await remarks.of_division(tx, division_id, stage)),
        records=await deductions.records(tx, division_id, stage),
        freeze=await freezes.standing(tx, division_id),
    )
