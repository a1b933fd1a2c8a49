"""Take what judges send, and keep the projections of the ledger that say which marks count and what is locked."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from services.scoring.ledger import actions as ledger
from services.scoring.ledger.domain import Entry, Recorded
from services.scoring.rubrics import actions as rubrics
from services.scoring.rubrics.domain import Stage
from services.scoring.sheets import domain, store
from services.scoring.sheets.domain import (
    Acknowledgement,
    Assigned,
    Decided,
    Marked,
    OnPaper,
    Place,
    Revision,
    Sent,
    Sheet,
    SheetKey,
    Situation,
    Submission,
)
from shared.db import Transaction
from shared.errors import Missing, NotAllowed


async def submit(tx: Transaction, submissions: list[Submission]) -> list[Acknowledgement]:
    """Record each revision and say what became of it: load, decide, save. One is a list of one.

    The same id with the same content gets the same acknowledgement again.
    Signatures have been checked; who signed on where, and what is revoked since, is decided here.
    Raises Conflict: revision_reused (same id, other content). NotAllowed: not_assigned, not_signed_on.
    NotSignedIn: device_revoked. Refused: signature_missing.
    """
    revisions = domain.distinct(each.revision for each in submissions)
    doors = await store.doors(tx, revisions)
    places = {each.id: domain.admitted(each, door) for each, door in zip(revisions, doors, strict=True)}
    chains = await ledger.lock(tx, {place.division_id for place in places.values()})
    stored, heads = await store.standing(tx, revisions)
    done = domain.answered(revisions, stored)
    fresh = [revision for revision in revisions if revision.id not in done]
    decided = domain.decide(fresh, heads, await _situations(tx, fresh, places))
    now = max(each.received_at for each in submissions)
    senders = {each.revision.id: each for each in submissions}
    recorded = await ledger.append(tx, [_entry(each, senders[each.revision.id]) for each in decided], now, chains)
    await _save(tx, decided, recorded)
    done |= {each.revision.id: _acknowledgement(each, entry) for each, entry in zip(decided, recorded, strict=True)}
    return [done[each.revision.id] for each in submissions]


async def device_keys(tx: Transaction, ids: list[UUID]) -> dict[UUID, bytes]:
    """Device -> its public key, the raw uncompressed point. An unknown id is absent."""
    return await store.device_keys(tx, ids)


async def sheets(tx: Transaction, division_id: UUID) -> list[Sheet]:
    """The sheets of a division that have been sent; a judge's role sees the own only."""
    return await store.sheets(tx, division_id)


async def history(tx: Transaction, sheet: SheetKey) -> list[Sent]:
    """Every revision of a sheet that the audience may see, the newest first."""
    return await store.history(tx, sheet)


async def counting(tx: Transaction, division_id: UUID) -> list[Marked]:
    """The marks that count, for standings."""
    found = await store.counting(tx, division_id)
    return [Marked(judge_id=k.judge_id, entry_id=k.entry_id, part=k.part, marks=marks) for k, marks in found]


async def assigned(tx: Transaction, division_id: UUID) -> list[Assigned]:
    """Who marks which entry."""
    return await store.assigned(tx, division_id)


async def is_assigned(tx: Transaction, sheet: SheetKey) -> bool:
    """Whether this judge marks this entry, and the rule has this part."""
    place = await store.place(tx, sheet)
    if place is None or place.is_recused:
        return False
    return (await rubrics.of_division(tx, place.division_id)).rule.part(sheet.part) is not None


async def seats(tx: Transaction, division_id: UUID) -> list[Assigned]:
    """Who marks which entry and who is recused from it, as a lock and a seal state it."""
    return await store.seats(tx, division_id)


async def locked(tx: Transaction, division_id: UUID) -> frozenset[Stage]:
    """The stages of a division that are locked."""
    return (await store.locked(tx, [division_id]))[division_id]


async def set_lock(
    tx: Transaction, division_id: UUID, stage: Stage, is_locked: bool, entry: Entry, now: datetime
) -> Recorded:
    """Lock or unlock a stage by the ledger entry that says so."""
    (recorded,) = await ledger.append(tx, [entry], now)
    await store.set_lock(tx, division_id, stage, is_locked, recorded.position)
    return recorded


async def division_of(tx: Transaction, sheet: SheetKey) -> UUID | None:
    """The division of a sheet, where its judge is seated for the entry."""
    place = await store.place(tx, sheet)
    return place.division_id if place else None


async def on_paper(tx: Transaction, division_id: UUID) -> list[OnPaper]:
    """What is on paper in a division; a judge's role sees what concerns the own sheets."""
    return (await store.closed(tx, [division_id]))[1]


async def held_on_paper(tx: Transaction, division_id: UUID) -> dict[SheetKey, Sent]:
    """What judges sent for sheets that are on paper, the last of each: kept, not counted."""
    return dict(await store.held_on_paper(tx, division_id))


