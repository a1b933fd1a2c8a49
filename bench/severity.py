"""The additive correction against one pass over the marks, and the Rasch model against RaschPy's calibrate_global().

One pass: the number and the sum of the marks by contestant × judge. The model needs the sums by criterion too: the ratio to
a pass with them stands beside. RaschPy is installed for this measurement only, into build/bench-venv; both sides of Rasch
use one thread.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bench.pairs import compare, machine, repeated
from services.scoring.fairness.domain import linear, rasch
from services.scoring.fairness.domain.table import Table

ADDITIVE_GOAL, RASCH_GOAL = 5, 1 / 5
CONTESTANTS, JUDGES, CRITERIA, PANEL, BANDS = 1000, 50, 10, 5, 5
REPEATS = 20
PEER = "raschpy==1.4.0 --hash=sha256:b6a0ea6bd65aee36f109a449d7534d3cff422eed7dcb6a6d46b1d092c63bdeaf"
ROOT = Path(__file__).resolve().parent.parent
HOME = ROOT / "build" / "bench-venv"
ONE_THREAD = {"OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1"}


def run(words: list[str]) -> dict[str, Any]:
    """words: what follows `bench severity` on the command line."""
    parser = argparse.ArgumentParser(prog="laurel bench severity", description=__doc__)
    parser.add_argument("--contestants", type=int, default=CONTESTANTS, help="at least 200: else somebody judges nobody")
    parser.add_argument("--pairs", type=int, default=7, help="pairs of turns, at least 5")
    parser.add_argument("--without-peer", action="store_true", help="do not install RaschPy")
    options = parser.parse_args(words)
    if any(os.environ.get(name) != value for name, value in ONE_THREAD.items()):
        return _in_one_thread(words)
    table = _table(max(options.contestants, 4 * JUDGES))
    marks, shape = table.marks, (len(table.entries), JUDGES, CRITERIA)

    def correction() -> linear.Effects:
        return linear.additive(linear.counts(table.entry, table.judge, table.criterion, marks, shape))

    def one_pass() -> tuple[NDArray[Any], NDArray[Any]]:
        cell, cells = table.entry * JUDGES + table.judge, shape[0] * JUDGES
        return np.bincount(cell, minlength=cells), np.bincount(cell, weights=marks, minlength=cells)

    def with_criteria() -> tuple[object, NDArray[Any]]:
        return one_pass(), np.bincount(table.criterion, weights=marks, minlength=CRITERIA)

    ours = repeated(correction, REPEATS)
    sides = ("correction", "one_pass")
    return {
        **compare(sides, ours, repeated(one_pass, REPEATS), goal=ADDITIVE_GOAL, pairs=options.pairs),
        "one_pass_with_the_criteria": compare(
            sides, ours, repeated(with_criteria, REPEATS), goal=ADDITIVE_GOAL, pairs=options.pairs
        ),
        "rasch": {"ratio": None, "reason": "left out"} if options.without_peer else _against_peer(table, options.pairs),
        "sizes": {
            "contestants": shape[0], "judges": JUDGES, "judges_of_a_contestant": PANEL, "criteria": CRITERIA,
            "marks": len(marks), "bands": BANDS,
        },
        "versions": machine("numpy", "scipy"),
    }  # fmt: skip


def _in_one_thread(words: list[str]) -> dict[str, Any]:
    """The same again in a process whose linear algebra was told to keep to one thread before it was loaded."""
    command = [sys.executable, "-P", "-m", "bench", "severity", *words]
    environment = {**os.environ, **ONE_THREAD, "PYTHONPATH": str(ROOT)}
    done = subprocess.run(command, env=environment, stdout=subprocess.PIPE, check=True, text=True)
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def _against_peer(table: Table, pairs: int) -> dict[str, Any]:
    """The comparison with RaschPy, or why there is none."""
    try:
        python = _installed()
    except (OSError, subprocess.CalledProcessError) as error:
        told = (error.stderr or "") if isinstance(error, subprocess.CalledProcessError) else str(error)
        return {"ratio": None, "reason": "RaschPy could not be installed: " + " ".join(told.split())[-400:]}
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "marks.npz"
        np.savez(file, entry=table.entry, judge=table.judge, criterion=table.criterion, mark=table.level)
        peer = _Peer(python, file)
        severity = rasch.rasch(table).severity
        found = compare(
            ("laurel", "raschpy"), repeated(lambda: rasch.rasch(table)), peer.calibrate, goal=RASCH_GOAL, pairs=pairs
        )
        theirs = peer.finish()
    correlation = float(np.corrcoef(severity, theirs)[0, 1])
    return {**found, "correlation_of_the_severities": round(correlation, 6), "peer": peer.versions}


class _Peer:
    """A process that calibrates when it is told to."""

    def __init__(self, python: Path, file: Path) -> None:
        command = [str(python), "-P", str(Path(__file__).with_name("raschpy_side.py")), str(file)]
        self.process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self.versions: dict[str, str] = self._answer()

    def calibrate(self) -> Sequence[int]:
        assert self.process.stdin
        self.process.stdin.write("again\n")
        self.process.stdin.flush()
        return [self._answer()]

    def finish(self) -> list[float]:
        """The severities it has come to."""
        assert self.process.stdin
        self.process.stdin.close()
        severities: list[float] = self._answer()
        self.process.wait()
        return severities

    def _answer(self) -> Any:
        assert self.process.stdout
        return json.loads(self.process.stdout.readline())


def _installed() -> Path:
    """The Python of build/bench-venv, made if need be: RaschPy by its hash, what it needs in the newest version."""
    python = HOME / "bin" / "python"
    if not python.exists():
        _quietly([sys.executable, "-m", "venv", str(HOME)])
    if subprocess.run([str(python), "-c", "import raschpy"], capture_output=True, check=False).returncode:
        with tempfile.NamedTemporaryFile("w", suffix=".txt") as wanted:
            wanted.write(PEER)
            wanted.flush()
            pip = [str(python), "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-input"]
            _quietly([*pip, "--no-deps", "--require-hashes", "-r", wanted.name])
            _quietly([*pip, PEER.split()[0]])
    return python


def _quietly(command: list[str]) -> None:
    subprocess.run(command, capture_output=True, text=True, check=True)


def _table(contestants: int) -> Table:
    """Marks drawn from the Rasch model itself, five judges for each contestant; the same each time."""
    chance = np.random.RandomState(2026)
    panels = np.stack([chance.choice(JUDGES, PANEL, replace=False) for _ in range(contestants)])
    entry = np.repeat(np.arange(contestants), PANEL * CRITERIA)
    judge, criterion = np.repeat(panels.ravel(), CRITERIA), np.tile(np.arange(CRITERIA), contestants * PANEL)
    ability, severity = chance.normal(0, 1.2, contestants), chance.normal(0, 0.5, JUDGES)
    at = ability[entry] - severity[judge] - chance.normal(0, 0.4, CRITERIA)[criterion]
    steps = np.append(0, np.cumsum(np.linspace(-1.5, 1.5, BANDS - 1)))
    weights = np.exp(np.multiply.outer(np.arange(BANDS), at) - steps[:, None])
    level = (chance.uniform(size=len(at)) * weights.sum(axis=0) > weights.cumsum(axis=0)).sum(axis=0)
    return Table(
        entries=tuple(f"e{n}" for n in range(contestants)),
        judges=tuple(f"j{n}" for n in range(JUDGES)),
        criteria=tuple(f"c{n}" for n in range(CRITERIA)),
        levels=tuple(Fraction(n) for n in range(BANDS)),
        entry=entry, judge=judge, criterion=criterion, level=level,
    )  # fmt: skip
