"""Anybody can read the rule a score set cites, in words, and hash it again."""

from hashlib import sha256
from typing import Any

from services.scoring.rubrics.domain import rule_hash
from tests.scoring.samples import TEACHING
from tests.scoring.stage import hall

JSON = {"Accept": "application/json"}


async def test_a_rule_is_public_by_its_hash(scoring_database: Any, client: Any) -> None:
    await hall(scoring_database)
    http = await client(scoring_database)
    told = (await http.get(f"/scoring/rules/{rule_hash(TEACHING)}", headers=JSON)).json()
    assert sha256(told["canonical"].encode()).hexdigest() == told["hash"] == rule_hash(TEACHING)


async def test_a_rule_is_read_in_words_in_both_languages(scoring_database: Any, client: Any) -> None:
    await hall(scoring_database)
    http = await client(scoring_database)
    pages = {}
    for language in ("zh-CN", "en"):
        headers = {"Accept": "text/html", "Accept-Language": language}
        answer = await http.get(f"/scoring/rules/{rule_hash(TEACHING)}", headers=headers)
        assert answer.status_code == 200
        pages[language] = answer.text
        assert rule_hash(TEACHING) in answer.text
    assert "按每位评委的总分：去掉 1 个最高、1 个最低，其余取平均。" in pages["zh-CN"]
    assert "the 1 highest and 1 lowest are left out, the rest averaged" in pages["en"]


async def test_an_unknown_rule_is_missing(scoring_database: Any, client: Any) -> None:
    http = await client(scoring_database)
    answer = await http.get("/scoring/rules/00", headers=JSON)
    assert (answer.status_code, answer.json()["code"]) == (404, "rule_unknown")
