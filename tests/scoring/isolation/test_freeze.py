"""Freeze is a property of the data: from it on nothing changes a byte of any public address of any service.

The walk at the freeze is compared with the walk after each further piece of history, so any two histories that differ only
after it are alike too. Public addresses are those of the route tables that let a visitor in. What happens without a release
changes nothing either: before the first release of a division its screen also shows the ledger head, which is told each
minute; from then on the release's own.
"""

from collections.abc import Awaitable, Callable
from contextlib import suppress
from datetime import timedelta
from random import Random
from typing import Any
from uuid import UUID

import httpx
import msgspec
import pytest

from services.scoring.appeals import actions as appeals
from services.scoring.appeals.domain import Appeal
from services.scoring.board import actions as board
from services.scoring.board.domain import Name
from services.scoring.clocks import actions as clocks
from services.scoring.clocks.domain import Clock
from services.scoring.deductions import actions as deductions
from services.scoring.deductions.actions import About
from services.scoring.ledger import actions as ledger
from services.scoring.locks import actions as locks
from services.scoring.locks.domain import LockRequest
from services.scoring.proofs import actions as proofs
from services.scoring.releases import actions as releases
from shared.db import transaction
from shared.errors import Told
from shared.ids import new_id
from tests.conftest import Database
from tests.scoring.isolation.played import LOWEST, PARTS, Played, played
from tests.scoring.isolation.test_isolation import shown, still
from tests.scoring.isolation.three import Standing, Three, three
from tests.scoring.isolation.walk import public
from tests.scoring.stage import NOW, SCOREKEEPER, SUPERVISOR
from tests.scoring.two_people import lock, release, seal

Open = Callable[..., Awaitable[httpx.AsyncClient]]
PAIRS, NIGHTLY_PAIRS = 20, 1000


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
    assert done.disposition in ("counted" if base else "held_conflict", "held_locked")


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


async def confirm(it: Played, chance: Random) -> None:
    """A further result is released by two, or the whole division."""
    with suppress(Told):
        await release(it.hall, *chance.choice(((it.hall.entries[chance.randrange(2, 5)],), ())))


async def lock_or_unlock(it: Played, chance: Random) -> None:
    kind, reason = chance.choice((("lock", ""), ("lock", ""), ("unlock", "有误")))
    request = LockRequest(
        id=new_id(),
        division_id=it.hall.division_id,
        stage="final",
        kind=kind,
        reason=reason,
        asked_by=SCOREKEEPER,
        asked_at=NOW,
    )  # type: ignore[arg-type]  # one of the two kinds
    with suppress(Told):
        async with transaction(it.hall.pool, "scoring_desk") as tx:
            await locks.ask(tx, request)
        async with transaction(it.hall.pool, "scoring_supervisor") as tx:
            await locks.confirm(tx, request.id, SUPERVISOR, NOW)


async def seal_it(it: Played, chance: Random) -> None:
    """One of the two results is sealed; both make the activity's root."""
    with suppress(Told):
        place = chance.choice((it.hall, it.hall, it.other))
        await lock(place)
        await seal(place)


async def open_codes(it: Played, chance: Random) -> None:
    """Registration opens the codes, and the names are there."""
    people = {entry: UUID(int=0xF0000 + at) for at, entry in enumerate(it.hall.entries)}
    async with transaction(it.hall.pool, "scoring_system") as tx:
        await board.open_roll(tx, it.hall.division_id, list(people.items()))
        for person in people.values():
            await board.set_name(tx, person, Name(f"姓名 {chance.random()}", "单位"))


async def lesson(it: Played, chance: Random) -> None:
    """The timekeeper starts, ends or takes back."""
    entry = chance.choice(it.hall.entries)
    wanted = Clock(division_id=it.hall.division_id, entry_id=entry, number=1, limit_seconds=1200, warning_seconds=1080)
    with suppress(Told):
        async with transaction(it.hall.pool, "scoring_desk") as tx:
            await clocks.start(tx, wanted, NOW)
    with suppress(Told):
        async with transaction(it.hall.pool, "scoring_desk") as tx:
            taps = await clocks.taps(tx, it.hall.division_id, entry)
            if chance.random() < 0.3 and taps:
                await clocks.correct(tx, it.hall.division_id, entry, taps[-1].id, None, "按错", SCOREKEEPER, NOW)
            else:
                await clocks.take(
                    tx, it.hall.division_id, entry, "end", NOW + timedelta(minutes=chance.randrange(5, 30))
                )


