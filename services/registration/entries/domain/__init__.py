"""Rules of an entry: eligibility, numbers it uses up, states. Pure: no I/O, no clock, no randomness.

An *entry* is one person in one division of an activity. Words: `eligibility` (may the person take part), `state` (where
the entry stands), `number` (what it uses up of a limit).
Not here: the branch's order (slice `recommendations`), places and the waiting list (slice `admissions`), order and code
(slice `draws`).
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
    Entry,
    Numbers,
    SignUp,
    check_sent,
    content_hash,
    course_key,
    next_number,
)
from services.registration.entries.domain.states import FOLLOWS, LIVE, moved
from services.registration.entries.domain.telling import Say, told

__all__ = [
    "FOLLOWS",
    "LIVE",
    "Candidate",
    "Entry",
    "Numbers",
    "Reason",
    "Rule",
    "Say",
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
    "told",
    "verdict",
]
