"""Rows of board frames and of the names behind opened codes."""

from datetime import datetime
from uuid import UUID

import msgspec
from msgspec import Struct

from services.scoring.board.domain import Frame, Name
from shared.db import Transaction


async def frame_of(tx: Transaction, division_id: UUID) -> Frame | None:
    body = await tx.fetchval("SELECT body FROM board_frames WHERE division_id = $1", division_id)
    return msgspec.json.decode(body, type=Frame) if body else None


class Standing(Struct, frozen=True):
    """Everybody's frame, the hall's own, the page of the ceremony that runs (the newest of several), and names that are known."""

    public: Frame | None
    hall: Frame | None
    reveal: str
    names: dict[UUID, Name]


async def standing(tx: Transaction, division_id: UUID) -> Standing:
    row = await tx.fetchrow(
        """SELECT (SELECT body FROM board_frames WHERE division_id = $1) AS public,
                  (SELECT body FROM hall_frames WHERE division_id = $1) AS hall,
                  (SELECT address FROM board_reveals WHERE division_id = $1 AND address <> ''
                    ORDER BY reveal_id DESC LIMIT 1) AS reveal,
                  (SELECT json_object_agg(entry_id, json_build_object('name', name, 'unit', unit)) FROM board_names
                    WHERE division_id = $1 AND name IS NOT NULL) AS names""",
        division_id,
    )
    public, hall, reveal, names = tuple(row) if row else (None,) * 4
    return Standing(
        public=msgspec.json.decode(public, type=Frame) if public else None,
        hall=msgspec.json.decode(hall, type=Frame) if hall else None,
        reveal=reveal or "",
        names=msgspec.json.decode(names, type=dict[UUID, Name]) if names else {},
    )


async def frames(tx: Transaction) -> list[Frame]:
    rows = await tx.fetch("SELECT body FROM board_frames WHERE NOT is_rehearsal(division_id) ORDER BY division_id")
    return [msgspec.json.decode(row["body"], type=Frame) for row in rows]


_SAVED = """(division_id, version, body, made_at) VALUES ($1, $2, $3, $4)
    ON CONFLICT (division_id) DO UPDATE SET version = excluded.version, body = excluded.body, made_at = excluded.made_at"""


async def save(tx: Transaction, frame: Frame) -> None:
    await tx.execute(f"INSERT INTO board_frames {_SAVED}", *_row(frame))


async def save_hall(tx: Transaction, frame: Frame) -> None:
    await tx.execute(f"INSERT INTO hall_frames {_SAVED}", *_row(frame))


def _row(frame: Frame) -> tuple[UUID, int, str, datetime]:
    return frame.division_id, frame.version, msgspec.json.encode(frame).decode(), frame.made_at


async def lock(tx: Transaction, division_id: UUID, waits: bool) -> bool:
    """One process at a time makes a division's frame; the others take what it made, or wait for their turn."""
    kind = "pg_advisory_xact_lock" if waits else "pg_try_advisory_xact_lock"
    return await tx.fetchval(f"SELECT {kind}(hashtextextended('board ' || $1, 0))", str(division_id)) is not False


async def add_reveal(tx: Transaction, division_id: UUID, reveal_id: UUID, address: str) -> None:
    await tx.execute(
        "INSERT INTO board_reveals (division_id, reveal_id, address) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING",
        division_id, reveal_id, address,
    )  # fmt: skip


async def end_reveal(tx: Transaction, division_id: UUID, reveal_id: UUID) -> None:
    await tx.execute(
        """INSERT INTO board_reveals (division_id, reveal_id, address) VALUES ($1, $2, '')
           ON CONFLICT (division_id, reveal_id) DO UPDATE SET address = ''""",
        division_id, reveal_id,
    )  # fmt: skip


async def venue(tx: Transaction, division_id: UUID) -> str | None:
    """Where the division's panel sits, None before there is a panel."""
    found: str | None = await tx.fetchval(
        """SELECT p.venue FROM panels p JOIN activities a ON a.key = p.activity_key
             JOIN divisions d ON d.activity_id = a.activity_id AND d.key = p.division_key WHERE d.division_id = $1""",
        division_id,
    )
    return found


async def add_person(tx: Transaction, division_id: UUID, entry_id: UUID, person_id: UUID) -> None:
    await tx.execute(
        "INSERT INTO board_names (division_id, entry_id, person_id) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING",
        division_id, entry_id, person_id,
    )  # fmt: skip


async def nameless(tx: Transaction) -> list[UUID]:
    """People behind opened codes whose name has not been fetched."""
    rows = await tx.fetch("SELECT DISTINCT person_id FROM board_names WHERE name IS NULL")
    return [row["person_id"] for row in rows]


async def set_name(tx: Transaction, person_id: UUID, name: Name) -> None:
    await tx.execute(
        "UPDATE board_names SET name = $2, unit = $3 WHERE person_id = $1", person_id, name.name, name.unit
    )


async def marked(tx: Transaction, division_id: UUID, parts: list[str]) -> set[UUID]:
    """Entries for which every judge who marks them has a sheet for each of these parts."""
    rows = await tx.fetch(
        """SELECT a.entry_id FROM assignments a CROSS JOIN unnest($2::text[]) AS p(part)
             LEFT JOIN sheet_heads h ON h.judge_id = a.judge_id AND h.entry_id = a.entry_id AND h.part = p.part
            WHERE a.division_id = $1 AND a.state = 'judging'
            GROUP BY a.entry_id HAVING count(*) = count(h.revision_id)""",
        division_id, parts,
    )  # fmt: skip
    return {row["entry_id"] for row in rows}


async def division_ids(tx: Transaction) -> list[UUID]:
    rows = await tx.fetch("SELECT division_id FROM divisions ORDER BY division_id")
    return [row["division_id"] for row in rows]
