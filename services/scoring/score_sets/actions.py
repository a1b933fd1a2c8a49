"""Propose and seal a score set; the seal is a ledger entry and an event, in one transaction."""

from datetime import datetime
from uuid import UUID

import msgspec

from services.scoring.events import ScoreSetItem, ScoreSetSealed
from services.scoring.ledger import actions as ledger
from services.scoring.ledger.domain import Entry, Recorded
from services.scoring.rolls import actions as rolls
from services.scoring.rubrics import actions as rubrics
from services.scoring.rubrics.domain import Stage
from services.scoring.score_sets import domain, store
from services.scoring.score_sets.domain import Content, ScoreSet
from services.scoring.sheets import actions as sheets
from services.scoring.standings import actions as standings
from shared import outbox
from shared.db import Transaction
from shared.errors import Missing


async def propose(tx: Transaction, score_set_id: UUID, division_id: UUID, stage: Stage, by: UUID, now: datetime) -> ScoreSet:
    """Write down the standing as it shall be sealed. The same id again changes nothing.

    Raises Missing: no_roll. Raises Refused: seal_before_lock, sheets_missing, ties_open.
    """
    known = await store.locked(tx, score_set_id)
    if known:
        return known
    content = await _content(tx, division_id, stage)
    score_set = ScoreSet(
        id=score_set_id, content=content, hash=domain.digest(content), proposed_by=by, proposed_at=now
    )
    await store.add(tx, score_set)
    return score_set


async def seal(tx: Transaction, score_set_id: UUID, by: UUID, now: datetime) -> ScoreSet:
    """Seal what was proposed, by another person; sealing again changes nothing.

    Raises Missing: no_such_score_set. Raises NotAllowed: second_person_needed. Raises Refused: what proposing raises.
    Raises Conflict: score_set_stale.
    """
    proposed = await store.locked(tx, score_set_id)
    if proposed is None:
        raise Missing("no_such_score_set")
    if proposed.is_sealed:
        return proposed
    division_id = proposed.content.division_id
    await ledger.lock(tx, [division_id])
    domain.check_seal(proposed, await _content(tx, division_id, proposed.content.stage), by)
    body = {
        "score_set": str(proposed.id),
        "stage": proposed.content.stage,
        "version": proposed.content.version,
        "hash": proposed.hash,
    }
    entry = Entry(
        division_id=division_id,
        kind="score_set_sealed",
        actor=proposed.proposed_by,
        body=body,
        subjects={"sealed_by": by},
    )
    (recorded,) = await ledger.append(tx, [entry], now)
    sealed = msgspec.structs.replace(proposed, sealed_by=by, sealed_at=now, ledger_position=recorded.position)
    await store.seal(tx, sealed)
    await outbox.add(tx, _event(sealed, recorded))
    return sealed


async def of_division(tx: Transaction, division_id: UUID) -> list[ScoreSet]:
    """Proposed and sealed, oldest first."""
    return await store.of_division(tx, division_id)


async def _content(tx: Transaction, division_id: UUID, stage: Stage) -> Content:
    roll = await rolls.current(tx, division_id, stage)
    if roll is None:
        raise Missing("no_roll")
    attached = await rubrics.of_division(tx, division_id)
    picture = await standings.of_division(tx, division_id, stage)
    is_locked = stage in await sheets.locked(tx, division_id)
    previous = await store.last_sealed(tx, division_id, stage)
    return domain.content(picture.standings, roll, attached.hash, is_locked, previous)


def _event(sealed: ScoreSet, recorded: Recorded) -> ScoreSetSealed:
    content = sealed.content
    return ScoreSetSealed(
        aggregate_id=sealed.id,
        version=content.version,
        supersedes=content.supersedes,
        division_id=content.division_id,
        stage=content.stage,
        roll_id=content.roll_id,
        roll_version=content.roll_version,
        roll_hash=content.roll_hash,
        rule_hash=content.rule_hash,
        items=tuple(
            ScoreSetItem(
                entry_id=each.entry_id,
                code=each.code,
                rank=each.rank,
                result=each.result,
                shown=each.shown,
                decided_by=each.decided_by,
            )
            for each in content.items
        ),
        ledger_position=recorded.position,
        ledger_head=recorded.hash.hex(),
        hash=sealed.hash,
    )
