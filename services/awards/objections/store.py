"""SQL of objections, objectors and answers. Who may read which is decided by the audience's grants."""

from datetime import datetime
from uuid import UUID

from services.awards.objections.domain import Answered, Objection, Objector, Sealed, Subject
from shared.db import Transaction


async def insert(
    tx: Transaction, objection_id: UUID, notice_id: UUID, award_id: UUID | None, ground: str, text: str, named: bool,
    receipt_hash: bytes, now: datetime,
) -> None:  # fmt: skip
    await tx.execute(
        """INSERT INTO objections (id, notice_id, award_id, ground, text, named, receipt_hash, filed_at)
           VALUES ($1, $2, $3, $4, $5, $6, $7, $8)""",
        objection_id, notice_id, award_id, ground, text, named, receipt_hash, now,
    )  # fmt: skip


async def insert_objector(tx: Transaction, objection_id: UUID, objector: Objector) -> None:
    await tx.execute(
        "INSERT INTO objectors (objection_id, name, unit, contact) VALUES ($1, $2, $3, $4)",
        objection_id, objector.name, objector.unit, objector.contact,
    )  # fmt: skip


async def is_posted(tx: Transaction, notice_id: UUID, award_id: UUID) -> bool:
    return bool(
        await tx.fetchval(
            "SELECT EXISTS (SELECT FROM public_notice_awards WHERE notice_id = $1 AND id = $2)", notice_id, award_id
        )
    )


async def by_receipt(tx: Transaction, receipt_hash: bytes) -> Answered | None:
    row = await tx.fetchrow(
        "SELECT id, named, filed_at, outcome, answer, answered_at FROM objection_by_receipt($1)", receipt_hash
    )
    return Answered(**row) if row else None


async def named(tx: Transaction, notice_id: UUID) -> list[Objection]:
    """What the office examines: text and ground, nobody's name."""
    rows = await tx.fetch(
        """SELECT id, notice_id, award_id, ground, text, filed_at, outcome, answer, answered_at
             FROM named_objections WHERE notice_id = $1 ORDER BY filed_at, id""",
        notice_id,
    )
    return [Objection(**row) for row in rows]


async def named_one(tx: Transaction, objection_id: UUID) -> Objection | None:
    row = await tx.fetchrow(
        """SELECT id, notice_id, award_id, ground, text, filed_at, outcome, answer, answered_at
             FROM named_objections WHERE id = $1""",
        objection_id,
    )
    return Objection(**row) if row else None


async def sealed(tx: Transaction) -> list[Sealed]:
    """Everything, with identities: for the supervisor alone."""
    rows = await tx.fetch(
        """SELECT o.id, o.notice_id, o.award_id, o.ground, o.text, o.named, o.filed_at, a.outcome, a.answer, a.answered_at,
                  coalesce(p.name, '') AS name, coalesce(p.unit, '') AS unit, coalesce(p.contact, '') AS contact
             FROM objections o
             LEFT JOIN objection_answers a ON a.objection_id = o.id
             LEFT JOIN objectors p ON p.objection_id = o.id
            ORDER BY o.filed_at DESC, o.id"""
    )
    return [Sealed(**row) for row in rows]


async def insert_answer(
    tx: Transaction, objection_id: UUID, outcome: str, answer: str, by: UUID, now: datetime
) -> bool:
    """False if it was answered before."""
    done = await tx.execute(
        """INSERT INTO objection_answers (objection_id, outcome, answer, answered_by, answered_at)
           VALUES ($1, $2, $3, $4, $5) ON CONFLICT DO NOTHING""",
        objection_id, outcome, answer, by, now,
    )  # fmt: skip
    return done.endswith(" 1")


async def subjects(tx: Transaction, notice_id: UUID) -> list[Subject]:
    """The posted lines, by name."""
    rows = await tx.fetch(
        """SELECT id, name, unit, division, division_en, tier, tier_en
             FROM public_notice_awards WHERE notice_id = $1 ORDER BY name_key, name, id""",
        notice_id,
    )
    return [Subject(**row) for row in rows]
