"""Wires awards together: its routes, consumers and minute tick, in the house that every service has."""

from datetime import datetime
from pathlib import Path

from litestar import Litestar
from litestar.handlers import HTTPRouteHandler

from services.awards.approvals import routes as approvals
from services.awards.ballots import routes as ballots
from services.awards.certificates import routes as certificates
from services.awards.commendations import routes as commendations
from services.awards.confirmations import routes as confirmations
from services.awards.consultations import routes as consultations
from services.awards.editions import routes as editions
from services.awards.honours import routes as honours
from services.awards.nominations import routes as nominations
from services.awards.notices import actions as notice_clock
from services.awards.notices import routes as notices
from services.awards.objections import routes as objections
from services.awards.people import consumers as people
from services.awards.reveals import routes as reveals
from services.awards.score_sets import consumers as score_sets
from services.awards.scorecards import routes as scorecards
from services.awards.seasons import routes as seasons
from shared import witness
from shared.db import Transaction
from shared.inbox import Consumer
from shared.settings import Settings
from shared.web.app import Plan, make_app
from shared.web.witness import routes as ledger_heads

ROUTES: list[HTTPRouteHandler] = [
    *approvals.ROUTES,
    *ballots.ROUTES,
    *certificates.ROUTES,
    *commendations.ROUTES,
    *confirmations.ROUTES,
    *consultations.ROUTES,
    *editions.ROUTES,
    *honours.ROUTES,
    *ledger_heads("awards"),
    *nominations.ROUTES,
    *notices.ROUTES,
    *objections.ROUTES,
    *reveals.ROUTES,
    *scorecards.ROUTES,
    *seasons.ROUTES,
]

CONSUMERS: list[Consumer] = [*people.CONSUMERS, *score_sets.CONSUMERS, witness.consumer("awards")]


async def tick(tx: Transaction, now: datetime) -> None:
    """Each minute: write down the ends of notices whose calendar has become known."""
    await notice_clock.close_due(tx)


PLAN = Plan(
    service="awards", folder=Path(__file__).parent, routes=ROUTES, consumers=CONSUMERS, around=reveals.around, tick=tick
)


def make(settings: Settings) -> Litestar:
    return make_app(PLAN, settings)
