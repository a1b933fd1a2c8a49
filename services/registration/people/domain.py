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


SURNAMES = dict(
    zip(
        "曾单仇解查任朴区翟盖乐缪冼秘种繁员黑折那",
        "zeng shan qiu xie zha ren piao ou zhai ge yue miao xian bi chong po yun he she na".split(),
        strict=True,
    )
) | {"尉迟": "yu chi", "万俟": "mo qi", "单于": "chan yu", "澹台": "tan tai", "长孙": "zhang sun"}
"""Surnames that are read otherwise than the same character in a word."""


def name_key(name: str) -> str:
    """The text a person's name sorts by: its pinyin, small letters; other scripts stay as they are."""
    name = name.strip()
    surname = next((each for each in (name[:2], name[:1]) if each in SURNAMES), "")
    return f"{SURNAMES.get(surname, '')} {title_key(name[len(surname) :])}".strip()


def title_key(title: str) -> str:
    """The text any other name sorts by."""
    return " ".join(lazy_pinyin(title.strip())).lower()


def changed(known: dict[UUID, Person], described: list[Person]) -> list[Person]:
    """Those who are new, and those whose facts differ, with the next version."""
    fresh = [each for each in described if each.id not in known]
    other = [
        structs.replace(each, version=known[each.id].version + 1)
        for each in described
        if each.id in known and structs.replace(each, version=known[each.id].version) != known[each.id]
    ]
    return fresh + other
