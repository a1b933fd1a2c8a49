"""The ballot against PostgreSQL: secrecy, finality, and the shipped case from the first paper to the list."""

import asyncio
from collections import Counter
from itertools import cycle
from uuid import UUID

import asyncpg
import pytest

from services.awards.ballots import actions
from shared.db import savepoint, transaction
from shared.errors import Conflict, Faulty, NotAllowed, Refused
from shared.ids import new_id
from tests.awards import sample
from tests.awards.sample import FACULTIES, MEETING, SOMEBODY
from tests.conftest import Database

VOTERS = [account for account in sample.PRESENT if account != "1016"]


def shipped_papers(made: dict[str, UUID]) -> dict[str, list[UUID]]:
    """Seven papers of four faculties each that come to 6, 6, 6, 5, 5; 17 wins 6:1 and 20 wins 5:2."""
    without = cycle(["01", "02", "03", "04", "04", "05", "05"])
    papers = {}
    for number, voter in enumerate(VOTERS):
        left_out = next(without)
        faculties = [made[code] for code in FACULTIES if code != left_out]
        papers[voter] = [*faculties, made["17" if number else "18"], made["20" if number > 1 else "24"]]
    return papers


async def test_e_shipped_seven_papers_elect_three_faculties_and_the_fourth_seat_is_voted_on_again(
    awards_database: Database,
) -> None:
    programme_id, made = await sample.ready(awards_database)
    first = await sample.open_round(awards_database, programme_id)
    assert (first.due, first.present, first.issued) == (9, 8, 7)
    for voter, yes in shipped_papers(made).items():
        await sample.cast(awards_database, first, voter, yes)
    first = await sample.close(awards_database, first)
    faculty, office, service = first.outcomes
    assert [faculty.counts[made[code]].yes for code in FACULTIES] == [6, 6, 6, 5, 5]
    assert faculty.needed == 5
    assert set(faculty.elected) == {made["01"], made["02"], made["03"]}
    assert (office.elected, service.elected) == ((made["17"],), (made["20"],))
    assert await awards_database.value("SELECT count(*) FROM proposals") == 0

    second = await sample.open_round(awards_database, programme_id)
    assert second.round == 2
    assert [(set(c.candidates), c.seats) for c in second.contests] == [({made["04"], made["05"]}, 1)]
    for number, voter in enumerate(VOTERS):
        await sample.cast(awards_database, second, voter, [made["04" if number < 4 else "05"]])
    second = await sample.close(awards_database, second)
    assert second.outcomes[0].elected == (made["04"],)

    awards = await awards_database.rows("SELECT name, division_key, result, tier FROM awards ORDER BY position")
    assert [tuple(row) for row in awards] == [
        ("第01分工会", "faculty", "6", "模范教工之家"),
        ("第02分工会", "faculty", "6", "模范教工之家"),
        ("第03分工会", "faculty", "6", "模范教工之家"),
        ("第04分工会", "faculty", "4", "模范教工之家"),
        ("第17分工会", "office", "6", "模范教工之家"),
        ("第20分工会", "service", "5", "模范教工之家"),
    ]
    cites = await awards_database.value("SELECT cites FROM proposals")
    assert cites == [first.id, second.id]
    with pytest.raises(Conflict, match="ballot_finished"):
        await sample.open_round(awards_database, programme_id)


AUDIENCES = ["public", "gate", "member", "committee", "office", "supervisor", "system"]


@pytest.mark.parametrize("audience", AUDIENCES)
async def test_no_role_reads_a_vote_before_the_close(awards_database: Database, audience: str) -> None:
    programme_id, made = await sample.ready(awards_database)
    ballot = await sample.open_round(awards_database, programme_id)
    await sample.cast(awards_database, ballot, "1011", [made["17"]])
    assert await awards_database.value("SELECT count(*) FROM urn") == 9
    async with transaction(awards_database.pool, f"awards_{audience}") as tx:
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            async with savepoint(tx):
                await tx.fetch("SELECT * FROM urn")
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            async with savepoint(tx):
                await tx.fetch("SELECT open_urn($1)", ballot.id)
        if audience in ("committee", "supervisor"):
            assert await tx.fetch("SELECT * FROM votes") == []
        else:
            with pytest.raises(asyncpg.InsufficientPrivilegeError):
                async with savepoint(tx):
                    await tx.fetch("SELECT * FROM votes")


