"""A rehearsal is judged like a contest, and nothing of it can reach a season: the database refuses it, not only handlers."""

from collections.abc import Awaitable, Callable
from uuid import UUID

import asyncpg
import httpx
import msgspec
import pytest

from services.scoring.board import actions as board
from services.scoring.bundles import actions as bundles
from services.scoring.cli import rebuild
from services.scoring.ledger import actions as ledger
from services.scoring.panels import actions as panels
from services.scoring.rehearsals import actions
from services.scoring.rehearsals.domain import ENTRIES, Rehearsal
from services.scoring.rolls import actions as rolls
from services.scoring.rolls.domain import Activity, Division
from services.scoring.rubrics import actions as rubrics
from services.scoring.standings import actions as standings
from services.scoring.tablet import actions as tablet
from shared.db import transaction
from shared.errors import Refused
from shared.ids import new_id
from tests.conftest import Database
from tests.scoring.people import sign_in
from tests.scoring.samples import TEACHING, judge
from tests.scoring.seated import SHARED, seated
from tests.scoring.stage import MARKS, NOW, SCOREKEEPER, Hall, roll
from tests.scoring.two_people import lock, release, seal

Open = Callable[..., Awaitable[httpx.AsyncClient]]
LAST_YEAR = msgspec.structs.replace(SHARED, title="第八届的办法", version=8)


async def rehearsed(place: Hall, rule_key: str = "teaching-8") -> Hall:
    """A rehearsal with last year's rule and the panel of this hall."""
    async with transaction(place.pool, "scoring_desk") as tx:
        await rubrics.attach(tx, "teaching-8", LAST_YEAR, "last year", None, NOW)
        made = Rehearsal(
            division_id=new_id(), activity_id=new_id(), modelled_on=place.division_id, rule_key=rule_key, made_by=SCOREKEEPER,
            made_at=NOW,
        )  # fmt: skip
        await actions.make(tx, made, NOW)
        await actions.make(tx, made, NOW)
        found = await rolls.current(tx, made.division_id, "final")
    assert found
    return Hall(place.database, made.division_id, [item.entry_id for item in found.items], place.judges, place.devices)


async def mark(place: Hall) -> None:
    await place.send(
        *(
            place.revision(each, entry, part, MARKS[part], version=LAST_YEAR.version)
            for entry in place.entries
            for each in place.judges
            for part in MARKS
        )
    )


async def test_it_is_judged_on_the_same_tablets_with_last_years_rule(scoring_database: Database) -> None:
    place = await seated(scoring_database, rule=TEACHING)
    practice = await rehearsed(place)
    async with transaction(place.pool, "scoring_judge", judge(1), judge(1)) as tx:
        desks = {each.division_id: each for each in await tablet.desks(tx, judge(1), "zh-CN")}
    assert (desks[practice.division_id].is_rehearsal, desks[place.division_id].is_rehearsal) == (True, False)
    assert desks[practice.division_id].rule.title == "第八届的办法"
    assert [item.code for item in desks[practice.division_id].entries] == [f"演{place:02}" for place in range(1, ENTRIES + 1)]
    await mark(practice)
    await lock(practice)
    await release(practice)
    async with transaction(place.pool, "scoring_desk") as tx:
        picture = await standings.of_division(tx, practice.division_id, "final")
    assert len(picture.standings.lines) == ENTRIES
    assert set((await rebuild(place.pool, NOW))[practice.division_id].values()) == {0}


async def test_the_real_season_goes_on_as_if_it_were_not_there(scoring_database: Database) -> None:
    place = await seated(scoring_database, rule=SHARED)
    practice = await rehearsed(place)
    await mark(practice)
    await lock(practice)
    await release(practice)
    await place.mark_all()
    await lock(place)
    score_set_id = await seal(place)
    await release(place)
    async with transaction(place.pool, "scoring_system") as tx:
        await ledger.tell_heads(tx, NOW)
        await board.refresh(tx, place.division_id, NOW)
    rows = await scoring_database.rows("SELECT convert_from(body, 'UTF8') AS body FROM outbox")
    told = "".join(row["body"] for row in rows)
    assert str(score_set_id) in told and str(place.division_id) in told
    async with transaction(place.pool, "scoring_supervisor") as tx:
        told += (await bundles.supervision(tx, "teaching-9")).decode()
    async with transaction(place.pool, "scoring_public") as tx:
        told += msgspec.json.encode(await board.frames(tx)).decode()
    assert [each for each in (practice.division_id, *practice.entries) if str(each) in told] == []


