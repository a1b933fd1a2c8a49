"""The judge's pages: the page of the tablet with what it is made of, and the plain form that needs no JavaScript.

What the tablet sends goes to PUT /scoring/revisions/{id}; both end in the same writer and the same action.
"""

import gzip
import hashlib
import re
from functools import cache, partial
from pathlib import Path
from typing import Annotated, Any
from uuid import UUID

import msgspec
from litestar import Response
from litestar.params import FromPath
from msgspec import Meta, Struct

from services.scoring.devices import routes as devices
from services.scoring.rubrics.domain import figures
from services.scoring.sheets.domain import SIGNED, Acknowledgement, Revision, SheetKey, Submission
from services.scoring.tablet import actions, domain
from services.scoring.tablet.domain import Desk
from shared.db import transaction
from shared.errors import Fault, Faulty, Missing
from shared.ids import new_id, opaque
from shared.web.app import CONTENT_SECURITY_POLICY
from shared.web.edge import Edge, EdgeDep
from shared.web.pages import STATIC
from shared.web.routing import get, post
from shared.web.texts import LANGUAGES

AUDIENCE = "scoring_judge"
ROLES = ("judge",)
UNSIGNED_PROTOCOL = 1
"""That of a program which sends sheets by the session alone."""
EAGER = "main acts dom enrol keys queue sheet state store talk view words".split()
"""What the page cannot be drawn without; the other modules come when they are first needed, or with the worker."""
WORKER = "worker.js"
COMMENTS, INDENTS = re.compile(r"/\*\*.*?\*/[ \t]*|^[ \t]*//[^\n]*", re.DOTALL | re.MULTILINE), re.compile(r"\n\s+")
POLICY = CONTENT_SECURITY_POLICY.replace("img-src", "frame-src blob:; img-src blob:")
"""Teaching designs stand beside the mark from the tablet's own store."""
Text = Annotated[str, Meta(max_length=500)]


class SheetForm(Struct, forbid_unknown_fields=True):
    """The plain form. marks: criterion -> decimal text."""

    id: UUID
    base: UUID | None
    rubric_version: int
    marks: dict[str, str]
    comment: Text = ""
    reason: Text = ""


@get("/scoring/sheets", audience=AUDIENCE, roles=ROLES)
async def sheets_page(edge: EdgeDep) -> Response[Any]:
    async with transaction(edge.house.pool, AUDIENCE, edge.signed_in.handle) as tx:
        desks = await actions.desks(tx, edge.signed_in.handle, edge.language)
    cards = [(desk, _first(desk)) for desk in desks]
    return edge.page("sheets.html", json={"divisions": [_told(desk) for desk in desks]}, cards=cards)


@get("/scoring/tablet", audience="scoring_public")
async def shell(edge: EdgeDep) -> Response[Any]:
    """The judge's page without any data: the same for everybody, so that a tablet may keep it."""
    if away := devices.elsewhere(edge, "/scoring/tablet"):
        return away
    modules = [f"/scoring/tablet/app/{modules_of_page()[0]}/{name}.js" for name in EAGER]
    response = edge.page("tablet.html", json={"protocol": SIGNED}, words=_words(edge), modules=modules)
    version = _kept(edge).version
    response.headers |= {"Cache-Control": "no-cache", "Content-Security-Policy": POLICY, "Laurel-Shell": version}
    return response


@get("/scoring/tablet/worker.js", audience="scoring_public")
async def worker(edge: EdgeDep) -> Response[Any]:
    """What keeps the shell on the tablet, after which files belong to it."""
    program = f"self.SHELL = {msgspec.json.encode(_kept(edge)).decode()};\n"
    program += gzip.decompress(modules_of_page()[1][WORKER]).decode()
    headers = {"Cache-Control": "no-cache", "Service-Worker-Allowed": "/scoring/tablet"}
    return Response(program, media_type="text/javascript", headers=headers)


