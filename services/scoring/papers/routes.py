"""The desk's pages of paper: what is on paper in a division, and one sheet to type from, with its scan beside."""

import asyncio
from typing import Annotated, Any
from uuid import UUID

from litestar import Response
from litestar.params import FromPath, FromQuery
from msgspec import Meta, Struct

from services.scoring.papers import actions, domain
from services.scoring.papers.actions import Move, Outcome, Picked
from services.scoring.papers.domain import Typing
from services.scoring.rubrics.domain import ActivityRule, Part, figures
from services.scoring.sheets.domain import SheetKey
from shared import exact
from shared.errors import Fault, Missing, Refused
from shared.ids import new_id
from shared.web.app import CONTENT_SECURITY_POLICY
from shared.web.edge import Edge, EdgeDep
from shared.web.routing import get, post

DESK = "scoring_desk"
KEEPER = ("scorekeeper",)
READERS = ("scorekeeper", "supervisor")
SCAN_BYTES = 12 * 1024 * 1024
FRAMING = CONTENT_SECURITY_POLICY.replace("img-src", "frame-src 'self'; img-src")
FRAMED = CONTENT_SECURITY_POLICY.replace("frame-ancestors 'none'", "frame-ancestors 'self'; object-src 'self'")
"""A scan in PDF stands in a frame of the page it is typed from, and in no other."""
SHEET = "/scoring/papers/{judge_id:uuid}/{entry_id:uuid}/{part:str}"


