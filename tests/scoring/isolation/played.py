"""A competition in which every mark, remark, reason, appeal, unit and name is a canary: a figure or word found nowhere else.

Division one is played to its end: marks, a wide mark, a recusal, a deduction, an adjustment, an appeal, a correction, a
release of the first two, the seal, the whole release, the opened codes. Division two, with another panel, is sealed and
never released.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from fractions import Fraction
from hashlib import sha256
from typing import Any, Literal
from uuid import UUID

import msgspec

from services.scoring.appeals import actions as appeals
from services.scoring.appeals.domain import Appeal, Recheck
from services.scoring.board import actions as board
from services.scoring.board.domain import Name
from services.scoring.clocks import actions as clocks
from services.scoring.clocks.domain import Clock
from services.scoring.corrections import actions as corrections
from services.scoring.corrections.domain import CorrectedSheet, Correction
from services.scoring.deductions import actions as deductions
from services.scoring.deductions.actions import About
from services.scoring.ledger import actions as ledger
from services.scoring.materials import actions as materials
from services.scoring.panels import actions as panels
from services.scoring.panels.actions import Declaration
from services.scoring.panels.domain import Panel, Seat
from services.scoring.papers import actions as papers
from services.scoring.papers.actions import Move
from services.scoring.rehearsals import actions as rehearsals
from services.scoring.rehearsals.domain import Rehearsal
from services.scoring.rolls import actions as rolls
from services.scoring.rolls.domain import Activity, Division
from services.scoring.rubrics.domain import Adjustment, Deduction
from services.scoring.running_orders import actions as running_orders
from services.scoring.sheets.domain import Revision, SheetKey
from services.scoring.standings import actions as standings
from shared.clock import day
from shared.db import transaction
from shared.exact import Ratio, rounded
from shared.ids import new_id, secret_id
from tests.scoring.running_orders.ordering import ask, change, confirm, request
from tests.scoring.samples import ONE, TEACHING, criterion, judge, judged, part
from tests.scoring.seated import seated, unit
from tests.scoring.stage import NOW, SCOREKEEPER, SUPERVISOR, Hall, roll
from tests.scoring.two_people import lock, release, seal

UNIT = Ratio(1, 100_000)
LOWEST = {"design": 1_000_000, "content": 2_000_000, "delivery": 3_500_000}
"""Each mark has seven digits: no identifier, instant or checksum of ours holds such a number between two breaks."""
PARTS = {"design": ("design",), "lesson": ("content", "delivery")}
RULE = msgspec.structs.replace(
    judged(TEACHING, fewest_marks=3),
    parts=(
        part("design", criterion("design", 2_000_000, UNIT)),
        part("lesson", criterion("content", 3_000_000, UNIT), criterion("delivery", 4_500_000, UNIT)),
    ),
    shown=msgspec.structs.replace(TEACHING.shown, digits=5),
    ties=("shared",),
    release="first_k",
    first_k=2,
    deductions=(Deduction(key="no_aids", title="未出示教具", title_en="", points=ONE, each=ONE, measured_in="", most=None),),
    below_zero=False,
    adjustment=Adjustment(Ratio(-1, 10), Ratio(1, 10), Ratio(1, 20)),
    board="results",
)
ENTRIES, JUDGES, OTHERS = 5, 5, 11
LEADER, MARKER, RECUSED, STRANGER = judge(1), judge(2), judge(5), judge(OTHERS)
SHADOW, GONE = judge(201), judge(4)
"""A shadow judge, whose marks only the desk sees; a judge who leaves after the last mark."""
WILD = 0
"""The entry whose lesson MARKER marks far off, and which LEADER marks last."""
OWN = 1
"""The entry of the contestant who looks around."""
CONTESTANT, OTHER_CONTESTANT = UUID(int=0xD10001), UUID(int=0xD10002)
Phase = Literal["marking", "marked", "locked", "first", "released", "opened"]
TABLET, TABLET_TOKEN = UUID(int=0x7AB1E7), "tablet-token"
"""A tablet of the first division's panel."""
TYPIST = UUID(int=0xC0FFEE)
"""A scorekeeper who has typed a sheet of paper, alone."""
PLAN = b"\x89PNG\r\n\x1a\nplanquokka"
"""What the contestant handed in for the entry from which RECUSED is recused."""
SIGNATURE = "M31415 92653L58979 32384"
"""What MARKER drew with the finger on it."""
PHASES: tuple[Phase, ...] = ("marking", "marked", "locked", "first", "released", "opened")
WORDS = {
    name: f"{name}quokka"
    for name in ("comment", "rewritten", "deducted", "adjusted", "appealed", "own_appeal", "rechecked", "answered", "corrected", "kin", "draft", "swapped",
                 "missed", "unwell", "handed_in")
}
"""What people wrote, by what they wrote it about."""


