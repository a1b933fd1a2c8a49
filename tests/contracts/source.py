"""The project's own files, parsed once, for the tests that read code as text."""

import ast
import importlib
import re
from functools import cache
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
SERVICES = ("registration", "scoring", "awards")
ROOTS = ("services", "shared", "deploy", "bench")


@cache
def trees(*roots: str) -> dict[Path, ast.Module]:
    """Every Python file under these folders of the checkout, as a tree; paths are relative to the checkout."""
    files = sorted(path for root in roots or ROOTS for path in (ROOT / root).rglob("*.py"))
    return {path.relative_to(ROOT): ast.parse(path.read_text()) for path in files}


@cache
def sql_of(*roots: str) -> dict[Path, str]:
    """Text in which SQL may stand: the string literals of Python files, and .sql files outside migrations."""
    texts = {path: "\n".join(strings(tree)) for path, tree in trees(*roots).items()}
    for root in roots or ROOTS:
        for path in (ROOT / root).rglob("*.sql"):
            if "migrations" not in path.parts:
                texts[path.relative_to(ROOT)] = path.read_text()
    return texts


def strings(tree: ast.AST) -> list[str]:
    """String constants without docstrings; the parts of f-strings too."""
    documentation = {
        id(node.body[0].value)
        for node in ast.walk(tree)
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef)
        and node.body
        and isinstance(node.body[0], ast.Expr)
    }
    return [
        node.value
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in documentation
    ]


def slices(service: str) -> list[Path]:
    """The noun folders of a service."""
    aside = {"migrations", "templates", "static", "messages", "presets", "__pycache__"}
    return sorted(path for path in (ROOT / "services" / service).iterdir() if path.is_dir() and path.name not in aside)


def plan(service: str) -> Any:
    """What the service's app.py wires together."""
    return importlib.import_module(f"services.{service}.app").PLAN


def events(service: str) -> tuple[type[Any], ...]:
    return tuple(importlib.import_module(f"services.{service}.events").EVENTS)


def readme(service: str) -> str:
    return (ROOT / "services" / service / "README.md").read_text()


def placeless(path: str) -> str:
    """A route's path without the names and types of its parameters."""
    return re.sub(r"\{[^}]*\}", "{}", path)
