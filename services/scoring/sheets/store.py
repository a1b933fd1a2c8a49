"""SQL of revisions, sheet_heads, countersignatures, stage_locks and paper_sheets; reads assignments, devices, sign_ons.

Nothing here updates a revision.
"""

from collections.abc import Sequence
from uuid import UUID

import asyncpg
import msgspec

from services.scoring.ledger.domain import Recorded
from services.scoring.rubrics.domain import Stage
from services.scoring.sheets.domain import (
    Acknowledgement,
    Assigned,
    Decided,
    Door,
    Head,
    OnPaper,
    Place,
    Revision,
    Sent,
    Sheet,
    SheetKey,
    content_hash,
)
from shared.db import Transaction

Marks = dict[str, int]


def _columns(keys: Sequence[SheetKey]) -> tuple[list[UUID], list[UUID], list[str]]:
    return [key.judge_id for key in keys], [key.entry_id for key in keys], [key.part for key in keys]


def _place(row: asyncpg.Record) -> Place:
    return Place(division_id=row["division_id"], is_recused=row["state"] == "recused")


async def place(tx: Transaction, sheet: SheetKey) -> Place | None:
    """Where a sheet belongs, None where its judge is not seated for the entry."""
    row = await tx.fetchrow(
        "SELECT division_id, state FROM assignments WHERE judge_id = $1 AND entry_id = $2", sheet.judge_id, sheet.entry_id
    )
    return _place(row) if row else None


async def device_keys(tx: Transaction, ids: list[UUID]) -> dict[UUID, bytes]:
    rows = await tx.fetch("SELECT id, public_key FROM devices WHERE id = ANY($1::uuid[])", ids)
    return {row["id"]: row["public_key"] for row in rows}


async def doors(tx: Transaction, revisions: Sequence[Revision]) -> list[Door]:
    """What each of these revisions meets before it is decided, in their order."""
    rows = await tx.fetch(
        """SELECT a.division_id, a.state, d.id IS NOT NULL AS is_known, d.revoked_at IS NOT NULL AS is_revoked,
                  EXISTS (SELECT FROM sign_ons s WHERE s.device_id = n.device_id AND s.judge_id = n.judge_id) AS is_signed_on
             FROM unnest($1::uuid[], $2::uuid[], $3::uuid[]) WITH ORDINALITY AS n (judge_id, entry_id, device_id, place)
             LEFT JOIN assignments a USING (judge_id, entry_id) LEFT JOIN devices d ON d.id = n.device_id ORDER BY n.place""",
        *_columns([each.sheet for each in revisions])[:2],
        [each.device_id for each in revisions],
    )
    return [
        Door(
            place=_place(row) if row["division_id"] else None,
            is_known=row["is_known"], is_revoked=row["is_revoked"], is_signed_on=row["is_signed_on"],
        )
        for row in rows
    ]  # fmt: skip


async def standing(
    tx: Transaction, revisions: Sequence[Revision]
) -> tuple[dict[UUID, tuple[str, Acknowledgement]], dict[SheetKey, Head]]:
    """Of those that are stored, the content hash and what was answered; and the heads of all their sheets.

    Whoever changes one of them holds the division's chain, and so does the caller.
    """
    rows = await tx.fetch(
        """SELECT r.content_hash, r.ledger_position, r.chain_hash, r.disposition, r.head,
                  h.revision_id, h.device_id, h.seq
             FROM unnest($1::uuid[], $2::uuid[], $3::text[], $4::uuid[])
                  WITH ORDINALITY AS n (judge_id, entry_id, part, id, place)
             LEFT JOIN revisions r ON r.id = n.id
             LEFT JOIN sheet_heads h ON (h.judge_id, h.entry_id, h.part) = (n.judge_id, n.entry_id, n.part) ORDER BY n.place""",
        *_columns([each.sheet for each in revisions]),
        [each.id for each in revisions],
    )
    done, heads = {}, {}
    for revision, row in zip(revisions, rows, strict=True):
        if row["content_hash"]:
            done[revision.id] = row["content_hash"], Acknowledgement(
                id=revision.id, ledger_position=row["ledger_position"], chain_hash=row["chain_hash"],
                disposition=row["disposition"], head=row["head"],
            )  # fmt: skip
        if row["revision_id"]:
            heads[revision.sheet] = Head(revision_id=row["revision_id"], device_id=row["device_id"], seq=row["seq"])
    return done, heads


