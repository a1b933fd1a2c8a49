"""What happens when, over all activities and programmes of a season: steps in the order of their times."""

from collections.abc import Awaitable, Callable
from datetime import datetime

from msgspec import Struct

Run = Callable[[], Awaitable[None]]


class Step(Struct, frozen=True):
    """One thing that happens. stage: the bar it belongs to; weight: how far that bar moves, the step moves it itself."""

    at: datetime
    stage: str
    title: str
    run: Run
    weight: int = 1


class Agenda:
    """Steps at the same time keep the order in which they were added."""

    def __init__(self) -> None:
        self._steps: list[Step] = []

    def add(self, at: datetime, stage: str, title: str, run: Run, weight: int = 1) -> None:
        self._steps.append(Step(at, stage, title, run, weight))

    def steps(self) -> list[Step]:
        return sorted(self._steps, key=lambda step: step.at)
