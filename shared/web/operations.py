"""What an operator looks at: health, the messages that left and took effect, dead letters and their replay."""

from datetime import datetime
from typing import Any

from litestar import Response
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath

from shared.bus import Bus
from shared.db import UNAVAILABLE, Transaction
from shared.errors import Missing
from shared.inbox import Consumer, replay
from shared.web.edge import EdgeDep
from shared.web.routing import get, post
from shared.web.signin import Nothing

OPERATORS = ("administrator", "organiser", "supervisor")


async def _messages(tx: Transaction) -> dict[str, Any]:
    outbox = await tx.fetch("SELECT message_id, subject, published_at FROM outbox ORDER BY id")
    inbox = await tx.fetch("SELECT consumer, message_id, subject FROM inbox ORDER BY applied_at")
    letters = await tx.fetch(
        "SELECT id, consumer, subject, reason, died_at FROM dead_letters WHERE replayed_at IS NULL ORDER BY id"
    )
    return {
        "outbox": [(str(row["message_id"]), row["subject"], row["published_at"] is not None) for row in outbox],
        "inbox": [(row["consumer"], row["message_id"], row["subject"]) for row in inbox],
        "dead_letters": [dict(row) for row in letters],
    }


def routes(service: str, consumers: list[Consumer]) -> list[HTTPRouteHandler]:
    """`/health/live`, `/health/ready`, `/messages`, `/dead-letters/{id}/replays`, `/openapi.json` of a service."""
    system = f"{service}_system"

    @get(f"/{service}/health/live", audience=system)
    async def live(edge: EdgeDep) -> Response[Any]:
        return edge.answer({"live": True})

    @get(f"/{service}/health/ready", audience=system)
    async def ready(edge: EdgeDep) -> Response[Any]:
        """503 while PostgreSQL or NATS is away, or NATS has refused a publish."""
        bus: Bus = edge.more["bus"]
        try:
            async with edge.transaction() as tx:
                await tx.execute("SELECT 1")
            database = True
        except UNAVAILABLE:
            database = False
        fine = database and bus.is_ready
        return edge.answer({"ready": fine, "database": database, "nats": bus.is_ready}, 200 if fine else 503)

    @get(f"/{service}/messages", audience=system, roles=OPERATORS)
    async def messages(edge: EdgeDep) -> Response[Any]:
        """Every message that left, every one that took effect, and the dead letters."""
        async with edge.transaction() as tx:
            found = await _messages(tx)
        return edge.page("messages.html", json=found, messages=found)

    @post(f"/{service}/dead-letters/{{letter_id:int}}/replays", audience=system, roles=("administrator",))
    async def replay_letter(edge: EdgeDep, letter_id: FromPath[int]) -> Response[Any]:
        await edge.body(Nothing)
        now: datetime = edge.now
        if not await replay(edge.house.pool, consumers, letter_id, system, now):
            raise Missing("missing")
        return edge.done(f"/{service}/messages", {})

    @get(f"/{service}/openapi.json", audience=system, include_in_schema=False)
    async def openapi(edge: EdgeDep) -> Response[Any]:
        return edge.answer(edge.request.app.openapi_schema.to_schema())

    return [live, ready, messages, replay_letter, openapi]
