"""RaschPy's side of `bench severity`, run by the Python of build/bench-venv, where alone RaschPy is installed.

Reads the marks from the file named on its command line, then calibrates once for each line on its standard input and
answers the nanoseconds, and at the end the severities.
"""

import json
import sys
import time
from importlib.metadata import version
from typing import Any


def main(path: str) -> None:
    import numpy as np
    import pandas as pd  # type: ignore[import-not-found,import-untyped,unused-ignore]  # installed for the bench alone
    from raschpy import MFRM  # type: ignore[import-not-found,unused-ignore]  # installed for the bench alone

    marks = np.load(path)
    rows: dict[str, Any] = {
        "Rater": np.char.add("j", marks["judge"].astype(str)),
        "Person": np.char.add("e", marks["entry"].astype(str)),
        "Item": np.char.add("c", marks["criterion"].astype(str)),
        "mark": marks["mark"].astype(float),
    }
    wide = pd.DataFrame(rows).pivot(index=["Rater", "Person"], columns="Item", values="mark")
    _say({name: version(name) for name in ("raschpy", "pandas", "numpy")})
    model = None
    for _ in sys.stdin:
        model = MFRM(wide, max_score=int(marks["mark"].max()))
        start = time.perf_counter_ns()
        model.calibrate_global()
        _say(time.perf_counter_ns() - start)
    if model is not None:
        severities = model.facet_effects_global
        _say([float(severities[f"j{judge}"]) for judge in range(int(marks["judge"].max()) + 1)])


def _say(answer: object) -> None:
    print(json.dumps(answer), flush=True)


if __name__ == "__main__":
    main(sys.argv[1])
