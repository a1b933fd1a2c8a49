"""Scripts, ceremonies and rehearsals against PostgreSQL."""

from uuid import UUID

import asyncpg
import msgspec
import pytest

from services.awards.confirmations import actions as confirmations
from services.awards.objections import actions as objections
from services.awards.reveals import actions as reveals
from services.awards.reveals.domain import Script
from shared.db import transaction
from shared.errors import Conflict, Missing, Refused
from shared.files import Files
from shared.ids import new_id
from tests.awards import competition
from tests.awards.competition import DECIDED, NAMES, OFFICE, POSTED, SCORES, SEALED
from tests.conftest import Database

MEMBER, SUPERVISOR = UUID(int=0xC1), UUID(int=0xC2)


async def signed(database: Database) -> UUID:
    """An edition whose list committee and supervisor have signed."""
    edition_id = await competition.opened(database)
    await competition.scored(database)
    await sign(database, edition_id, SCORES)
    return edition_id


async def sign(database: Database, edition_id: UUID, score_set: UUID) -> None:
    for person, role in ((MEMBER, "committee"), (SUPERVISOR, "supervisor")):
        async with transaction(database.pool, "awards_committee") as tx:
            await confirmations.sign(tx, edition_id, [score_set], [role], person, SEALED)


async def prepared(database: Database, is_rehearsal: bool = False) -> reveals.Reveal:
    async with transaction(database.pool, "awards_office") as tx:
        return await reveals.prepare(tx, new_id(), "teaching-9", is_rehearsal, OFFICE, SEALED)


async def begun(database: Database, is_rehearsal: bool = False) -> reveals.Reveal:
    made = await prepared(database, is_rehearsal)
    async with transaction(database.pool, "awards_office") as tx:
        return await reveals.open_(tx, made.id, made.course.version, OFFICE, SEALED)


async def press(
    database: Database, reveal: UUID, kind: reveals.Kind, version: int, step: int = 0, id: UUID | None = None
) -> reveals.Moment:
    async with transaction(database.pool, "awards_office") as tx:
        return await reveals.command(tx, id or new_id(), reveal, kind, step, version, OFFICE, SEALED)


async def close(database: Database, reveal: UUID, version: int) -> reveals.Reveal:
    async with transaction(database.pool, "awards_office") as tx:
        return await reveals.close(tx, reveal, version, OFFICE, SEALED)


async def bodies(database: Database) -> list[Script]:
    rows = await database.rows("SELECT body FROM reveal_scripts WHERE NOT is_rehearsal ORDER BY version")
    return [msgspec.json.decode(row["body"], type=Script) for row in rows]


async def test_the_second_signature_compiles_the_script_and_shows_its_hash(awards_database: Database) -> None:
    edition_id = await competition.opened(awards_database)
    await competition.scored(awards_database)
    async with transaction(awards_database.pool, "awards_committee") as tx:
        first = await confirmations.sign(tx, edition_id, [SCORES], ["committee"], MEMBER, SEALED)
    async with transaction(awards_database.pool, "awards_committee") as tx:
        second = await confirmations.sign(tx, edition_id, [SCORES], ["supervisor"], SUPERVISOR, SEALED)
    rows = await awards_database.rows(
        "SELECT version, hash, body, encode(sha256(convert_to(body, 'UTF8')), 'hex') AS again FROM reveal_scripts"
    )
    assert first.script_hash == ""
    assert [(row["version"], row["hash"]) for row in rows] == [(1, second.script_hash)]
    assert rows[0]["hash"] == rows[0]["again"]


async def test_a_script_shows_the_list_that_counts_from_the_lowest_tier_to_the_first(awards_database: Database) -> None:
    await signed(awards_database)
    [script] = await bodies(awards_database)
    shown = [[winner.name for winner in step.winners] for step in script.steps]
    assert [step.kind for step in script.steps] == ["title", "tier", "winners", "winners", "tier", "winners", "list"]
    assert shown == [[], [], [NAMES[2]], [NAMES[1]], [], [NAMES[0]], []]
    assert script.is_proposed


async def test_the_last_step_is_the_stored_list(awards_database: Database) -> None:
    edition_id = await signed(awards_database)
    [script] = await bodies(awards_database)
    stored = await awards_database.rows(
        "SELECT tier, name, unit, division, work, rank, result FROM awards WHERE edition_id = $1 ORDER BY position",
        edition_id,
    )
    last = [
        (prize.tier, w.name, w.unit, w.division, w.work, w.rank, w.result)
        for prize in script.steps[-1].prizes
        for w in prize.winners
    ]
    assert last == [tuple(row) for row in stored]


