"""The boundary cases and incidents of the shipped season, each really in its files. E-numbers are their names.

What the files say is recomputed by the oracle; that the services come to the same is the business of `test_demo.py`.
"""

import tomllib
from collections import Counter
from datetime import date, timedelta
from fractions import Fraction
from functools import cache
from typing import Any

import pytest

from tests.season import oracle
from tests.season.test_oracle import SEASONS

FOLDER = SEASONS / "jianglin-2026"
PANEL = 7


@cache
def season() -> dict[str, Any]:
    return tomllib.loads((FOLDER / "season.toml").read_text("utf-8"))


@cache
def people() -> dict[str, dict[str, Any]]:
    return {str(row["staff_no"]): row for row in oracle.rows(FOLDER / "members.xlsx")}


@cache
def signups() -> dict[str, dict[str, Any]]:
    return {str(row["staff_no"]): row for row in oracle.rows(FOLDER / "signups.xlsx")}


@cache
def finals() -> dict[str, tuple[str, str]]:
    """Everybody signed up once: staff_no -> (division, final state)."""
    found = oracle.states(FOLDER, season()["activity"][0])
    return {no: (division, state) for (division, no), state in found.items()}


@cache
def tables() -> dict[str, list[dict[str, Any]]]:
    return oracle.results(FOLDER)


@cache
def given(division: str) -> dict[str, oracle.Marks]:
    activity = season()["activity"][0]
    return oracle.marks_of(FOLDER, season(), activity, next(d for d in activity["division"] if d["key"] == division))


@cache
def rule() -> dict[str, Any]:
    return tomllib.loads((FOLDER / "rules/teaching.toml").read_text("utf-8"))


def incidents(name: str) -> list[dict[str, Any]]:
    return [each for each in season()["incident"] if each["name"] == name]


def admitted(division: str) -> dict[str, oracle.Marks]:
    """The marks of those who take part to the end."""
    return {no: marks for no, marks in given(division).items() if finals()[no] == (division, "admitted")}


def courses(course: str) -> list[str]:
    """Who signed up with this course, in the order of arrival."""
    return [no for no, row in signups().items() if row["course"] == course]


def test_the_roster_has_the_heads_of_the_plan() -> None:
    members = [p for p in people().values() if p["member"] == "是"]
    assert (len(people()), len(members)) == (2512, 2336)
    assert sum(p["employment"] != "在编" for p in members) == 311
    assert Counter(p["branch"] for p in members if p["employment"] == "劳务派遣") == {"后勤集团分工会": 97}
    per_branch = Counter(p["branch"] for p in members)
    assert {b["name"]: int(b["会员数"]) for b in oracle.rows(FOLDER / "branches.csv")} == per_branch
    assert len(per_branch) == 24


def test_rare_characters_and_long_names_are_among_the_contestants() -> None:
    names = {people()[no]["name"] for no in signups()}
    assert any("𡚸" in name for name in names)
    assert "迪丽努尔·艾合买提" in names


def test_the_seventy_two_end_where_the_plan_says() -> None:
    assert Counter(state for _, state in finals().values()) == {
        "admitted": 55,
        "waiting": 8,
        "returned": 4,
        "refused": 3,
        "withdrawn": 2,
    }
    per_division = Counter(division for division, _ in finals().values())
    assert per_division == {"arts": 25, "science": 17, "engineering": 20, "ideology": 10}
    assert {name: len(lines) for name, lines in tables().items()} == {
        "teaching-9/arts": 18,
        "teaching-9/science": 13,
        "teaching-9/engineering": 16,
        "teaching-9/ideology": 8,
    }


def test_every_prize_of_the_plan_is_given_once() -> None:
    tiers = {name: [line["tier"] for line in lines] for name, lines in tables().items()}
    for name, numbers in (
        ("arts", (2, 4, 5, 7)),
        ("science", (1, 3, 4, 5)),
        ("engineering", (2, 3, 5, 6)),
        ("ideology", (1, 2, 2, 3)),
    ):
        wanted = [t for t, n in zip(("一等奖", "二等奖", "三等奖", "优秀奖"), numbers, strict=True) for _ in range(n)]
        assert tiers[f"teaching-9/{name}"] == wanted


def test_E1_the_fourth_of_the_business_school_is_returned() -> None:
    fourth = [n for n, p in people().items() if n in signups() and p["unit"] == "经济管理学院"]
    states = {signups()[no]["order"]: finals()[no][1] for no in fourth}
    assert len(states) == 4
    assert states[4] == "returned"
    assert "returned" not in [states[n] for n in (1, 2, 3)]


@pytest.mark.parametrize(("born", "is_refused"), [(date(1985, 5, 31), True), (date(1985, 6, 1), False)])
def test_E2_one_day_decides(born: date, is_refused: bool) -> None:
    (no,) = (n for n in signups() if people()[n]["sex"] == "男" and oracle.day(people()[n]["born"]) == born)
    assert (finals()[no][1] == "refused") is is_refused


def test_E2_a_waiver_lets_one_mother_in() -> None:
    (waiver,) = season()["activity"][0]["waiver"]
    assert (oracle.day(people()[waiver["staff_no"]]["born"]) or date.max) <= date(1983, 5, 31)
    assert finals()[waiver["staff_no"]][1] != "refused"


