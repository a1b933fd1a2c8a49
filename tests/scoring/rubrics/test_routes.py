"""Anybody can look up the rule a score set cites, and hash it again."""

from hashlib import sha256
from typing import Any

from services.scoring.rubrics.domain import rule_hash
from tests.scoring.samples import TEACHING
from tests.scoring.stage import hall


async def test_a_rule_is_public_by_its_hash(scoring_database: Any, client: Any) -> None:
    await hall(scoring_database)
    http = await client(scoring_database)
    told = (await http.get(f"/scoring/rules/{rule_hash(TEACHING)}")).json()
    assert sha256(told["canonical"].encode()).hexdigest() == told["hash"] == rule_hash(TEACHING)


async def test_an_unknown_rule_is_missing(scoring_database: Any, client: Any) -> None:
    http = await client(scoring_database)
    answer = await http.get("/scoring/rules/00", headers={"Accept": "application/json"})
    assert (answer.status_code, answer.json()["code"]) == (404, "rule_unknown")
