"""A division in PostgreSQL, ready to be marked: activity, rule, panel and a sealed roll, made by the services' own doors."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from fractions import Fraction
from hashlib import sha256
from typing import Any
from uuid import UUID

import msgspec

from services.scoring.bundles.domain import roll_text
from services.scoring.rolls import actions as rolls
from services.scoring.rolls.domain import Activity, Division, Roll, RollItem
from services.scoring.rubrics import actions as rubrics
from services.scoring.rubrics.domain import Rule, Stage
from services.scoring.sheets import actions as sheets
from services.scoring.sheets.domain import Acknowledgement, Revision, SheetKey, Submission
from shared.db import transaction
from shared.exact import count
from shared.ids import new_id
from tests.scoring.samples import TEACHING, judge

NOW = datetime(2026, 5, 16, 1, 0, tzinfo=UTC)
SCOREKEEPER, SUPERVISOR = UUID(int=0xC001), UUID(int=0xC002)
MARKS: dict[str, dict[str, str]] = {
    "design": {"design": "18.0"},
    "lesson": {"content": "27.0", "delivery": "40.0"},
    "reflection": {"reflection": "4.0"},
}


@dataclass
class Hall:
    """One division with its judges; `judges` × `entries` are assigned to each other."""

    database: Any
    division_id: UUID
    entries: list[UUID]
    judges: list[UUID]
    devices: dict[UUID, UUID]
    seqs: dict[UUID, int] = field(default_factory=dict)

    @property
    def pool(self) -> Any:
        return self.database.pool

    def revision(
        self,
        judge_id: UUID,
        entry_id: UUID,
        part: str,
        marks: dict[str, str],
        *,
        base: UUID | None = None,
        device_id: UUID | None = None,
        seq: int | None = None,
        reason: str = "",
        version: int = 1,
    ) -> Revision:
        """What the judge's tablet sends; marks are decimal text of tenths."""
        device = device_id or self.devices[judge_id]
        self.seqs[device] = seq or self.seqs.get(device, 0) + 1
        return Revision(
            id=new_id(),
            device_id=device,
            seq=self.seqs[device],
            base=base,
            sheet=SheetKey(judge_id, entry_id, part),
            rubric_version=version,
            marks={key: count(text, Fraction(1, 10)) for key, text in marks.items()},
            comment="",
            reason=reason,
        )

    async def send(self, *revisions: Revision) -> list[Acknowledgement]:
        async with transaction(self.pool, "scoring_writer") as tx:
            return await sheets.submit(tx, [Submission(each, NOW) for each in revisions])

    async def mark_all(self, skip: Sequence[tuple[UUID, UUID, str]] = (), parts: Sequence[str] = tuple(MARKS)) -> None:
        """Every judge marks every entry alike, but for the sheets left out."""
        await self.send(
            *(
                self.revision(judge_id, entry_id, part, MARKS[part])
                for entry_id in self.entries
                for judge_id in self.judges
                for part in parts
                if (judge_id, entry_id, part) not in skip
            )
        )


async def hall(
    database: Any,
    *,
    rule: Rule = TEACHING,
    entries: int = 2,
    judges: int = 7,
    preselection_part: str | None = None,
    stages: Sequence[Stage] = ("final",),
) -> Hall:
    """Open an activity, attach the rule, receive the rolls and seat the panel."""
    activity_id, division_id = new_id(), new_id()
    ids = [new_id() for _ in range(entries)]
    activity = Activity(activity_id=activity_id, version=1, key="teaching-9", title="教学竞赛", title_en="", edition=9, kind="competition")
    division = Division(
        division_id=division_id, activity_id=activity_id, activity_key="teaching-9", activity_title="教学竞赛",
        activity_title_en="", key="arts", title="文科组", title_en="", places=entries,
    )  # fmt: skip
    async with transaction(database.pool, "scoring_system") as tx:
        await rubrics.attach(tx, "teaching-9", rule, "source", preselection_part, NOW)
        await rolls.open_activity(tx, activity, [division])
        for stage in stages:
            await rolls.receive(tx, roll(division_id, ids, stage=stage), NOW)
    panel = [judge(number) for number in range(1, judges + 1)]
    for each in panel:
        for entry_id in ids:
            await assign(database, division_id, each, entry_id)
    return Hall(database, division_id, ids, panel, {each: new_id() for each in panel})


def roll(division_id: UUID, entries: Sequence[UUID], *, stage: Stage = "final", version: int = 1) -> Roll:
    items = tuple(
        RollItem(entry_id=each, code=f"A{place:02}", order=place, title=f"Topic {place}", unit_id=UUID(int=place), commitment="00")
        for place, each in enumerate(entries, start=1)
    )
    made = Roll(
        roll_id=new_id(), division_id=division_id, stage=stage, version=version, supersedes=None, hash="", items=items
    )  # fmt: skip
    return msgspec.structs.replace(made, hash=sha256(roll_text(made).encode()).hexdigest())


async def assign(database: Any, division_id: UUID, judge_id: UUID, entry_id: UUID, state: str = "judging") -> None:
    """The seat as slice panels stores it (its own tests show that it does)."""
    await database.execute(
        "INSERT INTO assignments (division_id, judge_id, entry_id, seat, state) VALUES ($1, $2, $3, 1, $4)"
        " ON CONFLICT (judge_id, entry_id) DO UPDATE SET state = excluded.state",
        division_id, judge_id, entry_id, state,
    )  # fmt: skip
