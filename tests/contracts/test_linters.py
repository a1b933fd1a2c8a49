"""The linters of the house are tests: what CI refuses, `./laurel test` refuses."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
DECORATORS = "@get,@post,@put,@patch,@delete,@pytest.fixture,@fixture"
FOLDERS = ("services", "shared", "deploy", "tests")

LINTERS = {
    "import-linter": ["-c", "from importlinter.cli import lint_imports_command as run; run()"],
    "ruff": ["-m", "ruff", "check", *FOLDERS],
    "mypy": ["-m", "mypy"],
    "vulture": ["-m", "vulture", *FOLDERS, "--min-confidence", "60", "--ignore-decorators", DECORATORS],
}


@pytest.mark.parametrize("linter", LINTERS)
def test_the_linter_is_content(linter: str) -> None:
    command = [sys.executable, *LINTERS[linter]]
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, f"{linter}:\n{done.stdout}\n{done.stderr}"
