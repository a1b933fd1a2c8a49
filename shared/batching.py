"""Group commands that arrive while a commit is under way into one transaction: one fsync for many callers.

Arrival order is kept. A batch that fails is replayed row by row behind savepoints, so a poisoned command fails its own
caller only. If the transaction itself is lost, every waiter of the batch hears it at once.
"""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from typing import Generic, TypeVar

from shared.db import Pool, Transaction, savepoint, transaction

C = TypeVar("C")
R = TypeVar("R")

AT_ONCE = 2
"""How many waiters hear in one turn of the loop."""


class Batching(Generic[C, R]):
    """action: decides a list of commands in one transaction and returns one outcome each, in order."""

    def __init__(
        self, pool: Pool, audience: str, action: Callable[[Transaction, list[C]], Awaitable[list[R]]], limit: int = 256
    ) -> None:
        self._pool, self._audience, self._action, self._limit = pool, audience, action, limit
        self._waiting: list[tuple[C, asyncio.Future[R]]] = []
        self._woken = asyncio.Event()
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        self._task = asyncio.create_task(self._run(), name="batching")

    async def stop(self) -> None:
        """Finish nothing more: waiters hear that the writer is gone and send again."""
        if self._task:
            self._task.cancel()
            with suppress(asyncio.CancelledError):
                await self._task

    async def submit(self, command: C) -> R:
        """Join the next batch and wait for this command's own outcome. Raises what the action raised for it."""
        if self._task is None or self._task.done():
            raise ConnectionError("the batch writer is not running")
        future: asyncio.Future[R] = asyncio.get_running_loop().create_future()
        self._waiting.append((command, future))
        self._woken.set()
        return await future

    async def _run(self) -> None:
        try:
            while True:
                await self._woken.wait()
                batch, self._waiting = self._waiting[: self._limit], self._waiting[self._limit :]
                if not self._waiting:
                    self._woken.clear()
                await self._decide(batch)
        finally:
            for _, future in self._waiting:
                if not future.done():
                    future.set_exception(ConnectionError("the batch writer has stopped"))

    async def _decide(self, batch: list[tuple[C, asyncio.Future[R]]]) -> None:
        try:
            outcomes = await self._together([command for command, _ in batch])
        except Exception:  # noqa: BLE001 - whoever is to blame hears it below, alone
            await self._one_by_one(batch)
        except asyncio.CancelledError:
            for _, future in batch:
                future.cancel()
            raise
        else:
            self._tell([(future, outcome) for (_, future), outcome in zip(batch, outcomes, strict=True)])

    async def _together(self, commands: list[C]) -> list[R]:
        async with transaction(self._pool, self._audience) as tx:
            return await self._action(tx, commands)

    async def _one_by_one(self, batch: list[tuple[C, asyncio.Future[R]]]) -> None:
        told: list[tuple[asyncio.Future[R], R | Exception]] = []
        try:
            async with transaction(self._pool, self._audience) as tx:
                for command, future in batch:
                    try:
                        async with savepoint(tx):
                            (outcome,) = await self._action(tx, [command])
                        told.append((future, outcome))
                    except Exception as error:  # noqa: BLE001 - this caller's own failure
                        told.append((future, error))
        except Exception as error:  # noqa: BLE001 - the transaction is lost: nobody's command was stored
            told = [(future, error) for _, future in batch]
        self._tell(told)

    def _tell(self, told: Sequence[tuple[asyncio.Future[R], R | Exception]]) -> None:
        """A few in each turn of the loop: who has heard asks again, and the next batch must not wait behind all of that."""
        for future, what in told[:AT_ONCE]:
            if future.done():
                continue
            if isinstance(what, Exception):
                future.set_exception(what)
            else:
                future.set_result(what)
        if rest := told[AT_ONCE:]:
            asyncio.get_running_loop().call_soon(self._tell, rest)