@pytest.mark.parametrize(("since", "is_refused"), [(date(2024, 5, 10), True), (date(2024, 4, 10), False)])
def test_E3_two_years_are_complete_on_the_day_itself(since: date, is_refused: bool) -> None:
    (no,) = (n for n in signups() if oracle.day(people()[n]["teaching_since"]) == since)
    assert (finals()[no][1] == "refused") is is_refused


def test_E4_of_two_with_one_course_the_later_is_returned() -> None:
    earlier, later = courses("材料力学：压杆稳定")
    assert finals()[earlier][1] == "admitted"
    assert finals()[later][1] == "returned"


def test_E5_an_agency_worker_who_is_a_member_is_accepted() -> None:
    (no,) = (n for n in signups() if people()[n]["employment"] == "劳务派遣")
    assert finals()[no][1] == "admitted"


def test_E6_an_earlier_first_prize_is_refused() -> None:
    listed = {no for line in season()["activity"][0]["eligibility"] for no in line.get("staff_nos", [])}
    (no,) = listed & signups().keys()
    assert finals()[no][1] == "refused"


def test_E7_before_the_draw_somebody_moves_up_and_after_it_nobody() -> None:
    before, after = incidents("E7")
    assert before["at"] < season()["activity"][0]["draw_at"] < after["at"]
    assert people()[before["entry"]]["unit"] == "机械工程学院"
    inside = Counter(division for division, state in finals().values() if state == "admitted")
    assert inside == {"arts": 18, "science": 13, "engineering": 16, "ideology": 8}
    assert finals()[after["entry"]] == ("science", "withdrawn")
    assert ("science", "waiting") in finals().values()


def test_E8_reserve_judges_stand_in_for_two_relations() -> None:
    """A judge of the contestants' own college, and a declared one of teacher and pupil."""
    college = [no for no in given("arts") if people()[no]["unit"] == "外国语学院"]
    (declared,) = season()["activity"][0]["division"][0]["recusal"]
    assert people()["1021"]["name"].startswith("陈")
    assert college and all("1021" not in given("arts")[no] and "1033" in given("arts")[no] for no in college)
    assert "1022" not in given("arts")[declared["entry"]]
    assert declared["reserve"] in given("arts")[declared["entry"]]


def test_E8_everybody_is_marked_by_seven() -> None:
    for division in ("arts", "science", "engineering", "ideology"):
        assert {len(judges) for judges in given(division).values()} == {PANEL}


def test_E9_a_forgotten_mark_is_there_in_the_end() -> None:
    (first,) = incidents("E9")
    panel = [j["account"] for j in season()["activity"][0]["division"][2]["judge"]]
    assert (first["mark"], panel.index(first["judge"])) == ("", 4)
    assert f"{first['part']}/{first['criterion']}" in given("engineering")[first["entry"]][first["judge"]]


def test_E10_a_sheet_misread_by_one_of_two_is_stopped_and_counts_as_the_paper_says() -> None:
    (paper,) = incidents("E10")
    mine = given(paper["division"])[paper["entry"]][paper["judge"]]
    on_paper = {key: mark for key, mark in mine.items() if key.startswith(f"{paper['part']}/")}
    misread = on_paper | {f"{paper['part']}/{paper['criterion']}": Fraction(paper["mark"])}
    assert (sum(on_paper.values()), sum(misread.values())) == (Fraction("68.5"), Fraction("65.8"))
    keepers = season()["roles"]["scorekeeper"]
    judges = {each["account"] for each in season()["activity"][0]["division"][0]["judge"]}
    assert len(set(keepers)) >= 2 and not judges & set(keepers)
    assert finals()[paper["entry"]] == (paper["division"], "admitted")


def test_E11_a_corrected_mark_differs_from_the_first() -> None:
    (first,) = incidents("E11")
    counted = given("arts")[first["entry"]][first["judge"]][f"{first['part']}/{first['criterion']}"]
    assert first["reason"]
    assert counted != Fraction(first["mark"])


def test_E12_forty_seconds_over_cost_one_point_for_the_one_full_half_minute() -> None:
    (late,) = incidents("E12")
    (kind,) = rule()["deduction"]
    assert (late["seconds"], kind["each"], kind["measured_in"], kind["points"]) == (40, "30", "秒", "1")
    assert late["deduction"] == kind["key"] and finals()[late["entry"]] == (late["division"], "admitted")
    (line,) = (each for each in tables()["teaching-9/engineering"] if each["entry"] == late["entry"])
    assert Fraction(line["result"]) == oracle.result(rule(), given("engineering")[late["entry"]]) - 1


def test_E12_moves_nobody() -> None:
    """The order by the marks alone is the order of the results."""
    by_marks = oracle.standing(rule(), admitted("engineering"), [])
    assert [no for _, group in by_marks for no in group] == [each["entry"] for each in tables()["teaching-9/engineering"]]


