"""What the season foresees for notice, approval and commendation, read from its tables. Pure."""

from datetime import date, datetime
from typing import Any, Literal

import msgspec
from msgspec import Struct

from shared.errors import Fault


class NoticePlan(Struct, frozen=True, kw_only=True):
    """days: counted days; unit: working days or days of the calendar."""

    starts: date | None = None
    days: int
    unit: Literal["workday", "day"]
    count_first_day: bool
    contact: str


class ApprovalPlan(Struct, frozen=True, kw_only=True):
    body: str
    on: date | None = None
    document_no: str = ""


class CommendationPlan(Struct, frozen=True, kw_only=True):
    document_no: str = ""
    on: date | None = None


class CeremonyPlan(Struct, frozen=True, kw_only=True):
    """How prizes are shown on stage; it decides no result, so it need not be named.

    one_by_one: a tier with at most so many winners in a division is shown one by one, a larger one whole. figures: with rank
    and result.
    """

    one_by_one: int = 8
    figures: bool = True


class Plan(Struct, frozen=True, kw_only=True):
    """What the season foresees; what really happens is recorded when it happens."""

    notice: NoticePlan
    approval: ApprovalPlan
    commendation: CommendationPlan
    ceremony: CeremonyPlan = CeremonyPlan()


def _text(table: dict[str, Any], name: str, place: str, file: str, faults: list[Fault], needed: bool = True) -> str:
    value = table.get(name, "")
    if not isinstance(value, str) or (needed and not value.strip()):
        faults.append(Fault(code="text_needed", file=file, column=f"{place}.{name}", value=str(value)))
        return ""
    return value.strip()


def _day(table: dict[str, Any], name: str, place: str, file: str, faults: list[Fault]) -> date | None:
    value = table.get(name)
    if value is None or (isinstance(value, date) and not isinstance(value, datetime)):
        return value
    faults.append(Fault(code="day_needed", file=file, column=f"{place}.{name}", value=str(value)))
    return None


def _section(
    table: dict[str, Any], name: str, prefix: str, allowed: set[str], file: str, faults: list[Fault]
) -> dict[str, Any] | None:
    found = table.get(name)
    if not isinstance(found, dict):
        faults.append(Fault(code="section_absent", file=file, column=f"{prefix}{name}"))
        return None
    faults += [
        Fault(code="key_unknown", file=file, column=f"{prefix}{name}.{key}") for key in found if key not in allowed
    ]
    return found


def _notice(table: dict[str, Any], prefix: str, file: str, faults: list[Fault]) -> NoticePlan | None:
    place = f"{prefix}notice"
    found = _section(table, "notice", prefix, {"starts", "days", "unit", "count_first_day", "contact"}, file, faults)
    if found is None:
        return None
    before = len(faults)
    days, unit, first = found.get("days"), found.get("unit"), found.get("count_first_day")
    if not isinstance(days, int) or isinstance(days, bool) or not 1 <= days <= 90:
        faults.append(Fault(code="notice_days_wrong", file=file, column=f"{place}.days", value=str(days)))
    if unit not in ("workday", "day"):
        faults.append(Fault(code="notice_unit_wrong", file=file, column=f"{place}.unit", value=str(unit)))
    if not isinstance(first, bool):
        faults.append(Fault(code="first_day_open", file=file, column=f"{place}.count_first_day", value=str(first)))
    starts = _day(found, "starts", place, file, faults)
    contact = _text(found, "contact", place, file, faults)
    if len(faults) > before:
        return None
    return msgspec.convert(
        {"starts": starts, "days": days, "unit": unit, "count_first_day": first, "contact": contact}, NoticePlan
    )


def _ceremony(table: dict[str, Any], prefix: str, file: str, faults: list[Fault]) -> CeremonyPlan:
    if "ceremony" not in table:
        return CeremonyPlan()
    found = _section(table, "ceremony", prefix, {"one_by_one", "figures"}, file, faults) or {}
    count, figures = found.get("one_by_one", CeremonyPlan().one_by_one), found.get("figures", CeremonyPlan().figures)
    if not isinstance(count, int) or isinstance(count, bool) or not 0 <= count <= 100 or not isinstance(figures, bool):
        faults.append(Fault(code="ceremony_wrong", file=file, column=f"{prefix}ceremony", value=f"{count}, {figures}"))
        return CeremonyPlan()
    return CeremonyPlan(one_by_one=count, figures=figures)


def plan_of(table: dict[str, Any], file: str, prefix: str, faults: list[Fault]) -> Plan | None:
    """Read the tables notice, approval, commendation and ceremony; every fault is added.

    Nothing that decides a result has a silent default.
    prefix: what stands before the tables' names in the file, e.g. "activity 1."; None if there was a fault.
    """
    before = len(faults)
    notice = _notice(table, prefix, file, faults)
    approval = _section(table, "approval", prefix, {"body", "on", "document_no"}, file, faults)
    commendation = _section(table, "commendation", prefix, {"document_no", "on"}, file, faults)
    ceremony = _ceremony(table, prefix, file, faults)
    body = _text(approval, "body", f"{prefix}approval", file, faults) if approval is not None else ""
    numbers = [
        (
            _text(t, "document_no", f"{prefix}{n}", file, faults, needed=False),
            _day(t, "on", f"{prefix}{n}", file, faults),
        )
        for n, t in (("approval", approval or {}), ("commendation", commendation or {}))
    ]
    if len(faults) > before or notice is None:
        return None
    return Plan(
        notice=notice,
        approval=ApprovalPlan(body=body, document_no=numbers[0][0], on=numbers[0][1]),
        commendation=CommendationPlan(document_no=numbers[1][0], on=numbers[1][1]),
        ceremony=ceremony,
    )
