"""SQL of rules and activity_rules."""

from datetime import datetime
from functools import lru_cache
from uuid import UUID

import msgspec

from services.scoring.rubrics.domain import ActivityRule, Rule
from shared.db import Transaction

MOST_KNOWN = 256
_known: dict[str, Rule] = {}
"""Rules this process has read, by hash."""


@lru_cache(maxsize=MOST_KNOWN)
def _rule(canonical: str) -> Rule:
    return msgspec.json.decode(canonical, type=Rule)


async def add_rule(tx: Transaction, rule_hash: str, canonical: str, source: str, now: datetime) -> None:
    await tx.execute(
        """INSERT INTO rules (rule_hash, canonical, source, stored_at) VALUES ($1, $2, $3, $4)
           ON CONFLICT (rule_hash) DO NOTHING""",
        rule_hash, canonical, source, now,
    )  # fmt: skip


async def attach(
    tx: Transaction, activity_key: str, rule_hash: str, preselection_part: str | None, now: datetime
) -> None:
    await tx.execute(
        """INSERT INTO activity_rules (activity_key, rule_hash, preselection_part, attached_at) VALUES ($1, $2, $3, $4)
           ON CONFLICT (activity_key) DO UPDATE SET rule_hash = excluded.rule_hash,
               preselection_part = excluded.preselection_part, attached_at = excluded.attached_at""",
        activity_key, rule_hash, preselection_part, now,
    )  # fmt: skip


async def of_activity(tx: Transaction, activity_key: str) -> ActivityRule | None:
    row = await tx.fetchrow(
        """SELECT activity_key, rule_hash, preselection_part, canonical
             FROM activity_rules JOIN rules USING (rule_hash) WHERE activity_key = $1""",
        activity_key,
    )
    if row is None:
        return None
    return ActivityRule(
        activity_key=row["activity_key"],
        rule=_rule(row["canonical"]),
        hash=row["rule_hash"],
        preselection_part=row["preselection_part"],
    )


async def of_divisions(tx: Transaction, divisions: list[UUID]) -> dict[UUID, ActivityRule]:
    """The rule of each division that has one. A rule never changes under its hash, so a known one is not sent again."""
    known = dict(_known)
    rows = await tx.fetch(
        """SELECT d.division_id, u.activity_key, u.rule_hash, u.preselection_part,
                  CASE WHEN u.rule_hash <> ALL ($2::text[]) THEN r.canonical END AS canonical
             FROM divisions d JOIN activities a USING (activity_id)
             JOIN activity_rules u ON u.activity_key = a.key JOIN rules r USING (rule_hash)
            WHERE d.division_id = ANY($1::uuid[])""",
        divisions, list(known),
    )  # fmt: skip
    known |= {row["rule_hash"]: _rule(row["canonical"]) for row in rows if row["canonical"]}
    if len(known) <= MOST_KNOWN:
        _known.update(known)
    return {
        row["division_id"]: ActivityRule(
            activity_key=row["activity_key"],
            rule=known[row["rule_hash"]],
            hash=row["rule_hash"],
            preselection_part=row["preselection_part"],
        )
        for row in rows
    }


async def activity_key_of(tx: Transaction, division_id: UUID) -> str | None:
    key: str | None = await tx.fetchval(
        "SELECT a.key FROM divisions d JOIN activities a USING (activity_id) WHERE d.division_id = $1", division_id
    )
    return key


async def divisions_of(tx: Transaction, activity_key: str) -> list[UUID]:
    rows = await tx.fetch(
        "SELECT division_id FROM divisions d JOIN activities a USING (activity_id) WHERE a.key = $1", activity_key
    )
    return [row["division_id"] for row in rows]


async def text(tx: Transaction, rule_hash: str) -> tuple[str, str] | None:
    row = await tx.fetchrow("SELECT canonical, source FROM rules WHERE rule_hash = $1", rule_hash)
    return (row["canonical"], row["source"]) if row else None


async def rule(tx: Transaction, rule_hash: str) -> Rule | None:
    canonical: str | None = await tx.fetchval("SELECT canonical FROM rules WHERE rule_hash = $1", rule_hash)
    return _rule(canonical) if canonical else None
