"""Every route, event, consumer and noun has its line in a README; every code has its sentence in both languages."""

import ast
import re
import string
from pathlib import Path

import pytest

from shared.events import subject_of
from shared.web.texts import LANGUAGES, SHARED, Texts
from tests.contracts.source import ROOT, SERVICES, events, placeless, plan, readme, slices, strings, trees

TOLD = {"Refused", "Malformed", "NotSignedIn", "NotAllowed", "Missing", "Conflict", "TooLarge"}
HOUSE = ("/session", "/sign-in", "/sign-out", "/setup", "/messages", "/dead-letters", "/health", "/static", "/openapi.json")
IRREGULAR = {"people": "person"}
CODE = re.compile(r"[a-z][a-z_0-9]+")
FOLDERS = [SHARED, *(ROOT / "services" / service / "messages" for service in SERVICES)]


def documented_routes(text: str) -> set[tuple[str, str]]:
    rows = re.findall(r"^\|\s*([A-Z][A-Z, ]*)\s*\|\s*`([^`?]+)", text, re.M)
    return {(method.strip(), placeless(path)) for methods, path in rows for method in methods.split(",")}


def wired_routes(service: str) -> set[tuple[str, str]]:
    handlers = plan(service).routes
    every = {(str(method), placeless(path)) for each in handlers for path in each.paths for method in each.http_methods}
    return {(method, path) for method, path in every if method not in ("HEAD", "OPTIONS")}


@pytest.mark.parametrize("service", SERVICES)
def test_every_route_has_a_line_in_its_services_readme(service: str) -> None:
    known = documented_routes(readme(service))
    routes = wired_routes(service)
    assert not sorted(routes - known)


@pytest.mark.parametrize("service", SERVICES)
def test_the_readme_names_no_route_that_is_not_there(service: str) -> None:
    routes = wired_routes(service)
    documented = documented_routes(readme(service))
    extra = {route for route in documented - routes if not route[1].removeprefix(f"/{service}").startswith(HOUSE)}
    assert not sorted(extra)


@pytest.mark.parametrize("service", SERVICES)
def test_every_event_has_a_line_in_its_services_readme(service: str) -> None:
    subjects = [subject_of(event).removesuffix(".*") for event in events(service)]
    assert subjects
    assert not [subject for subject in subjects if subject not in readme(service)]


@pytest.mark.parametrize("service", SERVICES)
def test_every_consumer_has_a_line_in_its_services_readme(service: str) -> None:
    assert not [consumer.name for consumer in plan(service).consumers if consumer.name not in readme(service)]


@pytest.mark.parametrize("service", SERVICES)
def test_every_noun_folder_is_in_the_glossary(service: str) -> None:
    text = readme(service) + (ROOT / "README.md").read_text()
    words = set(re.findall(r"`([a-z_]+)`", text))
    missing = []
    for folder in slices(service):
        name = folder.name
        forms = {name, name.removesuffix("s"), name.removesuffix("es"), re.sub("ies$", "y", name), IRREGULAR.get(name, name)}
        if not forms & words:
            missing.append(name)
    assert not missing


def codes(tree: ast.AST) -> set[str]:
    """Codes of errors that stand literally in a file."""
    found = set()
    for node in ast.walk(tree):
        if not isinstance(node, ast.Call):
            continue
        name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
        if name in TOLD and node.args and isinstance(node.args[0], ast.Constant):
            found.add(str(node.args[0].value))
        if name in ("Fault", "fault"):
            given = [*node.args[:1], *(word.value for word in node.keywords if word.arg == "code")]
            texts = [str(each.value) for each in given if isinstance(each, ast.Constant)]
            found |= {text for text in texts if CODE.fullmatch(text)}
    return found


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("service", SERVICES)
def test_every_error_code_has_its_sentence(service: str, language: str) -> None:
    texts = Texts(ROOT / "services" / service / "messages")
    used = {code: path for path, tree in trees("services").items() if path.parts[1] == service for code in codes(tree)}
    used |= {code: path for path, tree in trees("shared").items() for code in codes(tree)}
    assert not {code: str(path) for code, path in used.items() if code not in texts.keys(language)}


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda path: path.parent.name)
def test_both_languages_hold_the_same_keys_with_the_same_values(folder: Path) -> None:
    texts = Texts(folder)

    def places(language: str, key: str) -> set[str]:
        sentence = texts._sentences[language][key]
        return {name.split(".")[0].split("[")[0] for _, name, _, _ in string.Formatter().parse(sentence) if name}

    chinese, english = (texts.keys(language) for language in LANGUAGES)
    assert not chinese ^ english
    assert not {key for key in chinese if places("zh-CN", key) != places("en", key)}


def test_sentences_for_readers_stand_in_the_catalogues() -> None:
    wrong = []
    for path, tree in trees("services", "shared").items():
        if path.name in ("tables.py",) or "seasons" in path.parts or "domain" in path.as_posix():
            continue  # column names of the files an office keeps are Chinese by nature
        if path.parent.name == "verifier":
            continue  # it is handed out alone, so it carries its own two languages
        wrong += [f"{path}: {text[:40]}" for text in strings(tree) if len(re.findall(r"[\u4e00-\u9fff]", text)) > 4]
    assert not wrong