@pytest.mark.parametrize("audience", AUDIENCES)
@pytest.mark.parametrize("table", ["urn", "votes"])
@pytest.mark.parametrize("statement", ["UPDATE {} SET choice = 'yes'", "DELETE FROM {}", "TRUNCATE {}"])
async def test_no_role_changes_a_vote(awards_database: Database, audience: str, table: str, statement: str) -> None:
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        async with transaction(awards_database.pool, f"awards_{audience}") as tx:
            await tx.execute(statement.format(table))


async def test_nothing_stored_links_a_vote_to_its_voter(awards_database: Database) -> None:
    programme_id, made = await sample.ready(awards_database)
    ballot = await sample.open_round(awards_database, programme_id)
    papers = shipped_papers(made)
    for voter in reversed(VOTERS):
        await sample.cast(awards_database, ballot, voter, papers[voter])
    await sample.close(awards_database, ballot)
    columns = await awards_database.rows(
        "SELECT table_name, column_name FROM information_schema.columns WHERE table_name IN ('urn', 'votes')"
    )
    assert {row["column_name"] for row in columns} == {"id", "ballot_id", "candidate", "choice"}
    votes = await awards_database.rows("SELECT id, xmin::text::bigint AS made FROM votes ORDER BY ctid")
    roll = await awards_database.rows("SELECT seat, xmin::text::bigint AS made FROM ballot_roll ORDER BY ctid")
    assert len(votes) == 63
    assert [row["id"] for row in votes] == sorted(row["id"] for row in votes)
    assert {row["id"].version for row in votes} == {4}
    assert [row["seat"] for row in roll] == list(range(1, 10))
    assert len({row["made"] for row in votes} | {row["made"] for row in roll}) == 1
    assert await awards_database.value("SELECT count(*) FROM urn") == 0


async def test_a_vote_is_final(awards_database: Database) -> None:
    programme_id, made = await sample.ready(awards_database)
    ballot = await sample.open_round(awards_database, programme_id)
    await sample.cast(awards_database, ballot, "1011", [made["17"]])
    with pytest.raises(Conflict, match="vote_final"):
        await sample.cast(awards_database, ballot, "1011", [made["18"]])
    assert await awards_database.value("SELECT count(*) FROM urn") == 9


async def test_sixteen_papers_of_one_voter_at_once_count_once(awards_database: Database) -> None:
    programme_id, made = await sample.ready(awards_database)
    ballot = await sample.open_round(awards_database, programme_id)
    tries = [sample.cast(awards_database, ballot, "1011", [made["17"]]) for _ in range(16)]
    outcomes = await asyncio.gather(*tries, return_exceptions=True)
    assert Counter(type(each) for each in outcomes) == {type(None): 1, Conflict: 15}
    assert await awards_database.value("SELECT count(*) FROM urn") == 9


async def test_all_papers_at_once_count_all(awards_database: Database) -> None:
    programme_id, made = await sample.ready(awards_database)
    ballot = await sample.open_round(awards_database, programme_id)
    await asyncio.gather(*[sample.cast(awards_database, ballot, v, yes) for v, yes in shipped_papers(made).items()])
    assert (await sample.close(awards_database, ballot)).valid == 7


@pytest.mark.parametrize(
    ("account", "code"), [("1015", "marked_absent"), ("1016", "recused"), ("2041", "not_on_roll")]
)
async def test_who_has_no_paper_cannot_vote(awards_database: Database, account: str, code: str) -> None:
    programme_id, _ = await sample.ready(awards_database)
    ballot = await sample.open_round(awards_database, programme_id)
    with pytest.raises(NotAllowed, match=code):
        await sample.cast(awards_database, ballot, account, [])
    assert await awards_database.value("SELECT count(*) FROM urn") == 0