class MoveBody(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """sheet: "judge/part", or "" for the whole entry."""

    entry_id: UUID
    sheet: str = ""
    reason: Annotated[str, Meta(max_length=500)]


class TypingBody(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """id: made by the page. marks: mark key -> what stands on the paper, "-" where 未评 is ticked."""

    id: UUID
    marks: dict[str, str]
    comment: Annotated[str, Meta(max_length=2000)] = ""


class Field(Struct, frozen=True, kw_only=True):
    """One item to type. choices: (key, title) of a grade; own: what this person typed last."""

    key: str
    title: str
    lowest: str
    highest: str
    unit: str
    choices: tuple[tuple[str, str], ...]
    own: str
    differs: bool


@get("/scoring/divisions/{division_id:uuid}/papers", audience=DESK, roles=READERS)
async def papers_page(edge: EdgeDep, division_id: FromPath[UUID]) -> Response[Any]:
    """Every sheet on paper, how far it is typed, and the way there and back."""
    async with edge.transaction() as tx:
        book = await actions.book(tx, division_id)
    told = [{**_named(each.sheet), "code": each.code, "state": each.state, "differing": each.differing, "held": each.held,
             "text": each.text, "ledger_position": each.position} for each in book.lines]  # fmt: skip
    counts = [(state, sum(each.state == state for each in book.lines)) for state in domain.URGENT]
    return edge.page(
        "papers.html", json={"papers": told}, book=book, counts=counts, titles=_titles(edge, book.attached)
    )


@post("/scoring/divisions/{division_id:uuid}/papers", audience=DESK, roles=KEEPER, again=papers_page)
async def to_paper(edge: EdgeDep, division_id: FromPath[UUID]) -> Response[Any]:
    """A sheet, or a whole entry, goes to paper."""
    move = _move(edge, division_id, await edge.body(MoveBody))
    async with edge.transaction() as tx:
        position = await actions.to_paper(tx, move)
    return edge.done(f"/scoring/divisions/{division_id}/papers", {"ledger_position": position}, status=201)


@post("/scoring/divisions/{division_id:uuid}/papers/returns", audience=DESK, roles=KEEPER, again=papers_page)
async def from_paper(edge: EdgeDep, division_id: FromPath[UUID]) -> Response[Any]:
    """It comes back to the tablets."""
    move = _move(edge, division_id, await edge.body(MoveBody))
    async with edge.transaction() as tx:
        position = await actions.from_paper(tx, move)
    return edge.done(f"/scoring/divisions/{division_id}/papers", {"ledger_position": position}, status=201)


@get("/scoring/papers", audience=DESK, roles=KEEPER)
async def paper_page(
    edge: EdgeDep,
    sheet: FromQuery[str] = "",
    done: FromQuery[str] = "",
    judge_id: FromQuery[UUID | None] = None,
    entry_id: FromQuery[UUID | None] = None,
    part: FromQuery[str] = "",
) -> Response[Any]:
    """Scan the code of a printed sheet, then type what stands on it. done: the sheet that was just typed."""
    picked, before = None, None
    try:
        async with edge.transaction() as tx:
            if judge_id and entry_id:
                picked = await actions.pick(tx, SheetKey(judge_id, entry_id, part))
            elif sheet.strip():
                code = domain.read(sheet)
                picked = await actions.pick(tx, code.sheet, code.rule)
            elif done:
                before = await actions.pick(tx, domain.read(done).sheet)
    except (Refused, Missing) as told:
        if edge.wants_json:
            raise
        edge.faults = [Fault(code=told.code, field="sheet")]
    response = edge.page(
        "paper.html", 422 if edge.faults and not edge.told else 200,
        json=_told(picked, edge.signed_in.handle) if picked else {},
        picked=picked, before=before, sheet=sheet.strip(), new_id=new_id,
        fields=_fields(picked, edge.signed_in.handle, edge.language) if picked else (),
        titles=_titles(edge, picked.attached) if picked else {},
        code=domain.code_of(picked.key, picked.attached.hash).text if picked else "",
    )  # fmt: skip
    response.headers |= {"Content-Security-Policy": FRAMING}
    return response


@post(f"{SHEET}/typings", audience=DESK, roles=KEEPER, again=paper_page)
async def type_sheet(
    edge: EdgeDep, judge_id: FromPath[UUID], entry_id: FromPath[UUID], part: FromPath[str]
) -> Response[Any]:
    """What this person read on the sheet; counted once somebody else has read the same."""
    body, key = await edge.body(TypingBody), SheetKey(judge_id, entry_id, part)
    async with edge.transaction() as tx:
        outcome = await actions.type_sheet(
            tx, body.id, key, body.marks, body.comment.strip(), edge.signed_in.handle, edge.now
        )
        code = domain.code_of(key, (await actions.pick(tx, key)).attached.hash).text
    query = "sheet" if outcome.state == "differs" else "done"
    return edge.done(f"/scoring/papers?{query}={code}", _answer(outcome), status=201)


@post(f"{SHEET}/scans", audience=DESK, roles=KEEPER, again=paper_page, limit=SCAN_BYTES)
async def attach_scan(
    edge: EdgeDep, judge_id: FromPath[UUID], entry_id: FromPath[UUID], part: FromPath[str]
) -> Response[Any]:
    """The picture of the filled sheet, the file `scan` of the form."""
    content = next(iter((await edge.uploads()).values()), b"")
    key = SheetKey(judge_id, entry_id, part)
    async with edge.transaction() as tx:
        scan = await actions.attach_scan(tx, edge.more["files"], key, content, edge.signed_in.handle, edge.now)
        code = domain.code_of(key, (await actions.pick(tx, key)).attached.hash).text
    answer = {"sha256": scan.sha256, "media_type": scan.media_type, "ledger_position": scan.ledger_position}
    return edge.done(f"/scoring/papers?sheet={code}", answer, status=201)


@get(f"{SHEET}/scans/{{digest:str}}", audience=DESK, roles=READERS)
async def show_scan(
    edge: EdgeDep, judge_id: FromPath[UUID], entry_id: FromPath[UUID], part: FromPath[str], digest: FromPath[str]
) -> Response[Any]:
    async with edge.transaction() as tx:
        scan = await actions.scan(tx, SheetKey(judge_id, entry_id, part), digest)
    content = await asyncio.to_thread(edge.more["files"].get, scan.sha256)
    name = f"{digest[:8]}.{scan.media_type.rsplit('/')[-1]}"
    response = edge.file(content, scan.media_type, name, is_download=False)
    response.headers |= {"Content-Security-Policy": FRAMED}
    return response


def _move(edge: Edge, division_id: UUID, body: MoveBody) -> Move:
    """Raises Missing: no_such_sheet."""
    judge, _, part = body.sheet.partition("/")
    try:
        judge_id = UUID(judge) if body.sheet else None
    except ValueError:
        raise Missing("no_such_sheet") from None
    return Move(
        division_id=division_id, entry_id=body.entry_id, judge_id=judge_id, part=part, reason=body.reason.strip(),
        by=edge.signed_in.handle, now=edge.now,
    )  # fmt: skip


def _titles(edge: Edge, attached: ActivityRule) -> dict[tuple[str, str], str]:
    """(part, item) -> what is marked."""
    return {
        (part.key, key): figures.named(*title, edge.language)
        for part in attached.rule.parts
        for key, title in figures.titles(part).items()
    }


def _own(picked: Picked, handle: UUID) -> Typing | None:
    """What this person typed last, while it waits for another."""
    is_waiting = picked.progress is not None and picked.progress.is_mine
    return next((each for each in picked.typings if is_waiting and each.typist_id == handle), None)


def _fields(picked: Picked, handle: UUID, language: str) -> tuple[Field, ...]:
    own = _own(picked, handle)
    return tuple(
        Field(
            key=key,
            title=figures.named(*figures.titles(picked.part)[key], language),
            lowest=exact.plain(item.scale.lowest * item.scale.unit.fraction),
            highest=exact.plain(item.scale.highest * item.scale.unit.fraction),
            unit=exact.plain(item.scale.unit.fraction),
            choices=tuple((each.key, figures.named(each.title, each.title_en, language)) for each in item.scale.grades),
            own=_text(picked.part, key, own.marks) if own else "",
            differs=bool(picked.progress and key in picked.progress.differing),
        )
        for key, item in picked.part.cells.items()
    )


def _text(part: Part, key: str, marks: dict[str, int]) -> str:
    if key not in marks:
        return domain.UNMARKED[0]
    scale = part.cells[key].scale
    return scale.grades[marks[key]].key if scale.grades else exact.text(marks[key], scale.unit.fraction)


def _named(sheet: SheetKey) -> dict[str, object]:
    return {"judge_id": sheet.judge_id, "entry_id": sheet.entry_id, "part": sheet.part}


def _told(picked: Picked, handle: UUID) -> dict[str, object]:
    own = _own(picked, handle)
    return {
        **_named(picked.key),
        "state": picked.state,
        "differing": picked.progress.differing if picked.progress else (),
        "own": {key: _text(picked.part, key, own.marks) for key in picked.part.cells} if own else {},
        "scans": [each.sha256 for each in picked.scans],
    }


def _answer(outcome: Outcome) -> dict[str, object]:
    return {"state": outcome.state, "differing": outcome.differing, "ledger_position": outcome.ledger_position}


ROUTES = [papers_page, to_paper, from_paper, paper_page, type_sheet, attach_scan, show_scan]
