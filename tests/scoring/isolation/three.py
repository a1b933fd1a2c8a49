"""The three services side by side, as the public meets them: what scoring tells the others arrives, and the clock stands."""

import importlib
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import httpx

from services.awards.score_sets import consumers as awards_score_sets
from shared.ids import new_id
from shared.inbox import apply
from tests.awards import competition
from tests.conftest import Database
from tests.scoring.isolation.played import Played
from tests.scoring.isolation.walk import HTML, JSON, addresses
from tests.scoring.stage import NOW

Open = Callable[..., Awaitable[httpx.AsyncClient]]
KNOWN = ("0", "1", "2", "999999")
"""Frames that a screen says it has seen, as its stream begins again."""


class Standing:
    """A clock that stands."""

    def now(self) -> datetime:
        return NOW


@dataclass(frozen=True)
class Told:
    """All that an answer is: nothing of it may differ."""

    address: str
    asked: tuple[tuple[str, str], ...]
    status: int
    headers: tuple[tuple[str, str], ...]
    body: bytes


@dataclass
class Three:
    """services: name -> database and app. ids: what a route's parameter is filled with."""

    it: Played
    services: dict[str, tuple[Database, httpx.AsyncClient]]
    ids: Mapping[str, list[Any]]
    _arrived: set[Any] = field(default_factory=set)

    async def deliver(self) -> None:
        """What stands in scoring's outbox reaches the consumers of the other two."""
        for row in await self.it.hall.database.rows("SELECT message_id, subject, body FROM outbox ORDER BY id"):
            if row["message_id"] in self._arrived:
                continue
            self._arrived.add(row["message_id"])
            for name in ("registration", "awards"):
                for consumer in importlib.import_module(f"services.{name}.app").PLAN.consumers:
                    if consumer.subject == row["subject"]:
                        database, _ = self.services[name]
                        await apply(database.pool, consumer, str(row["message_id"]), row["subject"], row["body"], NOW)

    async def public(self) -> list[Told]:
        """Each address of each service's route table that lets a visitor in: as data, as a page, and as a reader who was here."""
        found = []
        for _, http in self.services.values():
            routes = open_routes(http)
            for _, address, _ in addresses(self.it, ("GET",), routes, self.ids):
                for accept in (JSON, HTML):
                    first = await _ask(http, address, Accept=accept)
                    found.append(first)
                    if etag := dict(first.headers).get("etag"):
                        found.append(await _ask(http, address, Accept=accept, **{"If-None-Match": etag}))
                if address.endswith("/events"):
                    found += [await _ask(http, address, **{"Last-Event-ID": known}) for known in KNOWN]
                    found += [await _ask(http, f"{address}?since={known}") for known in KNOWN]
        return found


def open_routes(http: httpx.AsyncClient) -> list[Any]:
    """The routes of the app in this process that ask for no account; the files of a page's dress are no routes of ours."""
    handlers = {
        id(handler): handler
        for route in http._transport.app.routes  # type: ignore[attr-defined]  # the app in this process
        for handler in getattr(route, "route_handlers", ())
        if "audience" in handler.opt and handler.opt["roles"] is None
    }
    return list(handlers.values())


@asynccontextmanager
async def three(
    it: Played, scoring: httpx.AsyncClient, client: Open, registration: Database, awards: Database
) -> AsyncIterator[Three]:
    """Registration knows the activity, awards has an edition that waits for its results."""
    database = it.hall.database
    activity = (await database.rows("SELECT activity_id, key, title FROM activities"))[0]
    real = [place.division_id for place in it.divisions]
    divisions = await database.rows(
        "SELECT division_id, key, title FROM divisions WHERE division_id = ANY($1) ORDER BY key", real
    )
    await _opened_in_registration(registration, activity, divisions)
    await competition.opened(awards)
    told = [{"division_id": each["division_id"], "key": each["key"], "title": each["title"]} for each in divisions]
    opened = {
        "aggregate_id": activity["activity_id"],
        "version": 1,
        "key": activity["key"],
        "title": activity["title"],
        "divisions": told,
    }
    await competition.delivered(awards, awards_score_sets.CONSUMERS[0].name, opened)
    services = {
        "scoring": (database, scoring),
        "registration": (registration, await client(registration)),
        "awards": (awards, await client(awards)),
    }
    for _, http in services.values():
        http._transport.app.state.house.clock = Standing()  # type: ignore[attr-defined]  # the app in this process
    nobody = dict.fromkeys(("token", "receipt"), ["none"]) | dict.fromkeys(("notice_id", "reveal_id"), [new_id()])
    ids = {**it.ids, **nobody, "activity_id": [activity["activity_id"]], "key": [activity["key"]]}
    yield Three(it, services, ids)


async def _opened_in_registration(database: Database, activity: Any, divisions: list[Any]) -> None:
    season_id = new_id()
    await database.execute(
        """INSERT INTO seasons (id, key, title, language, organisation, as_of, content_hash, stored_by, stored_at)
           VALUES ($1, 'season', '届', 'zh-CN', '工会', $2, $3, $1, $4)""",
        season_id, NOW.date(), bytes(32), NOW,
    )  # fmt: skip
    await database.execute(
        """INSERT INTO activities (id, season_id, key, kind, title, call_at, signup_opens, signup_closes, review_closes, admission_at,
                                   draw_at, hall_at, admission, entries_per_person)
           VALUES ($1, $2, $3, 'competition', $4, $5::timestamptz, $5, $5 + interval '1 day', $5 + interval '1 day', $5 + interval '1 day',
                   $5 + interval '1 day', $5 + interval '1 day', 'ranked', 1)""",
        activity["activity_id"], season_id, activity["key"], activity["title"], NOW,
    )  # fmt: skip
    for position, each in enumerate(divisions, start=1):
        await database.execute(
            "INSERT INTO divisions (id, activity_id, key, position, title, places) VALUES ($1, $2, $3, $4, $5, 10)",
            each["division_id"], activity["activity_id"], each["key"], position, each["title"],
        )  # fmt: skip


async def _ask(http: httpx.AsyncClient, address: str, **headers: str) -> Told:
    answer = await http.get(address, headers=headers)
    return Told(
        address, tuple(sorted(headers.items())), answer.status_code, tuple(answer.headers.items()), answer.content
    )
