"""What the commands `agreement` and `severity` answer: figures and codes; the sentences are the catalogue's."""

from collections.abc import Callable, Sequence

from msgspec import Struct

from services.scoring.fairness.domain import coefficients, linear, rasch
from services.scoring.fairness.domain.table import Floats, Rating, Table, check_linked, table, totals
from shared.errors import Refused

Note = tuple[str, dict[str, str]]
"""A code and its values: what the reader must know beside the figures."""


NOTHING = 1e-12
"""A variance below is none: what is left of figures that fit without error."""


class Severities(Struct, frozen=True):
    """rows: judge, severity, standard error (None where marks do not suffice for one), in natural order of the judges."""

    rows: tuple[tuple[str, float, float | None], ...]
    notes: tuple[Note, ...]


def agreement(ratings: Sequence[Rating], criterion: str = "") -> coefficients.Agreement:
    """Agreement on each judge's total, or on one criterion. Raises Refused: no_marks, criterion_not_marked."""
    known = sorted({row.criterion for row in ratings})
    if criterion and criterion not in known:
        raise Refused("criterion_not_marked", value=criterion, criteria=", ".join(known))
    chosen = [row for row in ratings if row.criterion == criterion] if criterion else totals(ratings)
    if not chosen:
        raise Refused("no_marks")
    return coefficients.agreement(table(_alone(chosen)))


def severity(method: str, ratings: Sequence[Rating]) -> Severities:
    """method: one of METHODS. Raises Refused: no_marks, panels_not_linked, and what the models raise."""
    if not ratings:
        raise Refused("no_marks")
    found = table(ratings)
    check_linked(found)
    return METHODS[method](found)


def _alone(ratings: Sequence[Rating]) -> list[Rating]:
    return [Rating(row.entry, row.judge, "", row.mark) for row in ratings]


def _additive(found: Table) -> Severities:
    effects = linear.additive(linear.counted(found))
    notes: tuple[Note, ...] = () if effects.freedom > 0 else (("severity_no_error", {}),)
    return Severities(_rows(found, effects.severity, effects.severity_error), notes)


def _mixed(found: Table) -> Severities:
    model = linear.mixed(linear.counted(found))
    variances = {"entries": model.entries, "judges": model.judges, "rest": model.effects.residual}
    told = {name: f"{value if value > NOTHING else 0:.6g}" for name, value in variances.items()}
    return Severities(
        _rows(found, model.effects.severity, model.effects.severity_error), (("severity_variances", told),)
    )


def _rasch(found: Table) -> Severities:
    model = rasch.rasch(found)
    notes: list[Note] = [
        (f"severity_left_out_{kind}", {"names": ", ".join(names)}) for kind, names in model.scale.left_out.items() if names
    ]
    if model.scale.never:
        notes.append(("severity_never", {"bands": ", ".join(str(band) for band in model.scale.never)}))
    return Severities(_rows(model.scale.table, model.severity, model.severity_error), tuple(notes))


def _rows(found: Table, severity: Floats, error: Floats) -> tuple[tuple[str, float, float | None], ...]:
    return tuple(
        (judge, float(one), float(other) if other == other else None)
        for judge, one, other in zip(found.judges, severity, error, strict=True)
    )


METHODS: dict[str, Callable[[Table], Severities]] = {"additive": _additive, "mixed": _mixed, "rasch": _rasch}