async def test_a_role_cannot_stuff_the_urn_by_sql(awards_database: Database) -> None:
    programme_id, made = await sample.ready(awards_database)
    ballot = await sample.open_round(awards_database, programme_id)
    with pytest.raises(asyncpg.CheckViolationError):
        async with transaction(awards_database.pool, "awards_committee") as tx:
            await tx.execute("INSERT INTO urn VALUES ($1, $2, $3, 'yes')", new_id(), ballot.id, made["17"])
    with pytest.raises(asyncpg.CheckViolationError):
        async with transaction(awards_database.pool, "awards_committee", None, sample.handle("1011")) as tx:
            await tx.execute("UPDATE ballot_roll SET has_voted = true WHERE ballot_id = $1", ballot.id)
    async with transaction(awards_database.pool, "awards_committee") as tx:
        done = await tx.execute("UPDATE ballot_roll SET has_voted = true WHERE ballot_id = $1", ballot.id)
    assert done == "UPDATE 0"


async def test_nothing_drops_into_a_closed_urn(awards_database: Database) -> None:
    programme_id, made = await sample.ready(awards_database)
    ballot = await sample.open_round(awards_database, programme_id)
    for voter, yes in shipped_papers(made).items():
        await sample.cast(awards_database, ballot, voter, yes)
    await sample.close(awards_database, ballot)
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        async with transaction(awards_database.pool, "awards_committee") as tx:
            await tx.execute("INSERT INTO urn VALUES ($1, $2, $3, 'yes')", new_id(), ballot.id, made["17"])


async def test_a_round_ends_with_the_last_paper_or_at_its_time(awards_database: Database) -> None:
    programme_id, made = await sample.ready(awards_database)
    ballot = await sample.open_round(awards_database, programme_id)
    await sample.cast(awards_database, ballot, "1011", [made["17"]])
    with pytest.raises(Refused) as told:
        await sample.close(awards_database, ballot)
    assert (told.value.code, told.value.values["voted"], told.value.values["issued"]) == ("ballot_still_open", 1, 7)
    async with transaction(awards_database.pool, "awards_committee") as tx:
        closed = await actions.close(tx, ballot.id, SOMEBODY, ballot.closes_at)
    assert (closed.valid, [outcome.empty for outcome in closed.outcomes]) == (1, [4, 1, 1])


async def test_no_ballot_opens_before_its_time_or_without_quorum(awards_database: Database) -> None:
    programme_id, _ = await sample.ready(awards_database)
    with pytest.raises(Refused, match="quorum_missing"):
        await sample.open_round(awards_database, programme_id, present=sample.ACCOUNTS[:5], recused=())
    async with transaction(awards_database.pool, "awards_committee") as tx:
        with pytest.raises(Refused, match="ballot_not_yet"):
            await actions.open_round(tx, new_id(), programme_id, sample.PRESENT, [], None, SOMEBODY, sample.EXAMINING)


async def test_what_is_not_examined_yet_stops_the_opening_and_is_named(awards_database: Database) -> None:
    programme_id = await sample.install(awards_database)
    made = await sample.nominate(awards_database, programme_id, ["01", "17"])
    await sample.examine(awards_database, programme_id, {"17": made["17"]})
    with pytest.raises(Faulty) as told:
        await sample.open_round(awards_database, programme_id)
    assert [(fault.code, fault.value) for fault in told.value.faults] == [("scorecard_unaudited", "第01分工会")]


async def test_opening_the_same_round_twice_is_once(awards_database: Database) -> None:
    programme_id, _ = await sample.ready(awards_database)
    ballot_id = new_id()
    for _ in range(2):
        async with transaction(awards_database.pool, "awards_committee") as tx:
            await actions.open_round(tx, ballot_id, programme_id, sample.PRESENT, [], None, SOMEBODY, MEETING)
    assert await awards_database.value("SELECT count(*) FROM ballots") == 1
    with pytest.raises(Conflict, match="ballot_open"):
        await sample.open_round(awards_database, programme_id)
