"""Two sides measured in turn, A B A B …, so that a machine that slows down slows both; and what a report says of them."""

import gc
import math
import os
import platform
import statistics
import time
from collections.abc import Callable, Collection, Sequence
from importlib.metadata import version
from typing import Any

FEWEST = 5
FEWEST_CORES = 4
Run = Callable[[], Sequence[int]]
"""Does its work once, or many times, and says how many nanoseconds each time took."""


def repeated(work: Callable[[], object], times: int = 1) -> Run:
    """A run that does the work so many times."""

    def run() -> list[int]:
        return [timed(work) for _ in range(times)]

    return run


def timed(work: Callable[[], object]) -> int:
    """The nanoseconds it takes."""
    start = time.perf_counter_ns()
    work()
    return time.perf_counter_ns() - start


def compare(names: tuple[str, str], ours: Run, theirs: Run, *, goal: float, pairs: int = FEWEST) -> dict[str, Any]:
    """The ratio of the medians and whether it is at most the goal, then both sides. The first pair warms up."""
    found: tuple[list[list[int]], list[list[int]]] = ([], [])
    gc.collect()
    gc.disable()  # a collection falls on whoever is running
    try:
        for pair in range(max(pairs, FEWEST) + 1):
            for side, run in zip(found, (ours, theirs), strict=True):
                times = list(run())
                if pair:
                    side.append(times)
    finally:
        gc.enable()
    sides = [_side(each) for each in found]
    ratio = sides[0]["median_ms"] / sides[1]["median_ms"]
    return {
        "ratio": float(f"{ratio:.4g}"),
        "goal": goal,
        "met": ratio <= goal,
        **dict(zip(names, sides, strict=True)),
        "pairs": len(found[0]),
    }


def pin(cores: Collection[int]) -> None:
    """Keep this process, and what it starts from now on, on these cores; no core named: anywhere."""
    if cores:
        os.sched_setaffinity(0, cores)


def halves() -> tuple[list[int], list[int]]:
    """Cores for the servers and cores for their clients; empty where there are too few to part, or none can be named."""
    cores = sorted(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else []
    middle = len(cores) // 2
    return (cores[:middle], cores[middle:]) if len(cores) >= FEWEST_CORES else ([], [])


def machine(*packages: str) -> dict[str, Any]:
    """Versions of what was measured, and where."""
    return {
        "python": platform.python_version(),
        **{name: version(name) for name in packages},
        "system": f"{platform.system()} {platform.machine()}",
        "cores": os.cpu_count(),
    }


def _side(pairs: list[list[int]]) -> dict[str, float]:
    """median_ms: of the pairs' medians; p50_ms and p99_ms: of all single runs."""
    every = sorted(each for pair in pairs for each in pair)
    return {
        "median_ms": _ms(statistics.median(statistics.median(pair) for pair in pairs)),
        "p50_ms": _ms(percentile(every, 50)),
        "p99_ms": _ms(percentile(every, 99)),
    }


def percentile(ordered: Sequence[int], percent: int) -> int:
    return ordered[max(0, math.ceil(len(ordered) * percent / 100) - 1)]


def _ms(nanoseconds: float) -> float:
    return float(f"{nanoseconds / 1e6:.4g}")
