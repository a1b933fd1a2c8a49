"""Table `accounts`, and the tries of signing in kept in `limits`."""

from datetime import datetime, timedelta
from uuid import UUID

from services.registration.accounts.domain import Account, Holder, Listed
from shared.db import Transaction


async def by_name(tx: Transaction, account: str) -> Account | None:
    row = await tx.fetchrow(
        "SELECT person_id, account, handle, password_hash, first_code_hash FROM accounts WHERE account = $1", account
    )
    return Account(**dict(row)) if row else None


async def name_of(tx: Transaction, person_id: UUID) -> str | None:
    """The sign-in name of a person."""
    name: str | None = await tx.fetchval("SELECT account FROM accounts WHERE person_id = $1", person_id)
    return name


async def people_of(tx: Transaction, accounts: list[str]) -> dict[str, UUID]:
    """Whose these accounts are."""
    rows = await tx.fetch("SELECT account, person_id FROM accounts WHERE account = ANY($1::text[])", accounts)
    return {row["account"]: row["person_id"] for row in rows}


async def add(tx: Transaction, accounts: list[Account]) -> None:
    await tx.executemany(
        "INSERT INTO accounts (person_id, account, handle) VALUES ($1, $2, $3) ON CONFLICT (person_id) DO NOTHING",
        [(each.person_id, each.account, each.handle) for each in accounts],
    )


async def set_password(tx: Transaction, account: Account, password_hash: str, at: datetime) -> bool:
    """Set the password and use up the first code the account was read with; False if it was used up meanwhile."""
    return bool(
        await tx.fetchval(
            """
            UPDATE accounts
               SET password_hash = $2, password_set_at = $3, first_code_hash = NULL, first_code_issued_at = NULL
             WHERE person_id = $1 AND first_code_hash IS NOT DISTINCT FROM $4 RETURNING true""",
            account.person_id, password_hash, at, account.first_code_hash,
        )
    )  # fmt: skip


async def without_code(tx: Transaction) -> list[Listed]:
    """Accounts that have neither a password nor a first code, locked."""
    rows = await tx.fetch("""
        SELECT a.person_id, a.account, p.name, a.password_set_at, a.first_code_issued_at
          FROM accounts a JOIN persons p ON p.id = a.person_id
         WHERE a.password_set_at IS NULL AND a.first_code_issued_at IS NULL ORDER BY a.account FOR UPDATE OF a""")
    return [Listed(**dict(row)) for row in rows]


async def issue(tx: Transaction, hashes: dict[UUID, bytes], at: datetime) -> None:
    """Give accounts a first code; a password they had is void."""
    await tx.executemany(
        """
        UPDATE accounts
           SET first_code_hash = $2, first_code_issued_at = $3, password_hash = NULL, password_set_at = NULL
         WHERE person_id = $1""",
        [(person_id, code_hash, at) for person_id, code_hash in hashes.items()],
    )


async def listed(tx: Transaction, wanted: str, limit: int, offset: int) -> list[Listed]:
    rows = await tx.fetch(
        """
        SELECT a.person_id, a.account, p.name, a.password_set_at, a.first_code_issued_at
          FROM accounts a JOIN persons p ON p.id = a.person_id
         WHERE $1 = '' OR a.account = $1 OR starts_with(p.name, $1)
         ORDER BY a.account LIMIT $2 OFFSET $3""",
        wanted, limit, offset,
    )  # fmt: skip
    return [Listed(**dict(row)) for row in rows]


async def one(tx: Transaction, person_id: UUID) -> Listed | None:
    row = await tx.fetchrow(
        """
        SELECT a.person_id, a.account, p.name, a.password_set_at, a.first_code_issued_at
          FROM accounts a JOIN persons p ON p.id = a.person_id WHERE a.person_id = $1""",
        person_id,
    )
    return Listed(**dict(row)) if row else None


async def numbers(tx: Transaction) -> tuple[int, int, int]:
    """Accounts that are ready, that have an unused code, that have none."""
    row = await tx.fetchrow("""
        SELECT count(*) FILTER (WHERE password_set_at IS NOT NULL) AS ready,
               count(*) FILTER (WHERE password_set_at IS NULL AND first_code_issued_at IS NOT NULL) AS code_issued,
               count(*) FILTER (WHERE password_set_at IS NULL AND first_code_issued_at IS NULL) AS no_code
          FROM accounts""")
    return (row["ready"], row["code_issued"], row["no_code"]) if row else (0, 0, 0)


async def holders(tx: Transaction, role: str) -> list[Holder]:
    rows = await tx.fetch(
        """
        SELECT a.person_id, a.account, p.name, g.scope
          FROM grants g JOIN accounts a ON a.handle = g.handle JOIN persons p ON p.id = a.person_id
         WHERE g.role = $1 ORDER BY g.scope, p.name_key""",
        role,
    )
    return [Holder(**dict(row)) for row in rows]


async def add_try(tx: Transaction, key: str) -> None:
    await tx.execute("SELECT pg_advisory_xact_lock(hashtextextended($1, 0))", key)
    await tx.execute("INSERT INTO limits (key) VALUES ($1)", key)


async def tries(tx: Transaction, key: str, within: timedelta) -> int:
    """How many tries the key has had lately. System time."""
    return int(
        await tx.fetchval(
            "SELECT count(*) FROM limits WHERE key = $1 AND at > clock_timestamp() - $2::interval", key, within
        )
    )


async def forget_old_tries(tx: Transaction, prefix: str, within: timedelta) -> None:
    """Forget the tries of all keys that count no longer; rows another transaction is at are left to it."""
    await tx.execute(
        """
        DELETE FROM limits WHERE ctid IN (
            SELECT ctid FROM limits WHERE starts_with(key, $1) AND at < clock_timestamp() - $2::interval
               FOR UPDATE SKIP LOCKED)""",
        prefix,
        within,
    )


async def all_tries(tx: Transaction, prefix: str, within: timedelta) -> int:
    return int(
        await tx.fetchval(
            "SELECT count(*) FROM limits WHERE starts_with(key, $1) AND at > clock_timestamp() - $2::interval",
            prefix, within,
        )
    )  # fmt: skip


async def forget_tries(tx: Transaction, key: str) -> None:
    await tx.execute("DELETE FROM limits WHERE key = $1", key)
