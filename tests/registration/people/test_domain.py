"""Persons sort by pinyin, and only a changed fact makes a new version."""

from uuid import UUID

from msgspec import structs

from services.registration.people.domain import Person, changed, name_key

PERSON = Person(id=UUID(int=1), staff_no="1001", name="林若溪", name_key="lin ruo xi")


def test_names_sort_by_their_pinyin() -> None:
    assert sorted(["周明", "曾晓", "Anna Lee", "陈立"], key=name_key) == ["Anna Lee", "陈立", "曾晓", "周明"]
    assert name_key("单于明") == "chan yu ming"
    assert name_key("单明") == "shan ming"


def test_somebody_new_is_described_as_version_one() -> None:
    assert changed({}, [PERSON]) == [PERSON]


def test_an_unchanged_person_is_not_described_again() -> None:
    stored = structs.replace(PERSON, version=7)
    assert changed({PERSON.id: stored}, [PERSON]) == []


def test_a_changed_fact_raises_the_version() -> None:
    stored = structs.replace(PERSON, version=7, title="讲师")
    assert changed({PERSON.id: stored}, [PERSON]) == [structs.replace(PERSON, version=8)]