async def add_revisions(
    tx: Transaction, decided: list[Decided], recorded: list[Recorded], *, is_replay: bool = False
) -> int:
    """Insert the revisions whose judge is assigned to the entry, and only those, and let the last of a sheet that counts be
    its head. Says how many were inserted.

    Whoever is recused can only be held, unless the rule keeps such marks. is_replay: the ledger has accepted them before,
    assignments are not asked.
    """
    sheets = [each.revision.sheet for each in decided]
    counting = {sheet: each.revision.id for sheet, each in zip(sheets, decided, strict=True) if each.disposition == "counted"}
    count: int = await tx.fetchval(
        """WITH given AS MATERIALIZED (
             SELECT * FROM unnest($1::uuid[], $2::uuid[], $3::uuid[], $4::text[], $5::uuid[], $6::bigint[], $7::uuid[], $8::int[],
                         $9::text[], $10::text[], $11::text[], $12::timestamptz[], $13::text[], $14::text[], $15::uuid[],
                         $16::bigint[], $17::text[], $18::timestamptz[], $19::uuid[], $20::int[], $21::text[], $22::text[])
               AS n (id, judge_id, entry_id, part, device_id, seq, base, rubric_version, marks, comment, reason,
                     written_at, content_hash, disposition, head, position, hash, at, division_id, protocol, signature, source)
           ), added AS (
             INSERT INTO revisions (id, division_id, judge_id, entry_id, part, device_id, seq, base, rubric_version, marks,
                                    comment, reason, written_at, content_hash, disposition, head, ledger_position,
                                    chain_hash, received_at, protocol, signature, source)
             SELECT n.id, n.division_id, n.judge_id, n.entry_id, n.part, n.device_id, n.seq, n.base, n.rubric_version,
                    n.marks, n.comment, n.reason, n.written_at, n.content_hash, n.disposition, n.head, n.position, n.hash, n.at,
                    n.protocol, n.signature, n.source
               FROM given n LEFT JOIN assignments a USING (judge_id, entry_id, division_id)
              WHERE $23 OR a.state IN ('judging', 'kept', 'shadow') OR (a.state = 'recused' AND n.disposition = 'held_recused')
                 OR (a.state = 'left' AND n.disposition <> 'counted')
             RETURNING id
           ), moved AS (
             INSERT INTO sheet_heads (judge_id, entry_id, part, division_id, revision_id, device_id, seq, marks, ledger_position)
             SELECT judge_id, entry_id, part, division_id, id, device_id, seq, marks, position
               FROM given JOIN added USING (id) WHERE id = ANY($24::uuid[])
             ON CONFLICT (judge_id, entry_id, part) DO UPDATE SET revision_id = excluded.revision_id,
                 device_id = excluded.device_id, seq = excluded.seq, marks = excluded.marks,
                 ledger_position = excluded.ledger_position
           )
           SELECT count(*) FROM added""",
        [each.revision.id for each in decided],
        *_columns(sheets),
        [each.revision.device_id for each in decided],
        [each.revision.seq for each in decided],
        [each.revision.base for each in decided],
        [each.revision.rubric_version for each in decided],
        [_text(each.revision.marks) for each in decided],
        [each.revision.comment for each in decided],
        [each.revision.reason for each in decided],
        [each.revision.written_at for each in decided],
        [content_hash(each.revision) for each in decided],
        [each.disposition for each in decided],
        [each.head for each in decided],
        [each.position for each in recorded],
        [each.hash.hex() for each in recorded],
        [each.at for each in recorded],
        [each.division_id for each in decided],
        [each.revision.protocol for each in decided],
        [each.revision.signature for each in decided],
        [each.revision.source for each in decided],
        is_replay,
        list(counting.values()),
    )
    return count


async def sheets(tx: Transaction, division_id: UUID) -> list[Sheet]:
    """Every sheet of a division that the audience may see, with its counting and its last revision."""
    rows = await tx.fetch(
        """SELECT DISTINCT ON (r.judge_id, r.entry_id, r.part) r.*, h.revision_id AS head_id
             FROM revisions r LEFT JOIN sheet_heads h USING (judge_id, entry_id, part)
            WHERE r.division_id = $1 ORDER BY r.judge_id, r.entry_id, r.part, r.ledger_position DESC""",
        division_id,
    )
    others = [row["head_id"] for row in rows if row["head_id"] not in (None, row["id"])]
    counting = {each.revision_id: each for each in await sent(tx, others)} if others else {}
    found = []
    for row in rows:
        last = _sent(row)
        head = last if row["head_id"] == row["id"] else counting.get(row["head_id"])
        sheet = Sheet(
            judge_id=row["judge_id"],
            entry_id=row["entry_id"],
            part=row["part"],
            division_id=division_id,
            head=head,
            last=last,
        )
        found.append(sheet)
    return found


