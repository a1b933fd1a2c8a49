"""Attach a rule to an activity until the first mark freezes it, and say which rule a division is marked by.

The presets that come with the program are read from its own folder.
"""

from datetime import datetime
from difflib import get_close_matches
from functools import cache
from pathlib import Path
from uuid import UUID

from services.scoring.ledger import actions as ledger
from services.scoring.rubrics import domain, store
from services.scoring.rubrics.domain import ActivityRule, Rule
from services.scoring.rubrics.domain.presets import Preset
from shared.db import Transaction
from shared.errors import Fault, Missing, Refused

PRESETS = Path(__file__).parent.parent / "presets"


def read(file: str, text: str, faults: list[Fault]) -> Rule | None:
    """Read a rule file without storing anything; every fault is appended to `faults`."""
    return domain.read(file, text, faults)


@cache
def presets() -> dict[str, Preset]:
    """Name -> preset. A preset that the grammar refuses is a fault of the program: the tests read each of them."""
    found = {}
    for path in sorted(PRESETS.glob("*.toml")):
        text = path.read_text(encoding="utf-8")
        if rule := domain.read(path.name, text, []):
            found[path.stem] = Preset(path.stem, text, rule)
    return found


def preset(name: str) -> Preset:
    """The preset of this name. Raises Missing: preset_unknown."""
    known = presets()
    if name not in known:
        nearest = get_close_matches(name, known, n=1, cutoff=0) or [""]
        raise Missing("preset_unknown", value=name, nearest=nearest[0], presets=", ".join(known))
    return known[name]


async def attach(
    tx: Transaction, activity_key: str, rule: Rule, source: str, preselection_part: str | None, now: datetime
) -> None:
    """Make this the activity's rule. The same rule again changes nothing.

    source: the file's text, kept beside the rule. Raises Refused: rule_frozen (marks stand under another rule),
    rule_from_memory, rule_from_marks, preselection_part_unknown.
    """
    if refusal := domain.refusal(rule):
        raise Refused(refusal)
    if preselection_part is not None and rule.part(preselection_part) is None:
        raise Refused("preselection_part_unknown", part=preselection_part)
    rule_hash = domain.rule_hash(rule)
    divisions = await store.divisions_of(tx, activity_key)
    await ledger.lock(tx, divisions)
    stands = await store.of_activity(tx, activity_key)
    if stands and (stands.hash, stands.preselection_part) == (rule_hash, preselection_part):
        return
    if stands and any([(await ledger.head(tx, division)).position for division in divisions]):
        raise Refused("rule_frozen", activity=activity_key)
    await store.add_rule(tx, rule_hash, domain.canonical(rule).decode(), source, now)
    await store.attach(tx, activity_key, rule_hash, preselection_part, now)


async def of_activity(tx: Transaction, activity_key: str) -> ActivityRule | None:
    """The activity's rule, if a season has brought one."""
    return await store.of_activity(tx, activity_key)


async def of_division(tx: Transaction, division_id: UUID) -> ActivityRule:
    """The rule a division is marked by. Raises Missing: division_unknown, rule_absent."""
    return (await of_divisions(tx, [division_id]))[division_id]


async def of_divisions(tx: Transaction, divisions: list[UUID]) -> dict[UUID, ActivityRule]:
    """The rule of each of these divisions, in one look. Raises Missing: division_unknown, rule_absent."""
    found = await store.of_divisions(tx, divisions)
    for division_id in divisions:
        if division_id not in found:
            key = await store.activity_key_of(tx, division_id)
            raise Missing("rule_absent", activity=key) if key else Missing("division_unknown")
    return found


async def text(tx: Transaction, rule_hash: str) -> tuple[str, str]:
    """A stored rule's canonical JSON and the text of the file it came from. Raises Missing: rule_unknown."""
    found = await store.text(tx, rule_hash)
    if found is None:
        raise Missing("rule_unknown")
    return found


async def stored(tx: Transaction, rule_hash: str) -> Rule:
    """A stored rule by its hash, whether or not an activity uses it. Raises Missing: rule_unknown."""
    found = await store.rule(tx, rule_hash)
    if found is None:
        raise Missing("rule_unknown")
    return found