INSERTS = {
    "score_sets": "INSERT INTO score_sets (id, division_id, stage, version, content, hash, proposed_by, proposed_at)"
    " VALUES ($1, $2, 'final', 1, '{}', repeat('0', 64), $1, now())",
    "sealed_chains": "INSERT INTO sealed_chains (division_id, position) SELECT $2, 1 WHERE $1::uuid IS NOT NULL",
    "ledger_told": "INSERT INTO ledger_told (division_id, position) SELECT $2, 1 WHERE $1::uuid IS NOT NULL",
    "board_names": "INSERT INTO board_names (division_id, entry_id, person_id) VALUES ($2, $1, $1)",
    "appeals": "INSERT INTO appeals (id, division_id, stage, entry_id, ground, text, paper, filed_by, filed_at, state)"
    " VALUES ($1, $2, 'final', $1, 'procedure', 'x', 'x', $1, now(), 'filed')",
    "statements": "INSERT INTO statements (activity_id, division_id, position, root, stage, kind, entry_id, rule_hash, body, path)"
    " SELECT activity_id, $2, 1, repeat('0', 64), 'final', 'stated', $1, (SELECT rule_hash FROM rules LIMIT 1), '', ''"
    " FROM rehearsals",
    "roots": "INSERT INTO roots (activity_id, root, size, sealed) SELECT activity_id, repeat('0', 64), 1, '' FROM rehearsals"
    " WHERE division_id = $2 AND $1::uuid IS NOT NULL",
    "public_bundles": "INSERT INTO public_bundles (activity_id, root, hash, content) SELECT activity_id, repeat('0', 64),"
    " encode(sha256(''), 'hex'), '' FROM rehearsals WHERE division_id = $2 AND $1::uuid IS NOT NULL",
}  # fmt: skip
NAMED = {
    "an event": "INSERT INTO outbox (subject, body) VALUES ('scoring.score_set.sealed.v1', convert_to($1::text, 'UTF8'))",
    "a board of the season": "INSERT INTO board_frames (division_id, version, body, made_at) SELECT division_id, 1, $1, now()"
    " FROM divisions WHERE NOT is_rehearsal(division_id)",
}


@pytest.mark.parametrize("table", INSERTS)
async def test_the_database_refuses_what_would_reach_a_season(scoring_database: Database, table: str) -> None:
    """As the owner, who may do everything else."""
    practice = await rehearsed(await seated(scoring_database, rule=SHARED))
    with pytest.raises(asyncpg.RestrictViolationError, match=f"a rehearsal has no {table}"):
        await scoring_database.execute(INSERTS[table], new_id(), practice.division_id)


@pytest.mark.parametrize("what", NAMED)
async def test_nothing_that_leaves_names_a_rehearsal(scoring_database: Database, what: str) -> None:
    place = await seated(scoring_database, rule=SHARED)
    practice = await rehearsed(place)
    activity_id = await scoring_database.value("SELECT activity_id FROM rehearsals")
    roll_id = await scoring_database.value("SELECT roll_id FROM rolls WHERE division_id = $1", practice.division_id)
    for each in (practice.division_id, activity_id, roll_id, practice.entries[-1]):
        with pytest.raises(asyncpg.RestrictViolationError):
            await scoring_database.execute(NAMED[what], f'{{"items": [{{"id": "{each}"}}]}}')
    await scoring_database.execute(NAMED[what], f'{{"items": [{{"id": "{place.entries[0]}"}}]}}')


async def test_an_entry_is_of_a_season_or_of_a_rehearsal(scoring_database: Database) -> None:
    place = await seated(scoring_database, rule=SHARED)
    practice = await rehearsed(place)
    with pytest.raises(asyncpg.RestrictViolationError, match="of a season or of a rehearsal"):
        async with transaction(place.pool, "scoring_system") as tx:
            await rolls.receive(tx, roll(place.division_id, [*place.entries, practice.entries[0]], version=2), NOW)
    with pytest.raises(asyncpg.RestrictViolationError, match="registration opens no rehearsal"):
        async with transaction(place.pool, "scoring_system") as tx:
            await rolls.receive(tx, roll(practice.division_id, place.entries, version=2), NOW)


