"""Reads what registration describes of people."""

from datetime import datetime

from services.awards.people import actions
from services.awards.people.domain import Person
from shared.db import Transaction
from shared.events import Event
from shared.inbox import Consumer


class PersonDescribed(Event, frozen=True, kw_only=True, tag="members.described.v1.*"):
    """The fields awards needs of a person."""

    name: str = ""
    name_key: str = ""
    staff_no: str | None = None
    unit: str | None = None
    branch_code: str | None = None
    branch: str | None = None


async def described(tx: Transaction, event: PersonDescribed, now: datetime) -> None:
    await actions.describe(
        tx,
        Person(
            id=event.aggregate_id, version=event.version, name=event.name, name_key=event.name_key,
            staff_no=event.staff_no or "", unit=event.unit or "", branch_code=event.branch_code or "", branch=event.branch or "",
        ),
    )  # fmt: skip


CONSUMERS = [
    Consumer(
        name="awards_members", stream="MEMBERS", subject="members.described.v1.*", reads=PersonDescribed, handle=described,
        audience="awards_system",
    )
]  # fmt: skip
