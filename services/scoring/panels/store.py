"""Rows of panels, seats, recusals and assignments."""

from uuid import UUID

from services.scoring.panels.domain import Assignment, Candidate, Departure, Panel, Relation, Seat
from shared.db import Transaction


async def add_panel(tx: Transaction, panel: Panel, season_key: str) -> None:
    await tx.execute(
        """INSERT INTO panels (id, activity_key, division_key, venue, season_key, asks_pin)
           VALUES ($1, $2, $3, $4, $5, $6)""",
        panel.id, panel.activity_key, panel.division_key, panel.venue, season_key, panel.asks_pin,
    )  # fmt: skip


async def add_seats(tx: Transaction, panel: Panel) -> None:
    await tx.executemany(
        """INSERT INTO seats (panel_id, judge_id, position, kind, name, unit_id, leader)
           VALUES ($1, $2, $3, $4, $5, $6, $7)""",
        [(panel.id, s.judge_id, s.position, s.kind, s.name, s.unit_id, s.leader) for s in panel.seats],
    )


async def panel_of(tx: Transaction, division_id: UUID) -> Panel | None:
    """The panel of a division that is open, without its seats."""
    row = await tx.fetchrow(
        """SELECT p.id, p.activity_key, p.division_key, p.venue, p.asks_pin
             FROM panels p JOIN activities a ON a.key = p.activity_key
             JOIN divisions d ON d.activity_id = a.activity_id AND d.key = p.division_key
            WHERE d.division_id = $1""",
        division_id,
    )
    return Panel(**row) if row else None


async def panels(tx: Transaction) -> list[Panel]:
    """Every panel, without its seats, by activity and division."""
    rows = await tx.fetch(
        """SELECT id, activity_key, division_key, venue, asks_pin FROM panels
            ORDER BY season_key, activity_key, division_key"""
    )
    return [Panel(**row) for row in rows]


async def seats_of(tx: Transaction, panel_id: UUID) -> tuple[Seat, ...]:
    rows = await tx.fetch(
        """SELECT judge_id, position, kind, name, unit_id, leader FROM seats
            WHERE panel_id = $1 ORDER BY kind, position""",
        panel_id,
    )
    return tuple(Seat(**row) for row in rows)


async def divisions_of(tx: Transaction, activity_key: str) -> dict[str, UUID]:
    """Division key -> id, for an activity that is open."""
    rows = await tx.fetch(
        """SELECT d.key, d.division_id FROM divisions d JOIN activities a ON a.activity_id = d.activity_id
            WHERE a.key = $1""",
        activity_key,
    )
    return {row["key"]: row["division_id"] for row in rows}


async def divisions_judged_by(tx: Transaction, judge_id: UUID) -> list[UUID]:
    """Divisions in whose panel this person sits, in their panels' order."""
    rows = await tx.fetch(
        """SELECT d.division_id FROM seats s JOIN panels p ON p.id = s.panel_id
             JOIN activities a ON a.key = p.activity_key
             JOIN divisions d ON d.activity_id = a.activity_id AND d.key = p.division_key
            WHERE s.judge_id = $1 AND NOT is_cleared(d.division_id) ORDER BY a.key, d.key""",
        judge_id,
    )
    return [row["division_id"] for row in rows]


async def candidates(tx: Transaction, division_id: UUID) -> list[Candidate]:
    """Entries of the newest roll of each stage; the final roll's code stands where an entry is in both."""
    rows = await tx.fetch(
        """SELECT DISTINCT ON (i.entry_id) i.entry_id, i.code, i.unit_id
             FROM rolls r JOIN roll_items i ON i.roll_id = r.roll_id
            WHERE r.division_id = $1 AND r.version = (SELECT max(version) FROM rolls n
                  WHERE n.division_id = r.division_id AND n.stage = r.stage)
            ORDER BY i.entry_id, r.stage""",
        division_id,
    )
    return [Candidate(**row) for row in rows]


async def add_relation(
    tx: Transaction, relation_id: UUID, division_id: UUID, relation: Relation, declared_by: UUID, now: object
) -> bool:
    """False if this judge and this entry have a relation already."""
    added = await tx.fetchval(
        """INSERT INTO recusals (id, division_id, judge_id, entry_id, relation, reserve_id, declared_by, declared_at)
           VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT DO NOTHING RETURNING true""",
        relation_id, division_id, relation.judge_id, relation.entry_id, relation.relation, relation.reserve_id,
        declared_by, now,
    )  # fmt: skip
    return bool(added)


async def relations_of(tx: Transaction, division_id: UUID) -> list[Relation]:
    rows = await tx.fetch(
        """SELECT judge_id, entry_id, relation, reserve_id FROM recusals
            WHERE division_id = $1 ORDER BY declared_at, id""",
        division_id,
    )
    return [Relation(**row) for row in rows]


async def add_departure(tx: Transaction, division_id: UUID, departure: Departure, position: int) -> None:
    await tx.execute(
        """INSERT INTO departures (division_id, judge_id, reserve_id, kept, reason, ledger_position)
           VALUES ($1, $2, $3, $4, $5, $6)""",
        division_id, departure.judge_id, departure.reserve_id, sorted(departure.kept), departure.reason, position,
    )  # fmt: skip


async def departures_of(tx: Transaction, division_id: UUID) -> list[Departure]:
    """Who has gone, the first first."""
    rows = await tx.fetch(
        """SELECT judge_id, reserve_id, kept, reason FROM departures
            WHERE division_id = $1 ORDER BY ledger_position""",
        division_id,
    )
    return [Departure(**{**row, "kept": frozenset(row["kept"])}) for row in rows]


async def departure_rows(tx: Transaction, division_id: UUID) -> list[tuple[object, ...]]:
    """What a rebuild must recreate equal."""
    rows = await tx.fetch(
        """SELECT judge_id, reserve_id, kept::text, reason, ledger_position FROM departures
            WHERE division_id = $1 ORDER BY judge_id""",
        division_id,
    )
    return [tuple(row.values()) for row in rows]


async def forget_departures(tx: Transaction, division_id: UUID) -> None:
    await tx.execute("DELETE FROM departures WHERE division_id = $1", division_id)


async def assignments_of(tx: Transaction, division_id: UUID) -> list[Assignment]:
    """All of a division; a judge's audience sees its own rows only."""
    rows = await tx.fetch(
        "SELECT judge_id, entry_id, seat, state FROM assignments WHERE division_id = $1 ORDER BY entry_id, seat, state",
        division_id,
    )
    return [Assignment(**row) for row in rows]


async def save(tx: Transaction, division_id: UUID, assignments: list[Assignment]) -> None:
    await tx.executemany(
        """INSERT INTO assignments (division_id, judge_id, entry_id, seat, state) VALUES ($1, $2, $3, $4, $5)
           ON CONFLICT (judge_id, entry_id) DO UPDATE SET seat = excluded.seat, state = excluded.state""",
        [(division_id, each.judge_id, each.entry_id, each.seat, each.state) for each in assignments],
    )


async def has_marked(tx: Transaction, judge_id: UUID, entry_id: UUID) -> bool:
    """Whether a sheet of this judge counts for the entry."""
    return bool(
        await tx.fetchval(
            "SELECT EXISTS (SELECT FROM sheet_heads WHERE judge_id = $1 AND entry_id = $2)", judge_id, entry_id
        )
    )


async def lock(tx: Transaction, division_id: UUID) -> None:
    """One change of a division's assignments at a time."""
    await tx.execute("SELECT pg_advisory_xact_lock(hashtextextended('panel ' || $1, 0))", str(division_id))
