"""What came of everything that a screen called saved: counted from the intents of the driver, the tablets' own memory,
the ledger and the standings. Nothing here asks the service what it thinks of itself, except where that is the question.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from fractions import Fraction
from typing import Any, Literal

import msgspec
from msgspec import Struct

UNIT = Fraction(1, 2)
REASON = "storm"
"""What a judge writes under a correction; another reason is the page's own, under a pick."""
Sheet = tuple[str, str, str]
"""judge, entry, part"""
Results = dict[str, tuple[int, Fraction]]
"""entry -> rank, result"""
Key = tuple[str, bool]
"""A comment, and whether it is of a pick."""


class Intent(Struct, kw_only=True):
    """What a judge meant to send from one tablet. comment: unlike any other, so that it is found whatever its id became.

    picked: the revision a judge chose of two; its marks and comment are sent again. state: `saved` when the screen has
    said so; `unsure` when the browser died before it said anything.
    """

    number: int
    tablet: str
    judge: str
    division: str
    entry: str
    part: str
    marks: dict[str, int]
    comment: str
    picked: str = ""
    state: Literal["planned", "unsure", "saved"] = "planned"

    @property
    def sheet(self) -> Sheet:
        return self.judge, self.entry, self.part


class Record(Struct, kw_only=True):
    """What a tablet remembers of one revision it sent."""

    tablet: str
    id: str
    comment: str
    reason: str
    state: str
    ack: dict[str, Any] | None = None
    parked: dict[str, Any] | None = None


class Noted(Struct, kw_only=True):
    """An entry of a division's ledger. judge: whose commitment stands in it, for revisions."""

    division: str
    position: int
    kind: str
    hash: str
    body: dict[str, Any]
    judge: str = ""

    @property
    def sheet(self) -> Sheet:
        return self.judge, self.body["entry"], self.body["part"]

    @property
    def key(self) -> Key:
        return self.body["comment"], self.body["reason"] not in ("", REASON)


class Verdict(Struct, kw_only=True):
    """The numbers; all but the first three must be 0.

    lost: called saved, not in the ledger. doubled: in it more than once, or two revisions with one device's number.
    changed: in it with other marks, judge, entry or part. received_without_entry: a tablet holds an acknowledgement that
    no equal entry stands behind. undrained, parked: never acknowledged though the network was well. invented: a revision
    that nobody meant. last_word: sheets of a judge with one tablet, in a division never locked, where not the last thing
    saved counts. dispositions: unlike those of an independent count. standings: results or ranks unlike that count.
    """

    saved: int
    received: int
    in_ledger: int = 0
    lost: int = 0
    doubled: int = 0
    changed: int = 0
    received_without_entry: int = 0
    undrained: int = 0
    parked: int = 0
    invented: int = 0
    chains_broken: int = 0
    last_word: int = 0
    dispositions: int = 0
    standings: int = 0
    rebuild: int = 0

    @property
    def faults(self) -> dict[str, int]:
        """Those of the numbers that must be 0 and are not."""
        found = {
            "lost": self.lost,
            "doubled": self.doubled,
            "changed": self.changed,
            "received_without_entry": self.received_without_entry,
            "undrained": self.undrained,
            "parked": self.parked,
            "invented": self.invented,
            "chains_broken": self.chains_broken,
            "last_word": self.last_word,
            "dispositions": self.dispositions,
            "standings": self.standings,
            "rebuild": self.rebuild,
        }
        return {name: number for name, number in found.items() if number}


def judged(
    intents: Sequence[Intent], records: Sequence[Record], ledger: Sequence[Noted], standings: Mapping[str, Results]
) -> Verdict:
    """Compare. ledger: every entry of every division in order; standings: division -> as the service shows them."""
    revisions = [each for each in ledger if each.kind == "revision"]
    meant = _meant(intents, revisions)
    found: dict[Key, list[Noted]] = defaultdict(list)
    for each in revisions:
        found[each.key].append(each)
    saved = [each for each in intents if each.state == "saved"]
    received = [each for each in records if each.ack]
    heads, unlike = counted(ledger)
    verdict = Verdict(saved=len(saved), received=len(received))
    verdict.in_ledger = sum(min(len(found[key]), _saved(wanted)) for key, wanted in meant.items())
    verdict.lost = verdict.saved - verdict.in_ledger
    verdict.doubled = sum(max(0, len(found[key]) - len(wanted)) for key, wanted in meant.items()) + _same_number(
        revisions
    )
    verdict.changed = sum(_is_changed(wanted[0], each) for key, wanted in meant.items() for each in found[key])
    verdict.invented = sum(len(entries) for key, entries in found.items() if key not in meant)
    verdict.received_without_entry = _without_entry(received, ledger)
    verdict.undrained = sum(each.state == "waiting" for each in records)
    verdict.parked = sum(each.state == "parked" for each in records)
    verdict.last_word = _last_word(saved, ledger, heads)
    verdict.dispositions = unlike
    mine = {division: ranked(heads, division) for division in standings}
    verdict.standings = sum(_differences(mine[division], shown) for division, shown in standings.items())
    return verdict


