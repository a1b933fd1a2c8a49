"""What is stored of a sealed competition for its readers: when it changes, who may read it, and the rebuild."""

import json
from typing import Any
from uuid import UUID

import msgspec
import pytest

from services.scoring import cli
from services.scoring.prizes import actions as prizes
from services.scoring.prizes.domain import Prize
from services.scoring.proofs import actions
from shared.db import transaction
from shared.errors import Missing
from shared.ids import new_id
from shared.verifier.verify import verify
from tests.conftest import Database
from tests.scoring.correcting import applied, sheet, spread
from tests.scoring.sealed import CHAIN, ENTRIES, opened, own, public, sealed
from tests.scoring.seated import beside
from tests.scoring.stage import NOW, Hall
from tests.scoring.two_people import lock, release, seal

BUNDLE = "SELECT root, hash, content FROM public_bundles"
STATEMENTS = "SELECT * FROM statements ORDER BY division_id, position"


def codes(bundle: bytes) -> list[str]:
    """Codes of the results a public bundle states, in rank order."""
    entries = [json.loads(each["entry"]) for each in json.loads(bundle)["statements"]]
    return [each["body"]["code"] for each in entries if each["kind"] == "stated"]


async def foresee(database: Database, *counts: int) -> None:
    async with transaction(database.pool, "scoring_desk") as tx:
        await prizes.keep(tx, "teaching-9", "arts", [Prize(f"{place}等奖", "", count) for place, count in enumerate(counts, start=1)])


async def test_nothing_is_public_until_the_release_and_then_what_was_stated(scoring_database: Database) -> None:
    place = await sealed(scoring_database)
    assert await scoring_database.rows(BUNDLE) == []
    with pytest.raises(Missing, match="bundle_before_release"):
        await public(place)
    await release(place)
    (row,) = await scoring_database.rows(BUNDLE)
    assert row["content"] == await public(place) and verify(row["content"])["root"] == row["root"]
    assert b"marks_stated" not in row["content"]


async def test_of_a_division_that_was_not_released_only_its_length_is_told(scoring_database: Database) -> None:
    place = await spread(scoring_database)
    second = await beside(place)
    await second.mark_all()
    await lock(second, "final")
    await seal(place, "final")
    await release(place)
    assert await scoring_database.rows(BUNDLE) == []  # released, but not all is sealed
    await seal(second, "final")
    first = await public(place)
    told = [json.loads(each["entry"])["division"] for each in json.loads(first)["statements"]]
    assert set(told) == {str(place.division_id)} and first.count(str(second.division_id).encode()) == len(told)
    assert not any(str(entry).encode() in first for entry in second.entries)
    await release(second)
    assert verify(await public(place))["ranks"] == len(place.entries) + len(second.entries)


async def test_one_by_one_the_last_release_makes_it_public(scoring_database: Database) -> None:
    place = await sealed(scoring_database, rule=msgspec.structs.replace(CHAIN, release="per_entry"))
    for entry in place.entries:
        assert await scoring_database.rows(BUNDLE) == []
        await release(place, entry)
    assert len(codes(await public(place))) == ENTRIES


async def test_only_the_winners_are_posted_where_the_season_has_prize_numbers(scoring_database: Database) -> None:
    await foresee(scoring_database, 1, 1)
    place = await sealed(scoring_database)
    await release(place)
    made = await public(place)
    assert codes(made) == ["A01", "A03"] and verify(made)["ranks"] == 2  # the vote put A03 before A02
    losers = [str(place.entries[at]).encode() for at in (1, 3, 4)]
    assert not any(each in made for each in losers)


async def test_who_ties_at_the_edge_is_posted_too(scoring_database: Database) -> None:
    await foresee(scoring_database, 1, 2)
    place = await spread(scoring_database, 5, is_locked=False)
    for judge in range(7):  # the third and the fourth lie level
        await place.send(again(place, judge, 3, "25.0", await last(place, judge, 3)))
    await lock(place, "final")
    await seal(place, "final")
    await release(place)
    assert sorted(codes(await public(place))) == ["A01", "A02", "A03", "A04"]
    assert verify(await public(place))["ranks"] == 4


def again(place: Hall, judge: int, entry: int, content: str, base: UUID) -> Any:
    marks = {"content": content, "delivery": "40.0"}
    return place.revision(place.judges[judge], place.entries[entry], "lesson", marks, base=base, reason="looked again")


async def last(place: Hall, judge: int, entry: int) -> UUID:
    found: UUID = await place.database.value(
        "SELECT revision_id FROM sheet_heads WHERE judge_id = $1 AND entry_id = $2 AND part = 'lesson'",
        place.judges[judge], place.entries[entry],
    )  # fmt: skip
    return found


