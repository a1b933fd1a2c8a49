"""Who has come to the hall, and the list on which they sign. Not here: absence as a result (the hall)."""

from datetime import datetime
from pathlib import Path
from typing import Any
from uuid import UUID

from msgspec import Struct

from services.registration.activities import actions as activities
from services.registration.activities.domain import Activity, Division
from services.registration.check_ins import store
from services.registration.entries import actions as entries
from shared import pdf
from shared.db import Transaction
from shared.errors import Missing, Refused

TEMPLATE = Path(__file__).parents[1] / "templates" / "presence.typ"


class Presence(Struct, frozen=True, kw_only=True):
    """A division's list: lines in the order of appearance, with `checked_in_at` (None: not here yet)."""

    activity: Activity
    division: Division
    lines: list[dict[str, Any]]


async def presence(tx: Transaction, division_id: UUID) -> Presence:
    """Who takes part, in order. Raises Missing: no_such_division."""
    activity = await activities.of_division(tx, division_id)
    division = activity.division(division_id)
    if division is None:
        raise Missing("no_such_division")
    here = await store.of_division(tx, division_id)
    listed = await entries.listed(tx, activity.id, None, division_id)
    lines = [{**each, "checked_in_at": here.get(each["id"])} for each in listed if each["state"] == "admitted"]
    return Presence(activity=activity, division=division, lines=lines)


async def check_in(tx: Transaction, entry_id: UUID, by: UUID, now: datetime) -> UUID:
    """Note that the person has come; noting it again changes nothing. Returns the division.

    Raises Missing: no_such_entry, Refused: not_admitted.
    """
    entry = await entries.entry(tx, entry_id)
    if entry.state != "admitted":
        raise Refused("not_admitted")
    await store.add(tx, entry_id, by, now)
    return entry.division_id


def printed(title: str, subtitle: str, columns: list[str], rows: list[list[str]], signers: list[str]) -> bytes:
    """A list with room for signatures as PDF; takes some ms, call it in a thread. columns: the last one stays empty."""
    data = {"title": title, "subtitle": subtitle, "columns": columns, "rows": rows, "signers": signers}
    return pdf.render(TEMPLATE, data)
