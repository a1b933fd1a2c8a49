"""Which score set counts."""

from uuid import UUID

from services.awards.score_sets.domain import Sealed, newest


def sealed(number: int, version: int, supersedes: int | None = None) -> Sealed:
    return Sealed(
        id=UUID(int=number), version=version, supersedes=UUID(int=supersedes) if supersedes else None, division_id=UUID(int=9),
        roll_id=UUID(int=8), roll_version=1, roll_hash="r", rule_hash="u", ledger_position=5, ledger_head="h", hash="s",
    )  # fmt: skip


def test_the_set_that_none_supersedes_counts_in_any_order_of_arrival() -> None:
    first, second = sealed(1, 1), sealed(2, 2, supersedes=1)
    for arrived in ([first, second], [second, first], [second]):
        assert newest(arrived) == second


def test_without_a_set_none_counts() -> None:
    assert newest([]) is None
