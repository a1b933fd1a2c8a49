"""Put together what a reader may have. There is a bundle once every division of the activity is sealed."""

from collections.abc import Iterable
from uuid import UUID

from msgspec import Struct

from services.scoring.board import actions as board
from services.scoring.bundles import domain
from services.scoring.bundles.domain import Seal
from services.scoring.ledger import actions as ledger
from services.scoring.ledger.domain import Recorded
from services.scoring.releases import actions as releases
from services.scoring.rolls import actions as rolls
from services.scoring.roots import actions as roots
from services.scoring.roots import domain as trees
from services.scoring.roots.domain import Root
from services.scoring.rubrics import actions as rubrics
from services.scoring.score_sets import actions as score_sets
from services.scoring.score_sets import domain as documents
from shared.db import Transaction
from shared.errors import Missing

SEALED = "score_set_sealed"


class Shelved(Struct, frozen=True, kw_only=True):
    """An activity of which there are bundles. own: the reader's entries."""

    key: str
    title: str
    title_en: str
    root: str
    is_public: bool
    own: tuple[UUID, ...]


async def shelf(tx: Transaction, person_id: UUID | None, sees_all: bool) -> list[Shelved]:
    """What a reader may take. A root is told only with a bundle: before the release it is nobody's but the desk's."""
    mine = await board.entries_of(tx, person_id) if person_id else {}
    found = {}
    for division in await rolls.divisions(tx):
        root = None if division.activity_key in found else await roots.current(tx, division.activity_id)
        if root is None:
            continue
        released = [await _is_out(tx, UUID(each)) for each in root.sealed]
        own = tuple(sorted(entry for entry, of in mine.items() if str(of) in root.sealed))
        if any(released) or own or sees_all:
            found[division.activity_key] = Shelved(
                key=division.activity_key,
                title=division.activity_title,
                title_en=division.activity_title_en,
                root=root.root,
                is_public=any(released),
                own=own,
            )
    return list(found.values())


async def public(tx: Transaction, activity_key: str) -> bytes:
    """The results of the divisions that were released whole, as they were sealed.

    Raises Missing: activity_unknown, bundle_before_seal, bundle_before_release.
    """
    root = await _root(tx, activity_key)
    shown = []
    for division in root.sealed:
        if await _is_out(tx, UUID(division)):
            (final,) = await _seals(tx, root, UUID(division), ("final",))
            shown.append((final, final.of(None, ("stated",))))
    if not shown:
        raise Missing("bundle_before_release")
    return await _statements(tx, "public", root, shown)


async def own(tx: Transaction, activity_key: str, entry_id: UUID, person_id: UUID) -> bytes:
    """What was stated of one's own entry and the marks behind it, once its code has been opened.

    Raises Missing: activity_unknown, bundle_before_seal, bundle_not_yours.
    """
    root = await _root(tx, activity_key)
    division_id = (await board.entries_of(tx, person_id)).get(entry_id)
    if division_id is None or str(division_id) not in root.sealed:
        raise Missing("bundle_not_yours")
    seals = await _seals(tx, root, division_id, ("preselection", "final"))
    shown = [(seal, seal.of(entry_id, ("stated", "marks_stated"))) for seal in seals]
    return await _statements(tx, "own", root, shown)


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


async def _is_out(tx: Transaction, division_id: UUID) -> bool:
    """Whether the hall has seen every result of a division: a place among all tells of those who still wait."""
    roll = await rolls.current(tx, division_id, "final")
    shown = {item.entry_id for item in await releases.public(tx, division_id)}
    return roll is not None and bool(shown) and shown >= roll.entries


async def _root(tx: Transaction, activity_key: str) -> Root:
    found = await roots.current(tx, await rolls.activity_id(tx, activity_key))
    if found is None:
        raise Missing("bundle_before_seal")
    return found


async def _seals(tx: Transaction, root: Root, division_id: UUID, stages: tuple[str, ...]) -> list[Seal]:
    """The last seal of each stage up to the root's, with what it stated."""
    last: dict[str, Recorded] = {}
    for each in await ledger.of_kinds(tx, division_id, (SEALED,)):
        if each.position <= root.sealed[str(division_id)]:
            last[each.fields["body"]["stage"]] = each
    found = []
    for entry in (last[stage] for stage in stages if stage in last):
        body = entry.fields["body"]
        stated = await ledger.between(tx, division_id, body["first_stated"], body["last_stated"])
        found.append(Seal(entry=entry, rule_hash=body["rule_hash"], stated=tuple(stated)))
    return found


async def _statements(
    tx: Transaction, kind: str, root: Root, shown: Iterable[tuple[Seal, list[Recorded]]]
) -> bytes:
    shown = list(shown)
    chains = {UUID(division): count for division, count in root.sealed.items()}
    tree = trees.levels(await roots.leaves(tx, chains))
    rules = {seal.rule_hash: (await rubrics.text(tx, seal.rule_hash))[0] for seal, _ in shown}
    return domain.statements(kind, root, tree, shown, rules)