async def set_paper(
    tx: Transaction,
    division_id: UUID,
    entry_id: UUID,
    judge_id: UUID | None,
    part: str,
    is_paper: bool,
    entry: Entry,
    now: datetime,
) -> Recorded:
    """A sheet, or a whole entry (judge_id None, part ""), goes to paper or comes back by the ledger entry that says so."""
    (recorded,) = await ledger.append(tx, [entry], now)
    await _set_paper(tx, division_id, entry_id, judge_id, part, is_paper, recorded)
    return recorded


async def countersign(tx: Transaction, revision_id: UUID, by: UUID, now: datetime) -> tuple[UUID, int]:
    """The supervisor has seen this correction and its reason: its division and the ledger position. Once is enough.

    Raises Missing: revision_unknown.
    """
    division_id = await store.division_of(tx, revision_id)
    if division_id is None:
        raise Missing("revision_unknown")
    await ledger.lock(tx, [division_id])
    done = await store.countersigned(tx, division_id)
    if revision_id in done:
        return division_id, done[revision_id]
    entry = Entry(division_id=division_id, kind="countersigned", actor=by, body={"revision": str(revision_id)})
    (recorded,) = await ledger.append(tx, [entry], now)
    await store.add_countersignature(tx, revision_id, division_id, recorded.position)
    return division_id, recorded.position


async def countersigned(tx: Transaction, division_id: UUID) -> dict[UUID, int]:
    """Which revisions of a division a supervisor has countersigned."""
    return await store.countersigned(tx, division_id)


async def rebuild(
    tx: Transaction, division_id: UUID, chain: list[Recorded], people: Mapping[str, UUID]
) -> dict[str, int]:
    """Recreate the division's sheets from its ledger. Table -> rows that were not as the ledger says (0 is well)."""
    before = await store.projections(tx, division_id)
    await store.forget(tx, division_id)
    for entry in chain:
        await _replay(tx, division_id, entry, entry.fields, people)
    after = await store.projections(tx, division_id)
    return {table: len(set(before[table]) ^ set(after[table])) for table in before}


async def _replay(
    tx: Transaction, division_id: UUID, entry: Recorded, fields: dict[str, Any], people: Mapping[str, UUID]
) -> None:
    body = fields["body"]
    if entry.kind == "revision":
        judge = people[fields["subjects"]["judge"]]
        await _save(tx, [domain.from_body(body, judge, division_id)], [entry], is_replay=True)
    elif entry.kind == "countersigned":
        await store.add_countersignature(tx, UUID(body["revision"]), division_id, entry.position)
    elif entry.kind in ("locked", "unlocked"):
        await store.set_lock(tx, division_id, body["stage"], entry.kind == "locked", entry.position)
    elif entry.kind in ("to_paper", "from_paper"):
        found = people[fields["subjects"]["judge"]] if "judge" in fields["subjects"] else None
        await _set_paper(tx, division_id, UUID(body["entry"]), found, body["part"], entry.kind == "to_paper", entry)


async def _set_paper(
    tx: Transaction,
    division_id: UUID,
    entry_id: UUID,
    judge_id: UUID | None,
    part: str,
    is_paper: bool,
    recorded: Recorded,
) -> None:
    if is_paper:
        sheet = OnPaper(
            entry_id=entry_id, judge_id=judge_id, part=part, reason=recorded.fields["body"]["reason"],
            ledger_position=recorded.position,
        )  # fmt: skip
        await store.add_paper(tx, division_id, sheet)
    else:
        await store.end_paper(tx, division_id, entry_id, judge_id, part)


async def _situations(
    tx: Transaction, revisions: list[Revision], places: Mapping[UUID, Place]
) -> dict[UUID, Situation]:
    divisions = sorted({places[revision.id].division_id for revision in revisions})
    rules = await rubrics.of_divisions(tx, divisions)
    locks, paper, left = await store.closed(tx, divisions)
    return {
        revision.id: domain.situation(
            place, rules[place.division_id], locks[place.division_id], paper, revision,
            has_left=(place.division_id, revision.sheet.judge_id) in left,
        )
        for revision in revisions
        if (place := places[revision.id])
    }  # fmt: skip


async def _save(tx: Transaction, decided: list[Decided], recorded: list[Recorded], *, is_replay: bool = False) -> None:
    if not decided:
        return
    if await store.add_revisions(tx, decided, recorded, is_replay=is_replay) != len(decided):
        raise NotAllowed("not_assigned")


def _entry(decided: Decided, sender: Submission) -> Entry:
    judge = decided.revision.sheet.judge_id
    return Entry(
        division_id=decided.division_id,
        kind="revision",
        actor=sender.by or judge,
        body=domain.as_body(decided),
        subjects={"judge": judge} | ({"typed_by": sender.typed_by} if sender.typed_by else {}),
    )


def _acknowledgement(decided: Decided, entry: Recorded) -> Acknowledgement:
    return Acknowledgement(
        id=decided.revision.id,
        ledger_position=entry.position,
        chain_hash=entry.hash.hex(),
        disposition=decided.disposition,
        head=decided.head,
    )
