"""Every address of the route table as every person, and every table and view that an audience can read."""

import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import product
from typing import Any
from uuid import UUID

import httpx

from services.scoring.app import PLAN
from shared.db import transaction
from tests.scoring.isolation.played import (
    CONTESTANT,
    LEADER,
    MARKER,
    OWN,
    PHASES,
    RECUSED,
    SIGNATURE,
    STRANGER,
    TABLET_TOKEN,
    WILD,
    WORDS,
    Phase,
    Played,
    figures,
    sum_text,
    units,
)
from tests.scoring.people import Enrolled, Person, sign_in

JSON, HTML, FORM = "application/json", "text/html", "application/x-www-form-urlencoded"
STAFF = ("scorekeeper", "supervisor")
ROLES: dict[str, tuple[tuple[str, ...], UUID | None]] = {
    "judge": (("judge",), MARKER),
    "judge of another panel": (("judge",), STRANGER),
    "recused judge": (("judge",), RECUSED),
    "leader": (("judge", "panel_leader"), LEADER),
    "participant": (("participant",), CONTESTANT),
    "tablet": ((), None),
    "timekeeper": (("timekeeper",), None),
    "usher": (("usher",), None),
    "organiser": (("organiser",), None),
    "administrator": (("administrator",), None),
    "scorekeeper": (("scorekeeper",), None),
    "supervisor": (("supervisor",), None),
}
"""Who walks: roles and, where it matters, whose account."""
READABLE = """
    SELECT c.relname AS relation, string_agg(quote_ident(a.attname), ', ' ORDER BY a.attnum) AS columns
      FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
     WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'v', 'm', 'p')
       AND has_column_privilege($1, c.oid, a.attnum, 'SELECT')
     GROUP BY c.relname ORDER BY c.relname"""


Visitor = Person | Enrolled | None


@dataclass(frozen=True)
class Answer:
    address: str
    status: int
    text: str


def addresses(
    it: Played, methods: Collection[str], routes: Iterable[Any] = PLAN.routes, ids: Mapping[str, list[Any]] | None = None
) -> Iterator[tuple[str, str, Any]]:
    """(method, address, roles) of every route, its parameters filled from the hall; a KeyError names one nobody fills."""
    for route in routes:
        for path in route.paths:
            names = re.findall(r"\{(\w+)(?::\w+)?\}", path)
            for values in product(*((ids or it.ids)[name] for name in names)):
                filled = path
                for name, value in zip(names, values, strict=True):
                    filled = re.sub(rf"\{{{name}(:\w+)?\}}", str(value), filled)
                for method in sorted(route.http_methods & set(methods)):
                    yield method, filled, route.opt["roles"]


async def crowd(database: Any, http: httpx.AsyncClient) -> dict[str, Visitor]:
    """Everybody of ROLES, a visitor, and a tablet on which nobody has signed on."""
    people: dict[str, Visitor] = {"visitor": None, "tablet": Enrolled(TABLET_TOKEN)}
    for name, (roles, handle) in ((name, held) for name, held in ROLES.items() if name not in people):
        people[name] = await sign_in(database, http, *roles, handle=handle, person=handle)
    return people


async def pages(it: Played, http: httpx.AsyncClient, who: str, person: Visitor, *, every: bool) -> list[Answer]:
    """What addresses say to this person, headers too, as data and as a page. every: also those whose door is shut."""
    found = []
    for method, address, roles in addresses(it, ("GET",)):
        if every or roles is None or (person and (roles == "signed_in" or set(roles) & set(ROLES[who][0]))):
            for accept in (JSON, HTML):
                found.append(await ask(http, person, method, address, accept))
                if found[-1].status in (401, 403, 404):
                    break
    return found


async def public(it: Played, http: httpx.AsyncClient) -> list[Answer]:
    """What everybody is told: each address that is open to a visitor, as data and as a page."""
    return await pages(it, http, "visitor", None, every=False)


async def refusals(it: Played, http: httpx.AsyncClient, person: Visitor) -> list[Answer]:
    """What each address that writes says to an empty form of this person; the form's page comes back where it has one."""
    return [
        await ask(http, person, method, address, HTML, FORM) for method, address, _ in addresses(it, ("POST", "PUT", "DELETE"))
    ]


