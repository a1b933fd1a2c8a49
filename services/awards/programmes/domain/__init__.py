"""A programme's rule, read from `programmes/*.toml` and frozen. Pure: no I/O, no clock, no randomness.

A *programme* selects subjects for one tier; a *stratum* is a group of branch categories with seats of its own, and
strata are never pooled. The *rule* of the ballot leaves no question open: a file that does is refused with the
question, and every fault of a file is told at once.

Not here: who was nominated (nominations), what the scores are (scorecards), how votes are counted (ballots).
Callers must look names up: the file holds branch codes and account names only.

Rule: services/awards/README.md#programmes
"""

from services.awards.programmes.domain.grammar import read
from services.awards.programmes.domain.rule import (
    BASES,
    BallotRule,
    Branch,
    Category,
    Item,
    Member,
    Office,
    Programme,
    Reply,
    Scorecard,
    Stratum,
    check_references,
    digest,
    name_key,
    phase,
    places,
    published,
    told,
)

__all__ = [
    "BASES",
    "BallotRule",
    "Branch",
    "Category",
    "Item",
    "Member",
    "Office",
    "Programme",
    "Reply",
    "Scorecard",
    "Stratum",
    "check_references",
    "digest",
    "name_key",
    "phase",
    "places",
    "published",
    "read",
    "told",
]
