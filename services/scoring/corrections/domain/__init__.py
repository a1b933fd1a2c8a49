"""What a change would do is seen first: the standing before and after, who moves, which prize edges change. Pure.

Words: a *change* is what is proposed (a corrected sheet, a reopened stage, a deduction taken back); a *difference* is what
it does to the ranks; a *correction* is the proposal with its ground, its reason and what became of it.
Not here: the standing itself (standings), the appeal that may lead to one (appeals).
Rule: services/scoring/README.md#corrections
"""

from services.scoring.corrections.domain.changes import (
    Change,
    CorrectedSheet,
    Reopening,
    Told,
    WithdrawnDeduction,
    held_back,
    if_sent_again,
    told,
)
from services.scoring.corrections.domain.differences import Difference, difference, prizes_of
from services.scoring.corrections.domain.proposals import (
    Correction,
    Version,
    as_body,
    check_current,
    check_fresh,
    check_open,
    check_proposal,
    check_second,
    needs_second,
    version,
)

__all__ = [
    "Change",
    "CorrectedSheet",
    "Correction",
    "Difference",
    "Reopening",
    "Told",
    "Version",
    "WithdrawnDeduction",
    "as_body",
    "check_current",
    "check_fresh",
    "check_open",
    "check_proposal",
    "check_second",
    "difference",
    "held_back",
    "if_sent_again",
    "needs_second",
    "prizes_of",
    "told",
    "version",
]
