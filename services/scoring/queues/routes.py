"""The desk's page to bring in what a tablet could not send: its file, or its QR codes scanned in any order."""

import asyncio
from typing import Annotated, Any

import msgspec
from litestar import Response
from msgspec import Meta, Struct

from services.scoring.queues import actions, domain
from services.scoring.queues.actions import Line
from services.scoring.sheets.domain import Submission
from shared.db import transaction
from shared.errors import Refused, Told
from shared.web.edge import Edge, EdgeDep
from shared.web.routing import get, post

ROLES = ("scorekeeper",)


class QueueBody(Struct, forbid_unknown_fields=True):
    """codes: one per line, as scanned. file: empty, as a browser sends it where none was chosen; a chosen one comes beside."""

    file: Annotated[str, Meta(max_length=0)] = ""
    codes: Annotated[str, Meta(max_length=domain.LARGEST)] = ""


@get("/scoring/queues", audience="scoring_desk", roles=ROLES)
async def queues_page(edge: EdgeDep) -> Response[Any]:
    """Where a tablet's queue is brought in."""
    return edge.page("queues.html", json={}, lines=None)


@post("/scoring/queues", audience="scoring_desk", roles=ROLES, again=queues_page, limit=domain.LARGEST)
async def take(edge: EdgeDep) -> Response[Any]:
    """Take every revision of a queue through the same door as a tablet's; a second time changes nothing."""
    body = await edge.body(QueueBody)
    queues = [domain.opened(content) for content in (await edge.uploads()).values()]
    queues += domain.put_together(body.codes)
    if not queues:
        raise Refused("queue_empty", field="codes")
    async with transaction(edge.house.pool, "scoring_writer") as tx:
        lines = await actions.authentic(tx, queues)
    lines = list(await asyncio.gather(*(_submit(edge, line) for line in lines)))
    async with edge.transaction() as tx:
        places = await actions.places(tx, lines)
    edge.typed = {}
    told = [
        {**_told(line), "detail": edge.say(line.told.code, **line.told.values) if line.told else ""} for line in lines
    ]
    return edge.page("queues.html", json={"lines": told}, lines=list(zip(lines, told, strict=True)), places=places)


async def _submit(edge: Edge, line: Line) -> Line:
    """Through the tablets' writer; who carried it stands in the ledger."""
    if line.told or line.revision is None:
        return line
    try:
        done = await edge.more["writer"].submit(Submission(line.revision, edge.now, edge.signed_in.handle))
    except Told as told:
        return msgspec.structs.replace(line, told=told)
    return msgspec.structs.replace(line, done=done)


def _told(line: Line) -> dict[str, Any]:
    return {
        "revision_id": line.revision.id if line.revision else None,
        "disposition": line.done.disposition if line.done else None,
        "ledger_position": line.done.ledger_position if line.done else None,
        "code": line.told.code if line.told else None,
    }


ROUTES = [queues_page, take]
