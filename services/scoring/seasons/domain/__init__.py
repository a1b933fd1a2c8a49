"""The check of a season folder, as far as scoring owns it: every fault at once, or what is to be stored. Pure.

Owned: rules/*.toml, the panels of season.toml, the roles scorekeeper, timekeeper, supervisor and usher. members.xlsx is
read for the name and unit of judges only. marks.csv is checked and not stored: marks are sent by judges. The declared relations
of season.toml are checked and not stored either: scoring knows no entry until its roll arrives, so they are declared on
the panel's page. The grammar stands in deploy/seasons/README.md.
"""

import hashlib

from services.scoring.rubrics.domain import Rule, refusal
from services.scoring.rubrics.domain import read as read_rule
from services.scoring.seasons.domain.marks import check_marks
from services.scoring.seasons.domain.panels import activities, people, roles
from services.scoring.seasons.domain.plan import (
    Check,
    PlannedActivity,
    PlannedPanel,
    PlannedSeat,
    Season,
    Stored,
    Summary,
)
from services.scoring.seasons.domain.reading import Table
from shared.errors import Fault
from shared.tables import Folder

__all__ = [
    "Check",
    "PlannedActivity",
    "PlannedPanel",
    "PlannedSeat",
    "Rule",
    "Season",
    "Stored",
    "Summary",
    "check",
    "content_hash",
]

SEASON = "season.toml"


def content_hash(folder: Folder) -> str:
    """SHA-256 over the paths and contents of the folder, in the order of the paths."""
    lines = (f"{path}\x00{hashlib.sha256(content).hexdigest()}\n" for path, content in sorted(folder.files.items()))
    return hashlib.sha256("".join(lines).encode()).hexdigest()


def check(folder: Folder) -> tuple[Season | None, Summary, list[Fault]]:
    """What is to be stored and a preview of it, or None and every fault."""
    faults: list[Fault] = []
    values = folder.toml(SEASON, faults)
    if values is None:
        return None, Summary(), faults
    top = Table(SEASON, "", values, faults)
    known = people(folder, top)
    rules: dict[str, Rule | None] = {}
    planned = activities(top, known, lambda file: _rule(folder, file, rules, faults))
    season = Season(
        key=top.text("key"),
        title=top.text("title"),
        title_en=top.optional("title_en"),
        organisation=top.text("organisation"),
        grants=roles(top, known),
        activities=planned,
    )
    marks = check_marks(folder, planned, rules, faults)
    return (None if faults else season), _summary(season, rules, marks), faults


def _rule(folder: Folder, file: str, rules: dict[str, Rule | None], faults: list[Fault]) -> tuple[str, Rule | None]:
    """The source text and the rule of a file; its faults are told once, however many activities use it."""
    content = folder.files.get(file)
    if content is None:
        if file not in rules:
            faults.append(Fault(code="file_absent", file=file))
        rules[file] = None
        return "", None
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        faults.append(Fault(code="file_not_utf8", file=file))
        rules[file] = None
        return "", None
    if file not in rules:
        rule = rules[file] = read_rule(file, text, faults)
        if rule and (code := refusal(rule)):
            faults.append(Fault(code=code, file=file))
    return text, rules[file]


def _summary(season: Season, rules: dict[str, Rule | None], marks: int) -> Summary:
    panels = [panel for activity in season.activities for panel in activity.panels]
    return Summary(
        key=season.key,
        title=season.title,
        activities=len(season.activities),
        rules=len(rules),
        panels=len(panels),
        judges=len({seat.account for panel in panels for seat in panel.seats if seat.kind == "judge"}),
        reserves=len({seat.account for panel in panels for seat in panel.seats if seat.kind == "reserve"}),
        marks=marks,
    )
