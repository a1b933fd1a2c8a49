"""Reasons in words of the reader's language; the catalogue's keys are `reason.<code>` and `return.<field>`."""

from collections.abc import Callable, Sequence
from datetime import date
from typing import Any

import msgspec

from services.registration.entries.domain.eligibility import Reason

Say = Callable[..., str]
"""say(key, **values) -> the sentence."""


def told(reasons: Sequence[Reason], say: Say, language: str) -> list[dict[str, Any]]:
    """Reasons as a program reads them, each with its `sentence`."""
    return [{**msgspec.to_builtins(each), "sentence": sentence(each, say, language)} for each in reasons]


def sentence(reason: Reason, say: Say, language: str) -> str:
    """What the reader is told, with the missing days where there are any."""
    days = {name: day_in(language, getattr(reason, name)) for name in ("limit", "found", "until")}
    field = say(f"return.{reason.field}") if reason.code == "sent_back" else ""
    return say(
        f"reason.{reason.code}", field=field, text=reason.text, title=reason.title, value=reason.value,
        days=reason.days or 0, years=reason.years or 0, **days,
    )  # fmt: skip


def day_in(language: str, day: date | None) -> str:
    """A day as the language writes it; "" for none."""
    if day is None:
        return ""
    return f"{day.day} {day:%b %Y}" if language == "en" else f"{day.year} 年 {day.month} 月 {day.day} 日"
