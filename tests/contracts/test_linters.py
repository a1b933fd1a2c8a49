"""The linters of the house are tests: what CI refuses, `./laurel test` refuses."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from vulture import Vulture

ROOT = Path(__file__).resolve().parents[2]
DECORATORS = ["@get", "@post", "@put", "@patch", "@delete", "@pytest.fixture", "@pytest_asyncio.fixture", "@fixture", "@given"]
WORDS = re.compile(r"[A-Za-z_][A-Za-z_0-9]*")
FOLDERS = ("services", "shared", "deploy", "bench", "tests")

CALLED = ("__", "pytest_", "_split_scope", "connection_made", "data_received", "connection_lost")
"""Names that Python, pytest and xdist call."""

LINTERS = {
    "import-linter": ["-c", "from importlinter.cli import lint_imports_command as run; run()"],
    "ruff": ["-m", "ruff", "check", *FOLDERS],
    "mypy": ["-m", "mypy"],
}


@pytest.mark.parametrize("linter", LINTERS)
def test_the_linter_is_content(linter: str) -> None:
    command = [sys.executable, *LINTERS[linter]]
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, f"{linter}:\n{done.stdout}\n{done.stderr}"


def test_no_code_is_dead() -> None:
    """Templates count as readers; fields of Structs are their wire form, pytest calls its hooks by name, asyncio a protocol's."""
    elsewhere = [path for folder in ("services", "shared") for path in (ROOT / folder).rglob("*") if path.suffix in (".html", ".js", ".typ")]
    read = {word for path in elsewhere for word in WORDS.findall(path.read_text())}
    found = Vulture(ignore_decorators=DECORATORS)
    found.scavenge([str(ROOT / folder) for folder in FOLDERS])
    dead = [
        f"{item.filename}:{item.first_lineno} {item.typ} {item.name}"
        for item in found.get_unused_code(min_confidence=60)
        if item.typ not in ("variable", "attribute") and item.name not in read and not item.name.startswith(CALLED)
    ]
    assert not dead