@dataclass(frozen=True)
class Mark:
    judge_id: UUID
    entry_id: UUID
    part: str
    key: str
    count: int

    @property
    def texts(self) -> tuple[str, ...]:
        return str(self.count), _text(Fraction(self.count, 100_000))


@dataclass
class Played:
    """The two divisions and what was written in them. ids: what a route's parameter may be filled with.

    practice: the rehearsal, whose addresses only staff are walked along.

    typed: what TYPIST read on a sheet of paper, and nobody else yet.
    """

    hall: Hall
    other: Hall
    practice: Hall | None = None
    marks: list[Mark] = field(default_factory=list)
    ids: dict[str, list[Any]] = field(default_factory=dict)
    typed: list[Mark] = field(default_factory=list)

    @property
    def divisions(self) -> tuple[Hall, Hall]:
        return self.hall, self.other

    async def send(self, place: Hall, judge_id: UUID, entry_id: UUID, part_key: str, **more: Any) -> Revision:
        """A sheet of canaries. comment, reason, base, turn (another turn gives other marks)."""
        turn = more.pop("turn", 0)
        is_wild = part_key == "lesson" and (judge_id, entry_id) == (MARKER, self.hall.entries[WILD])
        found = [
            Mark(judge_id, entry_id, part_key, key, _count(f"{judge_id} {entry_id} {key} {turn}", LOWEST[key], is_wild))
            for key in PARTS[part_key]
        ]
        self.marks += found
        revision = msgspec.structs.replace(
            place.revision(judge_id, entry_id, part_key, {}), marks={each.key: each.count for each in found}, **more
        )
        (done,) = await place.send(revision)
        assert done.disposition in ("counted", "held_locked", "held_conflict"), done
        return revision


def _count(seed: str, lowest: int, is_wild: bool) -> int:
    """A count near its neighbours' or far below them, one that five and two do not divide."""
    drawn = int.from_bytes(sha256(seed.encode()).digest()[:4]) % 20_000
    return lowest + (100_001 if is_wild else 700_001) + drawn * 10


def _text(value: Fraction) -> str:
    return rounded(value, 5, "half_up")


async def played(database: Any) -> tuple[Played, Iterator[Any]]:
    """The hall as marking ends but for the leader's last sheet, and the steps that bring each further phase."""
    hall = await seated(database, rule=RULE, entries=ENTRIES, judges=JUDGES, units={RECUSED: UUID(int=0xF00)})
    async with transaction(hall.pool, "scoring_desk") as tx:
        declared = Declaration(
            id=new_id(), division_id=hall.division_id, judge_id=RECUSED, entry_id=hall.entries[3], relation=WORDS["kin"],
            reserve_id=judge(101), declared_by=SCOREKEEPER,
        )  # fmt: skip
        await panels.declare(tx, declared, NOW)
    await database.execute(
        "INSERT INTO seats (panel_id, judge_id, position, kind, name) SELECT id, $1, 1, 'shadow', '见习1' FROM panels", SHADOW
    )
    async with transaction(hall.pool, "scoring_desk") as tx:
        await panels.assign(tx, hall.division_id)
    hall.devices[SHADOW] = new_id()
    it = Played(hall, await _second(database, hall))
    await _mark(it)
    await _rehearse(it)
    tablet, paper = await _tablets(it), await _paper(it)
    it.ids = await _ids(it) | tablet | paper
    return it, _steps(it)


