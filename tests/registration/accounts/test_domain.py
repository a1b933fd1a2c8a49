"""First codes, passwords and the pace of signing in."""

from uuid import UUID

import pytest

from services.registration.accounts import domain
from services.registration.accounts.domain import Account
from shared.errors import Refused


def account(code: str | None) -> Account:
    return Account(
        person_id=UUID(int=1),
        account="1001",
        handle=UUID(int=2),
        first_code_hash=domain.code_hash(code) if code else None,
    )


def test_a_code_shows_sixty_bits_in_three_groups() -> None:
    assert domain.code_text(bytes(8)) == "0000-0000-0000"
    assert domain.code_text(b"\xff" * 8) == "ZZZZ-ZZZZ-ZZZZ"


@pytest.mark.parametrize("typed", ["10AB-CDEF-GH23", "10abcdefgh23", " loab cdef gh23 ", "IOAB-CDEF-GH23"])
def test_a_code_may_be_typed_as_people_type(typed: str) -> None:
    assert domain.is_code(account("10AB-CDEF-GH23"), typed)


@pytest.mark.parametrize("known", [None, account(None), account("10AB-CDEF-GH24")])
def test_another_code_is_no_code(known: Account | None) -> None:
    assert not domain.is_code(known, "10AB-CDEF-GH23")


@pytest.mark.parametrize(
    ("password", "code"),
    [("short", "password_short"), ("x" * 129, "password_long"), ("longaccount1", "password_is_account")],
)
def test_a_weak_password_is_refused(password: str, code: str) -> None:
    with pytest.raises(Refused) as told:
        domain.check_password("longaccount", password)
    assert told.value.code == code


def test_the_ninth_try_of_an_account_is_paused_and_the_eighth_is_not() -> None:
    domain.check_pace(8, 8)
    with pytest.raises(Refused) as told:
        domain.check_pace(9, 9)
    assert told.value.code == "sign_in_paused"


def test_all_accounts_together_have_a_pace() -> None:
    with pytest.raises(Refused) as told:
        domain.check_pace(1, 301)
    assert told.value.code == "sign_in_busy"
