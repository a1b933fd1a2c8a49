"""Compute a division's standings from what stands now, and record the panel's vote or a lot on a tie."""

import os
from collections.abc import Mapping
from datetime import datetime
from fractions import Fraction
from typing import Any
from uuid import UUID

from msgspec import Struct

from services.scoring.deductions import actions as deductions
from services.scoring.ledger import actions as ledger
from services.scoring.ledger.domain import Entry, Recorded
from services.scoring.rolls.domain import Roll
from services.scoring.rubrics import actions as rubrics
from services.scoring.rubrics.domain import ActivityRule, Stage
from services.scoring.running_orders import actions as running_orders
from services.scoring.sheets import actions as sheets
from services.scoring.standings import domain, store
from services.scoring.standings.domain import Basis, Deducted, Facts, Standings, TieLot, TieVote
from shared.db import Transaction
from shared.errors import Missing, Refused


class Picture(Struct, frozen=True, kw_only=True):
    """Standings with what they rest on: the roll, the rule, and the ledger position at which they were read."""

    division_id: UUID
    stage: Stage
    roll: Roll
    attached: ActivityRule
    basis: Basis
    standings: Standings
    ledger_position: int
    ledger_head: str


async def of_division(tx: Transaction, division_id: UUID, stage: Stage) -> Picture:
    """The standings of a division and stage as the ledger stands, without who is absent from the final.

    Raises Missing: roll_absent, rule_absent.
    """
    head = await ledger.head(tx, division_id)
    roll = await running_orders.taking_part(tx, division_id, stage)
    if roll is None:
        raise Missing("roll_absent")
    attached = await rubrics.of_division(tx, division_id)
    basis = Basis(
        rule=attached.of_stage(stage),
        roll=roll,
        assigned=tuple(await sheets.seats(tx, division_id)),
        sheets=tuple(await sheets.counting(tx, division_id)),
        votes=tuple(await store.votes(tx, division_id, stage)),
        lots=tuple(await store.lots(tx, division_id, stage)),
        facts=await _facts(tx, division_id, stage),
    )
    return Picture(
        division_id=division_id,
        stage=stage,
        roll=roll,
        attached=attached,
        basis=basis,
        standings=basis.standings(),
        ledger_position=head.position,
        ledger_head=head.hash.hex(),
    )


async def _facts(tx: Transaction, division_id: UUID, stage: Stage) -> Facts:
    found = await deductions.records(tx, division_id, stage)
    return Facts(
        deductions=tuple(Deducted(each.entry_id, each.key, Fraction(each.quantity)) for each in found.standing),
        adjustments={entry: Fraction(each.amount) for entry, each in found.adjusted.items()},
        difficulties={scope: Fraction(each.value) for scope, each in found.difficulty.items()},
    )


async def record_vote(
    tx: Transaction, vote_id: UUID, division_id: UUID, stage: Stage, vote: TieVote, by: UUID, now: datetime
) -> int:
    """Record the panel's vote on a tie that waits for it; its ledger position. The same id again changes nothing.

    Raises Refused: tie_not_waiting, and what check_vote raises.
    """
    await ledger.lock(tx, [division_id])
    done = await store.position_of_vote(tx, vote_id)
    if done is not None:
        return done
    picture = await of_division(tx, division_id, stage)
    if not picture.standings.waits(vote.entries, "panel_vote"):
        raise Refused("tie_not_waiting")
    panel = [each.judge_id for each in await sheets.assigned(tx, division_id) if each.entry_id in vote.entries]
    domain.check_vote(vote, panel)
    judges = {f"judge_{place}": judge for place, (judge, _) in enumerate(vote.votes, start=1)}
    named = [[name, str(entry)] for name, (_, entry) in zip(judges, vote.votes, strict=True)]
    body = _about(vote_id, stage, vote.entries) | {"minutes": vote.minutes, "votes": named}
    entry = Entry(division_id=division_id, kind="tie_voted", actor=by, body=body, subjects=judges)
    (recorded,) = await ledger.append(tx, [entry], now)
    await store.add_vote(tx, vote_id, division_id, stage, vote, recorded.position)
    return recorded.position


async def record_lot(
    tx: Transaction, lot_id: UUID, division_id: UUID, stage: Stage, entries: frozenset[UUID], by: UUID, now: datetime
) -> int:
    """Draw a recorded seed for a tie that waits for the lot; its ledger position. The same id again changes nothing.

    Raises Refused: tie_not_waiting (the panel must have voted and failed first).
    """
    await ledger.lock(tx, [division_id])
    done = await store.position_of_lot(tx, lot_id)
    if done is not None:
        return done
    picture = await of_division(tx, division_id, stage)
    if not picture.standings.waits(entries, "lot"):
        raise Refused("tie_not_waiting")
    lot = TieLot(entries=entries, seed=os.urandom(32))
    body = _about(lot_id, stage, entries) | {"seed": lot.seed.hex()}
    (recorded,) = await ledger.append(tx, [Entry(division_id=division_id, kind="tie_lot", actor=by, body=body)], now)
    await store.add_lot(tx, lot_id, division_id, stage, lot, recorded.position)
    return recorded.position


async def rebuild(
    tx: Transaction, division_id: UUID, chain: list[Recorded], people: Mapping[str, UUID]
) -> dict[str, int]:
    """Recreate votes and lots from the ledger. Table -> rows that were not as the ledger says (0 is well)."""
    before = await store.projections(tx, division_id)
    await store.forget(tx, division_id)
    for entry in chain:
        if entry.kind in ("tie_voted", "tie_lot"):
            await _replay(tx, division_id, entry, entry.fields, people)
    after = await store.projections(tx, division_id)
    return {table: len(set(before[table]) ^ set(after[table])) for table in before}


async def _replay(
    tx: Transaction, division_id: UUID, entry: Recorded, fields: dict[str, Any], people: Mapping[str, UUID]
) -> None:
    body = fields["body"]
    entries = frozenset(UUID(each) for each in body["entries"])
    if entry.kind == "tie_lot":
        lot = TieLot(entries=entries, seed=bytes.fromhex(body["seed"]))
        await store.add_lot(tx, UUID(body["id"]), division_id, body["stage"], lot, entry.position)
        return
    votes = tuple((people[fields["subjects"][judge]], UUID(named)) for judge, named in body["votes"])
    vote = TieVote(entries=entries, votes=votes, minutes=body["minutes"])
    await store.add_vote(tx, UUID(body["id"]), division_id, body["stage"], vote, entry.position)


def _about(thing_id: UUID, stage: Stage, entries: frozenset[UUID]) -> dict[str, Any]:
    return {"id": str(thing_id), "stage": stage, "entries": sorted(str(each) for each in entries)}
