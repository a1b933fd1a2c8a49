"""Tables `ballots`, `ballot_roll`, `urn`, `votes`.

Nobody can read the urn. `open_urn` (a function of the database) empties it into `votes` when the round is closed.
"""

from datetime import datetime
from uuid import UUID

import asyncpg
import msgspec

from services.awards.ballots.domain import Ballot, Choice, Contest, Outcome, Seat
from shared.db import Transaction


def _ballot(row: asyncpg.Record) -> Ballot:
    return Ballot(
        id=row["id"],
        programme_id=row["programme_id"],
        round=row["round"],
        contests=msgspec.json.decode(row["contests"], type=tuple[Contest, ...]),
        due=row["due"],
        present=row["present"],
        issued=row["issued"],
        opened_at=row["opened_at"],
        closes_at=row["closes_at"],
        closed_at=row["closed_at"],
        valid=row["valid"],
        outcomes=msgspec.json.decode(row["outcomes"] or "[]", type=tuple[Outcome, ...]),
    )


async def lock_programme(tx: Transaction, programme_id: UUID) -> None:
    """One round after the other."""
    await tx.execute("SELECT pg_advisory_xact_lock(hashtextextended($1, 3054))", str(programme_id))


async def lock_casting(tx: Transaction, ballot_id: UUID) -> None:
    """Papers drop in side by side, but none while the round is being closed."""
    await tx.execute("SELECT pg_advisory_xact_lock_shared(hashtextextended($1, 3055))", str(ballot_id))


async def lock_closing(tx: Transaction, ballot_id: UUID) -> None:
    """Wait for the papers under way and let no other in."""
    await tx.execute("SELECT pg_advisory_xact_lock(hashtextextended($1, 3055))", str(ballot_id))


async def by_id(tx: Transaction, ballot_id: UUID) -> Ballot | None:
    row = await tx.fetchrow(
        """
        SELECT id, programme_id, round, contests, due, present, issued, opened_at, closes_at, closed_at, valid, outcomes
          FROM ballots WHERE id = $1""",
        ballot_id,
    )
    return _ballot(row) if row else None


async def held(tx: Transaction, programme_id: UUID) -> list[Ballot]:
    rows = await tx.fetch(
        """
        SELECT id, programme_id, round, contests, due, present, issued, opened_at, closes_at, closed_at, valid, outcomes
          FROM ballots WHERE programme_id = $1 ORDER BY round""",
        programme_id,
    )
    return [_ballot(row) for row in rows]


async def open_round(tx: Transaction, ballot: Ballot, by: UUID) -> None:
    await tx.execute(
        """
        INSERT INTO ballots (id, programme_id, round, contests, due, present, issued, opened_by, opened_at, closes_at)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)""",
        ballot.id, ballot.programme_id, ballot.round, msgspec.json.encode(ballot.contests).decode(), ballot.due,
        ballot.present, ballot.issued, by, ballot.opened_at, ballot.closes_at,
    )  # fmt: skip


async def add_roll(tx: Transaction, ballot_id: UUID, roll: list[Seat]) -> None:
    await tx.executemany(
        """
        INSERT INTO ballot_roll (ballot_id, seat, handle, name, is_present, is_recused)
        VALUES ($1, $2, $3, $4, $5, $6)""",
        [(ballot_id, s.seat, s.handle, s.name, s.is_present, s.is_recused) for s in roll],
    )


async def roll(tx: Transaction, ballot_id: UUID) -> list[Seat]:
    rows = await tx.fetch(
        """
        SELECT seat, handle, name, is_present, is_recused, has_voted
          FROM ballot_roll WHERE ballot_id = $1 ORDER BY seat""",
        ballot_id,
    )
    return [Seat(**dict(row)) for row in rows]


async def mark_voted(tx: Transaction, ballot_id: UUID, handle: UUID) -> bool:
    """False if that paper was already cast. Row security lets a voter mark only the own row."""
    done = await tx.fetchval(
        """
        UPDATE ballot_roll SET has_voted = true
         WHERE ballot_id = $1 AND handle = $2 AND NOT has_voted RETURNING true""",
        ballot_id, handle,
    )  # fmt: skip
    return bool(done)


async def drop(tx: Transaction, ballot_id: UUID, votes: list[tuple[UUID, UUID, Choice]]) -> None:
    """Put one paper's votes into the urn: vote id, candidate, choice."""
    await tx.execute(
        """
        INSERT INTO urn (id, ballot_id, candidate, choice)
        SELECT v.id, $1, v.candidate, v.choice
          FROM unnest($2::uuid[], $3::uuid[], $4::text[]) AS v (id, candidate, choice) ORDER BY v.id""",
        ballot_id, [v[0] for v in votes], [v[1] for v in votes], [v[2] for v in votes],
    )  # fmt: skip


async def close(tx: Transaction, ballot_id: UUID, by: UUID, now: datetime) -> None:
    await tx.execute("UPDATE ballots SET closed_by = $2, closed_at = $3 WHERE id = $1", ballot_id, by, now)


async def open_urn(tx: Transaction, ballot_id: UUID) -> None:
    await tx.execute("SELECT open_urn($1)", ballot_id)


async def votes(tx: Transaction, ballot_id: UUID) -> list[tuple[UUID, str]]:
    """Candidate and choice of every vote; empty for everybody until the round is closed."""
    rows = await tx.fetch("SELECT candidate, choice FROM votes WHERE ballot_id = $1 ORDER BY id", ballot_id)
    return [(row["candidate"], row["choice"]) for row in rows]


async def save_outcomes(tx: Transaction, ballot_id: UUID, valid: int, outcomes: list[Outcome]) -> None:
    await tx.execute(
        "UPDATE ballots SET valid = $2, outcomes = $3 WHERE id = $1",
        ballot_id, valid, msgspec.json.encode(outcomes).decode(),
    )  # fmt: skip