async def sent(tx: Transaction, ids: list[UUID]) -> list[Sent]:
    return [_sent(row) for row in await tx.fetch("SELECT * FROM revisions WHERE id = ANY($1::uuid[])", ids)]


async def history(tx: Transaction, sheet: SheetKey) -> list[Sent]:
    rows = await tx.fetch(
        "SELECT * FROM revisions WHERE judge_id = $1 AND entry_id = $2 AND part = $3 ORDER BY ledger_position DESC",
        sheet.judge_id, sheet.entry_id, sheet.part,
    )  # fmt: skip
    return [_sent(row) for row in rows]


async def division_of(tx: Transaction, revision_id: UUID) -> UUID | None:
    division: UUID | None = await tx.fetchval("SELECT division_id FROM revisions WHERE id = $1", revision_id)
    return division


async def counting(tx: Transaction, division_id: UUID) -> list[tuple[SheetKey, Marks]]:
    """The marks that count in a division: not those of shadow judges, nor of who left an entry unfinished."""
    rows = await tx.fetch(
        """SELECT h.judge_id, h.entry_id, h.part, h.marks FROM sheet_heads h
             LEFT JOIN assignments a USING (judge_id, entry_id)
            WHERE h.division_id = $1 AND a.state IS DISTINCT FROM 'shadow' AND a.state IS DISTINCT FROM 'left'""",
        division_id,
    )
    return [(SheetKey(row["judge_id"], row["entry_id"], row["part"]), _marks(row["marks"])) for row in rows]


async def assigned(tx: Transaction, division_id: UUID) -> list[Assigned]:
    """Who marks which entry of a division; recused judges are in none."""
    rows = await tx.fetch(
        "SELECT judge_id, entry_id FROM assignments WHERE division_id = $1 AND state = 'judging'", division_id
    )
    return [Assigned(row["judge_id"], row["entry_id"]) for row in rows]


async def seats(tx: Transaction, division_id: UUID) -> list[Assigned]:
    """Everybody seated in a division, recused or not."""
    rows = await tx.fetch(
        """SELECT judge_id, entry_id, state FROM assignments WHERE division_id = $1 AND state NOT IN ('left', 'shadow')
            ORDER BY entry_id, judge_id""",
        division_id,
    )
    return [
        Assigned(row["judge_id"], row["entry_id"], "", "judging" if row["state"] == "judging" else "recused")
        for row in rows
    ]


async def locked(tx: Transaction, divisions: list[UUID]) -> dict[UUID, frozenset[Stage]]:
    rows = await tx.fetch(
        "SELECT division_id, stage FROM stage_locks WHERE division_id = ANY($1::uuid[]) AND locked", divisions
    )
    return {
        division: frozenset(row["stage"] for row in rows if row["division_id"] == division) for division in divisions
    }


async def closed(
    tx: Transaction, divisions: list[UUID]
) -> tuple[dict[UUID, frozenset[Stage]], list[OnPaper], frozenset[tuple[UUID, UUID]]]:
    """What keeps revisions of these divisions from counting, in one statement.

    Locked stages, sheets on paper, and (division, judge) of those who have left.
    """
    rows = await tx.fetch(
        """SELECT division_id, stage, NULL::uuid AS entry_id, NULL::uuid AS judge_id, '' AS part, '' AS reason,
                  0 AS ledger_position
             FROM stage_locks WHERE division_id = ANY($1::uuid[]) AND locked
           UNION ALL SELECT division_id, NULL, entry_id, judge_id, part, reason, ledger_position
             FROM paper_sheets WHERE division_id = ANY($1::uuid[])
           UNION ALL SELECT division_id, NULL, NULL, judge_id, '', '', ledger_position
             FROM departures WHERE division_id = ANY($1::uuid[])""",
        divisions,
    )
    stages = {
        each: frozenset(row["stage"] for row in rows if row["stage"] and row["division_id"] == each)
        for each in divisions
    }
    names = OnPaper.__struct_fields__
    paper = [OnPaper(**{name: row[name] for name in names}) for row in rows if row["entry_id"]]
    left = frozenset((row["division_id"], row["judge_id"]) for row in rows if not row["stage"] and not row["entry_id"])
    return stages, paper, left


async def held_on_paper(tx: Transaction, division_id: UUID) -> list[tuple[SheetKey, Sent]]:
    """What judges sent for sheets while these were on paper, as they still are: the last of each sheet."""
    rows = await tx.fetch(
        """SELECT DISTINCT ON (r.judge_id, r.entry_id, r.part) r.* FROM revisions r
             JOIN paper_sheets p ON p.entry_id = r.entry_id AND r.ledger_position > p.ledger_position
              AND (p.judge_id IS NULL OR (p.judge_id, p.part) = (r.judge_id, r.part))
            WHERE r.division_id = $1 AND r.disposition = 'held_locked'
            ORDER BY r.judge_id, r.entry_id, r.part, r.ledger_position DESC""",
        division_id,
    )
    return [(SheetKey(row["judge_id"], row["entry_id"], row["part"]), _sent(row)) for row in rows]


