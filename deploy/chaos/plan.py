"""What goes wrong, when, and to whom: all from one seed. When is said in intents, so that a slow machine meets the same."""

import random
from typing import Literal

from msgspec import Struct

from deploy.chaos.hall import Shape

Kind = Literal[
    "scoring killed", "nats killed", "postgres killed", "disk full", "browser killed", "browser killed, storage full",
    "wifi gone", "portal", "clock moved", "lock", "unlock",
]  # fmt: skip
HOURS = (0, 0.01, 0.25, 3, 9)
DAY = 24.0
TINY, LARGE = 100, 1000
SMALL = ("scoring killed", "wifi gone", "portal")
"""What a small control meets."""


class Event(Struct, frozen=True, kw_only=True):
    """at: when so many intents have been begun. whom: a number from which the victim is chosen.

    seconds: how long it lasts for us. hours: how far all clocks have moved when it is over, or one tablet's clock jumps.
    """

    at: int
    kind: Kind
    whom: int = 0
    seconds: float = 0
    hours: float = 0


def shape(size: int) -> Shape:
    """A hall that so many intents fill: every sheet is marked, and most of them corrected."""
    if size < LARGE:
        return Shape(divisions=2, judges=3, entries=max(2, min(6, size // 24)))
    return Shape(divisions=4, judges=5, entries=20)


def events(seed: int, size: int, *, is_small: bool = False) -> list[Event]:
    """In order. Every kind happens at least once, whatever the size; is_small: only those of the network and the service."""
    draw = random.Random(f"events {seed}")
    planned: list[Event] = []

    def add(kind: Kind, count: int, seconds: tuple[float, float] = (0, 0), hours: tuple[float, ...] = (0,)) -> None:
        planned.extend(
            Event(
                at=int(size * draw.uniform(0.05, 0.9)), kind=kind, whom=draw.randrange(1000),
                seconds=draw.uniform(*seconds), hours=hours[number % len(hours)],
            )
            for number in range(count)
        )  # fmt: skip

    add("scoring killed", max(2, size // 800))
    add("nats killed", max(1, size // 1200))
    add("postgres killed", max(1, size // 1000))
    add("disk full", max(1, size // 2500))
    add("browser killed", max(2, size // 200))
    add("browser killed, storage full", max(1, size // 1000))
    add("wifi gone", max(5, size // 100), (0.3, 3), tuple(reversed(HOURS)))
    add("portal", max(3, size // 150), (0.3, 2))
    add("clock moved", max(2, size // 250), hours=(DAY, -DAY, -1, 2))
    planned += [Event(at=int(size * 0.4), kind="lock"), Event(at=int(size * 0.5), kind="unlock")]
    kept = [each for each in planned if not is_small or each.kind in SMALL]
    return sorted(kept, key=lambda each: each.at)


def skew(seed: int, tablet: int) -> float:
    """How many hours a tablet's clock is wrong from the beginning: a day ahead, a day behind, or a little."""
    return (DAY, -DAY, random.Random(f"skew {seed} {tablet}").uniform(-0.1, 0.1))[tablet % 3]
