"""SQL of paper_typings and paper_scans. Whose typing may be read is decided by row security, not here."""

from uuid import UUID

import asyncpg
import msgspec

from services.scoring.papers.domain import Agreement, Progress, Scan, Typing
from services.scoring.sheets.domain import SheetKey
from shared.db import Transaction


def _key(row: asyncpg.Record) -> SheetKey:
    return SheetKey(row["judge_id"], row["entry_id"], row["part"])


def _typing(row: asyncpg.Record) -> Typing:
    return Typing(
        id=row["id"], division_id=row["division_id"], sheet=_key(row), paper_position=row["paper_position"],
        typist_id=row["typist_id"], marks=msgspec.json.decode(row["marks"]), comment=row["comment"], typed_at=row["typed_at"],
    )  # fmt: skip


async def add(tx: Transaction, each: Typing) -> None:
    await tx.execute(
        """INSERT INTO paper_typings (id, division_id, judge_id, entry_id, part, paper_position, typist_id, marks, comment,
                                      typed_at)
           VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)""",
        each.id, each.division_id, each.sheet.judge_id, each.sheet.entry_id, each.sheet.part, each.paper_position,
        each.typist_id, msgspec.json.encode(each.marks, order="sorted").decode(), each.comment, each.typed_at,
    )  # fmt: skip


async def find(tx: Transaction, typing_id: UUID) -> Typing | None:
    row = await tx.fetchrow("SELECT * FROM paper_typings WHERE id = $1", typing_id)
    return _typing(row) if row else None


async def readable(tx: Transaction, sheet: SheetKey, paper_position: int) -> list[Typing]:
    """What this reader may see of a sheet's typings since it went to paper, the newest first."""
    rows = await tx.fetch(
        """SELECT * FROM paper_typings WHERE (judge_id, entry_id, part) = ($1, $2, $3) AND paper_position = $4
            ORDER BY number DESC""",
        sheet.judge_id, sheet.entry_id, sheet.part, paper_position,
    )  # fmt: skip
    return [_typing(row) for row in rows]


async def progress(tx: Transaction, division_id: UUID) -> list[Progress]:
    """How far the sheets of a division are typed that wait for somebody."""
    rows = await tx.fetch("SELECT * FROM paper_progress($1)", division_id)
    return [Progress(**{**dict(row), "differing": tuple(row["differing"])}) for row in rows]


async def agreement(tx: Transaction, typing: Typing) -> Agreement | None:
    """Another person's open typing that says the same, the earliest."""
    key = typing.sheet
    row = await tx.fetchrow(
        "SELECT * FROM paper_agreement($1, $2, $3, $4)", key.judge_id, key.entry_id, key.part, typing.id
    )
    return Agreement(**dict(row)) if row else None


async def add_scan(tx: Transaction, division_id: UUID, scan: Scan) -> None:
    await tx.execute(
        """INSERT INTO paper_scans (division_id, judge_id, entry_id, part, sha256, media_type, bytes, ledger_position)
           VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT DO NOTHING""",
        division_id, scan.sheet.judge_id, scan.sheet.entry_id, scan.sheet.part, scan.sha256, scan.media_type, scan.bytes,
        scan.ledger_position,
    )  # fmt: skip


async def scans(tx: Transaction, division_id: UUID) -> list[Scan]:
    """In ledger order."""
    rows = await tx.fetch("SELECT * FROM paper_scans WHERE division_id = $1 ORDER BY ledger_position", division_id)
    return [
        Scan(
            sheet=_key(row), sha256=row["sha256"], media_type=row["media_type"], bytes=row["bytes"],
            ledger_position=row["ledger_position"],
        )
        for row in rows
    ]  # fmt: skip


async def forget_scans(tx: Transaction, division_id: UUID) -> None:
    await tx.execute("DELETE FROM paper_scans WHERE division_id = $1", division_id)
