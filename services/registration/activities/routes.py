"""The home page, the list of activities, and one activity: what anybody may know before signing up."""

from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec
from litestar import Response
from litestar.params import FromPath

from services.registration.accounts import actions as accounts
from services.registration.activities import actions
from services.registration.activities.domain import Activity, phase
from services.registration.units import actions as units
from shared.web.edge import EdgeDep
from shared.web.routing import get


@get("/registration/", audience="registration_public")
async def home(edge: EdgeDep) -> Response[Any]:
    """Where each reader goes on."""
    async with edge.transaction() as tx:
        called = await actions.called(tx, edge.now)
        organisation = await units.organisation(tx)
    async with edge.gate() as tx:
        is_set_up = await accounts.is_set_up(tx)
    shown = [_line(each, edge.now) for each in called]
    told: dict[str, Any] = {"organisation": organisation, "activities": shown}
    return edge.page("home.html", json=told, is_set_up=is_set_up, **told)


@get("/registration/activities", audience="registration_public")
async def page(edge: EdgeDep) -> Response[Any]:
    """The activities whose call is published; an organiser sees the others too."""
    sees_all = edge.has("organiser") or edge.has("administrator")
    async with edge.transaction() as tx:
        found = await (actions.activities(tx) if sees_all else actions.called(tx, edge.now))
    shown = [_line(each, edge.now) for each in found]
    return edge.page("activities.html", activities=shown, json={"activities": shown})


@get("/registration/activities/{activity_id:uuid}", audience="registration_public")
async def one(edge: EdgeDep, activity_id: FromPath[UUID]) -> Response[Any]:
    """Times, divisions with places, and the conditions."""
    async with edge.transaction() as tx:
        found = await actions.activity(tx, activity_id)
    public = {**msgspec.to_builtins(found), "phase": phase(found, edge.now)}
    for kept_back in ("waivers", "eligibility"):
        public.pop(kept_back)
    return edge.page("activity.html", activity=found, phase=phase(found, edge.now), json=public)


def _line(activity: Activity, now: datetime) -> dict[str, Any]:
    return {
        "id": activity.id, "key": activity.key, "kind": activity.kind, "title": activity.title,
        "title_en": activity.title_en, "edition": activity.edition, "phase": phase(activity, now),
        "signup_opens": activity.signup_opens, "signup_closes": activity.signup_closes, "hall_at": activity.hall_at,
        "divisions": [
            {"id": each.id, "key": each.key, "title": each.title, "title_en": each.title_en, "places": each.places}
            for each in activity.divisions
        ],
    }  # fmt: skip


ROUTES = [home, page, one]
