"""The rules that come with the program: what they are called, and in which order an organiser looks through them."""

from msgspec import Struct

from services.scoring.rubrics.domain.rule import Rule

GROUPS: dict[str, tuple[str, ...]] = {
    "teaching": (
        "teaching-per-judge", "teaching-per-part", "qjs-per-judge", "qjs-per-part", "qjs-criteria-per-judge",
        "qjs-criteria-per-part", "teaching-ranges", "teaching-grades", "teaching-stages",
    ),
    "skills": (
        "skills-five-judges", "skills-theory-20", "skills-theory-30", "skills-team", "worldskills-measurement",
        "worldskills-judgement", "worldskills-medals", "cpr-checklist",
    ),
    "culture": (
        "speech", "choir", "knowledge-quiz", "essay-two-readers", "exhibition-places", "chopin-2005", "paper-review",
    ),
    "sport": (
        "wushu", "aerobic", "artistic-gymnastics", "artistic-swimming-figures", "ballroom-standard", "skating-system",
        "diving-2000", "diving-7", "synchro-diving", "figure-skating-components", "figure-skating-free",
        "figure-skating-short", "ski-jumping-style", "trampoline-2004", "trampoline-2022",
    ),
    "plain": ("trimmed-mean", "mean", "median"),
}  # fmt: skip


class Preset(Struct, frozen=True):
    """text: the file as it stands; rule: what it says."""

    name: str
    text: str
    rule: Rule
