"""Nothing that was not yet shown can be had: at every public address, on the stream, and by SQL as the public's role."""

import re
from base64 import b64decode
from collections.abc import Awaitable, Callable
from itertools import product
from typing import Any
from uuid import UUID

import httpx
import msgspec
import pytest
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from services.awards.app import PLAN
from services.awards.reveals import actions as reveals
from services.awards.reveals.domain import Step
from shared.db import transaction
from tests.awards import competition
from tests.awards.reveals.test_actions import begun, bodies, prepared, press, signed
from tests.conftest import Database
from tests.scoring.isolation.walk import READABLE

Open = Callable[..., Awaitable[httpx.AsyncClient]]
AUDIENCES = ("awards_public", "awards_member", "awards_gate")


async def still(http: httpx.AsyncClient) -> None:
    """A stream ends with the picture that stands."""
    await http._transport.app.state.house.more["reveals"].stop()  # type: ignore[attr-defined]  # the app in this process


def secrets(step: Step) -> set[str]:
    """What a step tells first: who, for what, and their figures."""
    whole = [*step.winners, *(w for prize in step.prizes for w in prize.winners)]
    return {text for w in whole for text in (w.name, w.work, w.result) if text}


def public_addresses(ids: dict[str, list[Any]]) -> list[str]:
    """Each GET that asks for no role, its places filled."""
    found = []
    for route in PLAN.routes:
        if "GET" not in route.http_methods or route.opt["roles"] is not None:
            continue
        for path in route.paths:
            names = re.findall(r"\{(\w+)(?::\w+)?\}", path)
            for values in product(*(ids[name] for name in names)):
                filled = path
                for name, value in zip(names, values, strict=True):
                    filled = re.sub(rf"\{{{name}(:\w+)?\}}", str(value), filled)
                found.append(filled)
    return found


async def said(http: httpx.AsyncClient, ceremonies: list[UUID]) -> dict[str, str]:
    """What every public address answers, as data and as a page; the stream in both its forms."""
    ids: dict[str, list[Any]] = {
        "reveal_id": ceremonies, "key": ["teaching-9"], "notice_id": [UUID(int=1)], "receipt": ["0" * 32], "token": ["x"],
    }  # fmt: skip
    addresses = public_addresses(ids)
    addresses += [f"{each}?form=plain" for each in addresses if each.endswith("/events")]
    answers = {}
    for address in addresses:
        for accept in ("application/json", "text/html"):
            answer = await http.get(address, headers={"Accept": accept})
            assert answer.status_code < 500, address
            answers[f"{accept} {address}"] = f"{answer.headers}\n{answer.text}"
    return answers


async def read(database: Database) -> dict[str, str]:
    """Every column that somebody without a role can read, keys and bytes as text."""
    answers = {}
    for audience in AUDIENCES:
        for relation, columns in await database.rows(READABLE, audience):
            async with transaction(database.pool, audience) as tx:
                rows = await tx.fetch(f"SELECT {columns} FROM {relation}")
            answers[f"{audience} {relation}"] = "\n".join(str(dict(row)) for row in rows)
    return answers


def leaks(answers: dict[str, str], canaries: set[str]) -> list[tuple[str, str]]:
    return [(where, canary) for where, text in answers.items() for canary in sorted(canaries) if canary in text]


async def test_no_public_address_and_no_public_row_knows_a_step_before_it_was_shown(
    awards_database: Database, client: Open
) -> None:
    await signed(awards_database)
    ready = await prepared(awards_database)
    [script] = await bodies(awards_database)
    http = await client(awards_database)
    await still(http)
    every = set().union(*map(secrets, script.steps))
    assert len(every) == 9
    assert leaks({**await said(http, [ready.id]), **await read(awards_database)}, every) == []
    async with transaction(awards_database.pool, "awards_office") as tx:
        await reveals.open_(tx, ready.id, 1, competition.OFFICE, competition.SEALED)
    version, shown = 2, set[str]()
    for number in (0, 3, 1, 5, 6):
        if number:
            version = (await press(awards_database, ready.id, "show", version, number)).version
        shown |= secrets(script.steps[number])
        answers = {**await said(http, [ready.id]), **await read(awards_database)}
        assert leaks(answers, every - shown) == [], number
        stream = f"/awards/reveals/{ready.id}/events?form=plain"
        seen = {canary for where, canary in leaks(answers, secrets(script.steps[number])) if where.endswith(stream)}
        assert seen == secrets(script.steps[number]), "the walk sees what is shown, so it would have seen what is not"


async def test_a_blank_screen_is_told_nothing(awards_database: Database, client: Open) -> None:
    await signed(awards_database)
    running = await begun(awards_database)
    await press(awards_database, running.id, "blank", 2)
    http = await client(awards_database)
    told = (await http.get(f"/awards/reveals/{running.id}/screen", headers={"Accept": "application/json"})).json()[
        "moment"
    ]
    assert (told["is_blank"], told["key"], told["frame"]) == (True, None, None)


async def test_a_steps_key_opens_its_own_packet_and_no_other(awards_database: Database, client: Open) -> None:
    await signed(awards_database)
    running = await begun(awards_database)
    http = await client(awards_database)
    moment = await press(awards_database, running.id, "next", 2)
    steps = (await http.get(f"/awards/reveals/{running.id}/steps")).json()["steps"]
    for each in steps:
        cipher = AESGCM(moment.key or b"")
        packet = (b64decode(each["nonce"]), b64decode(each["sealed"]), f"{running.id}/{each['step']}".encode())
        if each["step"] == 1:
            assert msgspec.json.decode(cipher.decrypt(*packet))["number"] == 1
        else:
            with pytest.raises(InvalidTag):
                cipher.decrypt(*packet)
    keys = {row["key"] for row in await awards_database.rows("SELECT key FROM reveal_steps")}
    assert len(keys) == len(steps)


async def test_a_view_made_for_the_public_by_mistake_is_found(awards_database: Database) -> None:
    await signed(awards_database)
    await begun(awards_database)
    [script] = await bodies(awards_database)
    last = secrets(script.steps[-1])
    assert leaks(await read(awards_database), last) == []
    await awards_database.execute(
        "CREATE VIEW mistake AS SELECT frame FROM reveal_steps; GRANT SELECT ON mistake TO awards_public"
    )
    assert {where for where, _ in leaks(await read(awards_database), last)} == {"awards_public mistake"}
