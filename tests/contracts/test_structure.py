"""What import-linter cannot see: whose store, whose table, how pure, which exceptions have a reason."""

import ast
import io
import re
import tokenize
from collections import defaultdict
from pathlib import Path

import pytest

from tests.contracts.source import ROOT, SERVICES, slices, sql_of, trees

LAYERS = {"__init__.py", "domain.py", "domain", "store.py", "actions.py", "routes.py", "consumers.py", "queries", "__pycache__"}
IMPURE = {"now", "utcnow", "today", "time", "monotonic", "uuid4", "uuid7", "random", "shuffle", "print", "open", "input"}
WRITES = re.compile(r"\b(?:INSERT\s+INTO|UPDATE(?:\s+ONLY)?|DELETE\s+FROM|MERGE\s+INTO|TRUNCATE)\s+([a-z_][a-z_0-9]*)\b")
NOT_TABLES = {"set", "of", "nowait", "skip", "on"}
SHARED_TABLES = {"outbox", "inbox", "dead_letters", "sessions", "used_tickets", "grants", "ledger_doubts"}


def written_tables(text: str) -> set[str]:
    return {name for name in WRITES.findall(text) if name not in NOT_TABLES}


def imports(tree: ast.Module) -> set[str]:
    found = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and node.module:
            found |= {node.module} | {f"{node.module}.{alias.name}" for alias in node.names}
        elif isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
    return found


def test_a_store_is_imported_only_by_the_actions_of_its_own_slice() -> None:
    wrong = []
    for path, tree in trees("services").items():
        for name in imports(tree):
            if re.fullmatch(r"services\.\w+\.\w+\.store(\.\w+)?", name):
                home = Path(*name.split(".")[:3])
                if not (path.parent == home and path.name in ("actions.py", "store.py")):
                    wrong.append(f"{path} imports {name}")
    assert not wrong


def test_each_table_is_written_by_one_file() -> None:
    writers: dict[tuple[str, str], set[str]] = defaultdict(set)
    for path, text in sql_of("services").items():
        slice_folder = "/".join(path.parts[:3])
        for table in written_tables(text):
            writers[path.parts[1], table].add(slice_folder)
    assert not {key: sorted(folders) for key, folders in writers.items() if len(folders) > 1}


def test_tables_of_the_house_are_written_in_shared_only() -> None:
    wrong = {str(path): written_tables(text) & SHARED_TABLES for path, text in sql_of("services").items()}
    assert not {path: tables for path, tables in wrong.items() if tables}


def test_sql_that_writes_stands_in_a_store() -> None:
    wrong = [
        str(path)
        for path, text in sql_of("services").items()
        if written_tables(text) and path.name != "store.py" and path.parent.name != "queries"
    ]
    assert not wrong


def test_no_query_names_another_services_tables() -> None:
    wrong = []
    for path, text in sql_of("services").items():
        for other in (service for service in SERVICES if service != path.parts[1]):
            if re.search(rf"\b(FROM|JOIN|INTO|UPDATE)\s+{other}\.", text):
                wrong.append(f"{path}: {other}")
    assert not wrong


def test_a_noun_folder_holds_only_the_named_layers() -> None:
    wrong = [
        str(path.relative_to(ROOT))
        for service in SERVICES
        for folder in slices(service)
        for path in folder.iterdir()
        if path.name not in LAYERS
    ]
    assert not wrong


def test_domains_are_pure_packages_included() -> None:
    wrong = []
    for path, tree in trees("services").items():
        if path.name != "domain.py" and "domain" not in path.parts:
            continue
        for node in ast.walk(tree):
            name = None
            if isinstance(node, ast.Call):
                name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", None)
            if isinstance(node, ast.AsyncFunctionDef | ast.Await | ast.Global) or name in IMPURE:
                wrong.append(f"{path}:{getattr(node, 'lineno', 0)} {name or type(node).__name__}")
    assert not wrong


def test_actions_neither_begin_nor_commit_nor_acquire() -> None:
    wrong = []
    for path, tree in trees("services").items():
        if path.name != "actions.py":
            continue
        for node in ast.walk(tree):
            if isinstance(node, ast.Call):
                name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
                if name in ("acquire", "begin", "commit", "rollback", "transaction"):
                    wrong.append(f"{path}:{node.lineno} {name}")
    assert not wrong


def test_only_the_relay_publishes_into_a_stream() -> None:
    wrong = [
        f"{path}:{node.lineno}"
        for path, tree in trees("services", "shared").items()
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "publish"
        if path.as_posix() not in ("shared/relay.py", "shared/bus.py")
    ]
    assert not wrong


@pytest.mark.parametrize("mark", ["noqa", "type: ignore", "fmt: skip"])
def test_an_exception_to_a_linter_names_its_rule_and_its_reason(mark: str) -> None:
    patterns = {
        "noqa": r"# noqa: [A-Z]+[0-9]+(, ?[A-Z]+[0-9]+)* +(-|\(|#|:).{8,}",
        "type: ignore": r"# type: ignore\[[\w, -]+\] +(-|\(|#).{8,}",
        "fmt: skip": r"# fmt: skip",
    }
    wrong = []
    for path in trees():
        for token in tokenize.generate_tokens(io.StringIO((ROOT / path).read_text()).readline):
            if token.type == tokenize.COMMENT and mark in token.string and not re.search(patterns[mark], token.string):
                wrong.append(f"{path}:{token.start[0]} {token.string}")
    assert not wrong


def test_every_module_says_what_it_is() -> None:
    wrong = [
        str(path) for path, tree in trees().items() if tree.body and not ast.get_docstring(tree) and path.name != "__init__.py"
    ]
    assert not wrong


def test_there_is_no_junk_drawer() -> None:
    junk = {"utils.py", "util.py", "helpers.py", "common.py", "manager.py", "service.py", "misc.py"}
    assert not [str(path) for path in trees() if path.name in junk]


def test_no_docstring_repeats_its_signature() -> None:
    wrong = []
    for path, tree in trees().items():
        for node in ast.walk(tree):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and (text := ast.get_docstring(node)):
                signature = set(re.findall(r"[a-z]+", ast.unparse(node.args).lower() + " " + node.name.lower().replace("_", " ")))
                words = set(re.findall(r"[a-z]+", text.lower())) - {"the", "a", "an", "of", "and", "to", "for", "its"}
                if words and words <= signature:
                    wrong.append(f"{path}:{node.lineno} {text!r}")
    assert not wrong