ANYTHING = (
    mark,
    mark,
    mark,
    file,
    deduct,
    ask,
    confirm,
    confirm,
    lock_or_unlock,
    lock_or_unlock,
    seal_it,
    seal_it,
    open_codes,
    lesson,
)


async def freeze(it: Played) -> UUID:
    """Both divisions; the id of the first one's freeze."""
    ids = [new_id() for _ in it.divisions]
    async with transaction(it.hall.pool, "scoring_supervisor") as tx:
        for freeze_id, place in zip(ids, it.divisions, strict=True):
            await board.freeze(tx, freeze_id, place.division_id, SUPERVISOR, NOW)
    return ids[0]


async def thaw(it: Played, freeze_id: UUID) -> None:
    async with transaction(it.hall.pool, "scoring_supervisor") as tx:
        await board.thaw(tx, freeze_id, SUPERVISOR, NOW)


async def goes_on(town: Three, chance: Random, *pieces: Any) -> None:
    """One piece of history (one that the rule refuses now is none), a minute, and what the other services hear of it."""
    with suppress(Told):
        await chance.choice(pieces)(town.it, chance)
    await minute(town.it)
    await town.deliver()


async def whole(it: Played) -> None:
    """Sealed and released as a whole: the public bundle is there."""
    await lock(it.hall)
    await lock(it.other)
    await seal(it.hall)
    await seal(it.other)
    await release(it.hall)


async def first_two(it: Played) -> None:
    await release(it.hall, *it.hall.entries[:2])


async def nothing(_: Played) -> None:
    """Nothing has been released yet."""


@pytest.mark.parametrize("before_it", [nothing, first_two, whole])
async def test_from_the_freeze_on_no_public_byte_of_any_service_changes(
    before_it: Callable[[Played], Awaitable[None]],
    scoring_database: Database,
    registration_database: Database,
    awards_database: Database,
    client: Open,
    is_nightly: bool,
) -> None:
    it, http = await marked(scoring_database, client)
    await before_it(it)
    await minute(it)
    async with three(it, http, client, registration_database, awards_database) as town:
        await town.deliver()
        freeze_id = await freeze(it)
        await minute(it)
        await town.deliver()
        before = await town.public()
        assert {each.status for each in before} >= {200, 404} and all(
            each.status < 500 or "health" in each.address for each in before
        )
        assert {each.address.split("/")[1] for each in before} == {"registration", "scoring", "awards"}
        for seed in range((NIGHTLY_PAIRS if is_nightly else PAIRS) // 3 + 1):
            await goes_on(town, Random(seed), *ANYTHING)
            assert [each for each, was in zip(await town.public(), before, strict=True) if each != was] == [], seed
        await mark(it, Random(1))
        await confirm(it, Random(1))
        await thaw(it, freeze_id)
        await open_codes(it, Random(2))
        await minute(it)
        assert await town.public() != before


@pytest.mark.parametrize("leak", ["the frame", "the bundle"])
async def test_a_picture_made_of_what_is_not_public_is_found(
    leak: str,
    scoring_database: Database,
    registration_database: Database,
    awards_database: Database,
    client: Open,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async def absent(*_: Any) -> None:
        return None

    it, http = await marked(scoring_database, client)
    await first_two(it)
    await minute(it)
    async with three(it, http, client, registration_database, awards_database) as town:
        await freeze(it)
        await minute(it)
        before = await town.public()
        if leak == "the frame":
            monkeypatch.setattr(board.freezes, "standing", absent)
        else:
            monkeypatch.setattr(proofs.freezes, "is_frozen", absent)
        await whole(it)
        await minute(it)
        changed = {each.address for each in {*await town.public()} ^ {*before}}
        assert changed and any(("bundles" if leak == "the bundle" else "events") in each for each in changed)


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
