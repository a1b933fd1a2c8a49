"""What is said of tablets: their number, who has them in hand, why they will not work offline, and one-time codes."""

from datetime import timedelta
from uuid import UUID

import msgspec
import pytest

from services.scoring.devices import domain
from services.scoring.devices.domain import NEEDED, Abilities, Device, Enrolment, Report, SignOn
from shared.errors import Refused
from tests.scoring.stage import NOW

FIRST, SECOND = UUID(int=1), UUID(int=2)
ABLE = Abilities(secure_context=True, worker=True, strict_storage=True, locks=True, subtle=True)


def device(device_id: UUID, label: str = "iPad") -> Device:
    return Device(
        id=device_id, panel_id=UUID(int=9), owned_by=None, label=label, public_key=b"", abilities=ABLE, enrolled_at=NOW
    )


def signed(device_id: UUID, judge: int, minutes: int, signature: str = "") -> SignOn:
    return SignOn(device_id=device_id, judge_id=UUID(int=judge), signature=signature, at=NOW + timedelta(minutes=minutes))


def test_a_code_follows_from_the_installations_key_and_the_number_alone() -> None:
    codes = {domain.code(key, each) for key in (b"a" * 32, b"b" * 32) for each in (FIRST, SECOND)}
    assert len(codes) == 4 and domain.code(b"a" * 32, FIRST) in codes
    assert all(len(each) == 24 and each.isalnum() for each in codes)


@pytest.mark.parametrize("name", NEEDED)
def test_each_ability_that_is_absent_is_a_reason(name: str) -> None:
    assert msgspec.structs.replace(ABLE, **{name: False}).absent == (name,)


def test_storage_that_may_be_cleared_is_no_reason_by_itself() -> None:
    assert (ABLE.absent, ABLE.persist) == ((), False)


@pytest.mark.parametrize(("before", "after"), [("iPad", "3 · iPad"), ("1 · iPad", "3 · iPad"), ("12 · 华为 10 · x", "3 · 华为 10 · x")])
def test_a_tablet_has_one_number(before: str, after: str) -> None:
    assert domain.numbered(3, before) == after


def test_whoever_signed_on_last_has_the_tablet_in_hand() -> None:
    (told,) = domain.tablets([device(FIRST)], [signed(FIRST, 7, 0, "M1 1"), signed(FIRST, 8, 1, "M2 2"), signed(FIRST, 8, 2)], {})
    assert (told.judge_id, told.signature, told.signed_on_at) == (UUID(int=8), "M2 2", NOW + timedelta(minutes=2))


def test_a_judge_with_two_tablets_is_told_on_both_unless_one_is_revoked() -> None:
    devices, held = [device(FIRST, "1"), device(SECOND, "2")], [signed(FIRST, 7, 0), signed(SECOND, 7, 1)]
    assert [each.also_on for each in domain.tablets(devices, held, {})] == [("2",), ("1",)]
    gone = [msgspec.structs.replace(devices[0], revoked_at=NOW), devices[1]]
    assert [each.also_on for each in domain.tablets(gone, held, {})] == [(), ()]


@pytest.mark.parametrize(("skew_ms", "is_told"), [(60_000, False), (60_001, True), (-60_001, True), (-86_400_000, True), (0, False)])
def test_a_clock_is_told_when_it_is_more_than_a_minute_off(skew_ms: int, is_told: bool) -> None:
    report = Report(heard_at=NOW, queue=0, parked=0, last_position=None, battery=None, skew_ms=skew_ms, version="")
    assert report.is_skewed is is_told


@pytest.mark.parametrize(
    ("found", "code"),
    [
        (None, "enrolment_unknown"),
        (Enrolment(panel_id=FIRST, is_over=True, device_id=None), "enrolment_over"),
        (Enrolment(panel_id=FIRST, is_over=True, device_id=FIRST), "enrolment_over"),
        (Enrolment(panel_id=FIRST, is_over=False, device_id=SECOND), "enrolment_used"),
        (Enrolment(panel_id=FIRST, is_over=False, device_id=FIRST), ""),
        (Enrolment(panel_id=FIRST, is_over=False, device_id=None), ""),
    ],
)
def test_a_code_is_for_one_tablet_and_for_two_minutes(found: Enrolment | None, code: str) -> None:
    if not code:
        assert domain.check_enrolment(found, FIRST) is found
        return
    with pytest.raises(Refused) as refused:
        domain.check_enrolment(found, FIRST)
    assert refused.value.code == code


def test_a_pin_is_six_digits_of_any_bytes() -> None:
    assert {domain.pin(bytes(8)), domain.pin(b"\xff" * 8), domain.pin(b"\x00" * 7 + b"\x07")} == {"000000", "551615", "000007"}
