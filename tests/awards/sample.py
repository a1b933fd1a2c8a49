"""A programme file as a secretary writes it: the shipped rule, for the tests of every awards slice."""

import tomllib
from typing import Any

from services.awards.programmes.domain import Programme, read
from shared.errors import Fault

TEXT = """
key = "model-home-2026"
title = "模范教工之家"
title_en = "Model Staff Home"
subject = "branch"
edition = "2026"
document_no = "江大工〔2026〕31号"
opens = 2026-11-16T09:00:00
nominations_close = 2026-12-04T17:00:00
ballot_at = 2026-12-11T14:00:00
ballot_closes = 2026-12-11T17:00:00
tier = "模范教工之家"
tier_en = "Model Staff Home"

[[stratum]]
key = "faculty"
title = "院系"
title_en = "Faculties"
categories = ["院系"]
nominations = 5
seats = 4
[[stratum]]
key = "office"
title = "机关"
title_en = "Offices"
categories = ["机关"]
nominations = 2
seats = 1
[[stratum]]
key = "service"
title = "直属后勤"
title_en = "Services"
categories = ["直属", "后勤附属"]
nominations = 2
seats = 1

[scorecard]
pass = "85"
unit = "1"
zero_category_fails = true
[[scorecard.category]]
key = "organisation"
title = "组织建设"
[[scorecard.category.item]]
key = "congress"
title = "按期换届"
highest = "30"
[[scorecard.category.item]]
key = "records"
title = "台账规范"
highest = "20"
[[scorecard.category]]
key = "democracy"
title = "民主管理"
[[scorecard.category.item]]
key = "meeting"
title = "二级教代会"
highest = "50"

[[consultation]]
office = "纪检监察室"
office_en = "Discipline inspection"
due = 2026-12-09
[[consultation.reply]]
branch = "*"
opinion = "none"
reference = "江大纪函〔2026〕41号"
reason = ""
on = 2026-12-08
[[consultation]]
office = "计划财务处"
due = 2026-12-09

[ballot]
due = 9
quorum = "2/3"
quorum_of = "due"
majority = "1/2"
majority_of = "due"
compare = "more_than"
supports = "seats"
tie = "revote_tied"
shortfall = "leave_empty"
rounds = 3
absent = ["1015"]
recused = ["1016"]

[notice]
starts = 2026-12-21
days = 5
unit = "workday"
count_first_day = true
contact = "校工会办公室 0000-0000"
[approval]
body = "校党委会"
on = 2026-12-28
document_no = "江大党纪要〔2026〕33号"
[commendation]
document_no = "江大工〔2026〕45号"
on = 2026-12-29
"""


def data() -> dict[str, Any]:
    return tomllib.loads(TEXT)


def faults_of(table: dict[str, Any]) -> list[Fault]:
    faults: list[Fault] = []
    read(table, "programmes/p.toml", faults)
    return faults


def programme() -> Programme:
    return read(data(), "programmes/p.toml", [])
