"""Rules of an entry: eligibility, quotas of a branch, states. Pure: no I/O, no clock, no randomness.

An *entry* is one person in one division of an activity. Words: `eligibility` (may the person take part), `quota` (what
a branch may send), `recommendation` (the branch's own order), `state` (where the entry stands).
Not here: places and the waiting list (slice `admissions`), order and code (slice `draws`).
"""

from services.registration.entries.domain.eligibility import (
    Candidate,
    Reason,
    Rule,
    Verdict,
    Waived,
    Waiver,
    anniversary,
    verdict,
)
from services.registration.entries.domain.entry import (
    FIELDS,
    Entry,
    Numbers,
    SignUp,
    check_sent,
    content_hash,
    course_key,
    next_number,
    returned,
)
from services.registration.entries.domain.quotas import Recommendation, ordered
from services.registration.entries.domain.states import FOLLOWS, LIVE, moved

__all__ = [
    "FIELDS",
    "FOLLOWS",
    "LIVE",
    "Candidate",
    "Entry",
    "Numbers",
    "Reason",
    "Recommendation",
    "Rule",
    "SignUp",
    "Verdict",
    "Waived",
    "Waiver",
    "anniversary",
    "check_sent",
    "content_hash",
    "course_key",
    "moved",
    "next_number",
    "ordered",
    "returned",
    "verdict",
]
