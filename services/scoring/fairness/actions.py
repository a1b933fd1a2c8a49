"""Read what a division's advisory page and its alerts rest on; say who may see which alert. Nothing is stored here."""

from uuid import UUID

from msgspec import Struct

from services.scoring.deductions import actions as deductions
from services.scoring.fairness import domain
from services.scoring.fairness.domain import METHODS, Agreement, Outlier, Rating, Severities
from services.scoring.mark_files.domain import MarkFile
from services.scoring.panels import actions as panels
from services.scoring.panels.domain import Panel
from services.scoring.rolls import actions as rolls
from services.scoring.rolls.domain import Division
from services.scoring.rubrics.domain import Stage
from services.scoring.standings import actions as standings
from services.scoring.standings.actions import Picture
from services.scoring.standings.domain import Basis
from shared.db import Transaction
from shared.errors import Fault, Faulty

__all__ = ["METHODS", "Gathered"]


class Gathered(Struct, frozen=True, kw_only=True):
    """A division with its standings and what they rest on."""

    division: Division
    panel: Panel
    picture: Picture


async def gather(tx: Transaction, division_id: UUID, stage: Stage) -> Gathered:
    """Raises Missing: division_unknown, no_panel, roll_absent, rule_absent."""
    return Gathered(
        division=await rolls.division(tx, division_id),
        panel=await panels.of_division(tx, division_id),
        picture=await standings.of_division(tx, division_id, stage),
    )


async def check_leader(tx: Transaction, division_id: UUID, judge_id: UUID) -> None:
    """Raises NotAllowed: leader_needed. Missing: no_panel."""
    await deductions.check_leader(tx, division_id, judge_id)


def agreement(marks: MarkFile, criterion: str) -> Agreement:
    """How well the judges of a file agree. Raises Faulty; Refused: what the domain raises."""
    return domain.agreement(_ratings(marks), criterion)


def severity(method: str, marks: MarkFile) -> Severities:
    """How strict the judges of a file are. method: one of METHODS. Raises Faulty; Refused: what the models raise."""
    return domain.severity(method, _ratings(marks))


def for_leader(basis: Basis, found: tuple[Outlier, ...], leader: UUID) -> tuple[Outlier, ...]:
    """The alerts on sheets of which the leader has sent the own one: before, they would be a hint how to mark."""
    sent = {(sheet.entry_id, sheet.part) for sheet in basis.sheets if sheet.judge_id == leader}
    return tuple(each for each in found if (each.entry_id, each.part) in sent)


def outliers(basis: Basis) -> tuple[Outlier, ...]:
    """Every alert of a division, the farthest first."""
    return domain.outliers(basis)


def _ratings(marks: MarkFile) -> list[Rating]:
    faults: list[Fault] = []
    found = domain.ratings(marks, faults)
    if faults:
        raise Faulty(sorted(faults, key=lambda fault: fault.row or 0))
    return found
