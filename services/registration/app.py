"""Wires registration together: its routes, consumers and minute tick, in the house that every service has."""

from datetime import datetime
from pathlib import Path

from litestar import Litestar

from services.registration.accounts import routes as accounts
from services.registration.activities import routes as activities
from services.registration.admissions import consumers as admissions
from services.registration.check_ins import routes as check_ins
from services.registration.draws import routes as draws
from services.registration.entries import actions as entry_actions
from services.registration.entries import consumers as prizes
from services.registration.entries import routes as entries
from services.registration.overviews import routes as overviews
from services.registration.people import routes as people
from services.registration.recommendations import routes as recommendations
from services.registration.rolls import routes as rolls
from services.registration.seasons import actions as season_actions
from services.registration.seasons import routes as seasons
from services.registration.units import routes as units
from shared import witness
from shared.db import Transaction
from shared.inbox import Consumer
from shared.settings import Settings
from shared.web.app import Plan, make_app
from shared.web.witness import routes as ledger_heads

CONSUMERS: list[Consumer] = [*admissions.CONSUMERS, *prizes.CONSUMERS, witness.consumer("registration")]


async def close_due(tx: Transaction, now: datetime) -> None:
    """What passing time alone brings about, each minute."""
    await entry_actions.close_due(tx, now)
    await season_actions.close_due(tx, now)


PLAN = Plan(
    service="registration",
    folder=Path(__file__).parent,
    routes=[
        *accounts.ROUTES,
        *activities.ROUTES,
        *check_ins.ROUTES,
        *draws.ROUTES,
        *entries.ROUTES,
        *ledger_heads("registration"),
        *overviews.ROUTES,
        *people.ROUTES,
        *recommendations.ROUTES,
        *rolls.ROUTES,
        *seasons.ROUTES,
        *units.ROUTES,
    ],
    consumers=CONSUMERS,
    tick=close_due,
)


def make(settings: Settings) -> Litestar:
    return make_app(PLAN, settings)
