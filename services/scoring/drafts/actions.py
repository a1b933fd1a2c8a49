"""Keep a judge's drafts and give them back on another tablet."""

from datetime import datetime
from uuid import UUID

from services.scoring.drafts import store
from services.scoring.drafts.domain import Draft
from services.scoring.sheets import actions as sheets
from services.scoring.sheets.domain import SheetKey
from shared.db import Transaction
from shared.errors import Missing


async def keep(tx: Transaction, judge_id: UUID, draft: Draft, now: datetime) -> None:
    """Keep the draft as it was last typed. Raises Missing: no_such_sheet (not an entry of this judge, or no part of its rule)."""
    if not await sheets.is_assigned(tx, SheetKey(judge_id, draft.entry_id, draft.part)):
        raise Missing("no_such_sheet")
    await store.keep(tx, judge_id, draft, now)


async def own(tx: Transaction) -> list[Draft]:
    """The acting judge's drafts that no sheet has come after."""
    return await store.own(tx)
