"""Who has come, and the list to print."""

import pytest

from services.registration.check_ins import actions
from shared.db import transaction
from shared.errors import Refused
from tests.registration.small_season import ADMISSION, LATE, ORGANISER, Season


async def test_a_check_in_is_noted_once_and_only_for_who_has_a_place(season: Season) -> None:
    await season.open(places=1, eligibility=(), quota_base=None, quota=(), order=())
    sent = [await season.signs_up(str(2001 + n)) for n in range(2)]
    outcome = await season.admits(now=ADMISSION)
    async with transaction(season.pool, "registration_organiser", ORGANISER) as tx:
        for _ in range(2):
            await actions.check_in(tx, outcome.admitted[0], ORGANISER, LATE)
        found = await actions.presence(tx, season.divisions["work"].id)
        with pytest.raises(Refused, match="not_admitted"):
            await actions.check_in(tx, outcome.waiting[0], ORGANISER, LATE)
    assert [(line["id"], line["checked_in_at"]) for line in found.lines] == [(outcome.admitted[0], LATE)]
    assert {e.id for e in sent} == {*outcome.admitted, *outcome.waiting}


def test_the_list_to_sign_is_a_pdf_and_the_same_data_gives_the_same_bytes() -> None:
    made = [actions.printed("教学竞赛 工科组 签到表", "第二会场", ["序号", "姓名", "签字"], [["1", "𡚸若溪", ""]], ["监督员"])
            for _ in range(2)]  # fmt: skip
    assert made[0].startswith(b"%PDF") and made[0] == made[1]
