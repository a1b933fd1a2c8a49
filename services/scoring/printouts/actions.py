"""Gather what is printed; the PDF itself is made at the edge, outside the transaction."""

from datetime import datetime
from functools import lru_cache
from typing import Any
from uuid import UUID

import segno
from msgspec import Struct

from services.scoring.divisions import actions as divisions
from services.scoring.divisions.domain import Gathered, Say, parts_of
from services.scoring.ledger import actions as ledger
from services.scoring.panels import actions as panels
from services.scoring.printouts import domain
from services.scoring.roots import actions as roots
from services.scoring.rubrics.domain import Part, Stage, figures
from shared.clock import local
from shared.db import Transaction
from shared.errors import Missing

SHEET_WORDS = "highest unmarked sum comment reason tick by_hand code".split()
SUMMARY_WORDS = ("rank code entry result decided_by not_sealed sign_scorekeeper sign_supervisor sign_date").split()


class Stands(Struct, frozen=True):
    """The ledger entry that a print rests on. hash: hexadecimal; at: None before the first entry."""

    position: int
    hash: str
    at: datetime | None


class Only(Struct, frozen=True, kw_only=True):
    """Which sheets are wanted; None or "" is any."""

    entry_id: UUID | None = None
    judge_id: UUID | None = None
    part: str = ""

    def wants(self, page: dict[str, Any], codes: dict[UUID, str]) -> bool:
        key = page["sheet"]
        return (
            (self.entry_id is None or page["code"] == codes.get(self.entry_id))
            and (self.judge_id is None or (key is not None and key.judge_id == self.judge_id))
            and (not self.part or (key is not None and key.part == self.part))
        )


async def sheets(
    tx: Transaction, division_id: UUID, stage: Stage, only: Only, say: Say, language: str
) -> dict[str, Any]:
    """The pages of all sheets of a division, or of those wanted; the same ledger prints the same bytes.

    Raises Missing: division_unknown, no_roll, no_such_sheet.
    """
    gathered, parts = await _gather(tx, division_id, stage)
    stands = await _stands(tx, division_id, None)
    pages = domain.sheet_pages(gathered, await panels.assignments(tx, division_id), parts, say, language)
    if only.judge_id is None and not only.part:
        pages += domain.record_pages(gathered, say)
    codes = {item.entry_id: item.code for item in gathered.roll.items} if gathered.roll else {}
    pages = [page for page in pages if only.wants(page, codes)]
    if not pages:
        raise Missing("no_such_sheet")
    words = {word: say(f"print.{word}") for word in SHEET_WORDS}
    return {
        **_heading(gathered, stands, say, language),
        "words": {"title": say("print.sheet"), **words},
        "sheets": [{**page, "sheet": None} for page in pages],
    }


async def summary(tx: Transaction, division_id: UUID, stage: Stage, say: Say, language: str) -> dict[str, Any]:
    """The summary as it stands now; once sealed it rests on its seal alone, so that it is the same bytes whenever it is
    printed. Raises Missing: division_unknown, no_roll."""
    gathered, parts = await _gather(tx, division_id, stage)
    assignments = await panels.assignments(tx, division_id)
    seal = (
        next((each for each in reversed(gathered.score_sets) if each.is_sealed), None) if gathered.is_locked else None
    )
    stands = await _stands(tx, division_id, seal.ledger_position if seal else None)
    root = await roots.current(tx, gathered.division.activity_id) if seal else None
    judges = [
        {"seat": seat.position, "name": seat.name, "sign": say("print.sign_seat", seat=seat.position, name=seat.name)}
        for seat in (gathered.panel.judges if gathered.panel else [])
    ]
    rule = gathered.attached.of_stage(stage) if gathered.attached else None
    proof = say(
        "print.summary_proof",
        position=stands.position,
        head=domain.checksum(stands.hash),
        rule=domain.checksum(gathered.attached.hash) if gathered.attached else "",
        version=gathered.roll.version if gathered.roll else 0,
    )
    return {
        **_heading(gathered, stands, say, language),
        "words": {"title": say("print.summary"), **{word: say(f"print.{word}") for word in SUMMARY_WORDS}},
        "judges": judges,
        "lines": domain.summary_lines(gathered, assignments, parts, say, language),
        "how": domain.how(rule, say) if rule else "",
        "reserves": domain.stand_ins(gathered, assignments, say),
        "notes": domain.record_notes(gathered, say) + ([] if gathered.is_locked else [say("print.not_locked")]),
        "sealed": seal is not None,
        "proof": proof,
        "root": say("print.summary_root", root=domain.whole_checksum(root.root)) if root else "",
        "qr": domain.summary_code(division_id, stands.position, stands.hash, root.root if root else ""),
    }


async def _stands(tx: Transaction, division_id: UUID, position: int | None) -> Stands:
    """The ledger entry that a print rests on: the one at this position, else the last."""
    head = (await ledger.at(tx, division_id, position) if position else None) or await ledger.head(tx, division_id)
    return Stands(head.position, head.hash.hex(), await ledger.made_at(tx, division_id, head.position))


def drawn(data: dict[str, Any]) -> dict[str, Any]:
    """What `sheets` or `summary` gathered, with each QR's text as its picture: milliseconds each, so not on the request loop."""
    if "sheets" in data:
        return data | {"sheets": [page | {"qr": _qr(page["qr"])} for page in data["sheets"]]}
    return data | {"qr": _qr(data["qr"])}


@lru_cache(maxsize=1024)
def _qr(text: str) -> str:
    """As SVG for the template; the same text gives the same picture."""
    made: str = segno.make(text, error="m", micro=False).svg_inline(border=0) if text else ""
    return made


async def _gather(tx: Transaction, division_id: UUID, stage: Stage) -> tuple[Gathered, tuple[Part, ...]]:
    gathered = await divisions.gather(tx, division_id, stage)
    if gathered.roll is None or gathered.attached is None:
        raise Missing("no_roll")
    return gathered, parts_of(gathered.attached, stage)


def _heading(gathered: Gathered, stands: Stands, say: Say, language: str) -> dict[str, Any]:
    """No instant of printing: the same state of the ledger prints the same bytes."""
    division = gathered.division
    at = domain.shown_at(local(stands.at)) if stands.at else "—"
    return {
        "language": "en" if language == "en" else "zh",
        "activity": figures.named(division.activity_title, division.activity_title_en, language),
        "division": figures.named(division.title, division.title_en, language),
        "venue": gathered.panel.venue if gathered.panel else "",
        "stands": say("print.stands", at=at, position=stands.position, checksum=domain.checksum(stands.hash)),
    }
