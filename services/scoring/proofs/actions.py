"""Keep what everybody and each contestant may have of a sealed competition: written by seal and release, read as it stands."""

from collections.abc import Collection, Iterable
from uuid import UUID

from services.scoring.freezes import actions as freezes
from services.scoring.ledger import actions as ledger
from services.scoring.ledger.domain import Recorded
from services.scoring.prizes import actions as prizes
from services.scoring.proofs import domain, store
from services.scoring.proofs.domain import Bundle, Shelved, Statement
from services.scoring.rolls import actions as rolls
from services.scoring.roots import actions as roots
from services.scoring.roots import domain as trees
from services.scoring.roots.domain import Root
from services.scoring.rubrics import actions as rubrics
from shared.db import Transaction
from shared.errors import Missing


async def sealed(tx: Transaction, division_id: UUID) -> None:
    """A final was sealed: where that made a root, all its statements are proved anew, and the public bundle follows."""
    activity_id = (await rolls.division(tx, division_id)).activity_id
    root = await _root(tx, activity_id)
    if root:
        await store.replace(tx, activity_id, await _proved(tx, root))
        await _publish(tx, activity_id, root)


async def released(tx: Transaction, division_id: UUID) -> None:
    """The hall has seen results: if that was the last of a final, the public bundle states them."""
    activity_id = (await rolls.division(tx, division_id)).activity_id
    root = await _root(tx, activity_id)
    if root:
        await _publish(tx, activity_id, root)


async def public(tx: Transaction, activity_key: str, known: Collection[str]) -> Bundle:
    """What everybody may have, without its content where the reader knows its hash.

    Raises Missing: activity_unknown, bundle_before_release.
    """
    found = await store.public(tx, await rolls.activity_id(tx, activity_key), known)
    if found is None:
        raise Missing("bundle_before_release")
    return found


async def own(tx: Transaction, activity_key: str, entry_id: UUID) -> bytes:
    """What was stated of one's own entry and the marks behind it, once its code has been opened.

    Raises Missing: activity_unknown, bundle_before_seal, bundle_not_yours.
    """
    activity_id = await rolls.activity_id(tx, activity_key)
    division_id = await store.own_division(tx, entry_id)
    if division_id is None:
        raise Missing("bundle_not_yours")
    found = domain.of_entry(await store.of_entry(tx, activity_id, division_id, entry_id))
    if not found:
        raise Missing("bundle_before_seal")
    return domain.bundle("own", found[0].root, found, await _rules(tx, found))


async def own_shelf(tx: Transaction) -> list[Shelved]:
    """The activities in which the reader has an own bundle."""
    return await store.own_shelf(tx)


async def shelf(tx: Transaction) -> list[Shelved]:
    """The public bundles there are."""
    return await store.shelf(tx)


async def public_root(tx: Transaction, activity_id: UUID) -> str:
    """The root of the public bundle, "" without one."""
    return await store.public_root(tx, activity_id)


async def rebuild(tx: Transaction, division_id: UUID) -> dict[str, int]:
    """Make the statements and the public bundle of the division's activity anew; what was not as the ledger says, by table."""
    activity_id = (await rolls.division(tx, division_id)).activity_id
    root = await _root(tx, activity_id)
    if root is None:
        return {"statements": 0, "public_bundles": 0}
    proved, stood = await _proved(tx, root), await store.of_activity(tx, activity_id)
    differing = domain.differing(proved, stood)
    if differing:
        await store.replace(tx, activity_id, proved)
    return {"statements": differing, "public_bundles": int(await _publish(tx, activity_id, root))}


async def _root(tx: Transaction, activity_id: UUID) -> Root | None:
    """The root that stands, held still until the transaction ends."""
    await roots.lock(tx, activity_id)
    return await roots.current(tx, activity_id)


async def _proved(tx: Transaction, root: Root) -> list[Statement]:
    """What the last seal of each stage up to the root's states, and the seal."""
    tree = trees.levels(await roots.leaves(tx, {UUID(division): count for division, count in root.sealed.items()}))
    found: list[Statement] = []
    for division, until in root.sealed.items():
        last: dict[str, Recorded] = {}
        for each in await ledger.of_kinds(tx, UUID(division), (domain.SEALED,)):
            if each.position <= until:
                last[each.fields["body"]["stage"]] = each
        for seal in last.values():
            body = seal.fields["body"]
            told = await ledger.between(tx, UUID(division), body["first_stated"], body["last_stated"])
            found += domain.proved(root, tree, seal, told)
    return found


async def _publish(tx: Transaction, activity_id: UUID, root: Root) -> bool:
    """Write the public bundle as it shall stand, unless a division is frozen; whether that changed anything."""
    if await freezes.is_frozen(tx, activity_id):
        return False
    shown: list[Statement] = []
    for division_id, results in (await store.results(tx, activity_id)).items():
        if domain.is_out(results, await ledger.of_kinds(tx, division_id, (domain.RELEASED,))):
            shown += domain.winners(results, await prizes.of_division(tx, division_id))
    if not shown:
        return await store.withdraw(tx, activity_id)
    content = domain.bundle("public", root.root, shown, await _rules(tx, shown))
    return await store.save_public(tx, activity_id, root.root, Bundle.of(content))


async def _rules(tx: Transaction, statements: Iterable[Statement]) -> dict[str, str]:
    return {each: (await rubrics.text(tx, each))[0] for each in sorted({each.rule_hash for each in statements})}
