"""What the chaos run counts: every way in which a mark can be lost is seen in a made-up ledger."""

from fractions import Fraction
from typing import Any

import pytest
from msgspec.structs import replace

from deploy.chaos.verdict import Intent, Noted, Record, Results, counted, judged, ranked

ENTRY, JUDGE, DIVISION, TABLET = "entry", "judge", "division", "t0"
MARKS = {"content": 80, "delivery": 40}
SHOWN: dict[str, Results] = {DIVISION: {ENTRY: (1, Fraction(60))}}


def intent(number: int, **changes: Any) -> Intent:
    made = Intent(
        number=number, tablet=TABLET, judge=JUDGE, division=DIVISION, entry=ENTRY, part="lesson", marks=MARKS,
        comment=f"c{number}", state="saved",
    )  # fmt: skip
    return replace(made, **changes)


def noted(number: int, position: int | None = None, **changes: Any) -> Noted:
    """The entry of an intent, as the ledger should have it."""
    body = {
        "base": None, "comment": f"c{number}", "device": "d", "disposition": "counted", "entry": ENTRY, "marks": MARKS,
        "part": "lesson", "reason": "", "revision": f"r{number}", "seq": number,
    } | changes  # fmt: skip
    at = position or number
    return Noted(division=DIVISION, position=at, kind="revision", hash=f"h{at}", body=body, judge=JUDGE)


def record(number: int, **changes: Any) -> Record:
    ack = {"id": f"r{number}", "ledger_position": number, "chain_hash": f"h{number}", "disposition": "counted"}
    return replace(
        Record(tablet=TABLET, id=f"r{number}", comment=f"c{number}", reason="", state="acked", ack=ack), **changes
    )


def test_everything_in_its_place_has_no_fault() -> None:
    verdict = judged([intent(1), intent(2)], [record(1), record(2)], [noted(1), noted(2)], SHOWN)
    assert (verdict.saved, verdict.in_ledger, verdict.received, verdict.faults) == (2, 2, 2, {})


@pytest.mark.parametrize(
    ("ledger", "records", "fault"),
    [
        ([noted(1)], [record(1)], "lost"),
        ([noted(1), noted(2), noted(2, 3, revision="r9", seq=9)], [record(1), record(2)], "doubled"),
        ([noted(1), noted(2, seq=1)], [record(1), record(2)], "doubled"),
        ([noted(1), noted(2, marks={"content": 81, "delivery": 40})], [record(1), record(2)], "changed"),
        ([noted(1), noted(2), noted(3)], [record(1), record(2)], "invented"),
        ([noted(1), noted(2)], [record(1), record(2, ack={"id": "r2", "ledger_position": 1, "chain_hash": "h1"})],
         "received_without_entry"),
        ([noted(1), noted(2)], [record(1), record(2, state="waiting", ack=None)], "undrained"),
        ([noted(1), noted(2)], [record(1), record(2, state="parked", ack=None)], "parked"),
        ([noted(2, 1), noted(1, 2)], [record(1), record(2)], "dispositions"),
        ([noted(1), noted(2, disposition="superseded")], [record(1), record(2)], "dispositions"),
    ],
)  # fmt: skip
def test_each_fault_is_seen(ledger: list[Noted], records: list[Record], fault: str) -> None:
    assert fault in judged([intent(1), intent(2)], records, ledger, SHOWN).faults


def test_the_last_thing_saved_must_count() -> None:
    ledger = [noted(1), noted(2, seq=1), noted(2, 3, seq=3)]
    late = [noted(2, 1), noted(1, 2, disposition="counted", seq=3)]
    assert judged([intent(1), intent(2)], [], late, SHOWN).last_word == 1
    assert judged([intent(1), intent(2)], [], ledger, SHOWN).last_word == 0


def test_a_pick_repeats_what_was_sent_and_is_no_double() -> None:
    pick = intent(0, comment="", marks={}, picked="r1")
    again = noted(1, 3, revision="r3", seq=3, reason="picked")
    assert judged([intent(1), intent(2), pick], [], [noted(1), noted(2), again], SHOWN).faults == {"last_word": 1}


def test_a_sheet_while_the_stage_is_locked_does_not_count() -> None:
    lock = Noted(division=DIVISION, position=2, kind="locked", hash="h2", body={})
    heads, unlike = counted([noted(1), lock, noted(3, disposition="held_locked")])
    assert (heads[JUDGE, ENTRY, "lesson"].position, unlike) == (1, 0)


def test_results_are_means_of_judges_who_marked_everything() -> None:
    one, other = noted(1, part="lesson", marks={"a": 10}), noted(2, part="reflection", marks={"b": 5})
    only = replace(noted(3, part="lesson", marks={"a": 100}), judge="second")
    heads, _ = counted([one, other, only])
    assert ranked(heads, DIVISION) == {ENTRY: (1, Fraction(15, 2))}
