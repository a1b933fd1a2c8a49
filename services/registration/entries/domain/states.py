"""The life of an entry: which state follows which, and how a participant reads it.

submitted → approved → admitted | waiting → admitted; returned may be submitted again; refused is final; withdrawn is
final. Not here: who may move an entry (routes), places (slice `admissions`).
"""

from shared.errors import Refused

FOLLOWS: dict[str, frozenset[str]] = {
    "submitted": frozenset({"approved", "returned", "admitted", "waiting", "withdrawn"}),
    "returned": frozenset({"submitted", "refused", "admitted", "waiting", "withdrawn"}),
    "approved": frozenset({"submitted", "returned", "admitted", "waiting", "withdrawn"}),
    "waiting": frozenset({"admitted", "withdrawn"}),
    "admitted": frozenset({"withdrawn", "absent", "disqualified"}),
    "refused": frozenset(),
    "withdrawn": frozenset(),
    "absent": frozenset(),
    "disqualified": frozenset(),
}
LIVE = frozenset({"submitted", "approved", "waiting", "admitted"})
"""These use up an entry of their course; a returned entry still uses up its person's, so that it is corrected."""


def moved(state: str, to: str) -> str:
    """The new state. Raises Refused: entry_state (the entry's state does not allow this step)."""
    if to not in FOLLOWS[state]:
        raise Refused("entry_state", state=state, to=to)
    return to
