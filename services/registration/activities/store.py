"""Tables `activities` and `divisions`."""

from itertools import groupby
from uuid import UUID

import asyncpg
import msgspec

from services.registration.activities.domain import Activity, Division, Eligibility, QuotaStep, Waiver
from shared.db import Transaction


def _json(value: object) -> str:
    return msgspec.json.encode(value).decode()


def _division(row: asyncpg.Record) -> Division:
    own_quota = msgspec.json.decode(row["own_quota"], type=dict[str, int]) if row["own_quota"] else None
    return Division(**{**dict(row), "own_quota": own_quota})


def _activity(row: asyncpg.Record, divisions: tuple[Division, ...]) -> Activity:
    columns = dict(row)
    return Activity(
        **{
            **columns,
            "order": tuple(columns["order"]),
            "quota": msgspec.json.decode(columns["quota"], type=tuple[QuotaStep, ...]),
            "eligibility": msgspec.json.decode(columns["eligibility"], type=tuple[Eligibility, ...]),
            "waivers": msgspec.json.decode(columns["waivers"], type=tuple[Waiver, ...]),
            "divisions": divisions,
        }
    )


async def activities(tx: Transaction, id: UUID | None = None) -> list[Activity]:
    """Whole activities in the order of their halls: all of them, or the one with this id."""
    rows = await tx.fetch(
        """
        SELECT id, season_id, key, kind, title, title_en, edition, document_no, call_at, signup_opens, signup_closes,
               review_closes, admission_at, draw_at, hall_at, admission, admission_order AS "order", entries_per_person,
               entries_per_course, quota_base, quota, eligibility, waivers, preselection_part
          FROM activities WHERE $1::uuid IS NULL OR id = $1 ORDER BY hall_at, key""",
        id,
    )
    divisions = await _divisions(tx, [row["id"] for row in rows])
    return [_activity(row, divisions.get(row["id"], ())) for row in rows]


async def _divisions(tx: Transaction, activity_ids: list[UUID]) -> dict[UUID, tuple[Division, ...]]:
    rows = await tx.fetch(
        """
        SELECT id, activity_id, key, position, title, title_en, places, own_quota, venue
          FROM divisions WHERE activity_id = ANY($1::uuid[]) ORDER BY activity_id, position""",
        activity_ids,
    )
    return {id: tuple(map(_division, group)) for id, group in groupby(rows, lambda row: row["activity_id"])}


async def activity_of_division(tx: Transaction, division_id: UUID) -> UUID | None:
    found: UUID | None = await tx.fetchval("SELECT activity_id FROM divisions WHERE id = $1", division_id)
    return found


async def keys(tx: Transaction, keys: list[str]) -> set[str]:
    """Which of these keys are taken."""
    return {row["key"] for row in await tx.fetch("SELECT key FROM activities WHERE key = ANY($1::text[])", keys)}


async def add(tx: Transaction, activity: Activity) -> None:
    await tx.execute(
        """
        INSERT INTO activities (id, season_id, key, kind, title, title_en, edition, document_no, call_at, signup_opens,
                                signup_closes, review_closes, admission_at, draw_at, hall_at, admission,
                                admission_order, entries_per_person, entries_per_course, quota_base, quota,
                                eligibility, waivers, preselection_part)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22,
                $23, $24)""",
        activity.id, activity.season_id, activity.key, activity.kind, activity.title, activity.title_en,
        activity.edition, activity.document_no, activity.call_at, activity.signup_opens, activity.signup_closes,
        activity.review_closes, activity.admission_at, activity.draw_at, activity.hall_at, activity.admission,
        list(activity.order), activity.entries_per_person, activity.entries_per_course, activity.quota_base,
        _json(activity.quota), _json(activity.eligibility), _json(activity.waivers), activity.preselection_part,
    )  # fmt: skip


async def add_divisions(tx: Transaction, divisions: tuple[Division, ...]) -> None:
    await tx.executemany(
        """
        INSERT INTO divisions (id, activity_id, key, position, title, title_en, places, own_quota, venue)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)""",
        [
            (
                d.id, d.activity_id, d.key, d.position, d.title, d.title_en, d.places,
                None if d.own_quota is None else _json(d.own_quota), d.venue,
            )
            for d in divisions
        ],
    )  # fmt: skip