@get("/scoring/tablet/app/{version:str}/{name:str}", audience="scoring_public")
async def module(edge: EdgeDep, version: FromPath[str], name: FromPath[str]) -> Response[bytes]:
    """One module of the page. The version is in the address, so that modules of two versions never meet."""
    current, modules = modules_of_page()
    if name not in modules:
        raise Missing("missing")
    is_packed = "gzip" in edge.request.headers.get("accept-encoding", "")
    headers = {
        "Cache-Control": "public, max-age=31536000, immutable" if version == current else "no-store",
        "Vary": "Accept-Encoding",
    }
    body = modules[name] if is_packed else gzip.decompress(modules[name])
    return Response(
        body, media_type="text/javascript", headers=headers | ({"Content-Encoding": "gzip"} if is_packed else {})
    )


@get("/scoring/tablet/desk", audience=AUDIENCE, roles=ROLES)
async def show_desk(edge: EdgeDep) -> Response[Any]:
    """All that a tablet needs to mark with, for this judge alone. A tablet that has it already is told so (304)."""
    judge_id = edge.signed_in.handle
    async with transaction(edge.house.pool, AUDIENCE, judge_id) as tx:
        desks = await actions.desks(tx, judge_id, edge.language)
    names = sorted({desk.judge for desk in desks})
    told = {
        "protocol": SIGNED,
        "csrf": edge.signed_in.csrf,
        "judge": {"judge_id": judge_id, "name": names[0] if names else ""},
        "divisions": [domain.told(desk, edge.language) for desk in desks],
    }
    tag = f'"{hashlib.sha256(msgspec.json.encode(told)).hexdigest()[:32]}"'
    response: Response[Any] = edge.answer({**told, "made_at": edge.now})
    if tag in edge.request.headers.get("if-none-match", ""):
        response = Response("", status_code=304, media_type="application/json")
    response.headers |= {"ETag": tag, "Cache-Control": "no-cache, private"}
    return response


@get("/scoring/tablet/history/{entry_id:uuid}/{part:str}", audience=AUDIENCE, roles=ROLES)
async def history(edge: EdgeDep, entry_id: FromPath[UUID], part: FromPath[str]) -> Response[Any]:
    """Everything this judge submitted for one sheet, from whatever tablet, and what became of it."""
    async with edge.transaction() as tx:
        found = await actions.history(tx, edge.signed_in.handle, entry_id, part)
    return edge.answer({"revisions": [domain.told_sent(each) for each in found]})


@get("/scoring/sheets/{entry_id:uuid}/{part:str}", audience=AUDIENCE, roles=ROLES)
async def sheet_page(edge: EdgeDep, entry_id: FromPath[UUID], part: FromPath[str]) -> Response[Any]:
    async with transaction(edge.house.pool, AUDIENCE, edge.signed_in.handle) as tx:
        desk, item, wanted = await actions.sheet(tx, edge.signed_in.handle, entry_id, part, edge.language)
    view = domain.sheet(desk, item, wanted, edge.language)
    told = {
        "entry_id": view.entry_id,
        "part": view.part.key,
        "base": view.base,
        "rubric_version": view.rubric_version,
        "marks": view.marks,
        "comment": view.comment,
    }
    return edge.page("sheet.html", json=told, sheet=view, is_open=not view.locked, revision_id=new_id())


@post("/scoring/sheets/{entry_id:uuid}/{part:str}", audience=AUDIENCE, roles=ROLES, again=sheet_page)
async def send_sheet(edge: EdgeDep, entry_id: FromPath[UUID], part: FromPath[str]) -> Response[Any]:
    """Send a sheet without JavaScript; the acknowledgement is the next page, which shows what counts."""
    form = await edge.body(SheetForm)
    async with transaction(edge.house.pool, AUDIENCE, edge.signed_in.handle) as tx:
        _, _, wanted = await actions.sheet(tx, edge.signed_in.handle, entry_id, part, edge.language)
    if form.base and not form.reason.strip():
        raise Faulty([Fault(code="reason_missing", field="reason")])
    # A form has no device of its own: the session stands for it, and each sheet it sends is the next in time.
    revision = Revision(
        id=form.id,
        device_id=opaque(edge.settings.installation_key, "device", edge.signed_in.csrf),
        seq=form.id.int >> 80,
        base=form.base,
        sheet=SheetKey(edge.signed_in.handle, entry_id, part),
        rubric_version=form.rubric_version,
        marks=figures.counts(wanted, form.marks),
        comment=form.comment.strip(),
        reason=form.reason.strip(),
        written_at=None,
    )
    done: Acknowledgement = await edge.more["writer"].submit(Submission(revision, edge.now))
    return edge.done(f"/scoring/sheets/{entry_id}/{part}", done)