async def _tablets(it: Played) -> dict[str, list[Any]]:
    """A tablet in each hall: enrolled, signed on, heard of, with a PIN, and a judge who calls staff."""
    database, other = it.hall.database, secret_id()
    panel = {row["division_key"]: row["id"] for row in await database.rows("SELECT id, division_key FROM panels")}
    code, called = new_id(), new_id()
    places = ((TABLET, panel["arts"], TABLET_TOKEN, MARKER, SIGNATURE), (other, panel["science"], "other", STRANGER, "M1 1L2 2"))
    for device, at, token, judge_id, drawn in places:
        await database.execute(
            "INSERT INTO devices (id, panel_id, label, public_key, abilities, token_hash, enrolled_at) VALUES ($1, $2, 'iPad', $3, '{}', $4, $5)",
            device, at, b"\x04" + bytes(48) + device.bytes, sha256(token.encode()).digest(), NOW,
        )  # fmt: skip
        await database.execute(
            "INSERT INTO sign_ons (id, device_id, judge_id, signature, at) VALUES ($1, $2, $3, $4, $5)", new_id(), device, judge_id, drawn, NOW
        )
        await database.execute(
            "INSERT INTO device_reports (device_id, heard_at, queue, parked, skew_ms, version) VALUES ($1, $2, 3, 0, 0, '1')", device, NOW
        )
        await database.execute(
            "INSERT INTO pins (panel_id, judge_id, hash, made_by, made_at) VALUES ($1, $2, '$argon2id$', $3, $4)", at, judge_id, SCOREKEEPER, NOW
        )
    await database.execute(
        "INSERT INTO enrolments (id, panel_id, code_hash, made_by, expires_at) VALUES ($1, $2, 'hash', $3, clock_timestamp())",
        code, panel["arts"], SCOREKEEPER,
    )  # fmt: skip
    await database.execute(
        "INSERT INTO assistances (id, judge_id, device_id, kind, asked_at) VALUES ($1, $2, $3, 'help', $4)", called, MARKER, TABLET, NOW
    )
    return {"panel_id": list(panel.values()), "device_id": [TABLET, other], "enrolment_id": [code], "assistance_id": [called]}


async def _paper(it: Played) -> dict[str, list[Any]]:
    """A sheet that one person has typed from paper, and a teaching design for the judges of an entry."""
    place, key = it.hall, SheetKey(judge(3), it.hall.entries[OWN], "design")
    it.typed = [Mark(key.judge_id, key.entry_id, key.part, "design", _count("typed", LOWEST["design"], False))]
    async with transaction(place.pool, "scoring_desk", TYPIST, TYPIST) as tx:
        await papers.to_paper(tx, _move(it))
        await papers.type_sheet(tx, new_id(), key, {"design": it.typed[0].texts[1]}, "", TYPIST, NOW)
        plan = {f"A04-{WORDS['handed_in']}.png": (PLAN, sha256(PLAN).hexdigest())}
        found = await materials.upload(tx, new_id(), place.division_id, plan, SCOREKEEPER, NOW)
        await materials.confirm(tx, found.id, place.division_id, {}, SCOREKEEPER, NOW)
        (given,) = (await materials.standing(tx, place.division_id))[place.entries[3]]
    return {"judge_id": [judge(3)], "material_id": [given.id], "upload_id": [found.id]}


def _move(it: Played) -> Move:
    return Move(
        division_id=it.hall.division_id, entry_id=it.hall.entries[OWN], judge_id=judge(3), part="design", reason="x", by=TYPIST,
        now=NOW,
    )  # fmt: skip


