"""The incidents of the shipped season that sign-up and branches meet; the number is the test's name."""

from datetime import date

import pytest

from shared.errors import Faulty, Refused
from tests.registration.small_season import ADMISSION, LATE, PROMOTION, Season


async def test_E1_a_branch_that_sends_four_orders_its_first_three_and_the_surplus_is_returned(season: Season) -> None:
    await season.open(places=9)
    sent = [await season.signs_up(str(2001 + n)) for n in range(4)]
    with pytest.raises(Faulty) as told:
        await season.recommends("05", *sent)
    assert [(f.code, f.field, f.values) for f in told.value.faults] == [
        ("over_quota", f"numbers.{sent[3].id}", {"quota": "3"})
    ]
    assert set((await season.states()).values()) == {"submitted"}
    await season.recommends("05", *sent[:3])
    await season.sends_back(sent[3], recommendation="超出限报数")
    assert list((await season.states()).values()) == ["approved", "approved", "approved", "returned"]


async def test_E1_what_no_branch_recommended_goes_back_when_the_review_is_over(season: Season) -> None:
    await season.open(places=9)
    sent = [await season.signs_up(str(2001 + n)) for n in range(4)]
    await season.recommends("05", *sent[:3])
    await season.admits()
    assert list((await season.states()).values()) == ["admitted", "admitted", "admitted", "returned"]
    reasons = await season.database.value("SELECT reasons FROM entries WHERE id = $1", sent[3].id)
    assert "not_recommended" in reasons


async def test_E2_a_man_born_on_the_day_itself_is_refused_by_one_day_and_one_born_the_day_after_is_taken(
    season: Season,
) -> None:
    await season.open()
    refused = await season.signs_up("2031", born=date(1985, 5, 31))
    taken = await season.signs_up("2032", born=date(1985, 6, 1))
    assert (refused.state, taken.state) == ("refused", "submitted")
    assert [(r.code, r.days) for r in refused.reasons] == [("born_too_early", 1)]
    assert await season.states() == {"2031": "refused", "2032": "submitted"}


async def test_E3_one_year_and_eleven_months_are_refused_and_the_day_of_completion_is_said(season: Season) -> None:
    await season.open()
    refused = await season.signs_up("2041", teaching_since=date(2024, 5, 10))
    assert refused.state == "refused"
    assert [(r.code, r.until, r.days) for r in refused.reasons] == [("teaching_too_short", date(2026, 5, 10), 30)]


async def test_E4_of_two_people_with_the_same_course_the_later_one_is_returned(season: Season) -> None:
    await season.open()
    first = await season.signs_up("2051", course="材料力学")
    second = await season.signs_up("2052", course="《材料 力学》", branch="12")
    assert (first.state, second.state) == ("submitted", "returned")
    assert [(r.code, r.field) for r in second.reasons] == [("course_taken", "course")]
    assert await season.states() == {"2051": "submitted", "2052": "returned"}


async def test_E5_a_member_who_works_by_dispatch_is_taken(season: Season) -> None:
    await season.open()
    assert (await season.signs_up("2061", employment="劳务派遣")).state == "submitted"


async def test_E6_a_former_first_prize_is_refused(season: Season) -> None:
    await season.open()
    refused = await season.signs_up("2099")
    assert refused.state == "refused"
    assert [(r.code, r.title) for r in refused.reasons] == [("listed", "历届校一等奖")]


async def test_E7_a_place_freed_before_the_draw_goes_to_the_first_who_waits_and_after_it_stays_empty(
    season: Season,
) -> None:
    await season.open(places=2)
    mechanics = [await season.signs_up(str(2071 + n), branch="12") for n in range(2)]
    others = [await season.signs_up(str(2081 + n)) for n in range(2)]
    await season.recommends("12", *mechanics)
    await season.recommends("05", *others)
    await season.admits(now=ADMISSION)
    before = await season.states()
    admitted = [e for e in (*mechanics, *others) if before[staff_no(season, e)] == "admitted"]
    waiting = [e for e in (*mechanics, *others) if before[staff_no(season, e)] == "waiting"]
    assert (len(admitted), len(waiting)) == (2, 2)
    _, promoted = await season.withdraws(admitted[0], PROMOTION)
    assert len(promoted) == 1 and promoted[0].id in {e.id for e in waiting}
    assert await season.places_held() == 2
    _, nobody = await season.withdraws(admitted[1], LATE)
    assert nobody == []
    assert await season.places_held() == 1
    assert sorted((await season.states()).values()) == ["admitted", "waiting", "withdrawn", "withdrawn"]


async def test_a_sign_up_after_the_close_is_refused_and_nothing_is_stored(season: Season) -> None:
    await season.open()
    with pytest.raises(Refused, match="signup_closed"):
        await season.signs_up("2001", now=season.activity.signup_closes)
    assert await season.states() == {}


def staff_no(season: Season, entry: object) -> str:
    return next(no for no, p in season.people.items() if p.id == entry.person_id)  # type: ignore[attr-defined]  # an Entry


async def test_a_division_with_its_own_quota_is_counted_alone_and_closed_to_other_branches(season: Season) -> None:
    await season.open(places=9, own_quota={"05": 2}, eligibility=())
    work = [await season.signs_up(str(2001 + n)) for n in range(3)]
    politics = [await season.signs_up(str(2011 + n), division="politics") for n in range(2)]
    closed = await season.signs_up("2021", division="politics", branch="12")
    assert (closed.state, [r.code for r in closed.reasons]) == ("returned", ["quota_none"])
    await season.recommends("05", *work, *politics)
    rows = await season.database.rows("SELECT recommendation FROM entries WHERE state = 'approved' ORDER BY signed_up_at, id")
    assert sorted(row["recommendation"] for row in rows) == [1, 1, 2, 2, 3]
