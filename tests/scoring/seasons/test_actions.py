import pytest

from services.scoring.panels import actions as panels
from services.scoring.rubrics import actions as rubrics
from services.scoring.seasons import actions
from services.scoring.seasons.domain import Check
from shared.db import transaction
from shared.errors import Conflict, Faulty
from shared.ids import new_id, opaque
from shared.tables import Folder
from tests.conftest import Database
from tests.scoring.samples import TEACHING
from tests.scoring.seasons.test_domain import MARKS, SEASON, folder, roster
from tests.scoring.stage import NOW, SCOREKEEPER, hall

KEY = bytes(32)


def whole(season: str = SEASON, marks: str = MARKS) -> Folder:
    return Folder({**folder(season, marks=marks).files, "members.xlsx": roster()})


async def checked(database: Database, made: Folder) -> Check:
    async with transaction(database.pool, "scoring_desk") as tx:
        return await actions.check(tx, made, new_id(), SCOREKEEPER, NOW)


async def load(database: Database, check: Check) -> str:
    async with transaction(database.pool, "scoring_desk") as tx:
        return await actions.load(tx, check.id, KEY, SCOREKEEPER, NOW)


async def test_a_clean_folder_brings_rule_panel_and_roles(scoring_database: Database) -> None:
    assert await load(scoring_database, await checked(scoring_database, whole())) == "s"
    async with transaction(scoring_database.pool, "scoring_desk") as tx:
        attached = await rubrics.of_activity(tx, "teaching-9")
    assert attached is not None and attached.preselection_part == "design"
    grants = await scoring_database.rows("SELECT role, handle, scope FROM grants ORDER BY role, handle")
    roles = {(row["role"], row["handle"]) for row in grants}
    assert ("scorekeeper", opaque(KEY, "account", "W01")) in roles and ("supervisor", opaque(KEY, "account", "W02")) in roles
    assert ("judge", opaque(KEY, "account", "W06")) in roles and ("panel_leader", opaque(KEY, "account", "W01")) in roles
    assert await scoring_database.value("SELECT unit_id FROM seats WHERE name = '甲'") == opaque(KEY, "unit", "外校")


async def test_the_numbers_of_prizes_are_kept_up_to_the_rest_to_show_prize_edges_by(scoring_database: Database) -> None:
    tiers = 'tiers = [{ name = "一等奖", count = 2 }, { name = "二等奖", name_en = "Second", count = 4 }, { name = "优秀奖", rest = true }]'
    season = SEASON.replace('key = "arts"', f'key = "arts"\n{tiers}', 1)
    await load(scoring_database, await checked(scoring_database, whole(season)))
    rows = await scoring_database.rows("SELECT division_key, position, name, name_en, count FROM prize_numbers ORDER BY position")
    assert [tuple(row) for row in rows] == [("arts", 1, "一等奖", "", 2), ("arts", 2, "二等奖", "Second", 4)]


async def test_the_same_folder_again_changes_nothing(scoring_database: Database) -> None:
    await load(scoring_database, await checked(scoring_database, whole()))
    assert await load(scoring_database, await checked(scoring_database, whole())) == "s"
    assert await scoring_database.value("SELECT count(*) FROM panels") == 1


async def test_the_same_key_with_other_content_is_refused(scoring_database: Database) -> None:
    await load(scoring_database, await checked(scoring_database, whole()))
    with pytest.raises(Conflict, match="season_exists"):
        await load(scoring_database, await checked(scoring_database, whole(marks=MARKS.replace("18.5", "18.4"))))


async def test_nothing_is_stored_while_there_is_one_fault(scoring_database: Database) -> None:
    check = await checked(scoring_database, whole(SEASON.replace('key = "arts"', "")))
    assert [fault.code for fault in check.faults][0] == "setting_absent"
    with pytest.raises(Faulty):
        await load(scoring_database, check)
    assert await scoring_database.value("SELECT count(*) FROM seasons") == 0
    assert await scoring_database.value("SELECT count(*) FROM grants") == 0


async def test_a_panel_that_comes_after_the_roll_is_seated_at_once(scoring_database: Database) -> None:
    place = await hall(scoring_database, rule=TEACHING, judges=0)
    await scoring_database.execute("DELETE FROM activity_rules")
    await load(scoring_database, await checked(scoring_database, whole()))
    async with transaction(place.pool, "scoring_desk") as tx:
        states = [each.state for each in await panels.assignments(tx, place.division_id)]
    assert (states.count("judging"), states.count("shadow")) == (5 * len(place.entries), len(place.entries))
