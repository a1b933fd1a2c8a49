"""Wires registration together: its routes, consumers and minute tick, in the house that every service has."""

from pathlib import Path

from litestar import Litestar

from services.registration.accounts import routes as accounts
from services.registration.activities import routes as activities
from services.registration.admissions import consumers as admissions
from services.registration.check_ins import routes as check_ins
from services.registration.draws import routes as draws
from services.registration.entries import consumers as prizes
from services.registration.entries import routes as entries
from services.registration.entries.actions import close_due
from services.registration.overviews import routes as overviews
from services.registration.people import routes as people
from services.registration.rolls import routes as rolls
from services.registration.seasons import routes as seasons
from services.registration.units import routes as units
from shared.inbox import Consumer
from shared.settings import Settings
from shared.web.app import Plan, make_app

CONSUMERS: list[Consumer] = [*admissions.CONSUMERS, *prizes.CONSUMERS]

PLAN = Plan(
    service="registration",
    folder=Path(__file__).parent,
    routes=[
        *accounts.ROUTES,
        *activities.ROUTES,
        *check_ins.ROUTES,
        *draws.ROUTES,
        *entries.ROUTES,
        *overviews.ROUTES,
        *people.ROUTES,
        *rolls.ROUTES,
        *seasons.ROUTES,
        *units.ROUTES,
    ],
    consumers=CONSUMERS,
    tick=close_due,
)


def make(settings: Settings) -> Litestar:
    return make_app(PLAN, settings)
