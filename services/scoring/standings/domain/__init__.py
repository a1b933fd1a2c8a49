"""Exact results and ranks from a rule and the marks. Pure, and independent of the order of its input.

A *scope* is what one aggregate is taken over: the whole sheet set (""), a part ("lesson") or a criterion
("lesson/content"), as the rule's level says. Votes and lots come in as recorded data.
Not here: which revision counts (sheets), who may judge (panels), who is told (releases).
"""

from services.scoring.standings.domain.arithmetic import Unmarked, unmarked
from services.scoring.standings.domain.ranking import Line, Standings, standings
from services.scoring.standings.domain.ties import Pending, TieLot, TieVote, check_vote, winner

__all__ = [
    "Line",
    "Pending",
    "Standings",
    "TieLot",
    "TieVote",
    "Unmarked",
    "check_vote",
    "standings",
    "unmarked",
    "winner",
]
