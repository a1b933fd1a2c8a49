"""The commands of scoring: `python -m services.scoring.cli migrate | rebuild`."""

import asyncio
import os
import sys
from datetime import datetime
from uuid import UUID

from services.scoring.board import actions as board
from services.scoring.ledger import actions as ledger
from services.scoring.ledger import domain as chains
from services.scoring.roles import AUDIENCES
from services.scoring.sheets import actions as sheets
from services.scoring.standings import actions as standings
from shared.clock import clock_from
from shared.db import Pool, Transaction, pool, transaction
from shared.migrate import migrate

USAGE = """usage: python -m services.scoring.cli migrate   (MIGRATE_URL names the owner's database)
       python -m services.scoring.cli rebuild   (DATABASE_URL names the service's database)"""


def main(arguments: list[str]) -> int:
    """Run one command and return the exit status."""
    if arguments == ["migrate"]:
        migrate("scoring", AUDIENCES, os.environ["MIGRATE_URL"])
        return 0
    if arguments == ["rebuild"]:
        return asyncio.run(_rebuild(os.environ["DATABASE_URL"]))
    print(USAGE, file=sys.stderr)
    return 2


async def rebuild(database: Pool, now: datetime) -> dict[UUID, dict[str, int]]:
    """Recreate every projection from the ledger, one transaction per division.

    Division -> table -> rows that were not as the ledger says. Raises ValueError where a chain does not hold.
    """
    async with transaction(database, "scoring_system") as tx:
        divisions = await ledger.divisions(tx)
    return {division: await _division(database, division, now) for division in divisions}


async def _division(database: Pool, division: UUID, now: datetime) -> dict[str, int]:
    async with transaction(database, "scoring_system") as tx:
        await ledger.lock(tx, [division])
        chain = await ledger.chain(tx, division)
        broken_at = chains.first_break(chain)
        if broken_at:
            raise ValueError(f"the ledger of division {division} does not hold at position {broken_at}")
        people = await ledger.people(tx)
        return {
            **await sheets.rebuild(tx, division, chain, people),
            **await standings.rebuild(tx, division, chain, people),
            "board_frames": await _board(tx, division, now),
        }


async def _board(tx: Transaction, division: UUID, now: datetime) -> int:
    """Draw the division's board anew, if it has one; 1 where it had shown something else."""
    if all(frame.division_id != division for frame in await board.frames(tx)):
        return 0
    return int(await board.refresh(tx, division, now) is not None)


async def _rebuild(url: str) -> int:
    database = await pool(url)
    try:
        differences = await rebuild(database, clock_from(os.environ.get("CLOCK", "system")).now())
    finally:
        await database.close()
    for division, tables in differences.items():
        print(f"{division}  " + "  ".join(f"{table} {rows}" for table, rows in tables.items()))
    changed = sum(sum(tables.values()) for tables in differences.values())
    print(f"{len(differences)} divisions rebuilt, {changed} rows differed")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
