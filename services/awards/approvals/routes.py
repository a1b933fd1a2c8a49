"""The office records the leading body's approval, with the scan of its document."""

from datetime import date
from typing import Any
from uuid import UUID

from litestar import Response
from litestar.params import FromPath
from msgspec import Struct

from services.awards.approvals import actions
from services.awards.editions import actions as editions
from services.awards.notices import actions as notices
from shared.web.edge import EdgeDep
from shared.web.routing import get, post

OFFICE = ("organiser", "administrator")
READERS = (*OFFICE, "committee", "supervisor")
MOST_BYTES = 16 * 1024 * 1024


class ApprovalBody(Struct, forbid_unknown_fields=True):
    """The scan travels beside it as the file `scan` of the multipart form."""

    body: str
    on: date
    document_no: str


@get("/awards/editions/{key:str}/approvals", audience="awards_office", roles=OFFICE)
async def page(edge: EdgeDep, key: FromPath[str]) -> Response[Any]:
    """What was approved, and the form for an approval."""
    async with edge.transaction() as tx:
        edition = await editions.by_key(tx, key)
        approvals = await actions.of_edition(tx, edition.id)
        states = await editions.award_states(tx, edition.id)
        notice = await notices.of_edition(tx, edition.id)
        face = await notices.face(tx, notice, edge.now) if notice else None
    return edge.page(
        "approvals.html", edition=edition, approvals=approvals, face=face, suspended=[a for a in states if a.suspended],
        due=[a for a in states if not (a.suspended or a.struck or a.approval_id)], json={"key": key, "approvals": approvals},
    )  # fmt: skip


@post("/awards/editions/{key:str}/approvals", audience="awards_office", roles=OFFICE, again=page, limit=MOST_BYTES)
async def approve(edge: EdgeDep, key: FromPath[str]) -> Response[Any]:
    """Record body, date, document number and scan."""
    body = await edge.body(ApprovalBody)
    scan = next(iter((await edge.uploads()).items()), ("", b""))
    async with edge.transaction() as tx:
        edition = await editions.by_key(tx, key)
        approval = await actions.approve(
            tx,
            edge.more["files"],
            edition.id,
            body.body,
            body.on,
            body.document_no,
            scan,
            edge.signed_in.person_id,
            edge.now,
        )
    return edge.done(f"/awards/editions/{key}", approval, status=201)


@get("/awards/editions/{key:str}/approvals/{approval_id:uuid}/scan", audience="awards_committee", roles=READERS)
async def scan(edge: EdgeDep, key: FromPath[str], approval_id: FromPath[UUID]) -> Response[Any]:
    """The scanned document."""
    async with edge.transaction() as tx:
        edition = await editions.by_key(tx, key)
        name, content = await actions.scan(tx, edge.more["files"], edition.id, approval_id)
    return edge.file(content, "application/octet-stream", name)


ROUTES = [page, approve, scan]
