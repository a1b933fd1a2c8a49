"""All that a division's standing rests on, as one value: what is computed now, or would be after a change. Pure."""

from msgspec import Struct

from services.scoring.rolls.domain import Roll
from services.scoring.rubrics.domain import Rule
from services.scoring.sheets.domain import Assigned, Marked
from services.scoring.standings.domain.facts import NO_FACTS, Facts
from services.scoring.standings.domain.ranking import Standings, standings
from services.scoring.standings.domain.ties import TieLot, TieVote


class Basis(Struct, frozen=True, kw_only=True):
    """The rule of the stage, its roll, who judges, the marks that count, and what was recorded."""

    rule: Rule
    roll: Roll
    assigned: tuple[Assigned, ...]
    sheets: tuple[Marked, ...]
    votes: tuple[TieVote, ...] = ()
    lots: tuple[TieLot, ...] = ()
    facts: Facts = NO_FACTS

    def standings(self) -> Standings:
        """What follows from it, exactly as the service ranks."""
        return standings(
            self.rule, self.roll.entries, self.assigned, self.sheets, self.votes, self.lots, self.facts
        )
