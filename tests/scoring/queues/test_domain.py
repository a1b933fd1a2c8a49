"""Codes scanned in any order, some twice, some misread: what is whole is taken, and what is missing is named."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.scoring.queues import domain
from shared.errors import Refused
from tests.scoring.queues.carried import codes, content

QUEUE = content((b'{"comment":"\xe6\x9d\xbf\xe4\xb9\xa6"}', "A" * 86), (b'{"seq":2}', "B" * 86))
CODES = codes(QUEUE, 30)


@given(
    st.permutations(CODES), st.lists(st.sampled_from(CODES), max_size=4), st.sampled_from(["\n", "\r\n", "  ", "\t"])
)
def test_any_order_and_repetitions_give_the_queue(order: list[str], twice: list[str], between: str) -> None:
    (queue,) = domain.put_together(between.join([*order, *twice]))
    assert queue == domain.opened(QUEUE)
    assert [record.signature for record in queue.records] == ["A" * 86, "B" * 86]


@given(st.sets(st.integers(1, len(CODES)), min_size=1, max_size=len(CODES) - 1))
def test_what_is_missing_is_named(missing: set[int]) -> None:
    there = [code for at, code in enumerate(CODES, start=1) if at not in missing]
    with pytest.raises(Refused) as refused:
        domain.put_together("\n".join(there))
    assert refused.value.code == "codes_missing"
    assert refused.value.values["missing"] == ", ".join(map(str, sorted(missing)))


@given(st.integers(0, len(CODES) - 1), st.data())
def test_a_misread_character_is_seen(at: int, data: st.DataObject) -> None:
    place = data.draw(st.integers(0, len(CODES[at]) - 1))
    other = data.draw(st.sampled_from("abcABC019-_.").filter(lambda each: each != CODES[at][place]))
    misread = CODES[at][:place] + other + CODES[at][place + 1 :]
    with pytest.raises(Refused) as refused:
        domain.put_together("\n".join([*CODES[:at], misread, *CODES[at + 1 :]]))
    assert refused.value.code in ("codes_misread", "codes_missing")


def test_two_tablets_at_once_are_two_queues() -> None:
    other = content((b'{"seq":9}', "C" * 86))
    mixed = [code for pair in zip(CODES, codes(other, 30) * len(CODES), strict=False) for code in pair]
    assert domain.put_together("\n".join(mixed)) == [domain.opened(QUEUE), domain.opened(other)]


@pytest.mark.parametrize("wrong", [b"", b"[]", b"{}", b'{"format":"laurel-queue-2","records":[]}', b"\xff", QUEUE[:-9]])
def test_a_file_that_is_no_queue_is_refused(wrong: bytes) -> None:
    with pytest.raises(Refused) as refused:
        domain.opened(wrong)
    assert refused.value.code == "queue_unreadable"


def test_a_queue_that_unpacks_to_too_much_is_refused() -> None:
    bomb = codes(b" " * (domain.LARGEST + 1), 100_000)
    with pytest.raises(Refused) as refused:
        domain.put_together("\n".join(bomb))
    assert refused.value.code == "queue_unreadable"


def test_many_small_pictures_of_huge_queues_are_not_unpacked() -> None:
    packed = [codes(content((bytes([65 + at]) * 6_000_000, "A" * 86)), 10_000) for at in range(3)]
    with pytest.raises(Refused) as refused:
        domain.put_together("\n".join(code for queue in packed for code in queue))
    assert refused.value.code == "queue_unreadable"
