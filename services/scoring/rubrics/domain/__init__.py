"""The scoring rule as data, and the grammar of its file.

`Rule` is what standings and sheets work with; `read` makes one from TOML or says everything that is wrong with it.
Not here: what marks add up to (standings), who judges (panels).
"""

from services.scoring.rubrics.domain.grammar import read
from services.scoring.rubrics.domain.rule import (
    ActivityRule,
    Criterion,
    Drop,
    Level,
    Part,
    RoundingRule,
    Rule,
    Stage,
    canonical,
    rule_hash,
)

__all__ = [
    "ActivityRule",
    "Criterion",
    "Drop",
    "Level",
    "Part",
    "RoundingRule",
    "Rule",
    "Stage",
    "canonical",
    "read",
    "rule_hash",
]
