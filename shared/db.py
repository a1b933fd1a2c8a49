"""The door to PostgreSQL: a pool of the login role, and transactions that enter an audience's role.

The login role itself can read nothing. Actions take a `Transaction` and never begin, commit or acquire.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, TypeAlias
from uuid import UUID

import asyncpg

if TYPE_CHECKING:
    from asyncpg.pool import PoolConnectionProxy

    Transaction: TypeAlias = PoolConnectionProxy[asyncpg.Record] | asyncpg.Connection[asyncpg.Record]
    Pool: TypeAlias = asyncpg.Pool[asyncpg.Record]
else:  # the classes take no parameters at run time
    Transaction = asyncpg.Connection
    Pool = asyncpg.Pool

UNAVAILABLE = (
    asyncpg.PostgresConnectionError,
    asyncpg.InterfaceError,
    asyncpg.CannotConnectNowError,
    asyncpg.AdminShutdownError,
    asyncpg.CrashShutdownError,
    asyncpg.InsufficientResourcesError,
    asyncpg.InternalClientError,
    ConnectionError,
    TimeoutError,
    OSError,
)
"""What a killed, restarting or unreachable server raises, or one whose disk is full: wait and try again."""

UNSTORABLE = (asyncpg.CharacterNotInRepertoireError, asyncpg.UntranslatableCharacterError)
"""What a text with a NUL raises, wherever it came from: no page of ours sends one."""


def is_away(error: Exception) -> bool:
    """Whether the server is away. A value that asyncpg cannot encode is an InterfaceError too, but waiting cures nothing."""
    return isinstance(error, UNAVAILABLE) and not isinstance(error, ValueError)


async def pool(url: str, size: int = 8) -> Pool:
    """A pool of `size` connections at most; made lazily, so a server that is still starting is no error.

    Everything a transaction sets ends with it (`SET LOCAL`), so a connection comes back without a round trip of cleaning.
    """
    return await asyncpg.create_pool(url, min_size=0, max_size=size, command_timeout=30, reset=_left)


async def _left(connection: "asyncpg.Connection[asyncpg.Record]") -> None:
    """As it comes back; only whoever was interrupted in the middle has left something."""
    if connection.is_in_transaction():
        await connection.reset()


@asynccontextmanager
async def transaction(
    pool: Pool, audience: str, actor: UUID | None = None, handle: UUID | None = None
) -> AsyncIterator[Transaction]:
    """One transaction in the role of an audience; row security sees the person in `laurel.actor`.

    audience: a role's whole name, e.g. "scoring_judge"; it is an identifier from our own code, never user input.
    handle: the account's handle, seen in `laurel.handle` by rows that know an account before its person came.
    """
    async with pool.acquire() as connection, _ended(connection, "COMMIT", "ROLLBACK"):
        await begin(connection, audience, actor, handle)
        yield connection


async def begin(connection: Transaction, audience: str, actor: UUID | None = None, handle: UUID | None = None) -> None:
    """Begin a transaction and take on the audience's role until it ends, in one round trip."""
    if not audience.replace("_", "").isalpha():
        raise ValueError(f"not a role name: {audience!r}")
    who, account = str(actor or ""), str(handle or "")
    await connection.execute(
        f"BEGIN; SET LOCAL ROLE {audience}; SET LOCAL laurel.actor = '{who}'; SET LOCAL laurel.handle = '{account}'"
    )


@asynccontextmanager
async def savepoint(tx: Transaction) -> AsyncIterator[None]:
    """What fails in here is undone alone; the transaction goes on."""
    await tx.execute("SAVEPOINT here")
    async with _ended(tx, "RELEASE here", "ROLLBACK TO here; RELEASE here"):
        yield


@asynccontextmanager
async def _ended(tx: Transaction, well: str, badly: str) -> AsyncIterator[None]:
    try:
        yield
    except BaseException:
        if not tx.is_closed():
            await tx.execute(badly)
        raise
    if await tx.execute(well) == "ROLLBACK":  # how PostgreSQL answers COMMIT after an error that somebody swallowed
        raise asyncpg.InFailedSQLTransactionError("nothing was committed: an error inside the transaction was swallowed")
