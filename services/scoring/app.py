"""Wires scoring together: its routes, consumers, minute tick and batching writer, in the house every service has."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from litestar import Litestar

from services.scoring.appeals import routes as appeals
from services.scoring.assistances import routes as assistances
from services.scoring.board import consumers as board_consumers
from services.scoring.board import routes as board
from services.scoring.bundles import routes as bundles
from services.scoring.clocks import routes as clocks
from services.scoring.corrections import routes as corrections
from services.scoring.deductions import routes as deductions
from services.scoring.devices import routes as devices
from services.scoring.divisions import routes as divisions
from services.scoring.drafts import routes as drafts
from services.scoring.fairness import routes as fairness
from services.scoring.halls import routes as halls
from services.scoring.ledger import actions as ledger_actions
from services.scoring.ledger import routes as ledger
from services.scoring.locks import routes as locks
from services.scoring.materials import routes as materials
from services.scoring.panels import actions as panels
from services.scoring.panels import routes as panel_routes
from services.scoring.papers import routes as papers
from services.scoring.printouts import routes as printouts
from services.scoring.queues import routes as queues
from services.scoring.readiness import routes as readiness
from services.scoring.rehearsals import routes as rehearsals
from services.scoring.releases import routes as releases
from services.scoring.rolls import consumers as rolls
from services.scoring.rubrics import routes as rubrics
from services.scoring.running_orders import routes as running_orders
from services.scoring.score_sets import routes as score_sets
from services.scoring.seasons import routes as seasons
from services.scoring.sheets import actions as sheets_actions
from services.scoring.sheets import routes as sheets
from services.scoring.standings import routes as standings
from services.scoring.tablet import routes as tablet
from shared.batching import Batching
from shared.inbox import Consumer
from shared.settings import Settings
from shared.web.app import Plan, make_app
from shared.web.edge import House

CONSUMERS: list[Consumer] = [*rolls.consumers(panels.assign), *board_consumers.CONSUMERS]


@asynccontextmanager
async def around(house: House) -> AsyncIterator[None]:
    """The writer of sheets, which alone enters `scoring_writer`, and the hub of the boards."""
    writer = Batching(house.pool, "scoring_writer", sheets_actions.submit)
    house.more["writer"] = writer
    writer.start()
    try:
        async with board.around(house):
            yield
    finally:
        await writer.stop()


PLAN = Plan(
    service="scoring",
    folder=Path(__file__).parent,
    routes=[
        *appeals.ROUTES,
        *assistances.ROUTES,
        *board.ROUTES,
        *bundles.ROUTES,
        *clocks.ROUTES,
        *corrections.ROUTES,
        *deductions.ROUTES,
        *devices.ROUTES,
        *divisions.ROUTES,
        *drafts.ROUTES,
        *fairness.ROUTES,
        *halls.ROUTES,
        *ledger.ROUTES,
        *locks.ROUTES,
        *materials.ROUTES,
        *panel_routes.ROUTES,
        *papers.ROUTES,
        *printouts.ROUTES,
        *queues.ROUTES,
        *readiness.ROUTES,
        *rehearsals.ROUTES,
        *releases.ROUTES,
        *rubrics.ROUTES,
        *running_orders.ROUTES,
        *score_sets.ROUTES,
        *seasons.ROUTES,
        *sheets.ROUTES,
        *standings.ROUTES,
        *tablet.ROUTES,
    ],
    consumers=CONSUMERS,
    around=around,
    tick=ledger_actions.tell_heads,
)


def make(settings: Settings) -> Litestar:
    return make_app(PLAN, settings)
