"""Where an event enters its journey: a row in the transaction that made it true. `shared.relay` takes it from there."""

from shared.db import Transaction
from shared.events import Event, encode, subject


async def add(tx: Transaction, *events: Event) -> None:
    """Let these events leave when, and only when, the transaction commits; in the order given."""
    await tx.executemany(
        "INSERT INTO outbox (subject, body) VALUES ($1, $2)", [(subject(each), encode(each)) for each in events]
    )