def test_E13_the_lesson_parts_the_sixth_from_the_seventh() -> None:
    sixth, seventh = (line["entry"] for line in tables()["teaching-9/arts"][5:7])
    marks = given("arts")
    assert oracle.result(rule(), marks[sixth]) == oracle.result(rule(), marks[seventh])
    assert oracle.result(rule(), marks[sixth], ["lesson"]) > oracle.result(rule(), marks[seventh], ["lesson"])
    assert [line["tier"] for line in tables()["teaching-9/arts"][5:7]] == ["二等奖", "三等奖"]


def test_E14_four_numbers_leave_a_tie_and_the_panel_decides_four_to_three() -> None:
    marks = given("science")
    first, second = (line["entry"] for line in tables()["teaching-9/science"][:2])
    for parts in (None, ["lesson"], ["design"]):
        assert oracle.result(rule(), marks[first], parts) == oracle.result(rule(), marks[second], parts)
    totals = [sorted(sum(m.values(), Fraction(0)) for m in marks[no].values()) for no in (first, second)]
    assert sum(totals[0]) == sum(totals[1])
    (vote,) = incidents("E14")
    assert Counter(each["entry"] for each in vote["votes"]) == {first: 4, second: 3}


def test_E13_and_E14_are_the_only_exact_ties() -> None:
    for division, ties in (("arts", 1), ("science", 1), ("engineering", 0), ("ideology", 0)):
        results = {oracle.result(rule(), marks) for marks in admitted(division).values()}
        assert len(results) == len(admitted(division)) - ties


def test_E15_seven_tablets_of_the_second_venue_keep_fourteen_sheets_for_twenty_seven_minutes() -> None:
    """That each of them counts once is in the demo's own table; here they are sheets that the files really hold."""
    (outage,) = incidents("E15")
    activity = season()["activity"][0]
    (division,) = (each for each in activity["division"] if each["key"] == outage["division"])
    assert (outage["kind"], outage["minutes"], outage["sheets"]) == ("offline", 27, 14)
    assert (division["venue"], len(division["judge"])) == ("第二会场", PANEL)
    begins, ends = outage["at"], outage["at"] + timedelta(minutes=outage["minutes"])
    assert activity["hall_at"] + timedelta(minutes=30) < begins < ends < activity["hall_at"] + timedelta(hours=8)
    assert not [each for each in season()["incident"] if each["name"] != "E15" and begins <= each.get("at", ends) < ends]
    given_by = Counter(judge for marks in admitted(outage["division"]).values() for judge in marks)
    assert all(given_by[each["account"]] >= outage["sheets"] // PANEL for each in division["judge"])


def test_E16_a_call_is_no_minute_and_adds_no_first_prize() -> None:
    (call,) = incidents("E16")
    assert not {"title", "document_no", "dated"} & call.keys()
    (division,) = (each for each in season()["activity"][0]["division"] if each["key"] == call["division"])
    (frozen,) = (tier["count"] for tier in division["tiers"] if tier["name"] == call["tier"])
    given_away = [each["tier"] for each in tables()[f"teaching-9/{call['division']}"]].count(call["tier"])
    assert (call["more"], given_away) == (1, frozen)
    hall = season()["activity"][0]["hall_at"]
    assert hall < call["at"] < hall + timedelta(hours=14), "asked while the codes are still closed"


def test_an_appeal_about_the_sum_is_dismissed_and_says_the_true_sum() -> None:
    (appeal,) = incidents("申诉")
    marks = given(appeal["division"])[appeal["entry"]]
    assert (appeal["ground"], appeal["outcome"], len(marks)) == ("arithmetic", "dismissed", PANEL)
    true = oracle.shown(rule(), marks)
    assert true in appeal["found"] and true in appeal["answer"]
    table = tables()[f"teaching-9/{appeal['division']}"]
    own, last = (next(each for each in table if each["entry"] == no) for no in (appeal["entry"], "2027"))
    assert (last["tier"], own["tier"]) == ("三等奖", "优秀奖")
    assert str(Fraction(last["result"]) - Fraction(own["result"])) == "1" and "1.00" in appeal["text"]
    assert appeal["at"].date() < appeal["due"] < season()["activity"][0]["notice"]["starts"]


def test_E17_one_objection_has_a_name_and_one_has_none() -> None:
    named, nameless = incidents("E17")
    assert named["real_name"] and named["ground"] == "eligibility" and named["outcome"] == "dismissed"
    assert not nameless["real_name"] and "outcome" not in nameless
    assert named["at"].date() == date(2026, 5, 28)
    assert finals()[named["about"]][1] == "admitted"


def test_the_ballot_ties_at_the_fourth_seat_and_is_voted_again_for_the_two() -> None:
    votes = oracle.rows(FOLDER / "votes.csv")
    yes = Counter((v["round"], v["candidate"]) for v in votes if v["choice"] == "yes")
    assert {c: yes["1", c] for c in ("01", "05", "11", "14", "15")} == {"01": 6, "05": 6, "11": 6, "14": 5, "15": 5}
    assert {v["candidate"] for v in votes if v["round"] == "2"} == {"14", "15"}
    assert len({v["voter"] for v in votes}) == 7
    assert (yes["2", "14"], yes["2", "15"]) == (5, 2)