async def test_the_desk_opens_nothing_but_rehearsals(scoring_database: Database) -> None:
    place = await seated(scoring_database, rule=SHARED)
    activity_id = new_id()
    activity = Activity(activity_id=activity_id, version=1, key="other", title="其他", title_en="", edition=1, kind="competition")
    division = Division(
        division_id=new_id(), activity_id=activity_id, activity_key="other", activity_title="", activity_title_en="", key="x", title="x",
        title_en="", places=1,
    )  # fmt: skip
    for attempt in (
        lambda tx: rolls.open_activity(tx, activity, [division]),
        lambda tx: rolls.receive(tx, roll(place.division_id, place.entries, version=2), NOW),
        lambda tx: tx.execute("UPDATE divisions SET title = 'changed'"),
        lambda tx: tx.execute("UPDATE activities SET title = 'changed'"),
    ):
        with pytest.raises(asyncpg.RestrictViolationError, match="the desk opens rehearsals only"):
            async with transaction(place.pool, "scoring_desk") as tx:
                await attempt(tx)


async def test_a_rehearsal_is_locked_and_not_sealed(scoring_database: Database) -> None:
    practice = await rehearsed(await seated(scoring_database, rule=SHARED))
    await mark(practice)
    await lock(practice)
    with pytest.raises(Refused, match="rehearsal_not_sealed"):
        await seal(practice)


async def test_cleared_away_it_leaves_lists_and_tablets_and_keeps_its_ledger(scoring_database: Database) -> None:
    place = await seated(scoring_database, rule=SHARED)
    practice = await rehearsed(place)
    await mark(practice)
    async with transaction(place.pool, "scoring_desk") as tx:
        await actions.clear(tx, practice.division_id, SCOREKEEPER, NOW)
        await actions.clear(tx, practice.division_id, SCOREKEEPER, NOW)
        assert [each.division_id for each in await rolls.divisions(tx)] == [place.division_id]
        assert await panels.judged_by(tx, judge(1)) == [place.division_id]
    assert await scoring_database.value("SELECT count(*) FROM ledger WHERE division_id = $1", practice.division_id) == 7 * ENTRIES * 3


async def test_the_scorekeeper_begins_one_and_everything_wears_a_banner(scoring_database: Database, client: Open) -> None:
    place = await seated(scoring_database, rule=SHARED)
    http = await client(scoring_database)
    keeper = await sign_in(scoring_database, http, "scorekeeper")
    fields = {"id": str(new_id()), "activity_id": str(new_id()), "modelled_on": str(place.division_id), "rule_key": "teaching-9"}
    done = [await keeper.form("/scoring/rehearsals", fields) for _ in range(2)]
    assert [each.status_code for each in done] == [303, 303]
    assert await scoring_database.value("SELECT count(*) FROM rehearsals") == 1
    division_id = UUID(fields["id"])
    for page in (f"/scoring/halls/{division_id}", *(f"/scoring/divisions/{division_id}{more}" for more in ("", "/clocks", "/panel", "/departures"))):
        assert "这是演练" in (await keeper.get(page, accept="text/html")).text, page
    listed = (await keeper.get("/scoring/rehearsals", accept="text/html")).text
    assert "演练 · 文科组" in listed and "teaching-9" in listed and "rehearsal-" not in listed
    again = {**fields, "id": str(new_id()), "activity_id": str(new_id()), "modelled_on": str(division_id)}
    assert (await keeper.form("/scoring/rehearsals", again)).status_code == 404
    await keeper.form(f"/scoring/rehearsals/{division_id}/clearings", {})
    assert "演练 · 文科组" not in (await keeper.get("/scoring/rehearsals", accept="text/html")).text


async def test_a_panel_too_small_for_the_rule_is_told(scoring_database: Database) -> None:
    place = await seated(scoring_database, rule=msgspec.structs.replace(SHARED, judging=msgspec.structs.replace(SHARED.judging, fewest_marks=3)), judges=4)
    with pytest.raises(Refused, match="rehearsal_panel_small"):
        await rehearsed(place)


