"""No judge, contestant, visitor or screen learns what is not theirs: by every route with every role, and the same by SQL."""

import asyncio
from collections.abc import Awaitable, Callable

import httpx

from services.scoring import app
from services.scoring.board import actions as board
from services.scoring.board.routes import Boards
from services.scoring.papers.domain import code_of
from services.scoring.sheets.domain import SheetKey
from shared.db import transaction
from tests.conftest import Database
from tests.scoring.isolation.played import (
    CONTESTANT,
    LEADER,
    MARKER,
    OWN,
    PHASES,
    PLAN,
    RECUSED,
    STRANGER,
    TABLET,
    TYPIST,
    WILD,
    WORDS,
    Phase,
    Played,
    played,
    sum_text,
    units,
)
from tests.scoring.isolation.walk import (
    HTML,
    JSON,
    STAFF,
    Answer,
    Visitor,
    ask,
    crowd,
    forbidden,
    leaks,
    pages,
    refusals,
    tables,
)
from tests.scoring.stage import NOW, SCOREKEEPER

Open = Callable[..., Awaitable[httpx.AsyncClient]]
READERS = {
    "visitor": ("scoring_public", None),
    "judge": ("scoring_judge", MARKER),
    "judge of another panel": ("scoring_judge", STRANGER),
    "recused judge": ("scoring_judge", RECUSED),
    "leader": ("scoring_judge", LEADER),
    "participant": ("scoring_member", CONTESTANT),
    "the door": ("scoring_gate", None),
    "tablet": ("scoring_device", TABLET),
    "usher": ("scoring_hall", None),
}
"""Who asks the database by SQL: audience and person. Desk and supervisor see all; writer and system are nobody's page."""


async def still(http: httpx.AsyncClient) -> None:
    """Frames are made and heads told when the test says so, however long it takes; a stream ends with the frame that stands."""
    boards: Boards = http._transport.app.state.house.more["board"]  # type: ignore[attr-defined]  # the app in this process
    await boards.stop()
    for task in asyncio.all_tasks():
        if task.get_name() == "tick":
            task.cancel()


async def shown(it: Played) -> None:
    """The screens show what they may."""
    for place in it.divisions:
        async with transaction(place.pool, "scoring_system") as tx:
            await board.refresh(tx, place.division_id, NOW)


async def walked(
    it: Played, http: httpx.AsyncClient, people: dict[str, Visitor], phase: Phase, *, every: bool
) -> list[tuple[str, str, str]]:
    """(who, address, canary) of each leak; fails on an answer that is a bug. every: shut doors and writes too."""
    found = []
    for who in people.keys() - STAFF:
        answers = await pages(it, http, who, people[who], every=every)
        answers += await refusals(it, http, people[who]) if every else []
        assert [each.address for each in answers if each.status >= 500] == []
        assert [each.address for each in answers if "application/pdf" in each.text] == []
        found += [(who, *leak) for leak in leaks(answers, await forbidden(it, who, phase))]
    return found


async def read(it: Played, phase: Phase) -> list[tuple[str, str, str]]:
    """The same by SQL."""
    found = []
    for who, (audience, person) in READERS.items():
        answers = await tables(it.hall.pool, it.hall.database, audience, person)
        assert answers
        found += [(who, *leak) for leak in leaks(answers, await forbidden(it, who, phase))]
    return found


async def half_typed(it: Played, http: httpx.AsyncClient, people: dict[str, Visitor]) -> list[tuple[str, str]]:
    """What one person typed from paper and nobody else yet: the desk does not find it either, by no page and no statement."""
    (key,), rule_hash = it.typed, it.ids["rule_hash"][0]
    answers = [each for who in STAFF for each in await pages(it, http, who, people[who], every=False)]
    code = code_of(SheetKey(key.judge_id, key.entry_id, key.part), rule_hash).text
    for accept in (JSON, HTML):
        answers.append(await ask(http, people["scorekeeper"], "GET", f"/scoring/papers?sheet={code}", accept))
        assert answers[-1].status == 200
    for audience in ("scoring_desk", "scoring_supervisor", "scoring_system", "scoring_writer"):
        answers += await tables(it.hall.pool, it.hall.database, audience, SCOREKEEPER)
    own = await tables(it.hall.pool, it.hall.database, "scoring_desk", TYPIST)
    assert leaks(own, set(key.texts)), "who typed it reads it"
    return leaks(answers, set(key.texts))


