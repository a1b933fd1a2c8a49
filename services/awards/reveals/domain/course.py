"""How far a ceremony has come, and what the presenter's keys do to it. Pure.

A *course* has a version that rises with each change. A console says which version it saw: of two consoles, or of two taps,
only the first moves the course, and the other is told where it stands.

Rule: services/awards/README.md#ceremonies
"""

from typing import Literal

import msgspec
from msgspec import Struct

from shared.errors import Conflict, Refused

State = Literal["ready", "running", "closed"]
Kind = Literal["next", "back", "show", "blank"]


class Course(Struct, frozen=True, kw_only=True):
    """step: which of `steps` the hall sees, 0 first. is_blank: it sees nothing."""

    state: State
    version: int
    step: int
    is_blank: bool
    steps: int


def opened(course: Course, version: int) -> Course:
    """The ceremony begins with its title. Raises Conflict: reveal_moved, reveal_begun."""
    if course.state != "ready":
        raise Conflict("reveal_begun")
    _check_seen(course, version)
    return _next(course, state="running", step=0, is_blank=False)


def closed(course: Course, version: int) -> Course:
    """The ceremony is over; the hall keeps the last picture. Raises Conflict: reveal_moved; Refused: reveal_not_running."""
    _check_running(course)
    _check_seen(course, version)
    return _next(course, state="closed", is_blank=False)


def moved(course: Course, kind: Kind, step: int, version: int) -> Course:
    """What a key does. `next` and `back` on a blank screen bring its picture back first, so nothing appears by surprise;
    at either end they change nothing. step: where `show` goes.

    Raises Conflict: reveal_moved; Refused: reveal_not_running, step_unknown.
    """
    _check_running(course)
    _check_seen(course, version)
    if kind == "blank":
        return course if course.is_blank else _next(course, is_blank=True)
    if kind == "show":
        if not 0 <= step < course.steps:
            raise Refused("step_unknown", step=step + 1, steps=course.steps)
        wanted = step
    elif course.is_blank:
        wanted = course.step
    else:
        wanted = min(max(course.step + (1 if kind == "next" else -1), 0), course.steps - 1)
    return course if (wanted, False) == (course.step, course.is_blank) else _next(course, step=wanted, is_blank=False)


def _next(course: Course, **changed: object) -> Course:
    return msgspec.structs.replace(course, version=course.version + 1, **changed)


def _check_running(course: Course) -> None:
    if course.state != "running":
        raise Refused("reveal_not_running")


def _check_seen(course: Course, version: int) -> None:
    if version != course.version:
        raise Conflict("reveal_moved", step=course.step + 1)
