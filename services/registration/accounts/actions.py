"""Signing in, first codes, passwords, and the first administrator.

Hashing a password takes a worker thread's time and is done between two transactions, never inside one.
"""

import asyncio
import csv
import io
import secrets
from datetime import UTC, datetime, timedelta
from uuid import UUID

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerifyMismatchError

from services.registration.accounts import domain, store
from services.registration.accounts.domain import Account, FirstCode, Holder, Listed
from services.registration.people import actions as people
from services.registration.people.domain import name_key
from shared.db import Transaction
from shared.errors import Missing, Refused
from shared.ids import opaque
from shared.web import gate

HASHER = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)
NOBODY = HASHER.hash(secrets.token_urlsafe(16))
TRY = "sign_in "


async def hashed(password: str) -> str:
    """The argon2id hash of a password, made in a worker thread."""
    return await asyncio.to_thread(HASHER.hash, password)


async def is_password(account: Account | None, password: str) -> bool:
    """Is this the account's password? It takes as long when there is no such account."""
    known = account.password_hash if account else None
    return await asyncio.to_thread(_verified, known or NOBODY, password) and known is not None


def _verified(known: str, password: str) -> bool:
    try:
        return HASHER.verify(known, password)
    except (VerifyMismatchError, InvalidHashError):
        return False


async def begin_try(tx: Transaction, account: str) -> Account | None:
    """Count a try of this account, known or not, and find it. Raises Refused: sign_in_paused, sign_in_busy."""
    key = TRY + account
    await store.add_try(tx, key)
    lately = timedelta(minutes=domain.ACCOUNT_MINUTES)
    await store.forget_old_tries(tx, TRY, lately)
    own = await store.tries(tx, key, lately)
    every = await store.all_tries(tx, TRY, timedelta(seconds=domain.ALL_SECONDS))
    domain.check_pace(own, every)
    return await store.by_name(tx, account)


async def begin_own_try(tx: Transaction, person_id: UUID) -> Account:
    """The same for the account of somebody who is signed in. Raises Missing: no_such_account."""
    account = await begin_try(tx, await store.name_of(tx, person_id) or "")
    if account is None:
        raise Missing("no_such_account")
    return account


async def start_session(tx: Transaction, account: Account) -> str:
    """Let the account in and return its session's token; its tries are forgotten."""
    await store.forget_tries(tx, TRY + account.account)
    return await gate.start(tx, account.person_id, account.handle)


async def choose_password(tx: Transaction, account: Account, password_hash: str) -> str:
    """Set the password, use up any first code, end all sessions, start one and return its token.

    Raises Refused: first_code_wrong, when another request used it up meanwhile.
    """
    if not await store.set_password(tx, account, password_hash, datetime.now(UTC)):
        raise Refused("first_code_wrong", field="code")
    await gate.end_all(tx, account.person_id)
    return await start_session(tx, account)


async def set_up(
    tx: Transaction, person_id: UUID, account: str, name: str, password_hash: str, code: str, code_hash: str, key: bytes
) -> str:
    """Make the installation's first administrator and return a session's token.

    key: the installation's. Raises Conflict: setup_done; Refused: first_code_wrong, account_taken.
    """
    made = Account(person_id=person_id, account=account, handle=handle(key, account))
    await gate.claim_administration(tx, made.handle, code, code_hash)
    if await store.by_name(tx, account):
        raise Refused("account_taken", field="account")
    await people.add(tx, person_id, name, name_key(name))
    await store.add(tx, [made])
    await store.set_password(tx, made, password_hash, datetime.now(UTC))
    return await start_session(tx, made)


async def is_set_up(tx: Transaction) -> bool:
    return await gate.has_administrator(tx)


def handle(key: bytes, account: str) -> UUID:
    """What every service knows an account by."""
    return opaque(key, "account", account)


async def people_of(tx: Transaction, accounts: list[str]) -> dict[str, UUID]:
    """Whose these accounts are; an unknown one is absent."""
    return await store.people_of(tx, accounts)


async def add(tx: Transaction, accounts: dict[str, UUID], key: bytes) -> None:
    """Open accounts (name -> person) where there is none. key: the installation's."""
    await store.add(
        tx,
        [Account(person_id=person_id, account=name, handle=handle(key, name)) for name, person_id in accounts.items()],
    )


async def issue_first_codes(tx: Transaction) -> list[FirstCode]:
    """New codes for all accounts that have neither password nor code. This is the only time the codes are seen."""
    return await _issued(tx, await store.without_code(tx))


async def issue_first_code(tx: Transaction, person_id: UUID) -> FirstCode:
    """A new code for one account: its password is void and its sessions end. Raises Missing: no_such_account."""
    found = await store.one(tx, person_id)
    if found is None:
        raise Missing("no_such_account")
    (code,) = await _issued(tx, [found])
    await gate.end_all(tx, person_id)
    return code


async def _issued(tx: Transaction, accounts: list[Listed]) -> list[FirstCode]:
    codes = {each.person_id: domain.code_text(secrets.token_bytes(domain.CODE_BYTES)) for each in accounts}
    await store.issue(tx, {person_id: domain.code_hash(code) for person_id, code in codes.items()}, datetime.now(UTC))
    return [FirstCode(account=each.account, name=each.name, code=codes[each.person_id]) for each in accounts]


def as_csv(codes: list[FirstCode]) -> bytes:
    """The list to cut into slips: `account,name,code`, with the mark by which Excel knows UTF-8."""
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(("account", "name", "code"))
    writer.writerows((each.account, each.name, each.code) for each in codes)
    return text.getvalue().encode("utf-8-sig")


async def page(tx: Transaction, wanted: str, number: int, size: int = 100) -> list[Listed]:
    """A page of accounts; wanted: a sign-in name or the beginning of a name. number counts from 1."""
    return await store.listed(tx, wanted.strip(), size, (max(number, 1) - 1) * size)


async def numbers(tx: Transaction) -> tuple[int, int, int]:
    """Accounts that are ready, that have an unused code, that have none."""
    return await store.numbers(tx)


async def holders(tx: Transaction, role: str) -> list[Holder]:
    """Who holds a role in this service."""
    return await store.holders(tx, role)
