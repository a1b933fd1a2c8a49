"""The chain finds any change, and holds no person's id."""

from datetime import UTC, datetime
from uuid import UUID

import msgspec
import pytest

from services.scoring.ledger.domain import GENESIS, Entry, Head, Recorded, chain, commitment, first_break

DIVISION, JUDGE = UUID(int=1), UUID(int=2)
AT = datetime(2026, 5, 16, 1, 2, 3, 456, tzinfo=UTC)


def made(entries: int = 4) -> list[Recorded]:
    given = [
        Entry(division_id=DIVISION, kind="revision", actor=JUDGE, body={"n": number}, subjects={"judge": JUDGE})
        for number in range(entries)
    ]
    return chain({DIVISION: Head(0, GENESIS)}, given, {JUDGE: commitment(bytes(32), JUDGE)}, AT)


def test_a_chain_is_gapless_and_holds() -> None:
    recorded = made()
    assert [each.position for each in recorded] == [1, 2, 3, 4]
    assert first_break(recorded) is None
    assert first_break([]) is None


def test_people_stand_as_commitments() -> None:
    entry = made(1)[0]
    assert str(JUDGE) not in entry.body
    assert entry.fields["actor"] == entry.fields["subjects"]["judge"] == commitment(bytes(32), JUDGE)


def test_the_entry_is_canonical_json() -> None:
    assert made(1)[0].body == (
        '{"actor":"' + commitment(bytes(32), JUDGE) + '","at":"2026-05-16T01:02:03.000456+00:00","body":{"n":0},'
        '"division":"00000000-0000-0000-0000-000000000001","kind":"revision","position":1,'
        '"subjects":{"judge":"' + commitment(bytes(32), JUDGE) + '"}}'
    )


@pytest.mark.parametrize("place", range(4))
def test_a_changed_entry_is_placed(place: int) -> None:
    recorded = made()
    recorded[place] = msgspec.structs.replace(recorded[place], body=recorded[place].body.replace('"n":', '"m":'))
    assert first_break(recorded) == place + 1


def test_a_dropped_a_swapped_and_an_inserted_entry_are_placed() -> None:
    recorded = made()
    assert first_break(recorded[:1] + recorded[2:]) == 2
    assert first_break([recorded[0], recorded[2], recorded[1], recorded[3]]) == 2
    assert first_break([*recorded[:2], recorded[1], *recorded[2:]]) == 3


def test_two_divisions_have_two_chains() -> None:
    other = UUID(int=7)
    entries = [Entry(division_id=each, kind="x", actor=None, body={}) for each in (DIVISION, other, DIVISION)]
    recorded = chain({DIVISION: Head(0, GENESIS), other: Head(0, GENESIS)}, entries, {}, AT)
    assert [each.position for each in recorded] == [1, 1, 2]
