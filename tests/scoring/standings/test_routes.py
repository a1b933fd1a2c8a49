"""Standings, votes, lots and the ledger over HTTP."""

from hashlib import sha256
from typing import Any

from shared.ids import new_id
from tests.scoring.people import sign_in
from tests.scoring.samples import judge
from tests.scoring.stage import Hall, hall


def votes(stage: Hall, first: int) -> dict[str, str]:
    """`first` judges name the first entry, the others the second."""
    return {str(judge(n)): str(stage.entries[0 if n <= first else 1]) for n in range(1, 8)}


async def test_the_desk_sees_the_tie_and_records_the_panels_vote(scoring_database: Any, client: Any) -> None:
    stage, http = await hall(scoring_database), await client(scoring_database)
    await stage.mark_all()
    scorekeeper = await sign_in(scoring_database, http, "scorekeeper")
    division = f"/scoring/divisions/{stage.division_id}"
    before = (await scorekeeper.get(f"{division}/standings?stage=final")).json()
    assert [each["step"] for each in before["pending"]] == ["panel_vote"]
    tied = {"stage": "final", "entries": [str(each) for each in stage.entries]}
    early = await scorekeeper.post(f"{division}/lots", {"id": str(new_id()), **tied})
    assert (early.status_code, early.json()["code"]) == (422, "tie_not_waiting")
    cast = {"id": str(new_id()), **tied, "votes": votes(stage, 3), "minutes": "合议记录第1号"}
    answer = await scorekeeper.post(f"{division}/votes", cast)
    assert answer.status_code == 201
    after = (await scorekeeper.get(f"{division}/standings")).json()
    assert [(line["entry_id"], line["rank"], line["decided_by"]) for line in after["lines"]] == [
        (str(stage.entries[1]), 1, "panel_vote"),
        (str(stage.entries[0]), 2, "panel_vote"),
    ]
    assert after["ledger_position"] == before["ledger_position"] + 1


async def test_a_vote_comes_as_a_plain_form_too(scoring_database: Any, client: Any) -> None:
    stage, http = await hall(scoring_database), await client(scoring_database)
    await stage.mark_all()
    scorekeeper = await sign_in(scoring_database, http, "scorekeeper")
    fields = {f"votes.{each}": named for each, named in votes(stage, 4).items()}
    fields |= {"id": str(new_id()), "stage": "final", "minutes": "合议记录第1号"}
    path = f"/scoring/divisions/{stage.division_id}/votes"
    answer = await scorekeeper.form(path, {**fields, "entries": [str(each) for each in stage.entries]})  # type: ignore[dict-item]  # httpx repeats the field
    assert answer.status_code == 303
    assert await scoring_database.value("SELECT count(*) FROM tie_votes") == 1


async def test_a_judge_sees_neither_standings_nor_ledger(scoring_database: Any, client: Any) -> None:
    stage, http = await hall(scoring_database), await client(scoring_database)
    sender = await sign_in(scoring_database, http, "judge", handle=judge(1))
    for name in ("standings", "ledger"):
        refused = await sender.get(f"/scoring/divisions/{stage.division_id}/{name}")
        assert refused.status_code == 403


async def test_the_supervisor_reads_a_chain_that_anybody_can_hash_again(scoring_database: Any, client: Any) -> None:
    stage, http = await hall(scoring_database), await client(scoring_database)
    await stage.mark_all()
    supervisor = await sign_in(scoring_database, http, "supervisor")
    told = (await supervisor.get(f"/scoring/divisions/{stage.division_id}/ledger")).json()
    assert told["broken_at"] is None
    previous = bytes(32)
    for entry in told["entries"]:
        previous = sha256(previous + entry["entry"].encode()).digest()
        assert entry["hash"] == previous.hex()
    assert len(told["entries"]) == 2 * 7 * 3
