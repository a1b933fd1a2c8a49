"""Gather what one judge may see of a division; the transaction is in the judge's own audience."""

from uuid import UUID

from services.scoring.materials import actions as materials
from services.scoring.panels import actions as panels
from services.scoring.panels.domain import Seat
from services.scoring.remarks import actions as remarks
from services.scoring.rolls import actions as rolls
from services.scoring.rolls.domain import RollItem
from services.scoring.rubrics import actions as rubrics
from services.scoring.rubrics.domain import Part, Stage, figures
from services.scoring.running_orders import actions as running_orders
from services.scoring.score_sets import actions as score_sets
from services.scoring.sheets import actions as sheets
from services.scoring.sheets.domain import Sent, SheetKey
from services.scoring.tablet import domain
from services.scoring.tablet.domain import Desk
from shared.db import Transaction
from shared.errors import Missing


async def desks(tx: Transaction, judge_id: UUID, language: str) -> list[Desk]:
    """One desk for each division in whose panel the judge sits and whose roll has come."""
    found = [await desk(tx, division_id, judge_id, language) for division_id in await panels.judged_by(tx, judge_id)]
    return [each for each in found if each.entries]


async def desk(tx: Transaction, division_id: UUID, judge_id: UUID, language: str) -> Desk:
    """The judge's entries and own sheets. The final roll, once here, stands; before it the pre-selection's.

    Raises Refused: judge_not_in_panel. Raises Missing: no_panel.
    """
    division = await rolls.division(tx, division_id)
    panel = await panels.of_division(tx, division_id)
    attached = await rubrics.of_division(tx, division_id)
    final = await rolls.current(tx, division_id, "final")
    stage: Stage = "final" if final else "preselection"
    roll = final or await rolls.current(tx, division_id, stage)
    mine = [each for each in await panels.assignments(tx, division_id) if each.judge_id == judge_id]
    seat: Seat = panel.seat(judge_id)
    own = [each for each in await sheets.sheets(tx, division_id) if each.judge_id == judge_id]
    return Desk(
        division_id=division_id,
        activity=figures.named(division.activity_title, division.activity_title_en, language),
        division=figures.named(division.title, division.title_en, language),
        venue=panel.venue,
        judge=seat.name,
        seat=seat.position if seat.kind == "judge" else next((each.seat for each in mine), seat.position),
        rule=attached.rule,
        stage=stage,
        preselection_part=attached.preselection_part,
        locked=await sheets.locked(tx, division_id),
        entries=domain.seen(roll, {each.entry_id for each in mine if each.is_marking}),
        own={(each.entry_id, each.part): each for each in own},
        is_leader=seat.leader,
        is_rehearsal=division.is_rehearsal,
        remarks=tuple(await remarks.of_division(tx, division_id, stage)),
        states=await running_orders.states(tx, division_id),
        is_sealed=division_id in await score_sets.sealed_divisions(tx),
        paper=tuple(await sheets.on_paper(tx, division_id)),
        materials=await materials.standing(tx, division_id),
    )


async def sheet(
    tx: Transaction, judge_id: UUID, entry_id: UUID, part: str, language: str
) -> tuple[Desk, RollItem, Part]:
    """The desk, the entry and the part of one sheet.

    Raises Missing: no_such_sheet, also for an entry the judge is recused from or does not mark.
    """
    for each in await desks(tx, judge_id, language):
        item = next((item for item in each.entries if item.entry_id == entry_id), None)
        wanted = next((one for one in each.parts if one.key == part), None)
        if item and wanted:
            return each, item, wanted
    raise Missing("no_such_sheet")


async def history(tx: Transaction, judge_id: UUID, entry_id: UUID, part: str) -> list[Sent]:
    """What the judge ever submitted for one sheet, the newest first; nothing for a sheet of others."""
    return await sheets.history(tx, SheetKey(judge_id, entry_id, part))