@cache
def modules_of_page() -> tuple[str, dict[str, bytes]]:
    """The page's version and its modules, packed, without the comments that nobody reads on a tablet."""
    folder = Path(__file__).parents[1] / "static" / "tablet"
    texts = {path.name: COMMENTS.sub("", path.read_text(encoding="utf-8")) for path in sorted(folder.glob("*.js"))}
    version = hashlib.sha256(msgspec.json.encode(texts)).hexdigest()[:12]
    return version, {name: gzip.compress(INDENTS.sub("\n", text).encode(), mtime=0) for name, text in texts.items()}


def _kept(edge: Edge) -> domain.Kept:
    """What a tablet keeps of the shell, found out once: all its modules, and the files that the page names."""
    if "shell" not in edge.more:
        texts, (version, modules) = edge.house.texts, modules_of_page()
        page = edge.house.pages.get_template("tablet.html").render(
            language=LANGUAGES[0], t=partial(texts, LANGUAGES[0]), words=_words(edge), modules=[version]
        )
        named = re.findall(r'(?:src|href)="(/scoring/static/[^"]+)"', page)
        files = {address: _content(address) for address in named}
        files |= {
            f"/scoring/tablet/app/{version}/{name}": gzip.decompress(packed)
            for name, packed in modules.items()
            if name != WORKER
        }
        edge.more["shell"] = domain.kept("/scoring/tablet", page, files)
    kept: domain.Kept = edge.more["shell"]
    return kept


def _content(address: str) -> bytes:
    """The file that stands at a static address, ours before the house's."""
    name = address.removeprefix("/scoring/static/").partition("?")[0]
    ours = Path(__file__).parents[1] / "static"
    return next(path for folder in (ours, STATIC) if (path := folder / name).exists()).read_bytes()


def _words(edge: Edge) -> dict[str, dict[str, str]]:
    """Every word of the judge's page in both languages, the places still open."""
    texts = edge.house.texts
    return {
        language: {
            key: texts.pattern(language, key) for key in sorted(texts.keys(language)) if key.startswith("tablet.")
        }
        for language in LANGUAGES
    }


def _first(desk: Desk) -> tuple[UUID, str]:
    """Where to go on: the first sheet that was not sent, else the first of all."""
    for part in desk.parts:
        for item in desk.entries:
            if (item.entry_id, part.key) not in desk.own and not desk.is_locked(part.key):
                return item.entry_id, part.key
    return desk.entries[0].entry_id, desk.parts[0].key


def _told(desk: Desk) -> dict[str, object]:
    """A division for a JSON client: the rule's parts, and each own sheet with the revision that counts."""
    parts = [
        {
            "key": part.key,
            "title": part.title,
            "locked": desk.is_locked(part.key),
            "criteria": [
                {"key": key, "title": title, "unit": item.scale.unit, "highest": item.scale.highest}
                for (key, item), (title, _) in zip(part.cells.items(), figures.titles(part).values(), strict=True)
            ],
        }
        for part in desk.parts
    ]
    entries = [
        {
            "entry_id": item.entry_id,
            "code": item.code,
            "order": item.order,
            "title": item.title,
            "sheets": {
                part.key: {"revision_id": held.head.revision_id, "marks": held.head.marks}
                for part in desk.parts
                if (held := desk.own.get((item.entry_id, part.key))) and held.head
            },
        }
        for item in desk.entries
    ]
    return {
        "division_id": desk.division_id,
        "activity": desk.activity,
        "division": desk.division,
        "stage": desk.stage,
        "rubric_version": desk.rule.version,
        "protocol": UNSIGNED_PROTOCOL,
        "parts": parts,
        "entries": entries,
    }


ROUTES = [shell, worker, module, show_desk, history, sheets_page, sheet_page, send_sheet]
