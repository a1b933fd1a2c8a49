"""SQL of rehearsals."""

from datetime import datetime
from uuid import UUID

from services.scoring.rehearsals.domain import Rehearsal, Use
from shared.db import Transaction


async def add(tx: Transaction, rehearsal: Rehearsal) -> bool:
    """False if it was made already."""
    return bool(
        await tx.fetchval(
            """INSERT INTO rehearsals (division_id, activity_id, modelled_on, rule_key, made_by, made_at)
               VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT DO NOTHING RETURNING true""",
            rehearsal.division_id, rehearsal.activity_id, rehearsal.modelled_on, rehearsal.rule_key, rehearsal.made_by,
            rehearsal.made_at,
        )
    )  # fmt: skip


async def every(tx: Transaction) -> list[Rehearsal]:
    """The newest first."""
    rows = await tx.fetch(
        """SELECT division_id, activity_id, modelled_on, rule_key, made_by, made_at, cleared_at FROM rehearsals
            ORDER BY made_at DESC, division_id"""
    )
    return [Rehearsal(**row) for row in rows]


async def clear(tx: Transaction, division_id: UUID, by: UUID, now: datetime) -> bool:
    """False if there is no such rehearsal; cleared once, it stays so."""
    status = await tx.execute(
        """UPDATE rehearsals SET cleared_by = coalesce(cleared_by, $2), cleared_at = coalesce(cleared_at, $3)
            WHERE division_id = $1""",
        division_id, by, now,
    )  # fmt: skip
    return status == "UPDATE 1"


async def uses(tx: Transaction) -> list[Use]:
    """Rules that activities use, the newest first; those of rehearsals are left out."""
    rows = await tx.fetch(
        """SELECT u.activity_key, u.attached_at, r.canonical::jsonb ->> 'title' AS title,
                  coalesce(r.canonical::jsonb ->> 'title_en', '') AS title_en
             FROM activity_rules u JOIN rules r USING (rule_hash)
            WHERE NOT EXISTS (SELECT FROM activities a WHERE a.key = u.activity_key AND is_rehearsal(a.activity_id))
            ORDER BY u.attached_at DESC, u.activity_key"""
    )
    return [Use(**row) for row in rows]
