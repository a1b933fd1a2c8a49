"""What an approval covers and when it may be recorded."""

from datetime import date
from uuid import UUID

import pytest

from services.awards.approvals.domain import Candidate, approvable, check_date
from shared.errors import Refused


def test_only_the_suspended_and_the_struck_stay_behind() -> None:
    awards = [
        Candidate(UUID(int=1), False, False, False), Candidate(UUID(int=2), True, False, False),
        Candidate(UUID(int=3), False, True, False), Candidate(UUID(int=4), False, False, True),
    ]  # fmt: skip
    assert approvable(awards) == [UUID(int=1)]


def test_nothing_left_to_approve_is_refused() -> None:
    with pytest.raises(Refused, match="nothing_to_approve"):
        approvable([Candidate(UUID(int=2), True, False, False)])


@pytest.mark.parametrize(
    ("on", "code"), [(date(2026, 6, 1), "approval_before_notice_end"), (date(2026, 6, 4), "date_ahead")]
)
def test_an_approval_lies_after_the_notice_and_not_in_the_future(on: date, code: str) -> None:
    with pytest.raises(Refused, match=code):
        check_date(on, date(2026, 6, 1), date(2026, 6, 3))
    check_date(date(2026, 6, 3), date(2026, 6, 1), date(2026, 6, 3))
