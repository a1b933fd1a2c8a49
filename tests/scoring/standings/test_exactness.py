"""No float is on the path from mark to rank: the code is read for it, and a result is looked at."""

import ast

from services.scoring.standings.domain import standings
from tests.contracts.source import ROOT
from tests.scoring.samples import PLAIN, entry, panel, talks

SCORING = ROOT / "services" / "scoring"
PATH = [
    ROOT / "shared" / "exact.py",
    *(SCORING / "rubrics" / "domain").glob("*.py"),
    *(SCORING / "standings" / "domain").glob("*.py"),
    *(SCORING / "sheets").rglob("domain*.py"),
    *(SCORING / "mark_files").rglob("domain*.py"),
    *(SCORING / slice_ / name for slice_ in ("sheets", "standings", "rubrics") for name in ("store.py", "actions.py")),
]
NAMES = {"float", "round", "statistics", "Decimal", "decimal", "isclose", "fsum"}
WHOLE = {"lcm", "gcd"}
"""What of `math` gives integers from integers."""


DIVISIONS = {
    "correction.py": {"(row[-1] - known) / row[at]", "value / common"},
    "exact.py": {"Fraction(text.strip()) / unit", "abs(value) / unit"},
    "grammar.py": {"bound / unit"},
    "judging.py": {"sum(values, Fraction(0)) / len(values)"},
    "scales.py": {"worth * level / (LEVELS - 1)"},
    "tally.py": {"self.scale / divisor", "value / common"},
    "values.py": {"sum(theirs, Fraction(0)) / len(theirs)"},
}
"""Each was read: its left side is a Fraction."""


def float_uses(tree: ast.AST) -> list[str]:
    found = []
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, float | complex):
            found.append(f"{node.lineno}: literal {node.value}")
        if isinstance(node, ast.Name) and node.id in NAMES:
            found.append(f"{node.lineno}: {node.id}")
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id == "math" and node.attr not in WHOLE:
            found.append(f"{node.lineno}: math.{node.attr}")
        if isinstance(node, ast.Attribute) and node.attr.startswith(("float", "mean", "std", "true_divide")):
            found.append(f"{node.lineno}: .{node.attr}")
        if isinstance(node, ast.Import | ast.ImportFrom):
            names = {getattr(node, "module", None) or "", *(alias.name for alias in node.names)}
            found += [f"{node.lineno}: imports {name}" for name in names & (NAMES | {"sqrt", "exp", "log", "pow"})]
    return found


def divisions(tree: ast.AST) -> set[str]:
    """Every true division of numbers; a path is divided by a text."""
    return {
        ast.unparse(node)
        for node in ast.walk(tree)
        if isinstance(node, ast.BinOp | ast.AugAssign)
        and isinstance(node.op, ast.Div)
        and not (isinstance(node, ast.BinOp) and isinstance(node.right, ast.Constant) and isinstance(node.right.value, str))
    }


def test_no_float_stands_on_the_path_from_mark_to_rank() -> None:
    assert len(PATH) > 20
    assert {path.name: uses for path in PATH if (uses := float_uses(ast.parse(path.read_text())))} == {}


def test_the_check_sees_what_it_should() -> None:
    seen = float_uses(ast.parse("import math\nfrom decimal import Decimal\nx = 0.1\ny = float(x)\nz = math.sqrt(2)\nw = a.mean()"))
    assert {each.split(": ")[0] for each in seen} == {"2", "3", "4", "5", "6"}
    assert divisions(ast.parse("a = 1 / 2\nb /= 3")) == {"1 / 2", "b /= 3"}


def test_every_true_division_has_a_fraction_on_its_left() -> None:
    assert {path.name: found for path in sorted(PATH) if (found := divisions(ast.parse(path.read_text())))} == DIVISIONS


def test_a_result_is_made_of_integers() -> None:
    entries = [entry(1)]
    (line,) = standings(PLAIN, entries, panel(entries, 2), talks({entries[0]: ["80.1", "80.3"]})).lines
    assert {type(line.result.n), type(line.result.d), type(line.deducted.n)} == {int}