async def _second(database: Any, hall: Hall) -> Hall:
    """Another division of the same activity, with a panel of its own."""
    activity_id = await database.value("SELECT activity_id FROM activities")
    division_id, entries = new_id(), [new_id(), new_id()]
    activity = Activity(activity_id=activity_id, version=2, key="teaching-9", title="教学竞赛", title_en="", edition=9, kind="competition")
    division = Division(
        division_id=division_id, activity_id=activity_id, activity_key="teaching-9", activity_title="教学竞赛",
        activity_title_en="", key="science", title="理科组", title_en="", places=2,
    )  # fmt: skip
    judges = [judge(OTHERS + more) for more in range(JUDGES)]
    seats = tuple(
        Seat(judge_id=each, position=place, kind="judge", name=f"理科评委{place}", unit_id=None, leader=place == 2)
        for place, each in enumerate(judges, start=1)
    )
    items = roll(division_id, entries)
    async with transaction(database.pool, "scoring_system") as tx:
        await rolls.open_activity(tx, activity, [division])
        await rolls.receive(tx, items, NOW)
    async with transaction(database.pool, "scoring_desk") as tx:
        await panels.add(tx, [Panel(id=new_id(), activity_key="teaching-9", division_key="science", venue="", seats=seats)], "season")
    return Hall(database, division_id, entries, judges, {each: new_id() for each in judges})


async def _mark(it: Played) -> None:
    """Everybody marks everything, but the leader not yet the lesson of the first entry."""
    for place in it.divisions:
        rows = await place.database.rows(
            "SELECT judge_id, entry_id FROM assignments WHERE division_id = $1 AND state IN ('judging', 'shadow') ORDER BY 1, 2", place.division_id
        )
        for row in rows:
            for part_key in PARTS:
                if (row["judge_id"], row["entry_id"], part_key) != (LEADER, it.hall.entries[WILD], "lesson"):
                    comment = WORDS["comment"] if row["judge_id"] == MARKER else ""
                    await it.send(place, row["judge_id"], row["entry_id"], part_key, comment=comment)
    (last,) = [
        row["revision_id"]
        for row in await it.hall.database.rows(
            "SELECT revision_id FROM sheet_heads WHERE judge_id = $1 AND entry_id = $2 AND part = 'design'", judge(3), it.hall.entries[2]
        )
    ]
    await it.send(it.hall, judge(3), it.hall.entries[2], "design", base=last, reason=WORDS["rewritten"], turn=1)
    await it.hall.database.execute(
        "INSERT INTO remark_requests (id, division_id, stage, entry_id, scope, asked_by, asked_at) VALUES ($1, $2, 'final', $3, '', $4, $5)",
        new_id(), it.hall.division_id, it.hall.entries[WILD], SCOREKEEPER, NOW,
    )  # fmt: skip
    await it.hall.database.execute(
        "INSERT INTO drafts (judge_id, entry_id, part, device_id, marks, comment, reason, written_at, kept_at)"
        " VALUES ($1, $2, 'lesson', $3, $4, $5, '', 0, 'infinity')",
        MARKER, it.hall.entries[WILD], TABLET, f'{{"content":"{WORDS["draft"]}"}}', WORDS["draft"],
    )  # fmt: skip


async def _rehearse(it: Played) -> None:
    """A rehearsal with the first panel, in which two have marked."""
    made = Rehearsal(
        division_id=new_id(), activity_id=new_id(), modelled_on=it.hall.division_id, rule_key="teaching-9", made_by=SCOREKEEPER, made_at=NOW
    )
    async with transaction(it.hall.pool, "scoring_desk") as tx:
        await rehearsals.make(tx, made, NOW)
        invented = await rolls.current(tx, made.division_id, "final")
    assert invented
    entries = [each.entry_id for each in invented.items]
    place = Hall(it.hall.database, made.division_id, entries, it.hall.judges, it.hall.devices)
    for each in (MARKER, LEADER):
        await it.send(place, each, place.entries[0], "design")
    it.practice = place


async def _disturb(it: Played) -> None:
    """Two swap places, one is absent and comes after all, a swap is only asked for, and a judge who has marked all leaves."""
    place = it.hall
    for kind, entries, word in (("swap", place.entries[2:4], "swapped"), ("absent", place.entries[4:], "missed")):
        wanted = request(place, kind, *entries, reason=WORDS[word])
        await ask(place, wanted)
        await confirm(place, wanted)
    await change(place, "present", *place.entries[4:])
    waits = request(place, "swap", *place.entries[2:4], reason=WORDS["swapped"])
    await ask(place, waits)
    async with transaction(place.pool, "scoring_desk") as tx:
        kept = (await panels.leaving(tx, place.division_id, GONE, None, "")).kept
        await panels.leave(tx, place.division_id, GONE, None, WORDS["unwell"], kept, SCOREKEEPER, NOW)
    async with transaction(place.pool, "scoring_hall") as tx:
        await running_orders.say(tx, place.division_id, place.entries[3], "late", SCOREKEEPER, NOW)
    it.ids["request_id"] = [waits.id]


