"""Set up panels, fill their seats from each roll, take declared relations, and say whether a panel can judge."""

from datetime import datetime
from uuid import UUID

from msgspec import Struct, structs

from services.scoring.appeals import actions as appeals
from services.scoring.ledger import actions as ledger
from services.scoring.panels import domain, store
from services.scoring.panels.domain import Assignment, Outcome, Panel, Relation, Thin
from services.scoring.rubrics import actions as rubrics
from services.scoring.sheets import actions as sheets
from shared.db import Transaction
from shared.errors import Missing, Refused


class Declaration(Struct, frozen=True, kw_only=True):
    """Somebody declares that a judge must not mark an entry."""

    id: UUID
    division_id: UUID
    judge_id: UUID
    entry_id: UUID
    relation: str
    reserve_id: UUID | None
    declared_by: UUID


async def add(tx: Transaction, panels: list[Panel], season_key: str) -> None:
    """Store the panels of a season, and fill seats for rolls that were here before it."""
    for panel in panels:
        await store.add_panel(tx, panel, season_key)
        await store.add_seats(tx, panel)
        opened = await store.divisions_of(tx, panel.activity_key)
        if panel.division_key in opened:
            await assign(tx, opened[panel.division_key])


async def of_division(tx: Transaction, division_id: UUID) -> Panel:
    """The panel with its seats. Raises Missing: no_panel."""
    panel = await _panel(tx, division_id)
    if panel is None:
        raise Missing("no_panel")
    return panel


async def every(tx: Transaction) -> list[Panel]:
    """All panels with their seats."""
    found = await store.panels(tx)
    return [structs.replace(each, seats=await store.seats_of(tx, each.id)) for each in found]


async def judged_by(tx: Transaction, judge_id: UUID) -> list[UUID]:
    """The divisions whose panel this person sits in."""
    return await store.divisions_judged_by(tx, judge_id)


async def assign(tx: Transaction, division_id: UUID) -> tuple[Thin, ...]:
    """Fill the seats for every entry of the division's rolls; run again, it changes only what must change.

    Nothing happens while the panel or the rule is not here yet: the season brings them and calls this again.
    """
    await store.lock(tx, division_id)
    outcome = await _outcome(tx, division_id)
    if outcome is None:
        return ()
    await store.save(tx, division_id, list(outcome.assignments))
    return outcome.thin


async def declare(tx: Transaction, declaration: Declaration, now: datetime) -> None:
    """Record a relation and let the rule's consequence follow at once. The same declaration again changes nothing.

    Raises Missing: no_panel. Raises Refused: judge_not_in_panel, reserve_not_in_panel, judge_has_marked,
    recusal_after_lock, panel_too_thin (nothing is recorded then: name another reserve judge first).
    """
    panel = await of_division(tx, declaration.division_id)
    panel.seat(declaration.judge_id)
    if declaration.reserve_id and declaration.reserve_id not in {seat.judge_id for seat in panel.reserves}:
        raise Refused("reserve_not_in_panel")
    relation = Relation(
        judge_id=declaration.judge_id,
        entry_id=declaration.entry_id,
        relation=declaration.relation,
        reserve_id=declaration.reserve_id,
    )
    await ledger.lock(tx, [declaration.division_id])  # a stage that is locked meanwhile states who judged
    if not await store.add_relation(
        tx, declaration.id, declaration.division_id, relation, declaration.declared_by, now
    ):
        return
    await _check_late(tx, panel, declaration)
    for thin in await assign(tx, declaration.division_id):
        if thin.entry_id == declaration.entry_id:
            raise Refused("panel_too_thin", entry=thin.code, judging=thin.judging, needed=thin.needed)


async def _check_late(tx: Transaction, panel: Panel, declaration: Declaration) -> None:
    """Who has marked is recused only if the rule can do without the marks, or an appeal about the recusal was upheld."""
    rule = await rubrics.of_activity(tx, panel.activity_key)
    may_be_late = rule is not None and rule.rule.recusal in domain.LATE
    may_be_late = may_be_late or await appeals.is_upheld(tx, declaration.division_id, declaration.entry_id, "recusal")
    if not may_be_late and await store.has_marked(tx, declaration.judge_id, declaration.entry_id):
        raise Refused("judge_has_marked")
    if await sheets.locked(tx, declaration.division_id):
        raise Refused("recusal_after_lock")


async def assignments(tx: Transaction, division_id: UUID) -> list[Assignment]:
    """Who marks and who is recused; a judge's audience gets the own rows only."""
    return await store.assignments_of(tx, division_id)


async def relations(tx: Transaction, division_id: UUID) -> list[Relation]:
    """The declared relations, oldest first."""
    return await store.relations_of(tx, division_id)


async def problems(tx: Transaction, division_id: UUID) -> tuple[Thin, ...]:
    """Entries whose panel has too few judges: the hall cannot start while there is one."""
    outcome = await _outcome(tx, division_id)
    return outcome.thin if outcome else ()


async def _panel(tx: Transaction, division_id: UUID) -> Panel | None:
    panel = await store.panel_of(tx, division_id)
    if panel is None:
        return None
    return structs.replace(panel, seats=await store.seats_of(tx, panel.id))


async def _outcome(tx: Transaction, division_id: UUID) -> Outcome | None:
    panel = await _panel(tx, division_id)
    rule = await rubrics.of_activity(tx, panel.activity_key) if panel else None
    if panel is None or rule is None:
        return None
    return domain.assign(
        panel,
        await store.candidates(tx, division_id),
        await store.relations_of(tx, division_id),
        rule.rule.recusal,
        rule.rule.fewest_marks,
        await store.assignments_of(tx, division_id),
    )
