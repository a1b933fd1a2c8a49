"""SQL of drafts."""

from datetime import datetime
from uuid import UUID

import msgspec

from services.scoring.drafts.domain import Draft
from shared.db import Transaction


async def keep(tx: Transaction, judge_id: UUID, draft: Draft, now: datetime) -> None:
    """The latest to arrive stands, but of one tablet the latest written."""
    await tx.execute(
        """INSERT INTO drafts (judge_id, entry_id, part, device_id, base, marks, comment, reason, written_at, kept_at)
           VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
           ON CONFLICT (judge_id, entry_id, part) DO UPDATE
              SET device_id = excluded.device_id, base = excluded.base, marks = excluded.marks, comment = excluded.comment,
                  reason = excluded.reason, written_at = excluded.written_at, kept_at = excluded.kept_at
            WHERE drafts.device_id <> excluded.device_id OR drafts.written_at <= excluded.written_at""",
        judge_id, draft.entry_id, draft.part, draft.device_id, draft.base, msgspec.json.encode(draft.marks).decode(),
        draft.comment, draft.reason, draft.written_at, now,
    )  # fmt: skip


async def own(tx: Transaction) -> list[Draft]:
    """The acting judge's drafts that no sheet has come after."""
    rows = await tx.fetch(
        """SELECT entry_id, part, device_id, base, marks, comment, reason, written_at FROM drafts d
            WHERE NOT EXISTS (SELECT FROM revisions r
                WHERE (r.judge_id, r.entry_id, r.part) = (d.judge_id, d.entry_id, d.part) AND r.received_at >= d.kept_at)
            ORDER BY entry_id, part"""
    )
    return [Draft(**{**row, "marks": msgspec.json.decode(row["marks"], type=dict[str, str])}) for row in rows]
