"""Which prize each rank brings, and how far an award list has come. Pure: no I/O, no clock, no randomness.

An *edition* is one award list under way. Not here: how a rank comes about (scoring), who won a ballot (ballots).
"""

from services.awards.editions.domain.lists import (
    AwardState,
    Edition,
    Opening,
    ProposedAward,
    SeasonFacts,
    State,
    check_proposal,
    further,
    list_hash,
)
from services.awards.editions.domain.plans import ApprovalPlan, CommendationPlan, NoticePlan, Plan, plan_of
from services.awards.editions.domain.previews import (
    DivisionPreview,
    Preview,
    PreviewRow,
    Ranked,
    awards_of,
    check_seen,
    preview_division,
)
from services.awards.editions.domain.scans import check_scan
from services.awards.editions.domain.tiers import (
    Division,
    ExtraPrize,
    Minute,
    Remark,
    Standing,
    Tier,
    TierTies,
    assign,
    check_extra,
    enlarged,
    ties_of,
)

__all__ = [
    "ApprovalPlan",
    "AwardState",
    "CommendationPlan",
    "Division",
    "DivisionPreview",
    "Edition",
    "ExtraPrize",
    "Minute",
    "NoticePlan",
    "Opening",
    "Plan",
    "Preview",
    "PreviewRow",
    "ProposedAward",
    "Ranked",
    "Remark",
    "SeasonFacts",
    "Standing",
    "State",
    "Tier",
    "TierTies",
    "assign",
    "awards_of",
    "check_extra",
    "check_proposal",
    "check_scan",
    "check_seen",
    "enlarged",
    "further",
    "list_hash",
    "plan_of",
    "preview_division",
    "ties_of",
]