async def test_a_corrected_result_makes_a_script_that_supersedes(awards_database: Database) -> None:
    edition_id = await signed(awards_database)
    newer = competition.score_set((2, 1, 3, 4), UUID(int=0x5F), 2, SCORES)
    await competition.delivered(awards_database, "awards_score_sets", newer)
    await sign(awards_database, edition_id, UUID(int=0x5F))
    rows = await awards_database.rows("SELECT id, version, supersedes FROM reveal_scripts ORDER BY version")
    assert [(row["version"], row["supersedes"]) for row in rows] == [(1, None), (2, rows[0]["id"])]
    assert [step.winners[0].name for step in (await bodies(awards_database))[1].steps if step.winners][-1] == NAMES[1]


async def test_a_running_ceremony_keeps_its_script(awards_database: Database) -> None:
    edition_id = await signed(awards_database)
    running = await begun(awards_database)
    newer = competition.score_set((2, 1, 3, 4), UUID(int=0x5F), 2, SCORES)
    await competition.delivered(awards_database, "awards_score_sets", newer)
    await sign(awards_database, edition_id, UUID(int=0x5F))
    moment = await press(awards_database, running.id, "show", running.course.version, 5)
    assert msgspec.json.decode(moment.frame)["step"]["winners"][0]["name"] == NAMES[0]


async def test_a_ceremony_whose_list_was_corrected_cannot_begin(awards_database: Database) -> None:
    edition_id = await signed(awards_database)
    ready = await prepared(awards_database)
    newer = competition.score_set((2, 1, 3, 4), UUID(int=0x5F), 2, SCORES)
    await competition.delivered(awards_database, "awards_score_sets", newer)
    await sign(awards_database, edition_id, UUID(int=0x5F))
    async with transaction(awards_database.pool, "awards_office") as tx:
        with pytest.raises(Conflict, match="reveal_outdated"):
            await reveals.open_(tx, ready.id, 1, OFFICE, SEALED)
    assert (await begun(awards_database)).course.state == "running"


async def test_after_the_decision_nothing_is_called_proposed(awards_database: Database, files: Files) -> None:
    edition_id, _ = await competition.posted(awards_database)
    await competition.approved(awards_database, edition_id, files)
    await competition.decided(awards_database, edition_id, DECIDED)
    [script] = await bodies(awards_database)
    assert not script.is_proposed
    assert len([w for prize in script.steps[-1].prizes for w in prize.winners]) == 3


async def test_a_suspended_award_is_not_on_the_stage_though_nobody_signed_again(
    awards_database: Database, files: Files
) -> None:
    edition_id, notice = await competition.posted(awards_database)
    state = (await competition.states(awards_database, edition_id))[1]
    async with transaction(awards_database.pool, "awards_public") as tx:
        who = ("无名氏", "外国语学院", "0000-0000")
        await objections.file(tx, notice.id, state.id, "procedure", "程序上有一处不清楚", who, "0" * 32, POSTED)
    await prepared(awards_database)
    [script] = await bodies(awards_database)
    names = [w.name for prize in script.steps[-1].prizes for w in prize.winners]
    assert state.name not in names
    assert len(names) == 2


async def test_without_signatures_there_is_no_ceremony_but_a_rehearsal(awards_database: Database) -> None:
    await competition.opened(awards_database)
    await competition.scored(awards_database)
    async with transaction(awards_database.pool, "awards_office") as tx:
        with pytest.raises(Refused, match="reveal_unsigned"):
            await reveals.prepare(tx, new_id(), "teaching-9", False, OFFICE, SEALED)
    assert (await begun(awards_database, is_rehearsal=True)).is_rehearsal


async def test_a_rehearsal_holds_no_real_name_and_tells_no_hall(awards_database: Database) -> None:
    await signed(awards_database)
    made = await begun(awards_database, is_rehearsal=True)
    await close(awards_database, made.id, made.course.version)
    frames = "".join([row["frame"] for row in await awards_database.rows("SELECT frame FROM reveal_steps")])
    assert not [name for name in NAMES if name in frames]
    assert frames.count('"is_rehearsal":true') == made.course.steps
    assert await awards_database.value("SELECT count(*) FROM outbox WHERE subject LIKE 'awards.reveal.%'") == 0