def _steps(it: Played) -> Iterator[Any]:
    """One awaitable per phase after the first."""
    yield _finish(it)
    yield _lock(it)
    yield release(it.hall, *it.hall.entries[:2])
    yield _seal_and_release(it)
    yield _open(it)


async def _finish(it: Played) -> None:
    """The leader's last sheet, and what is recorded beside the marks; the sheet comes back from paper, typed by half."""
    place = it.hall
    async with transaction(place.pool, "scoring_desk", TYPIST, TYPIST) as tx:
        await papers.from_paper(tx, _move(it))
    await it.send(place, LEADER, place.entries[WILD], "lesson")
    await _disturb(it)
    about = {"division_id": place.division_id, "stage": "final", "now": NOW}
    async with transaction(place.pool, "scoring_desk") as tx:
        off = About(id=new_id(), entry_id=place.entries[2], by=SCOREKEEPER, **about)
        await deductions.deduct(tx, off, "no_aids", "1", WORDS["deducted"])
        await deductions.adjust(tx, About(id=new_id(), entry_id=place.entries[2], by=LEADER, **about), "0.05", WORDS["adjusted"])
        lesson = Clock(division_id=place.division_id, entry_id=place.entries[0], number=1, limit_seconds=1200, warning_seconds=1080)
        await clocks.start(tx, lesson, NOW)
        await clocks.take(tx, place.division_id, place.entries[0], "end", NOW + timedelta(minutes=19))
    it.ids["deduction_id"] = [off.id]


async def _lock(it: Played) -> None:
    """Locked; a sheet that came too late; an appeal about another's entry, rechecked; a correction that is only proposed."""
    place = it.hall
    await lock(place)
    await it.send(place, MARKER, place.entries[3], "design", turn=2)
    filed = Appeal(
        id=new_id(), division_id=place.division_id, stage="final", entry_id=place.entries[2], ground="transcription",
        text=WORDS["appealed"], paper="档案 3 号", person_id=None, filed_by=SCOREKEEPER, filed_at=NOW,
    )  # fmt: skip
    found = Recheck(id=new_id(), appeal_id=filed.id, found=WORDS["rechecked"], written_by=SCOREKEEPER, written_at=NOW)
    async with transaction(place.pool, "scoring_desk") as tx:
        await appeals.file(tx, filed, by_desk=True)
        await appeals.decide(tx, filed.id, True, "", day(NOW) + timedelta(days=5), SCOREKEEPER, NOW)
        await appeals.write_recheck(tx, found)
    async with transaction(place.pool, "scoring_supervisor") as tx:
        await appeals.sign_recheck(tx, found.id, SUPERVISOR, NOW)
    last = next(each for each in it.marks if (each.judge_id, each.entry_id, each.key) == (judge(3), place.entries[4], "design"))
    change = CorrectedSheet(
        revision_id=new_id(), judge_id=last.judge_id, entry_id=last.entry_id, part="design", marks={"design": last.count + 70},
        was={"design": last.count},
    )  # fmt: skip
    it.marks.append(Mark(last.judge_id, last.entry_id, "design", "design", last.count + 70))
    correction = Correction(
        id=new_id(), division_id=place.division_id, stage="final", ground="transcription", reason=WORDS["corrected"],
        appeal_id=None, change=change, proposed_by=SCOREKEEPER, proposed_at=NOW,
    )  # fmt: skip
    async with transaction(place.pool, "scoring_desk") as tx:
        await appeals.answer(tx, filed.id, "dismissed", WORDS["answered"], SCOREKEEPER, NOW)
        await corrections.propose(tx, correction)
    it.ids |= {"appeal_id": [filed.id], "recheck_id": [found.id], "correction_id": [correction.id]}


