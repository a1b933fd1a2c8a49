"""SQL of running_orders, absences, order_requests and presences."""

from datetime import datetime
from uuid import UUID

from services.scoring.running_orders.domain import OrderRequest, Place, Presence
from shared.db import Transaction

_COLUMNS = """id, division_id, kind, entries, reason, asked_by, asked_at, confirmed_by, confirmed_at, ledger_position,
              withdrawn_at"""


async def add(tx: Transaction, request: OrderRequest) -> None:
    await tx.execute(
        """INSERT INTO order_requests (id, division_id, kind, entries, reason, asked_by, asked_at)
           VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT (id) DO NOTHING""",
        request.id, request.division_id, request.kind, list(request.entries), request.reason, request.asked_by,
        request.asked_at,
    )  # fmt: skip


async def find(tx: Transaction, request_id: UUID) -> OrderRequest | None:
    """The request, its row locked."""
    row = await tx.fetchrow(f"SELECT {_COLUMNS} FROM order_requests WHERE id = $1 FOR UPDATE", request_id)  # noqa: S608 - a constant
    return OrderRequest(**{**row, "entries": tuple(row["entries"])}) if row else None


async def of_division(tx: Transaction, division_id: UUID) -> list[OrderRequest]:
    """The newest first."""
    rows = await tx.fetch(
        f"SELECT {_COLUMNS} FROM order_requests WHERE division_id = $1 ORDER BY asked_at DESC, id DESC",  # noqa: S608 - a constant
        division_id,
    )
    return [OrderRequest(**{**row, "entries": tuple(row["entries"])}) for row in rows]


async def confirm(tx: Transaction, request_id: UUID, by: UUID, at: datetime, position: int) -> None:
    await tx.execute(
        "UPDATE order_requests SET confirmed_by = $2, confirmed_at = $3, ledger_position = $4 WHERE id = $1",
        request_id, by, at, position,
    )  # fmt: skip


async def withdraw(tx: Transaction, request_id: UUID, at: datetime) -> None:
    await tx.execute("UPDATE order_requests SET withdrawn_at = $2 WHERE id = $1", request_id, at)


async def place(tx: Transaction, division_id: UUID, places: tuple[Place, ...], position: int) -> None:
    await tx.executemany(
        """INSERT INTO running_orders (division_id, entry_id, "order", drawn, ledger_position) VALUES ($1, $2, $3, $4, $5)
           ON CONFLICT (division_id, entry_id) DO UPDATE SET "order" = excluded."order", drawn = excluded.drawn,
               ledger_position = excluded.ledger_position""",
        [(division_id, each.entry_id, each.order, each.drawn, position) for each in places],
    )


async def set_absent(
    tx: Transaction, division_id: UUID, entry_id: UUID, is_absent: bool, reason: str, position: int
) -> None:
    await tx.execute(
        """INSERT INTO absences (division_id, entry_id, absent, reason, ledger_position) VALUES ($1, $2, $3, $4, $5)
           ON CONFLICT (division_id, entry_id) DO UPDATE SET absent = excluded.absent, reason = excluded.reason,
               ledger_position = excluded.ledger_position""",
        division_id, entry_id, is_absent, reason, position,
    )  # fmt: skip


async def absent(tx: Transaction, division_id: UUID) -> frozenset[UUID]:
    rows = await tx.fetch("SELECT entry_id FROM absences WHERE division_id = $1 AND absent", division_id)
    return frozenset(row["entry_id"] for row in rows)


async def set_presence(
    tx: Transaction, division_id: UUID, entry_id: UUID, state: Presence, by: UUID, now: datetime
) -> None:
    await tx.execute(
        """INSERT INTO presences (division_id, entry_id, state, said_by, said_at) VALUES ($1, $2, $3, $4, $5)
           ON CONFLICT (division_id, entry_id) DO UPDATE SET state = excluded.state, said_by = excluded.said_by,
               said_at = excluded.said_at""",
        division_id, entry_id, state, by, now,
    )  # fmt: skip


async def presences(tx: Transaction, division_id: UUID) -> dict[UUID, Presence]:
    rows = await tx.fetch("SELECT entry_id, state FROM presences WHERE division_id = $1", division_id)
    return {row["entry_id"]: row["state"] for row in rows}


async def projections(tx: Transaction, division_id: UUID) -> dict[str, list[tuple[object, ...]]]:
    """Table -> its rows for a division: what a rebuild must recreate equal."""
    tables = {
        "running_orders": await tx.fetch(
            "SELECT * FROM running_orders WHERE division_id = $1 ORDER BY entry_id", division_id
        ),
        "absences": await tx.fetch("SELECT * FROM absences WHERE division_id = $1 ORDER BY entry_id", division_id),
    }
    return {table: [tuple(row.values()) for row in rows] for table, rows in tables.items()}


async def forget(tx: Transaction, division_id: UUID) -> None:
    """Empty the projections of a division, to be filled from the ledger in the same transaction."""
    await tx.execute("DELETE FROM running_orders WHERE division_id = $1", division_id)
    await tx.execute("DELETE FROM absences WHERE division_id = $1", division_id)
