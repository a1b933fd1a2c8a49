"""Accounts: a sign-in name with a password its owner chose by means of a one-time first code. Pure.

Account, person and member are three things. A first code is 60 bits, handed out once on paper, stored as SHA-256.
Not here: sessions and grants (shared.web.gate), what a role may do (each route).
"""

import hashlib
import hmac
from datetime import datetime
from typing import Literal
from uuid import UUID

from msgspec import Struct

from shared.errors import Refused

LETTERS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
ALIKE = str.maketrans({"I": "1", "L": "1", "O": "0", "-": None, " ": None})
CODE_BYTES = 8
LEAST_LENGTH, MOST_LENGTH = 10, 128
ACCOUNT_TRIES, ACCOUNT_MINUTES = 8, 15
ALL_TRIES, ALL_SECONDS = 300, 60

State = Literal["ready", "code_issued", "no_code"]


class Account(Struct, frozen=True, kw_only=True):
    """What signing in needs to know of an account."""

    person_id: UUID
    account: str
    handle: UUID
    password_hash: str | None = None
    first_code_hash: bytes | None = None


class Listed(Struct, frozen=True, kw_only=True):
    """An account as its organiser sees it: never a hash."""

    person_id: UUID
    account: str
    name: str
    password_set_at: datetime | None = None
    first_code_issued_at: datetime | None = None

    @property
    def state(self) -> State:
        if self.password_set_at:
            return "ready"
        return "code_issued" if self.first_code_issued_at else "no_code"


class Holder(Struct, frozen=True, kw_only=True):
    """Somebody who holds a role here. scope: a branch's code for a branch officer, else empty."""

    person_id: UUID
    account: str
    name: str
    scope: str


class FirstCode(Struct, frozen=True, kw_only=True):
    account: str
    name: str
    code: str


def code_text(random: bytes) -> str:
    """Eight random bytes as XXXX-XXXX-XXXX, without the letters that are misread."""
    number = int.from_bytes(random[:CODE_BYTES], "big")
    letters = "".join(LETTERS[number >> shift & 31] for shift in range(55, -1, -5))
    return "-".join(letters[at : at + 4] for at in range(0, 12, 4))


def code_hash(code: str) -> bytes:
    """SHA-256 of a code, however it was typed: small letters, blanks, dashes, O for 0."""
    return hashlib.sha256(code.upper().translate(ALIKE).encode()).digest()


def is_code(account: Account | None, code: str) -> bool:
    """Is this the account's unused first code?"""
    known = account.first_code_hash if account else None
    return hmac.compare_digest(known or bytes(32), code_hash(code)) and known is not None


def check_password(account: str, password: str) -> None:
    """Raises Refused: password_short, password_long, password_is_account."""
    if len(password) < LEAST_LENGTH:
        raise Refused("password_short", field="password", least=LEAST_LENGTH)
    if len(password) > MOST_LENGTH:
        raise Refused("password_long", field="password", most=MOST_LENGTH)
    if account and account.casefold() in password.casefold() and len(password) - len(account) < 4:
        raise Refused("password_is_account", field="password")


def check_pace(own_tries: int, all_tries: int) -> None:
    """Refuse a try that comes too soon after others, this one counted.

    own_tries: of this account in ACCOUNT_MINUTES. all_tries: of all accounts in ALL_SECONDS; a try that succeeds is
    taken out again. Never per address: a school is one address. Raises Refused: sign_in_paused, sign_in_busy.
    """
    if own_tries > ACCOUNT_TRIES:
        raise Refused("sign_in_paused", field="account", minutes=ACCOUNT_MINUTES)
    if all_tries > ALL_TRIES:
        raise Refused("sign_in_busy", field="account", seconds=ALL_SECONDS)
