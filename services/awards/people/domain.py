"""A person as an award list needs one. Not here: sex, birth date, employment; no list needs them."""

from uuid import UUID

from msgspec import Struct


class Person(Struct, frozen=True, kw_only=True):
    """name_key: pinyin, for sorting."""

    id: UUID
    version: int
    name: str
    name_key: str
    staff_no: str = ""
    unit: str = ""
    branch_code: str = ""
    branch: str = ""
