"""Two people sign a competition's list: one of the committee, one supervisor."""

from datetime import UTC, datetime
from uuid import UUID

import pytest

from services.awards.confirmations import domain
from services.awards.confirmations.domain import Signature, SignatureRole
from shared.errors import Told

ONE, TWO = UUID(int=1), UUID(int=2)


def signature(role: SignatureRole, person: UUID) -> Signature:
    return Signature(id=UUID(int=9), role=role, signed_by=person, name="", signed_at=datetime(2026, 5, 20, tzinfo=UTC))


@pytest.mark.parametrize(
    ("held", "signed", "role"),
    [
        ({"committee"}, [], "committee"),
        ({"supervisor"}, [], "supervisor"),
        ({"supervisor"}, [signature("committee", TWO)], "supervisor"),
        ({"committee", "supervisor"}, [signature("committee", TWO)], "supervisor"),
    ],
)
def test_a_signer_takes_the_free_place_of_an_own_role(held: set[str], signed: list[Signature], role: str) -> None:
    assert domain.signing_role(held, ONE, signed) == role


@pytest.mark.parametrize(
    ("held", "signed", "code"),
    [
        ({"organiser"}, [], "role_absent"),
        ({"committee", "supervisor"}, [signature("committee", ONE)], "signed_by_you"),
        ({"committee"}, [signature("committee", TWO)], "signed_by_role"),
    ],
)
def test_nobody_signs_twice_or_for_another(held: set[str], signed: list[Signature], code: str) -> None:
    with pytest.raises(Told) as told:
        domain.signing_role(held, ONE, signed)
    assert told.value.code == code


def test_a_list_is_confirmed_by_both_roles_only() -> None:
    assert not domain.is_complete([signature("committee", ONE)])
    assert domain.is_complete([signature("committee", ONE), signature("supervisor", TWO)])


@pytest.mark.parametrize(
    ("missing", "state", "now"),
    [
        (["score_set_waited", ""], "open", "sealed"),
        (["opening_waited", ""], "open", "opened"),
        (["names_waited"], "open", "opened"),
        (["", ""], "open", "confirming"),
        (["tie_at_tier_edge"], "open", "confirming"),
        ([""], "on_notice", "notice"),
        ([""], "decided", "issuing"),
    ],
)
def test_the_bar_shows_what_is_under_way(missing: list[str], state: str, now: str) -> None:
    assert [step.name for step in domain.steps(missing, state) if step.stage == "now"] == [now]
