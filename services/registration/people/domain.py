"""A person of the roster, or an outsider who judges or supervises. Pure.

Account, person and member are three things: a person has a UUID; 工号 (`staff_no`) is a unique attribute that an
outsider lacks; being a member of the union is one of the facts. Not here: signing in (accounts), roles (grants).
"""

from datetime import date
from uuid import UUID

from msgspec import Struct, structs
from pypinyin import lazy_pinyin


class Person(Struct, frozen=True, kw_only=True):
    """sex: "male", "female" or "" (not said). version rises whenever a described fact changes."""

    id: UUID
    staff_no: str | None = None
    name: str
    name_key: str
    sex: str = ""
    born: date | None = None
    unit_id: UUID | None = None
    branch_id: UUID | None = None
    title: str = ""
    employment: str = ""
    is_member: bool = False
    employed_on: date | None = None
    teaching_since: date | None = None
    version: int = 1


def name_key(name: str) -> str:
    """The text a name sorts by: its pinyin, small letters; other scripts stay as they are."""
    return " ".join(lazy_pinyin(name.strip())).lower()


def changed(known: dict[UUID, Person], described: list[Person]) -> list[Person]:
    """Those who are new, and those whose facts differ, with the next version."""
    fresh = [each for each in described if each.id not in known]
    other = [
        structs.replace(each, version=known[each.id].version + 1)
        for each in described
        if each.id in known and structs.replace(each, version=known[each.id].version) != known[each.id]
    ]
    return fresh + other
