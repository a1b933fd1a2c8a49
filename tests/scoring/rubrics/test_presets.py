"""The presets can be looked through, read in words and taken home by those who prepare a contest; unconfirmed ones are off."""

from typing import Any

import pytest

from services.scoring.mark_files import actions as mark_files
from services.scoring.rubrics import actions
from services.scoring.rubrics.domain.presets import GROUPS
from shared.db import transaction
from shared.errors import Faulty, Refused
from tests.scoring.contests import NAMES, PRESETS, preset
from tests.scoring.people import sign_in
from tests.scoring.stage import NOW

FROM_MEMORY = sorted(name for name in NAMES if preset(name).from_memory)


def test_every_preset_stands_in_one_group() -> None:
    assert sorted(name for names in GROUPS.values() for name in names) == NAMES == sorted(actions.presets())


def test_some_presets_are_from_memory_and_the_named_ones_are_not() -> None:
    assert FROM_MEMORY == [
        "chopin-2005", "exhibition-places", "qjs-criteria-per-judge", "qjs-criteria-per-part", "worldskills-judgement",
    ]  # fmt: skip


@pytest.mark.parametrize("name", FROM_MEMORY)
async def test_a_preset_from_memory_is_neither_attached_nor_scored_by(scoring_database: Any, name: str) -> None:
    with pytest.raises(Refused, match="rule_from_memory"):
        async with transaction(scoring_database.pool, "scoring_desk") as tx:
            await actions.attach(tx, "choir", preset(name), "", None, NOW)
    with pytest.raises(Faulty) as refused:
        mark_files.rule(name)
    assert [(fault.code, fault.file) for fault in refused.value.faults] == [("rule_from_memory", name)]


async def test_organisers_read_a_preset_in_words_and_take_its_file(scoring_database: Any, client: Any) -> None:
    keeper = await sign_in(scoring_database, await client(scoring_database), "organiser")
    listed = (await keeper.get("/scoring/presets")).json()["presets"]
    assert sorted(each["name"] for each in listed) == NAMES
    assert sorted(each["name"] for each in listed if each["from_memory"]) == FROM_MEMORY
    page = (await keeper.get("/scoring/presets", accept="text/html")).text
    assert "青年教师教学竞赛 20+75+5" in page and page.count("未核对，停用") == len(FROM_MEMORY)
    page = (await keeper.get("/scoring/presets/chopin-2005", accept="text/html")).text
    assert "未核对，停用" in page and "konkursy.miedzynarodowe.chopin.pl" in page
    file = await keeper.get("/scoring/presets/aerobic/file")
    assert file.content == (PRESETS / "aerobic.toml").read_bytes()
    assert file.headers["content-disposition"] == "attachment; filename*=UTF-8''aerobic.toml"


async def test_every_preset_has_a_page_in_both_languages(scoring_database: Any, client: Any) -> None:
    http = await client(scoring_database)
    keeper = await sign_in(scoring_database, http, "scorekeeper")
    for language, title in (("zh-CN", "title"), ("en", "title_en")):
        for name in NAMES:
            answer = await keeper.get(f"/scoring/presets/{name}?language={language}", accept="text/html")
            assert answer.status_code == 200 and getattr(preset(name), title).replace("'", "&#39;") in answer.text


async def test_no_preset_of_that_name(scoring_database: Any, client: Any) -> None:
    keeper = await sign_in(scoring_database, await client(scoring_database), "supervisor")
    answer = await keeper.get("/scoring/presets/diving-8")
    assert (answer.status_code, answer.json()["code"]) == (404, "preset_unknown")
    assert "diving-7" in answer.json()["detail"]
