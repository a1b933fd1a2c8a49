"""Wires scoring together: its routes, consumers and batching writer, in the house that every service has."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from litestar import Litestar

from services.scoring.ledger import routes as ledger
from services.scoring.locks import routes as locks
from services.scoring.panels import actions as panels
from services.scoring.rolls import consumers as rolls
from services.scoring.sheets import actions as sheets_actions
from services.scoring.sheets import routes as sheets
from services.scoring.standings import routes as standings
from shared.batching import Batching
from shared.inbox import Consumer
from shared.settings import Settings
from shared.web.app import Plan, make_app
from shared.web.edge import House

CONSUMERS: list[Consumer] = rolls.consumers(panels.assign)


@asynccontextmanager
async def around(house: House) -> AsyncIterator[None]:
    """The writer of sheets: it alone enters `scoring_writer`."""
    writer = Batching(house.pool, "scoring_writer", sheets_actions.submit)
    house.more["writer"] = writer
    writer.start()
    try:
        yield
    finally:
        await writer.stop()


PLAN = Plan(
    service="scoring",
    folder=Path(__file__).parent,
    routes=[*ledger.ROUTES, *locks.ROUTES, *sheets.ROUTES, *standings.ROUTES],
    consumers=CONSUMERS,
    around=around,
)


def make(settings: Settings) -> Litestar:
    return make_app(PLAN, settings)