def _meant(intents: Iterable[Intent], revisions: Iterable[Noted]) -> dict[Key, list[Intent]]:
    """Everything that was meant, under what it is found by. A pick repeats what was sent before."""
    sent = {each.body["revision"]: each for each in revisions}
    meant: dict[Key, list[Intent]] = defaultdict(list)
    for each in intents:
        if each.picked and each.picked in sent:
            body = sent[each.picked].body
            meant[body["comment"], True].append(msgspec.structs.replace(each, marks=body["marks"]))
        else:
            meant[each.comment, False].append(each)
    return meant


def _saved(intents: Iterable[Intent]) -> int:
    return sum(each.state == "saved" for each in intents)


def counted(ledger: Iterable[Noted]) -> tuple[dict[Sheet, Noted], int]:
    """Which revision counts for each sheet, by the rule's words alone, and how many dispositions are unlike."""
    heads: dict[Sheet, Noted] = {}
    locked: dict[str, bool] = {}
    unlike = 0
    for each in ledger:
        if each.kind in ("locked", "unlocked"):
            locked[each.division] = each.kind == "locked"
        elif each.kind == "revision":
            head = heads.get(each.sheet)
            mine = _disposition(each, head, locked.get(each.division, False))
            unlike += mine != each.body["disposition"]
            if mine == "counted":
                heads[each.sheet] = each
    return heads, unlike


def ranked(heads: Mapping[Sheet, Noted], division: str) -> Results:
    """The mean of the totals of the judges who marked everything of an entry; equal means share a rank, the next is left out."""
    parts = {part for (_, _, part), head in heads.items() if head.division == division}
    totals: dict[str, dict[str, dict[str, int]]] = defaultdict(lambda: defaultdict(dict))
    for (judge, entry, part), head in heads.items():
        if head.division == division:
            totals[entry][judge][part] = sum(head.body["marks"].values())
    means = {}
    for entry, by_judge in totals.items():
        whole = [sum(found.values()) for found in by_judge.values() if found.keys() == parts]
        if whole:
            means[entry] = Fraction(sum(whole), len(whole)) * UNIT
    return {entry: (1 + sum(other > mean for other in means.values()), mean) for entry, mean in means.items()}


def _disposition(revision: Noted, head: Noted | None, is_locked: bool) -> str:
    if is_locked:
        return "held_locked"
    if head is None or revision.body["base"] == head.body["revision"]:
        return "counted"
    if revision.body["device"] == head.body["device"]:
        return "counted" if revision.body["seq"] > head.body["seq"] else "superseded"
    return "held_conflict"


def _same_number(revisions: Iterable[Noted]) -> int:
    """Different revisions of one device with the same number."""
    found = list(revisions)
    numbers = {(each.body["device"], each.body["seq"]) for each in found}
    return max(0, len({each.key for each in found}) - len(numbers))


def _is_changed(intent: Intent, entry: Noted) -> bool:
    return (entry.sheet, entry.body["marks"], entry.division) != (intent.sheet, intent.marks, intent.division)


def _without_entry(received: Iterable[Record], ledger: Iterable[Noted]) -> int:
    """Position, hash, id and content of each acknowledgement must be those of one entry."""
    entries = {(each.division, each.position): each for each in ledger if each.kind == "revision"}
    by_hash = {each.hash: each for each in entries.values()}
    wrong = 0
    for record in received:
        ack = record.ack or {}
        entry = by_hash.get(str(ack.get("chain_hash")))
        wrong += not (
            entry
            and entry.position == ack.get("ledger_position")
            and entry.body["revision"] == record.id == ack.get("id")
            and entry.body["comment"] == record.comment
            and entry.body["disposition"] == ack.get("disposition")
        )
    return wrong


def _last_word(saved: Sequence[Intent], ledger: Iterable[Noted], heads: Mapping[Sheet, Noted]) -> int:
    stirred = {each.division for each in ledger if each.kind == "locked"}
    tablets: dict[str, set[str]] = defaultdict(set)
    last: dict[Sheet, Intent] = {}
    for intent in sorted((each for each in saved if not each.picked), key=lambda each: each.number):
        tablets[intent.judge].add(intent.tablet)
        last[intent.sheet] = intent
    return sum(
        (head := heads.get(sheet)) is None or head.body["comment"] != intent.comment
        for sheet, intent in last.items()
        if intent.division not in stirred and len(tablets[intent.judge]) == 1
    )


def _differences(mine: Results, shown: Results) -> int:
    return sum(mine.get(entry) != shown.get(entry) for entry in mine.keys() | shown.keys())
