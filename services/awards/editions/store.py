"""SQL of editions, proposals, awards and minutes."""

from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec

from services.awards.editions.domain import (
    AwardState,
    Division,
    Edition,
    ExtraPrize,
    Minute,
    Opening,
    Plan,
    ProposedAward,
    Remark,
    State,
)
from shared.db import Transaction


def _edition(row: object) -> Edition:
    values = dict(row)  # type: ignore[call-overload]  # an asyncpg Record is a mapping without a type for it
    values["divisions"] = msgspec.json.decode(values["divisions"], type=tuple[Division, ...])
    values["plan"] = msgspec.json.decode(values["plan"], type=Plan)
    return Edition(**values)


async def insert(tx: Transaction, edition_id: UUID, season_id: UUID, opening: Opening) -> None:
    await tx.execute(
        """INSERT INTO editions (id, season_id, kind, key, title, title_en, organisation, language, divisions, plan, position)
           SELECT $1, $2, $3, $4, $5, $6, $7, $8, $9::text::jsonb, $10::text::jsonb,
                  coalesce(max(position), 0) + 1 FROM editions""",
        edition_id, season_id, opening.kind, opening.key, opening.title, opening.title_en, opening.organisation,
        opening.language, msgspec.json.encode(opening.divisions).decode(), msgspec.json.encode(opening.plan).decode(),
    )  # fmt: skip


async def by_key(tx: Transaction, key: str) -> Edition | None:
    row = await tx.fetchrow(
        """SELECT id, season_id, kind, key, title, title_en, organisation, language, divisions::text, plan::text, state,
                  proposal_id
             FROM editions WHERE key = $1""",
        key,
    )
    return _edition(row) if row else None


async def by_id(tx: Transaction, edition_id: UUID) -> Edition | None:
    row = await tx.fetchrow(
        """SELECT id, season_id, kind, key, title, title_en, organisation, language, divisions::text, plan::text, state,
                  proposal_id
             FROM editions WHERE id = $1""",
        edition_id,
    )
    return _edition(row) if row else None


async def lock(tx: Transaction, edition_id: UUID) -> None:
    """Let no other step of this edition run at the same time."""
    await tx.execute("SELECT FROM editions WHERE id = $1 FOR UPDATE", edition_id)


async def listed(tx: Transaction) -> list[Edition]:
    rows = await tx.fetch(
        """SELECT id, season_id, kind, key, title, title_en, organisation, language, divisions::text, plan::text, state,
                  proposal_id
             FROM editions ORDER BY position"""
    )
    return [_edition(row) for row in rows]


async def set_state(tx: Transaction, edition_id: UUID, state: State) -> None:
    await tx.execute("UPDATE editions SET state = $2 WHERE id = $1", edition_id, state)


async def set_proposal(tx: Transaction, edition_id: UUID, proposal_id: UUID) -> None:
    await tx.execute("UPDATE editions SET proposal_id = $2 WHERE id = $1", edition_id, proposal_id)


async def last_proposal(tx: Transaction, edition_id: UUID) -> tuple[UUID, int, str] | None:
    """id, version and hash of the newest proposal."""
    row = await tx.fetchrow(
        "SELECT id, version, list_hash FROM proposals WHERE edition_id = $1 ORDER BY version DESC LIMIT 1", edition_id
    )
    return (row["id"], row["version"], row["list_hash"]) if row else None


async def cites(tx: Transaction, proposal_id: UUID) -> list[UUID]:
    """The score sets, or the ballots, that a proposal rests on."""
    found: list[UUID] = await tx.fetchval("SELECT cites FROM proposals WHERE id = $1", proposal_id)
    return found


async def insert_proposal(
    tx: Transaction,
    proposal_id: UUID,
    edition_id: UUID,
    version: int,
    cites: list[UUID],
    list_hash: str,
    by: UUID,
    now: datetime,
) -> None:
    await tx.execute(
        """INSERT INTO proposals (id, edition_id, version, cites, list_hash, proposed_by, proposed_at)
           VALUES ($1, $2, $3, $4, $5, $6, $7)""",
        proposal_id, edition_id, version, cites, list_hash, by, now,
    )  # fmt: skip


async def insert_awards(
    tx: Transaction, edition_id: UUID, proposal_id: UUID, awards: list[tuple[UUID, int, ProposedAward]]
) -> None:
    """awards: id, position in the list, the award."""
    await tx.executemany(
        """INSERT INTO awards (id, edition_id, proposal_id, position, subject_kind, subject_id, person_id, name, name_key, unit,
                               division_key, division, division_en, work, code, rank, result, tier, tier_en, tier_position)
           VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20)""",
        [
            (award_id, edition_id, proposal_id, place, *msgspec.structs.astuple(award))
            for award_id, place, award in awards
        ],
    )


async def award_states(tx: Transaction, edition_id: UUID) -> list[AwardState]:
    """The awards of the list that counts and where each stands, in the list's order."""
    rows = await tx.fetch(
        """SELECT id, edition_id, subject_kind, subject_id, person_id, name, name_key, unit, division_key, division, division_en,
                  work, code, rank, result, tier, tier_en, tier_position, position, suspended, struck, approval_id,
                  commendation_id, certificate_no, certificate_id
             FROM award_states WHERE edition_id = $1 ORDER BY position""",
        edition_id,
    )
    return [AwardState(**row) for row in rows]


async def insert_minute(
    tx: Transaction, edition_id: UUID, extra: ExtraPrize, by: UUID, now: datetime
) -> None:
    await tx.execute(
        """INSERT INTO tier_minutes (id, edition_id, division_key, tier, more, title, document_no, dated, scan_sha256, scan_name,
                                     scan_size, recorded_by, recorded_at)
           VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)""",
        extra.id, edition_id, extra.division_key, extra.tier, extra.more, extra.minute.title, extra.minute.document_no,
        extra.minute.dated, extra.scan_sha256, extra.scan_name, extra.scan_size, by, now,
    )  # fmt: skip


async def extras(tx: Transaction, edition_id: UUID) -> list[ExtraPrize]:
    rows = await tx.fetch(
        """SELECT id, division_key, tier, more, title, document_no, dated, scan_sha256, scan_name, scan_size
             FROM tier_minutes WHERE edition_id = $1 ORDER BY recorded_at, id""",
        edition_id,
    )
    return [_extra(dict(row)) for row in rows]


def _extra(row: dict[str, Any]) -> ExtraPrize:
    minute = Minute(**{name: row.pop(name) for name in ("title", "document_no", "dated")})
    return ExtraPrize(minute=minute, **row)


async def remarks(tx: Transaction, edition_id: UUID) -> list[Remark]:
    """The changed numbers as every audience may read them, in the order they were recorded."""
    rows = await tx.fetch(
        """SELECT division_key, division, division_en, tier, tier_en, frozen, title, document_no, dated,
                  frozen + sum(more) OVER (PARTITION BY division_key, tier ORDER BY recorded_at, id) AS now
             FROM public_minutes WHERE edition_id = $1 ORDER BY recorded_at, id""",
        edition_id,
    )
    return [Remark(**row) for row in rows]