async def ask(http: httpx.AsyncClient, person: Visitor, method: str, address: str, accept: str, kind: str = "") -> Answer:
    headers = person.headers(accept) if person else {"Accept": accept, "Origin": "http://laurel.test"}
    sent = {**headers, **({"Content-Type": kind} if kind else {})}
    answer = await http.request(method, address, headers=sent, content=b"" if method != "GET" else None)
    body = "" if answer.headers.get("content-type") == "application/pdf" else answer.content.decode(errors="replace")
    told = "\n".join(f"{name}: {value}" for name, value in answer.headers.items())
    return Answer(f"{method} {address} {accept}", answer.status_code, f"{told}\n{body}")


async def tables(pool: Any, database: Any, audience: str, person: UUID | None) -> list[Answer]:
    """Every row of everything that the audience can read, as this person."""
    found = []
    for row in await database.rows(READABLE, audience):
        async with transaction(pool, audience, person, person) as tx:
            rows = await tx.fetch(f"SELECT {row['columns']} FROM {row['relation']}")
        text = "\n".join(str(_plain(value)) for each in rows for value in each.values())
        found.append(Answer(f"{audience} reads {row['relation']}", 200, text))
    return found


def _plain(value: object) -> object:
    return value.decode(errors="replace") if isinstance(value, bytes) else value


async def forbidden(it: Played, who: str, phase: Phase) -> set[str]:
    """What this person must not find now. A leader is told of a sheet that lies far out once the own one is in."""
    handle = ROLES[who][1] if who in ROLES else None
    own = it.hall.entries[OWN] if who == "participant" and phase == "opened" else None
    marks = {text for each in it.marks if each.judge_id != handle and each.entry_id != own for text in each.texts}
    mine = {text for each in it.marks if each.judge_id == handle for text in each.texts}
    words = set(WORDS.values()) - _read_by(who)
    names = set() if phase == PHASES[-1] else {"quokkaname", "quokkaunit"}
    alert = {sum_text(it, MARKER, it.hall.entries[WILD])} if who == "leader" and phase != "marking" else set()
    drawn = set() if who in ("judge", "tablet", "administrator") else {SIGNATURE}
    plan = set() if who in ("judge", "leader") else {"planquokka"}
    theirs = {text for each in it.typed for text in each.texts} | drawn | plan | _not_of_the_panel(who)
    return (marks | await figures(it, phase, handle)) - mine - alert | words | names | units(it) | theirs


def _not_of_the_panel(who: str) -> set[str]:
    """A tablet learns the names of its own panel only."""
    return {"理科评委"} if who == "tablet" else set()


def _read_by(who: str) -> set[str]:
    """The words that this person wrote, or that the rule gives to this person."""
    return {
        WORDS[name]
        for name in {
            "judge": ("comment", "draft",),
            "leader": ("adjusted",),
            "timekeeper": ("deducted", "adjusted", "swapped", "missed"),
            "usher": ("swapped", "missed"),
            "administrator": ("kin",),
            "participant": ("own_appeal",),
        }.get(who, ())
    }


def leaks(answers: Iterable[Answer], secrets: Collection[str]) -> list[tuple[str, str]]:
    """(address, canary) of everything found that should not be there.

    A count stands between breaks, a decimal may go on with the digits of a float, a word or id is found anywhere.
    """
    counts, decimals = [each for each in secrets if each.isdigit()], [each for each in secrets if _is_decimal(each)]
    words = [each for each in secrets if not each.isdigit() and not _is_decimal(each)]
    wanted = re.compile(
        rf"(?<![0-9A-Za-z.])(?:(?:{_any(counts)})(?![0-9A-Za-z])|(?:{_any(decimals)}))|(?:{_any(words)})"
    )
    return sorted({(each.address, match) for each in answers for match in wanted.findall(each.text)})


def _is_decimal(text: str) -> bool:
    return text.replace(".", "", 1).isdigit() and "." in text


def _any(texts: Iterable[str]) -> str:
    return "|".join(map(re.escape, sorted(texts))) or "(?!)"
