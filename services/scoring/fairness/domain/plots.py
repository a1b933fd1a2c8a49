"""Where the marks of a small plot stand: rows of a point with its interval on one axis. Pure geometry, no markup."""

import math
from collections.abc import Sequence

from msgspec import Struct

WIDTH, LEFT, RIGHT, TOP, ROW, FOOT = 720, 150, 24, 12, 34, 40
TICKS = 5


class Row(Struct, frozen=True, kw_only=True):
    """A line of the plot. at, low, high: places on the axis; y: its middle. joined: cannot be told from the row above."""

    label: str
    figure: str
    y: float
    at: float
    low: float
    high: float
    joined: bool


class Tick(Struct, frozen=True):
    x: float
    label: str


class Plot(Struct, frozen=True, kw_only=True):
    """zero: where the axis has its 0, if it is shown."""

    width: int
    height: int
    left: int
    right: int
    foot: int
    zero: float | None
    ticks: tuple[Tick, ...]
    rows: tuple[Row, ...]


class Point(Struct, frozen=True, kw_only=True):
    """What a row shows: value and standard error (None: no interval)."""

    label: str
    value: float
    error: float | None
    joined: bool = False


def plot(points: Sequence[Point], *, quantile: float, with_zero: bool, digits: int) -> Plot:
    """The rows in the order given. quantile: how many standard errors an interval reaches to each side."""
    reaches = [(each.error or 0.0) * quantile for each in points]
    ends = [each.value + side * reach for each, reach in zip(points, reaches, strict=True) for side in (-1, 1)]
    low, high = min([*ends, 0.0] if with_zero else ends), max([*ends, 0.0] if with_zero else ends)
    step = _step((high - low) or 1.0)
    low = math.floor(low / step) * step
    high = max(math.ceil(high / step) * step, low + step)
    scale = (WIDTH - LEFT - RIGHT) / (high - low)

    def x(value: float) -> float:
        return round(LEFT + (value - low) * scale, 2)

    rows = tuple(
        Row(
            label=each.label,
            figure=f"{each.value:.{digits}f}",
            y=TOP + ROW * (place + 0.5),
            at=x(each.value),
            low=x(each.value - reach),
            high=x(each.value + reach),
            joined=each.joined,
        )
        for place, (each, reach) in enumerate(zip(points, reaches, strict=True))
    )
    foot = TOP + ROW * len(points)
    places = max(0, -math.floor(math.log10(step) + 1e-9))
    ticks = tuple(
        Tick(x(low + step * n), f"{low + step * n + 0.0:.{places}f}") for n in range(round((high - low) / step) + 1)
    )
    return Plot(
        width=WIDTH, height=foot + FOOT, left=LEFT, right=WIDTH - RIGHT, foot=foot,
        zero=x(0.0) if low <= 0 <= high and with_zero else None, ticks=ticks, rows=rows,
    )  # fmt: skip


def _step(span: float) -> float:
    """The distance of the ticks: 1, 2 or 5 times a power of ten."""
    rough = span / TICKS
    power = 10.0 ** math.floor(math.log10(rough))
    return next(size * power for size in (1, 2, 5, 10) if size * power >= rough)
