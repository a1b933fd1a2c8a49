"""Employer units and union branches. Pure.

A *unit* employs; recusal goes by it. A *branch* of the union covers one or more units; quota and nomination go by it.
A branch's category is data of the installation, not of the code. Units form one tree under the organisation; an
outsider's unit stands beside it.
"""

from uuid import UUID

from msgspec import Struct


class Branch(Struct, frozen=True, kw_only=True):
    """numbers: head-counts by name (`young_teachers`), from which quotas are counted."""

    id: UUID
    code: str
    name: str
    name_key: str
    category: str
    numbers: dict[str, int] = {}


class Unit(Struct, frozen=True, kw_only=True):
    """handle: what other services may know of the unit; equal names have equal handles, and it tells nothing."""

    id: UUID
    handle: UUID
    name: str
    name_key: str
    parent_id: UUID | None = None
    branch_id: UUID | None = None
