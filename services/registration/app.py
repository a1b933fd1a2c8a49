"""Wires registration together: its routes, consumers and minute tick, in the house that every service has."""

from pathlib import Path

from litestar import Litestar

from services.registration.accounts import routes as accounts
from services.registration.activities import routes as activities
from services.registration.people import routes as people
from services.registration.seasons import routes as seasons
from services.registration.units import routes as units
from shared.inbox import Consumer
from shared.settings import Settings
from shared.web.app import Plan, make_app

CONSUMERS: list[Consumer] = []

PLAN = Plan(
    service="registration",
    folder=Path(__file__).parent,
    routes=[
        *accounts.ROUTES,
        *activities.ROUTES,
        *people.ROUTES,
        *seasons.ROUTES,
        *units.ROUTES,
    ],
    consumers=CONSUMERS,
)


def make(settings: Settings) -> Litestar:
    return make_app(PLAN, settings)
