"""Jinja with our filters: moments in Asia/Shanghai, addresses of static files that change with their content."""

import hashlib
from collections.abc import Callable
from datetime import date, datetime
from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import ChoiceLoader, Environment, FileSystemLoader, StrictUndefined, pass_context
from jinja2.runtime import Context

from shared.clock import local

TEMPLATES = Path(__file__).parent / "templates"
STATIC = Path(__file__).parent / "static"


def environment(service: str, templates: Path, static: Path) -> Environment:
    """The service's templates over the shared ones; an undefined variable is an error, never a blank."""
    made = Environment(
        loader=ChoiceLoader([FileSystemLoader(templates), FileSystemLoader(TEMPLATES)]),
        autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True,
    )  # fmt: skip
    made.filters["moment"] = _moment
    made.filters["second"] = _second
    made.filters["day"] = _day
    made.filters["titled"] = _titled
    made.globals["static"] = _static_address(service, static)
    made.globals["service"] = service
    return made


@pass_context
def _moment(context: Context, at: datetime | None) -> str:
    if at is None:
        return "—"
    there = local(at)
    if context.resolve("language") == "en":
        return f"{there.day} {there:%b %Y, %H:%M}"
    return f"{there.year} 年 {there.month} 月 {there.day} 日 {there:%H:%M}"


def _second(at: datetime) -> str:
    return f"{local(at):%H:%M:%S}"


@pass_context
def _day(context: Context, at: date | None) -> str:
    if at is None:
        return "—"
    there = local(at) if isinstance(at, datetime) else at
    if context.resolve("language") == "en":
        return f"{there.day} {there:%b %Y}"
    return f"{there.year} 年 {there.month} 月 {there.day} 日"


@pass_context
def _titled(context: Context, thing: object, field: str = "title") -> Any:
    """`division|titled`: its title in the reader's language; without an English one the Chinese stands."""
    english = context.environment.getattr(thing, f"{field}_en") if context.resolve("language") == "en" else ""
    return english or context.environment.getattr(thing, field)


def _static_address(service: str, static: Path) -> Callable[[str], str]:
    @cache
    def address(name: str) -> str:
        path = next(path for folder in (static, STATIC) if (path := folder / name).exists())
        return f"/{service}/static/{name}?v={hashlib.sha256(path.read_bytes()).hexdigest()[:12]}"

    return address


def context_as_json(context: dict[str, Any]) -> Any:
    """What a JSON client gets for a page: its `json` value if it names one, else the whole context."""
    return context.get("json", context)
