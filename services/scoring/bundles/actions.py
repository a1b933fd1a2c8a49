"""What a reader may have of sealed competitions, and the whole of one for those who may see everything."""

from uuid import UUID

from services.scoring.bundles import domain
from services.scoring.ledger import actions as ledger
from services.scoring.ledger.domain import Recorded
from services.scoring.proofs.domain import SEALED, Shelved
from services.scoring.rolls import actions as rolls
from services.scoring.roots import actions as roots
from services.scoring.roots.domain import Root
from services.scoring.rubrics import actions as rubrics
from services.scoring.score_sets import actions as score_sets
from services.scoring.score_sets import domain as documents
from shared.db import Transaction
from shared.errors import Missing


async def shelf(tx: Transaction) -> list[Shelved]:
    """Every activity that has a root. Before the release it is told to nobody but the desk."""
    found = {}
    for division in await rolls.divisions(tx):
        root = None if division.activity_key in found else await roots.current(tx, division.activity_id)
        if root:
            found[division.activity_key] = Shelved(
                key=division.activity_key, title=division.activity_title, title_en=division.activity_title_en, root=root.root
            )
    return list(found.values())


async def supervision(tx: Transaction, activity_key: str) -> bytes:
    """Everything, for those who may see everything. Raises Missing: activity_unknown, bundle_before_seal."""
    root = await _root(tx, activity_key)
    chains: dict[UUID, list[Recorded]] = {}
    rules, lists, sets = dict[str, str](), dict[str, str](), dict[str, str]()
    for division in root.sealed:
        division_id = UUID(division)
        chains[division_id] = await ledger.between(tx, division_id, 1, root.sealed[division])
        known = {each.hash: documents.canonical(each.content).decode() for each in await score_sets.of_division(tx, division_id)}
        for body in (each.fields["body"] for each in chains[division_id] if each.kind == SEALED):
            roll = await rolls.by_hash(tx, body["roll_hash"], division_id)
            if roll is None:
                raise Missing("no_roll")
            lists[roll.hash] = domain.roll_text(roll)
            rules[body["rule_hash"]] = (await rubrics.text(tx, body["rule_hash"]))[0]
            sets[body["hash"]] = known[body["hash"]]
    return domain.supervision(root, chains, rules, lists, sets)


async def _root(tx: Transaction, activity_key: str) -> Root:
    found = await roots.current(tx, await rolls.activity_id(tx, activity_key))
    if found is None:
        raise Missing("bundle_before_seal")
    return found
