"""Every recorded decision names the check that holds it, and the check is there."""

import re
from pathlib import Path

import pytest

from tests.contracts.source import ROOT

DECISIONS = sorted((ROOT / "shared" / "adr").glob("*.md"))
TESTS = "\n".join(path.read_text("utf-8") for path in (ROOT / "tests").rglob("test_*.py"))


@pytest.mark.parametrize("decision", DECISIONS, ids=lambda path: path.stem)
def test_a_decision_names_the_check_that_enforces_it(decision: Path) -> None:
    _, _, enforced = decision.read_text("utf-8").partition("## Enforced by")
    named = re.findall(r"`(test_\w+)`", enforced)
    assert named or "tests/" in enforced
    assert not [name for name in named if f"def {name}(" not in TESTS]
    files = re.findall(r"`((?:tests|services|shared)/[\w/.]+)`", enforced)
    assert not [file for file in files if not (ROOT / file).exists() and file != "tests/faults"]