async def _seal_and_release(it: Played) -> None:
    """The correction is applied by two, both results are sealed, the first is released as a whole; no codes are opened yet."""
    place, (correction_id,) = it.hall, it.ids["correction_id"]
    async with transaction(place.pool, "scoring_desk") as tx:
        seen = (await ledger.head(tx, place.division_id)).position
        await corrections.apply(tx, correction_id, seen, SCOREKEEPER, NOW)
    async with transaction(place.pool, "scoring_supervisor") as tx:
        await corrections.confirm(tx, correction_id, (await ledger.head(tx, place.division_id)).position, SUPERVISOR, NOW)
    await lock(it.other)
    it.ids["score_set_id"] = [await seal(place), await seal(it.other)]
    await release(place)


async def _open(it: Played) -> None:
    """Registration has opened the codes of the first division."""
    place = it.hall
    people = {entry: new_id() for entry in place.entries} | {place.entries[OWN]: CONTESTANT, place.entries[0]: OTHER_CONTESTANT}
    async with transaction(place.pool, "scoring_system") as tx:
        await board.open_roll(tx, place.division_id, list(people.items()))
        for at, entry in enumerate(place.entries):
            await board.set_name(tx, people[entry], Name(f"quokkaname{at}", f"quokkaunit{at}"))
    own = Appeal(
        id=new_id(), division_id=place.division_id, stage="final", entry_id=place.entries[OWN], ground="procedure",
        text=WORDS["own_appeal"], paper="", person_id=CONTESTANT, filed_by=CONTESTANT, filed_at=NOW,
    )  # fmt: skip
    async with transaction(place.pool, "scoring_member", CONTESTANT, CONTESTANT) as tx:
        await appeals.file(tx, own, by_desk=False)


async def _ids(it: Played) -> dict[str, list[Any]]:
    value = it.hall.database.value
    nobody = [new_id()]
    return {
        "division_id": [place.division_id for place in it.divisions],
        "entry_id": [it.hall.entries[WILD], it.hall.entries[OWN], it.other.entries[0]],
        "activity_key": ["teaching-9"],
        "part": list(PARTS),
        "rule_hash": [await value("SELECT rule_hash FROM rules")],
        "revision_id": [await value("SELECT revision_id FROM sheet_heads WHERE judge_id = $1 LIMIT 1", MARKER)],
        "name": ["median"],
        "digest": ["0" * 64],
        "version": ["0"],
        **dict.fromkeys(
            """appeal_id recheck_id correction_id deduction_id request_id release_id score_set_id check_id assistance_id device_id
            enrolment_id panel_id freeze_id""".split(), nobody
        ),
    }


async def figures(it: Played, phase: Phase, reader: UUID | None) -> set[str]:
    """What may not be told, or not yet: other judges' sums, sums of a part, results that were not released."""
    found: set[str] = set()
    for place in it.divisions:
        async with transaction(place.pool, "scoring_desk") as tx:
            lines = (await standings.of_division(tx, place.division_id, "final")).standings.lines
        for line in lines:
            found |= {_text(each.fraction) for each in line.parts.values()}
            is_out = phase in PHASES[4:] or (phase == "first" and line.entry_id in place.entries[:2])
            if place is not it.hall or not is_out:
                found |= {line.shown, _text(line.result.fraction)}
    return found | {sum_text(it, *each) for each in {(mark.judge_id, mark.entry_id) for mark in it.marks} if each[0] != reader}


def sum_text(it: Played, judge_id: UUID, entry_id: UUID) -> str:
    """A judge's lesson in all, as a page writes it."""
    lesson = [each.count for each in it.marks if (each.judge_id, each.entry_id, each.part) == (judge_id, entry_id, "lesson")]
    return _text(Fraction(sum(lesson), 100_000))


def units(it: Played) -> set[str]:
    """Where contestants come from: ids that nobody but staff may learn."""
    return {str(unit(place)) for place in range(1, ENTRIES + 1)}
