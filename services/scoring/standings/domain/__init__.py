"""Exact results and ranks from a rule, the marks and the recorded facts. Pure, and independent of the order of its input.

From below: a *scope* is what one aggregate is taken over (scopes); each judge has a *value* for it (values), the values
are put together (judging, or across entries: skating, correction), the scopes added to a *figure* (totals), the figures
ranked (ranking), ties parted by the chain (steps, ties). Votes, lots, deductions and the like come in as recorded data.
Not here: which revision counts (sheets), who may judge (panels), who is told (releases).
"""

from services.scoring.standings.domain.basis import Basis
from services.scoring.standings.domain.contest import Unmarked
from services.scoring.standings.domain.facts import Deducted, Facts
from services.scoring.standings.domain.ranking import Line, Standings, standings
from services.scoring.standings.domain.ties import Pending, TieLot, TieVote, check_vote, winner
from services.scoring.standings.domain.totals import Spread

__all__ = [
    "Basis",
    "Deducted",
    "Facts",
    "Line",
    "Pending",
    "Spread",
    "Standings",
    "TieLot",
    "TieVote",
    "Unmarked",
    "check_vote",
    "standings",
    "winner",
]
