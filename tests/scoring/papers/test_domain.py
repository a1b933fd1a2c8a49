"""The code of a printed sheet, what may be typed for each scale, and when a sheet counts as typed."""

from uuid import UUID

import pytest

from services.scoring.papers import domain
from services.scoring.papers.domain import Agreement, Code, Progress, Typing
from services.scoring.rubrics import actions as rubrics
from services.scoring.sheets.domain import OnPaper, Sent, Sheet, SheetKey, Source
from shared.errors import Faulty, Refused
from tests.scoring.samples import entry, judge
from tests.scoring.stage import NOW

KEY = SheetKey(judge(1), entry(1), "lesson")
PAPER = OnPaper(entry_id=entry(1), judge_id=None, part="", reason="平板没电", ledger_position=7)


def sent(position: int, source: Source) -> Sheet:
    made = Sent(
        revision_id=UUID(int=position), device_id=UUID(int=1), seq=1, marks={"content": 270}, comment="先前", reason="",
        disposition="counted", ledger_position=position, chain_hash="", at=NOW, source=source,
    )  # fmt: skip
    return Sheet(
        judge_id=KEY.judge_id, entry_id=KEY.entry_id, part=KEY.part, division_id=UUID(int=9), head=made, last=made
    )


def half(*differing: str) -> Progress:
    return Progress(
        judge_id=KEY.judge_id, entry_id=KEY.entry_id, part=KEY.part, typists=1 + bool(differing), differing=differing, is_mine=True
    )  # fmt: skip


def test_a_code_is_read_as_it_was_printed() -> None:
    code = domain.code_of(KEY, "c5a96212" + "0" * 56)
    assert domain.read(code.text) == domain.read(f" {code.text.upper().replace('LESSON', 'lesson')}\r\n") == code
    assert code == Code(sheet=KEY, rule="c5a96212") and len(code.text) < 100


@pytest.mark.parametrize(
    "text",
    ["", "L1", "L1.a.b.lesson.c5a96212", "L2." + "0" * 32 + "." + "0" * 32 + ".lesson.c5a96212", "https://x.test/"],
)
def test_any_other_text_is_no_code(text: str) -> None:
    with pytest.raises(Refused, match="paper_code_wrong"):
        domain.read(text)


@pytest.mark.parametrize(
    ("preset", "typed", "marks"),
    [
        ("teaching-grades", ("A", "b", "-", "C"), (0, 1, None, 2)),
        ("worldskills-judgement", ("0", "3", "未评"), (0, 3, None)),
        ("worldskills-measurement", ("0.15", "1.2", "pass"), (15, 12, 1)),
    ],
)
def test_each_scale_is_typed_as_it_stands_on_the_paper(
    preset: str, typed: tuple[str, ...], marks: tuple[int | None, ...]
) -> None:
    part = rubrics.preset(preset).rule.parts[0]
    found = domain.marks(part, dict(zip(part.cells, typed, strict=True)))
    assert tuple(found.get(key) for key in part.cells) == marks


def test_an_empty_field_is_not_unmarked() -> None:
    part = rubrics.preset("teaching-grades").rule.parts[0]
    with pytest.raises(Faulty) as told:
        domain.marks(part, dict.fromkeys(part.cells, "-") | {next(iter(part.cells)): " "})
    assert [fault.code for fault in told.value.faults] == ["mark_blank"]


@pytest.mark.parametrize(
    ("progress", "sheet", "state"),
    [
        (None, None, "blank"),
        (None, sent(3, "paper"), "blank"),
        (None, sent(9, "tablet"), "blank"),
        (None, sent(9, "paper"), "counted"),
        (half(), sent(9, "paper"), "first"),
        (half("content"), None, "differs"),
    ],
)
def test_a_sheet_is_typed_once_paper_counts_since_it_went_there(
    progress: Progress | None, sheet: Sheet | None, state: str
) -> None:
    assert domain.state(progress, sheet, PAPER) == state


def test_what_two_people_read_follows_what_counted() -> None:
    typing = Typing(
        id=UUID(int=2), division_id=UUID(int=9), sheet=KEY, paper_position=7, typist_id=UUID(int=5), marks={"content": 1}, comment="",
        typed_at=NOW,
    )  # fmt: skip
    agreed = Agreement(id=UUID(int=1), typist_id=UUID(int=4), comment="")
    fresh, changed = (domain.revision(typing, agreed, before, PAPER.reason, 1) for before in (None, sent(3, "tablet")))
    assert (fresh.base, fresh.reason, fresh.comment, fresh.source) == (None, "", "", "paper")
    assert (changed.base, changed.reason, changed.comment) == (UUID(int=3), "平板没电", "先前")
