"""Freeze is a property of the data: what happens without a release changes no byte of any public address.

The walk at the freeze is compared with the walk after each further piece of history, so any two histories that differ only
after it are alike too. Public addresses are those of the route table that let a visitor in. Before the first release of a
division its screen also shows the ledger head, which is told each minute; from then on the release's own.
"""

from collections.abc import Awaitable, Callable
from datetime import datetime
from random import Random

import httpx
import msgspec

from services.scoring.appeals import actions as appeals
from services.scoring.appeals.domain import Appeal
from services.scoring.deductions import actions as deductions
from services.scoring.deductions.actions import About
from services.scoring.ledger import actions as ledger
from services.scoring.releases import actions as releases
from shared.db import transaction
from shared.ids import new_id
from tests.conftest import Database
from tests.scoring.isolation.played import LOWEST, PARTS, Played, played
from tests.scoring.isolation.test_isolation import shown, still
from tests.scoring.isolation.walk import public
from tests.scoring.stage import NOW, SCOREKEEPER
from tests.scoring.two_people import release

Open = Callable[..., Awaitable[httpx.AsyncClient]]
PAIRS, NIGHTLY_PAIRS = 20, 1000


class Standing:
    """A clock that stands."""

    def now(self) -> datetime:
        return NOW


async def marked(database: Database, client: Open) -> tuple[Played, httpx.AsyncClient]:
    """Every sheet has been sent, nothing is locked; the app's clock stands."""
    it, steps = await played(database)
    http = await client(database)
    await still(http)
    http._transport.app.state.house.clock = Standing()  # type: ignore[attr-defined]  # the app in this process
    await next(steps)
    return it, http


async def minute(it: Played) -> None:
    """The heads are told, and each screen is looked at anew."""
    async with transaction(it.hall.pool, "scoring_system") as tx:
        await ledger.tell_heads(tx, NOW)
    await shown(it)


async def mark(it: Played, chance: Random) -> None:
    """A judge sends other marks for a sheet that stands, from the own tablet or from a second one."""
    rows = await it.hall.database.rows(
        "SELECT * FROM sheet_heads WHERE division_id = $1 ORDER BY judge_id, entry_id, part", it.hall.division_id
    )
    row = chance.choice(rows)
    base, device = chance.choice(((row["revision_id"], None), (None, new_id())))
    sent = it.hall.revision(row["judge_id"], row["entry_id"], row["part"], {}, base=base, device_id=device, reason="改")
    marks = {key: LOWEST[key] + chance.randrange(900_000) for key in PARTS[row["part"]]}
    (done,) = await it.hall.send(msgspec.structs.replace(sent, marks=marks, comment=f"评语 {chance.random()}"))
    assert done.disposition == ("counted" if base else "held_conflict")


async def file(it: Played, chance: Random) -> None:
    """An appeal is handed in."""
    filed = Appeal(
        id=new_id(), division_id=it.hall.division_id, stage="final", entry_id=chance.choice(it.hall.entries), ground="procedure",
        text=f"申诉 {chance.random()}", paper="档案", person_id=None, filed_by=SCOREKEEPER, filed_at=NOW,
    )  # fmt: skip
    async with transaction(it.hall.pool, "scoring_desk") as tx:
        await appeals.file(tx, filed, by_desk=True)


async def deduct(it: Played, chance: Random) -> None:
    entry = chance.choice(it.hall.entries)
    about = About(id=new_id(), division_id=it.hall.division_id, stage="final", entry_id=entry, by=SCOREKEEPER, now=NOW)
    async with transaction(it.hall.pool, "scoring_desk") as tx:
        await deductions.deduct(tx, about, "no_aids", "1", f"理由 {chance.random()}")


async def ask(it: Played, _: Random) -> None:
    """The scorekeeper asks for a further result, which nobody confirms."""
    third = it.hall.entries[2]
    if not await it.hall.database.value("SELECT EXISTS (SELECT FROM releases WHERE $1 = ANY(entries))", third):
        async with transaction(it.hall.pool, "scoring_desk") as tx:
            await releases.ask(tx, new_id(), it.hall.division_id, "final", [third], SCOREKEEPER, NOW)


async def test_after_a_release_nothing_but_the_next_one_changes_a_byte(
    scoring_database: Database, client: Open, is_nightly: bool
) -> None:
    it, http = await marked(scoring_database, client)
    await release(it.hall, *it.hall.entries[:2])
    await minute(it)
    before = await public(it, http)
    for seed in range(NIGHTLY_PAIRS if is_nightly else PAIRS):
        chance = Random(seed)
        await chance.choice((mark, mark, mark, file, deduct, ask))(it, chance)
        await minute(it)
        assert await public(it, http) == before, seed
    await release(it.hall, it.hall.entries[3])
    await minute(it)
    assert await public(it, http) != before


async def test_without_a_release_the_screens_show_no_trace_of_a_mark(
    scoring_database: Database, client: Open, is_nightly: bool
) -> None:
    it, http = await marked(scoring_database, client)
    await minute(it)
    before = await public(it, http)
    for seed in range(NIGHTLY_PAIRS if is_nightly else PAIRS):
        chance = Random(seed)
        await chance.choice((mark, mark, file, deduct))(it, chance)
        await shown(it)
        assert await public(it, http) == before, seed
