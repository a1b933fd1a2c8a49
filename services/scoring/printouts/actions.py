"""Gather what is printed; the PDF itself is made at the edge, outside the transaction."""

from datetime import datetime
from typing import Any
from uuid import UUID

from services.scoring.divisions import actions as divisions
from services.scoring.divisions.domain import Gathered, Say, parts_of
from services.scoring.ledger import actions as ledger
from services.scoring.panels import actions as panels
from services.scoring.printouts import domain
from services.scoring.roots import actions as roots
from services.scoring.rubrics.domain import Part, Stage
from shared.clock import local
from shared.db import Transaction
from shared.errors import Missing

SHEET_WORDS = "unmarked sum comment reason".split()
SUMMARY_WORDS = ("rank code entry result decided_by not_sealed sign_scorekeeper sign_supervisor sign_date").split()


async def sheets(
    tx: Transaction, division_id: UUID, stage: Stage, entry_id: UUID | None, say: Say, language: str, now: datetime
) -> dict[str, Any]:
    """The pages of all sheets of a division, or of one entry. Raises Missing: division_unknown, no_roll."""
    gathered, parts = await _gather(tx, division_id, stage)
    head = await ledger.head(tx, division_id)
    pages = domain.sheet_pages(gathered, await panels.assignments(tx, division_id), parts, say)
    pages += domain.record_pages(gathered, say)
    if entry_id and gathered.roll:
        item = gathered.roll.item(entry_id)
        pages = [page for page in pages if item and page["code"] == item.code]
    words = {word: say(f"print.{word}") for word in SHEET_WORDS}
    return {
        **_heading(gathered, say, language, now),
        "words": {"title": say("print.sheet"), **words},
        "head": say("print.ledger_head", position=head.position, checksum=domain.checksum(head.hash.hex())),
        "sheets": pages,
    }


async def summary(
    tx: Transaction, division_id: UUID, stage: Stage, say: Say, language: str, now: datetime
) -> dict[str, Any]:
    """The summary as it stands now. Raises Missing: division_unknown, no_roll."""
    gathered, parts = await _gather(tx, division_id, stage)
    assignments = await panels.assignments(tx, division_id)
    head = await ledger.head(tx, division_id)
    root = await roots.current(tx, gathered.division.activity_id)
    judges = [
        {"seat": seat.position, "name": seat.name, "sign": say("print.sign_seat", seat=seat.position, name=seat.name)}
        for seat in (gathered.panel.judges if gathered.panel else [])
    ]
    rule = gathered.attached.of_stage(stage) if gathered.attached else None
    proof = say(
        "print.summary_proof",
        position=head.position,
        head=domain.checksum(head.hash.hex()),
        rule=domain.checksum(gathered.attached.hash) if gathered.attached else "",
        version=gathered.roll.version if gathered.roll else 0,
    )
    return {
        **_heading(gathered, say, language, now),
        "words": {"title": say("print.summary"), **{word: say(f"print.{word}") for word in SUMMARY_WORDS}},
        "judges": judges,
        "lines": domain.summary_lines(gathered, assignments, parts, say),
        "how": domain.how(rule, say) if rule else "",
        "reserves": domain.stand_ins(gathered, assignments, say),
        "notes": domain.record_notes(gathered, say) + ([] if gathered.is_locked else [say("print.not_locked")]),
        "sealed": any(each.is_sealed for each in gathered.score_sets),
        "proof": proof,
        "root": say("print.summary_root", root=domain.whole_checksum(root.root)) if root else "",
    }


async def _gather(tx: Transaction, division_id: UUID, stage: Stage) -> tuple[Gathered, tuple[Part, ...]]:
    gathered = await divisions.gather(tx, division_id, stage)
    if gathered.roll is None or gathered.attached is None:
        raise Missing("no_roll")
    return gathered, parts_of(gathered.attached, stage)


def _heading(gathered: Gathered, say: Say, language: str, now: datetime) -> dict[str, Any]:
    division = gathered.division
    is_english = language == "en"
    return {
        "language": "en" if is_english else "zh",
        "activity": division.activity_title_en
        if is_english and division.activity_title_en
        else division.activity_title,
        "division": division.title_en if is_english and division.title_en else division.title,
        "venue": gathered.panel.venue if gathered.panel else "",
        "printed": say("print.printed", at=domain.shown_at(local(now))),
    }