async def add_paper(tx: Transaction, division_id: UUID, sheet: OnPaper) -> None:
    await tx.execute(
        """INSERT INTO paper_sheets (division_id, entry_id, judge_id, part, reason, ledger_position)
           VALUES ($1, $2, $3, $4, $5, $6)""",
        division_id, sheet.entry_id, sheet.judge_id, sheet.part, sheet.reason, sheet.ledger_position,
    )  # fmt: skip


async def end_paper(tx: Transaction, division_id: UUID, entry_id: UUID, judge_id: UUID | None, part: str) -> None:
    """This sheet is on paper no longer; without a judge, nothing of the entry is."""
    await tx.execute(
        """DELETE FROM paper_sheets WHERE division_id = $1 AND entry_id = $2
              AND ($3::uuid IS NULL OR (judge_id, part) = ($3::uuid, $4))""",
        division_id, entry_id, judge_id, part,
    )  # fmt: skip


async def set_lock(tx: Transaction, division_id: UUID, stage: Stage, is_locked: bool, position: int) -> None:
    await tx.execute(
        """INSERT INTO stage_locks (division_id, stage, locked, ledger_position) VALUES ($1, $2, $3, $4)
           ON CONFLICT (division_id, stage) DO UPDATE SET locked = excluded.locked, ledger_position = excluded.ledger_position""",
        division_id, stage, is_locked, position,
    )  # fmt: skip


async def add_countersignature(tx: Transaction, revision_id: UUID, division_id: UUID, position: int) -> None:
    await tx.execute(
        "INSERT INTO countersignatures (revision_id, division_id, ledger_position) VALUES ($1, $2, $3)",
        revision_id, division_id, position,
    )  # fmt: skip


async def countersigned(tx: Transaction, division_id: UUID) -> dict[UUID, int]:
    """Revision -> ledger position of the supervisor's countersignature."""
    rows = await tx.fetch(
        "SELECT revision_id, ledger_position FROM countersignatures WHERE division_id = $1", division_id
    )
    return {row["revision_id"]: row["ledger_position"] for row in rows}


async def projections(tx: Transaction, division_id: UUID) -> dict[str, list[tuple[object, ...]]]:
    """Table -> its rows for a division, in a fixed order: what a rebuild must recreate equal."""
    tables = {
        "revisions": await tx.fetch("SELECT * FROM revisions WHERE division_id = $1 ORDER BY id", division_id),
        "sheet_heads": await tx.fetch(
            "SELECT * FROM sheet_heads WHERE division_id = $1 ORDER BY judge_id, entry_id, part", division_id
        ),
        "countersignatures": await tx.fetch(
            "SELECT * FROM countersignatures WHERE division_id = $1 ORDER BY revision_id", division_id
        ),
        "stage_locks": await tx.fetch("SELECT * FROM stage_locks WHERE division_id = $1 ORDER BY stage", division_id),
        "paper_sheets": await tx.fetch(
            "SELECT * FROM paper_sheets WHERE division_id = $1 ORDER BY ledger_position", division_id
        ),
    }
    return {table: [tuple(row.values()) for row in rows] for table, rows in tables.items()}


async def forget(tx: Transaction, division_id: UUID) -> None:
    """Empty the projections of a division, to be filled from the ledger in the same transaction."""
    await tx.execute("DELETE FROM countersignatures WHERE division_id = $1", division_id)
    await tx.execute("DELETE FROM sheet_heads WHERE division_id = $1", division_id)
    await tx.execute("DELETE FROM revisions WHERE division_id = $1", division_id)
    await tx.execute("DELETE FROM stage_locks WHERE division_id = $1", division_id)
    await tx.execute("DELETE FROM paper_sheets WHERE division_id = $1", division_id)


def _text(marks: Marks) -> str:
    return msgspec.json.encode(marks, order="sorted").decode()


def _marks(text: str) -> Marks:
    return msgspec.json.decode(text, type=Marks)


def _sent(row: asyncpg.Record) -> Sent:
    return Sent(
        revision_id=row["id"],
        device_id=row["device_id"],
        seq=row["seq"],
        marks=_marks(row["marks"]),
        comment=row["comment"],
        reason=row["reason"],
        disposition=row["disposition"],
        ledger_position=row["ledger_position"],
        chain_hash=row["chain_hash"],
        at=row["received_at"],
        source=row["source"],
    )
