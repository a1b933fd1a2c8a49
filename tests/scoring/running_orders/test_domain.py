"""What may be asked of the running order, and who is confirmed by whom."""

from uuid import UUID

import msgspec
import pytest

from services.scoring.running_orders import domain
from services.scoring.running_orders.domain import OrderRequest
from shared.errors import NotAllowed, Refused
from tests.scoring.stage import NOW, SCOREKEEPER, SUPERVISOR, roll

ONE, TWO, STRANGER = UUID(int=1), UUID(int=2), UUID(int=9)
ROLL = roll(UUID(int=5), [ONE, TWO])
SWAP = OrderRequest(
    id=UUID(int=6), division_id=UUID(int=5), kind="swap", entries=(ONE, TWO), reason="late", asked_by=SCOREKEEPER, asked_at=NOW
)
ABSENT = msgspec.structs.replace(SWAP, kind="absent", entries=(ONE,))
PRESENT = msgspec.structs.replace(SWAP, kind="present", entries=(ONE,))


@pytest.mark.parametrize(
    ("request_", "absent", "is_locked", "code"),
    [
        (SWAP, (), True, "order_after_lock"),
        (msgspec.structs.replace(SWAP, reason="  "), (), False, "order_without_reason"),
        (msgspec.structs.replace(SWAP, entries=(ONE, STRANGER)), (), False, "order_entry_unknown"),
        (msgspec.structs.replace(SWAP, entries=(ONE, ONE)), (), False, "order_swap_same"),
        (msgspec.structs.replace(SWAP, entries=(ONE,)), (), False, "order_swap_same"),
        (msgspec.structs.replace(ABSENT, entries=(ONE, TWO)), (), False, "order_entry_unknown"),
        (ABSENT, (ONE,), False, "absent_already"),
        (PRESENT, (), False, "not_absent"),
    ],
)
def test_what_makes_no_sense_is_refused(request_: OrderRequest, absent: tuple[UUID, ...], is_locked: bool, code: str) -> None:
    with pytest.raises(Refused, match=code):
        domain.check(request_, ROLL, absent, is_locked)


def test_what_makes_sense_may_be_asked() -> None:
    domain.check(SWAP, ROLL, (), False)
    domain.check(ABSENT, ROLL, (TWO,), False)
    domain.check(PRESENT, ROLL, (ONE,), False)


def test_without_a_roll_there_is_no_order() -> None:
    with pytest.raises(Refused, match="order_entry_unknown"):
        domain.check(ABSENT, None, (), False)


def test_who_asked_does_not_confirm() -> None:
    with pytest.raises(NotAllowed, match="second_person_needed"):
        domain.check_second(SWAP, SCOREKEEPER)
    domain.check_second(SWAP, SUPERVISOR)


def test_what_the_hall_knows_of_each() -> None:
    states = domain.states(ROLL.items, {ONE}, {ONE: "called", TWO: "late"})
    assert states == {ONE: "absent", TWO: "late"}
