"""Propose and seal a score set; the seal is a ledger entry and an event, in one transaction."""

import secrets
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec

from services.scoring.deductions.domain import KINDS
from services.scoring.events import ScoreSetItem, ScoreSetSealed
from services.scoring.ledger import actions as ledger
from services.scoring.ledger.domain import Entry, Recorded
from services.scoring.proofs import actions as proofs
from services.scoring.releases import actions as releases
from services.scoring.rolls import actions as rolls
from services.scoring.roots import actions as roots
from services.scoring.rubrics import actions as rubrics
from services.scoring.rubrics.domain import Stage
from services.scoring.score_sets import domain, store
from services.scoring.score_sets.domain import Content, Evidence, ScoreSet
from services.scoring.sheets import actions as sheets
from services.scoring.standings import actions as standings
from shared import outbox
from shared.db import Transaction
from shared.errors import Missing, Refused


async def propose(tx: Transaction, score_set_id: UUID, division_id: UUID, stage: Stage, by: UUID, now: datetime) -> ScoreSet:
    """Write down the standing as it shall be sealed. The same id again changes nothing.

    Raises Missing: no_roll. Raises Refused: seal_before_lock, sheets_missing, ties_open, rehearsal_not_sealed.
    """
    known = await store.locked(tx, score_set_id)
    if known:
        return known
    if (await rolls.division(tx, division_id)).is_rehearsal:
        raise Refused("rehearsal_not_sealed")
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
    entries = await _entries(tx, proposed, by)
    recorded = (await ledger.append(tx, entries, now))[-1]
    sealed = msgspec.structs.replace(proposed, sealed_by=by, sealed_at=now, ledger_position=recorded.position)
    await store.seal(tx, sealed)
    if proposed.content.stage == "final":
        await roots.sealed(tx, division_id, recorded.position)
        await proofs.sealed(tx, division_id)
    await outbox.add(tx, _event(sealed, recorded))
    if proposed.content.supersedes:  # the hall sees the corrected result if it saw the one before
        await releases.renew(tx, division_id, proposed.content.stage, proposed.proposed_by, by, now)
    return sealed


async def last_sealed(tx: Transaction, division_id: UUID, stage: Stage) -> ScoreSet | None:
    """The sealed set of the stage that counts."""
    return await store.last_sealed(tx, division_id, stage)


async def sealed_divisions(tx: Transaction) -> frozenset[UUID]:
    """The divisions whose final is sealed."""
    return await store.sealed_divisions(tx)


async def of_division(tx: Transaction, division_id: UUID) -> list[ScoreSet]:
    """Proposed and sealed, oldest first."""
    return await store.of_division(tx, division_id)


async def _entries(tx: Transaction, proposed: ScoreSet, by: UUID) -> list[Entry]:
    """What each entry's result and marks are, then the seal itself, as the ledger will say it."""
    content = proposed.content
    division = await rolls.division(tx, content.division_id)
    attached = await rubrics.of_division(tx, content.division_id)
    seats = await sheets.seats(tx, content.division_id)
    dice = secrets.SystemRandom()
    evidence = Evidence(
        division=division,
        rule=attached.of_stage(content.stage),
        sheets=await sheets.counting(tx, content.division_id),
        seats=seats,
        records=[(each.kind, each.fields["body"]) for each in await ledger.of_kinds(tx, content.division_id, KINDS)],
        judges={entry: dice.sample(judges, len(judges)) for entry, judges in domain.panels(seats).items()},
        nonces=[secrets.token_hex(32) for _ in range(2 * len(content.items))],
    )
    told = [
        Entry(division_id=content.division_id, kind=kind, actor=proposed.proposed_by, body=body)
        for kind, body in domain.statements(content, evidence)
    ]
    first = (await ledger.head(tx, content.division_id)).position + 1
    body: dict[str, Any] = {
        "activity": division.activity_key,
        "division_key": division.key,
        "score_set": str(proposed.id),
        "stage": content.stage,
        "version": content.version,
        "part": attached.preselection_part if content.stage == "preselection" else None,
        "hash": proposed.hash,
        "rule_hash": content.rule_hash,
        "roll_hash": content.roll_hash,
        "first_stated": first,
        "last_stated": first + len(told) - 1,
    }
    seal = Entry(
        division_id=content.division_id,
        kind="score_set_sealed",
        actor=proposed.proposed_by,
        body=body,
        subjects={"sealed_by": by},
    )
    return [*told, seal]


async def _content(tx: Transaction, division_id: UUID, stage: Stage) -> Content:
    roll = await rolls.current(tx, division_id, stage)
    if roll is None:
        raise Missing("no_roll")
    picture = await standings.of_division(tx, division_id, stage)
    is_locked = stage in await sheets.locked(tx, division_id)
    previous = await store.last_sealed(tx, division_id, stage)
    return domain.content(picture.standings, roll, picture.attached.hash, is_locked, previous)


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