async def test_a_correction_after_the_release_renews_what_is_public(scoring_database: Database) -> None:
    place = await spread(scoring_database, is_released=True, is_sealed=True)
    (before,) = await scoring_database.rows(BUNDLE)
    await applied(place, sheet(place, 0, 1, "29.0", was="26.0"))
    (after,) = await scoring_database.rows(BUNDLE)
    assert after["hash"] != before["hash"] and after["root"] != before["root"]
    assert after["root"] == await scoring_database.value("SELECT root FROM roots") == verify(after["content"])["root"]
    versions = {json.loads(each["entry"])["body"]["version"] for each in json.loads(after["content"])["statements"]}
    assert versions == {2}
    kinds = await scoring_database.rows("SELECT kind, count(*) AS count FROM statements GROUP BY kind")
    assert {each["kind"]: each["count"] for each in kinds} == {"stated": 4, "marks_stated": 4, "score_set_sealed": 1}


async def test_the_public_reads_bundles_and_no_statement(scoring_database: Database) -> None:
    await sealed(scoring_database)
    for table in ("statements", "ledger", "score_sets", "roots", "releases", "standings", "prize_numbers", "board_names"):
        with pytest.raises(Exception, match="permission denied|does not exist"):
            async with transaction(scoring_database.pool, "scoring_public") as tx:
                await tx.fetch(f"SELECT * FROM {table}")
    async with transaction(scoring_database.pool, "scoring_public") as tx:
        assert await tx.fetch(BUNDLE) == []
    with pytest.raises(Exception, match="permission denied"):
        async with transaction(scoring_database.pool, "scoring_public") as tx:
            await tx.execute("DELETE FROM public_bundles")


async def test_a_contestant_reads_the_own_statements_and_nobody_elses(scoring_database: Database) -> None:
    place = await sealed(scoring_database)
    people = await opened(place)
    mine, other = place.entries[0], place.entries[1]
    assert verify(await own(place, mine, people[mine]))["results"] == 2
    with pytest.raises(Missing, match="bundle_not_yours"):
        await own(place, other, people[mine])
    async with transaction(place.pool, "scoring_member", people[mine]) as tx:
        rows = await tx.fetch(STATEMENTS)
    assert {each["entry_id"] for each in rows} == {mine, None} and len(rows) == 6
    async with transaction(place.pool, "scoring_member", new_id()) as tx:
        assert await tx.fetch(STATEMENTS) == []
    with pytest.raises(Exception, match="permission denied"):
        async with transaction(place.pool, "scoring_member", people[mine]) as tx:
            await tx.execute("DELETE FROM statements")


async def test_an_own_bundle_waits_for_the_root(scoring_database: Database) -> None:
    place = await spread(scoring_database)
    people = await opened(place)
    with pytest.raises(Missing, match="bundle_before_seal"):
        await own(place, place.entries[0], people[place.entries[0]])


async def test_a_rebuild_makes_root_statements_and_public_bundle_equal(scoring_database: Database) -> None:
    await foresee(scoring_database, 1, 1)
    place = await sealed(scoring_database)
    await release(place)
    stored = [await scoring_database.rows(sql) for sql in (BUNDLE, STATEMENTS, "SELECT * FROM roots")]
    assert set((await cli.rebuild(place.pool, NOW))[place.division_id].values()) == {0}
    for table in ("public_bundles", "statements", "roots", "sealed_chains"):
        await scoring_database.execute(f"DELETE FROM {table}")
    found = (await cli.rebuild(place.pool, NOW))[place.division_id]
    assert (found["roots"], found["statements"], found["public_bundles"]) == (1, 4 * ENTRIES + 2, 1)
    assert [await scoring_database.rows(sql) for sql in (BUNDLE, STATEMENTS, "SELECT * FROM roots")] == stored
    await scoring_database.execute("UPDATE statements SET body = replace(body, 'A01', 'A99')")
    await scoring_database.execute("UPDATE public_bundles SET content = '\\x00', hash = encode(sha256('\\x00'), 'hex')")
    assert (await cli.rebuild(place.pool, NOW))[place.division_id]["public_bundles"] == 1
    assert [await scoring_database.rows(sql) for sql in (BUNDLE, STATEMENTS, "SELECT * FROM roots")] == stored


async def test_who_has_the_bundle_is_not_sent_it_again(scoring_database: Database) -> None:
    place = await sealed(scoring_database)
    await release(place)
    async with transaction(place.pool, "scoring_public") as tx:
        whole = await actions.public(tx, "teaching-9", ("0" * 64,))
        known = await actions.public(tx, "teaching-9", (whole.hash,))
    assert (known.hash, known.content) == (whole.hash, b"") and whole.content
