"""Run scoring with a writer that acknowledges before it commits: `python -m deploy.chaos.relaxed DEATHS`.

Now and then it dies between the two, by SIGKILL; the file DEATHS counts how often.
"""

import asyncio
import importlib
import os
import signal
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from shared import batching
from shared.db import Pool, Transaction, begin
from shared.web.serve import main

EVERY = 8
"""Batches from one death to the next."""
DEATHS = 8
BETWEEN_SECONDS = 0.15
"""Long enough for the acknowledgement to arrive at a tablet."""


class Relaxed:
    """What stands in for `transaction` in the writer: leaving it is not yet a commit."""

    def __init__(self, deaths: Path) -> None:
        self._deaths = deaths
        self._batches = 0
        self._late: set[asyncio.Task[None]] = set()

    @asynccontextmanager
    async def transaction(self, pool: Pool, audience: str) -> AsyncIterator[Transaction]:
        connection = await pool.acquire()
        try:
            await begin(connection, audience)
            yield connection
        except BaseException:
            await connection.execute("ROLLBACK")
            await pool.release(connection)
            raise

        async def commit() -> None:
            self._batches += 1
            if self._batches % EVERY == 0:
                await asyncio.sleep(BETWEEN_SECONDS)
                self._die()
            await connection.execute("COMMIT")
            await pool.release(connection)

        late = asyncio.create_task(commit())
        self._late.add(late)
        late.add_done_callback(self._late.discard)

    def _die(self) -> None:
        so_far = self._deaths.stat().st_size if self._deaths.exists() else 0
        if so_far < DEATHS:
            self._deaths.write_bytes(b"x" * (so_far + 1))
            os.kill(os.getpid(), signal.SIGKILL)


if __name__ == "__main__":
    batching.transaction = Relaxed(Path(sys.argv[1])).transaction  # type: ignore[assignment, attr-defined]  # the defect
    main(importlib.import_module("services.scoring.app").PLAN)