async def test_the_database_refuses_a_rehearsals_script_in_a_ceremony(awards_database: Database) -> None:
    await signed(awards_database)
    rehearsal = await prepared(awards_database, is_rehearsal=True)
    with pytest.raises(asyncpg.ForeignKeyViolationError):
        await awards_database.execute("UPDATE reveals SET is_rehearsal = false WHERE id = $1", rehearsal.id)
    with pytest.raises(asyncpg.CheckViolationError):
        await awards_database.execute(
            """INSERT INTO reveal_scripts (id, edition_id, is_rehearsal, version, proposal_id, body, hash, compiled_by, compiled_at)
               SELECT gen_random_uuid(), s.edition_id, false, 9, p.id, s.body, s.hash, s.compiled_by, s.compiled_at
                 FROM reveal_scripts s, proposals p WHERE s.is_rehearsal"""
        )


async def test_the_halls_hear_when_a_ceremony_begins_and_ends(awards_database: Database) -> None:
    edition_id = await signed(awards_database)
    made = await begun(awards_database)
    await close(awards_database, made.id, made.course.version)
    rows = await awards_database.rows(
        "SELECT subject, body FROM outbox WHERE subject LIKE 'awards.reveal.%' ORDER BY id"
    )
    told = [msgspec.json.decode(row["body"]) for row in rows]
    assert [row["subject"] for row in rows] == ["awards.reveal.opened.v1", "awards.reveal.closed.v1"]
    assert [(each["aggregate_id"], each["version"]) for each in told] == [(str(made.id), 1), (str(made.id), 2)]
    assert told[0]["address"] == f"/awards/reveals/{made.id}/screen"
    assert told[0]["edition_id"] == str(edition_id)
    assert told[0]["division_ids"] == [str(competition.DIVISION)]
    assert not [name for name in NAMES if name in str(told)]


async def test_one_press_sent_twice_moves_once(awards_database: Database) -> None:
    await signed(awards_database)
    made = await begun(awards_database)
    press_id = new_id()
    first = await press(awards_database, made.id, "next", 2, id=press_id)
    again = await press(awards_database, made.id, "next", 2, id=press_id)
    assert (first.step, again.step) == (1, 1)
    assert (first.version, again.version) == (3, 3)


async def test_a_console_that_is_behind_is_told_where_the_hall_is(awards_database: Database) -> None:
    await signed(awards_database)
    made = await begun(awards_database)
    await press(awards_database, made.id, "next", 2)
    with pytest.raises(Conflict, match="reveal_moved") as told:
        await press(awards_database, made.id, "next", 2)
    assert told.value.values == {"step": 2}
    assert await awards_database.value("SELECT step FROM reveals WHERE id = $1", made.id) == 1


async def test_the_script_is_public_after_the_end_if_the_whole_list_was_shown(awards_database: Database) -> None:
    await signed(awards_database)
    early = await begun(awards_database)
    await close(awards_database, early.id, 2)
    whole = await begun(awards_database)
    await press(awards_database, whole.id, "show", 2, whole.course.steps - 1)
    await close(awards_database, whole.id, 3)
    stored = await awards_database.rows("SELECT body, hash FROM reveal_scripts")
    async with transaction(awards_database.pool, "awards_public") as tx:
        assert await reveals.script(tx, whole.id) == tuple(stored[0])
        with pytest.raises(Missing):
            await reveals.script(tx, early.id)


async def test_a_press_of_one_ceremony_is_none_of_another(awards_database: Database) -> None:
    await signed(awards_database)
    running, drill = await begun(awards_database), await begun(awards_database, is_rehearsal=True)
    said = new_id()
    assert (await press(awards_database, drill.id, "next", 2, id=said)).step == 1
    with pytest.raises(Conflict, match="reveal_moved"):
        await press(awards_database, running.id, "next", 2, id=said)
    assert (await press(awards_database, drill.id, "next", 2, id=said)).version == 3


async def test_preparing_twice_is_preparing_once_and_a_second_ceremony_is_refused(awards_database: Database) -> None:
    await signed(awards_database)
    id = new_id()
    for _ in range(2):
        async with transaction(awards_database.pool, "awards_office") as tx:
            await reveals.prepare(tx, id, "teaching-9", False, OFFICE, SEALED)
    with pytest.raises(Conflict, match="reveal_prepared"):
        await prepared(awards_database)
    assert await awards_database.value("SELECT count(*) FROM reveals") == 1
