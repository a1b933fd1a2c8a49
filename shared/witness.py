"""Heads of scoring's ledgers, kept for good by the services that read them: a rewritten ledger contradicts them.

Such a service has the tables `ledger_heads` and `ledger_doubts`, to which rows are added and in which none is changed,
and knows the divisions by name (`divisions`: id, title). It runs `consumer(service)` and shows `shared.web.witness`.
"""

from datetime import datetime
from typing import Literal
from uuid import UUID

import asyncpg
from msgspec import Struct

from shared.db import Transaction
from shared.events import Event
from shared.inbox import Consumer


class LedgerHeaded(Event, frozen=True, kw_only=True, tag="scoring.ledger.headed.v1"):
    """aggregate_id: the division."""

    ledger_position: int
    ledger_head: str
    headed_at: datetime


class Head(Struct, frozen=True, kw_only=True):
    """Where a division's ledger stood: position and hash (hexadecimal), told at `headed_at`."""

    division_id: UUID
    position: int
    hash: str
    headed_at: datetime


class Doubt(Struct, frozen=True, kw_only=True):
    """A head told to us that contradicts one we kept."""

    head: Head
    kind: Literal["other_hash", "went_back"]
    kept: Head


def consumer(service: str) -> Consumer:
    """Reads where scoring says its ledgers stand."""
    return Consumer(
        name=f"{service}_ledger_heads",
        stream="SCORING",
        subject="scoring.ledger.headed.v1",
        reads=LedgerHeaded,
        handle=_receive,
        audience=f"{service}_system",
    )


def doubt(head: Head, same: Head | None, newest: Head | None) -> Doubt | None:
    """What speaks against the head, if anything does. same: kept for its position; newest: the furthest one kept.

    A lower position told before the newest one is only late; told after it, the ledger has gone back.
    """
    if same and same.hash != head.hash:
        return Doubt(head=head, kind="other_hash", kept=same)
    if same is None and newest and newest.position > head.position and newest.headed_at < head.headed_at:
        return Doubt(head=head, kind="went_back", kept=newest)
    return None


async def keep(tx: Transaction, head: Head) -> None:
    """Keep a head for good; one that contradicts a kept one is written down as a doubt instead, and counts nowhere."""
    await tx.execute("SELECT pg_advisory_xact_lock(hashtextextended('ledger head ' || $1, 0))", str(head.division_id))
    rows = await tx.fetch(
        """SELECT division_id, position, hash, headed_at FROM ledger_heads
            WHERE division_id = $1
              AND position IN ($2, (SELECT max(position) FROM ledger_heads WHERE division_id = $1))
            ORDER BY position""",
        head.division_id, head.position,
    )  # fmt: skip
    kept = [Head(**row) for row in rows]
    same = next((each for each in kept if each.position == head.position), None)
    found = doubt(head, same, kept[-1] if kept else None)
    if found:
        await _add_doubt(tx, found)
    else:
        await tx.execute(
            """INSERT INTO ledger_heads (division_id, position, hash, headed_at) VALUES ($1, $2, $3, $4)
               ON CONFLICT DO NOTHING""",
            head.division_id, head.position, head.hash, head.headed_at,
        )  # fmt: skip


async def heads(tx: Transaction) -> list[Head]:
    """The furthest head kept of each division."""
    rows = await tx.fetch(
        """SELECT DISTINCT ON (division_id) division_id, position, hash, headed_at FROM ledger_heads
            ORDER BY division_id, position DESC"""
    )
    return [Head(**row) for row in rows]


async def doubts(tx: Transaction) -> list[Doubt]:
    """Every contradiction, oldest first."""
    rows = await tx.fetch(
        """SELECT d.division_id, d.position, d.hash, d.headed_at, d.kind, d.kept_position, d.kept_hash,
                  h.headed_at AS kept_at
             FROM ledger_doubts d
             JOIN ledger_heads h ON h.division_id = d.division_id AND h.position = d.kept_position
            ORDER BY d.headed_at, d.division_id, d.position"""
    )
    return [_doubt(row) for row in rows]


async def titles(tx: Transaction) -> dict[UUID, str]:
    """Division -> its title, as far as it is known here."""
    return {row["id"]: row["title"] for row in await tx.fetch("SELECT id, title FROM divisions")}


async def _receive(tx: Transaction, event: LedgerHeaded, now: datetime) -> None:
    head = Head(
        division_id=event.aggregate_id,
        position=event.ledger_position,
        hash=event.ledger_head,
        headed_at=event.headed_at,
    )
    await keep(tx, head)


async def _add_doubt(tx: Transaction, found: Doubt) -> None:
    await tx.execute(
        """INSERT INTO ledger_doubts (division_id, position, hash, headed_at, kind, kept_position, kept_hash)
           VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT DO NOTHING""",
        found.head.division_id, found.head.position, found.head.hash, found.head.headed_at, found.kind,
        found.kept.position, found.kept.hash,
    )  # fmt: skip


def _doubt(row: asyncpg.Record) -> Doubt:
    division_id = row["division_id"]
    return Doubt(
        head=Head(division_id=division_id, position=row["position"], hash=row["hash"], headed_at=row["headed_at"]),
        kind=row["kind"],
        kept=Head(
            division_id=division_id, position=row["kept_position"], hash=row["kept_hash"], headed_at=row["kept_at"]
        ),
    )