async def sent(it: Played) -> list[tuple[str, str]]:
    """What the other services learn, whose audiences read copies of these bodies: a sealed result, but no mark, word or name."""
    rows = await it.hall.database.rows("SELECT subject, convert_from(body, 'UTF8') AS body FROM outbox")
    secrets = {text for mark in it.marks for text in mark.texts} | set(WORDS.values()) | units(it) | {"quokkaname", "quokkaunit"}
    return leaks([Answer(row["subject"], 200, row["body"]) for row in rows], secrets)


async def test_in_no_phase_does_anybody_find_what_is_not_theirs(scoring_database: Database, client: Open) -> None:
    it, steps = await played(scoring_database)
    http = await client(scoring_database)
    await still(http)
    http._transport.app.state.house.more["files"].put(PLAN)  # type: ignore[attr-defined]  # the app in this process
    people = await crowd(scoring_database, http)
    assert await half_typed(it, http, people) == []
    by_staff: list[Answer] = []
    for phase in PHASES:
        await shown(it)
        assert await walked(it, http, people, phase, every=phase == "locked") == []
        assert await read(it, phase) == []
        assert await sent(it) == []
        if phase == PHASES[-1] and it.practice:
            it.ids["division_id"].append(it.practice.division_id)
            by_staff += [each for who in STAFF for each in await pages(it, http, who, people[who], every=False)]
        if phase != PHASES[-1]:
            await next(steps)
    theirs = {
        "judge": next(f"{mark.count}" for mark in it.marks if mark.judge_id == MARKER),
        "participant": next(f"{mark.count}" for mark in it.marks if mark.entry_id == it.hall.entries[OWN]),
        "leader": sum_text(it, MARKER, it.hall.entries[WILD]),
        "tablet": "评委1",
    }
    assert leaks(await pages(it, http, "judge", people["judge"], every=False), {"planquokka"})
    for who, canary in [*theirs.items(), ("judge", WORDS["draft"])]:
        assert leaks(await pages(it, http, who, people[who], every=False), {canary}), who
    marks = {f"{each.count}" for each in it.marks}
    assert leaks(by_staff, {WORDS["draft"]}) == [], "what is typed and not sent is the judge's alone"
    everything = marks | set(WORDS.values()) - {WORDS["draft"]} | {"quokkaname0", "quokkaunit0"}
    assert {row["subject"] for row in await scoring_database.rows("SELECT subject FROM outbox")} >= {"scoring.score_set.sealed.v1"}
    assert everything - {canary for _, canary in leaks(by_staff, everything)} == set()
    assert [each.address for each in by_staff if each.status >= 500] == []


def test_no_door_but_the_leaders_leads_into_the_desks_audience() -> None:
    """What a route's handler may read, its visitor is kept from by the handler alone: only the leader's pages rest on that."""
    desk = {"scorekeeper", "supervisor", "timekeeper", "administrator", "organiser"}
    borrowed = {
        (path, *sorted(route.http_methods - {"HEAD", "OPTIONS"}))
        for route in app.PLAN.routes
        for path in route.paths
        if route.opt["audience"] not in ("scoring_public", "scoring_judge", "scoring_member", "scoring_device", "scoring_hall")
        and (not isinstance(route.opt["roles"], tuple) or set(route.opt["roles"]) - desk)
    }
    division = "/scoring/divisions/{division_id:uuid}"
    assert borrowed == {(f"{division}/adjustments", "GET"), (f"{division}/adjustments", "POST"), (f"{division}/outliers", "GET")}


async def test_a_view_made_for_judges_by_mistake_is_found(scoring_database: Database) -> None:
    it, _ = await played(scoring_database)
    assert await read(it, "marking") == []
    await scoring_database.execute("CREATE VIEW mistake AS SELECT marks FROM sheet_heads; GRANT SELECT ON mistake TO scoring_judge")
    found = await read(it, "marking")
    assert {(who, where) for who, where, _ in found} == {
        (who, "scoring_judge reads mistake") for who in ("judge", "judge of another panel", "recused judge", "leader")
    }


async def test_a_mark_that_slipped_into_a_frame_is_found(scoring_database: Database, client: Open) -> None:
    it, _ = await played(scoring_database)
    http = await client(scoring_database)
    await still(http)
    await shown(it)
    slipped = str(it.marks[0].count)
    await scoring_database.execute(f"UPDATE board_frames SET version = version + 1, body = replace(body, '\"venue\":\"', '\"venue\":\"{slipped} ')")
    found = await walked(it, http, {"visitor": None}, "marking", every=False)
    assert {canary for _, _, canary in found} == {slipped}
    assert {address.split()[1].rsplit("/", 1)[-1] for _, address, _ in found} >= {"boards", "events"}
