"""能不能开始: each line ready, or what is missing, what to do, and a link."""

import asyncio
import shutil
from pathlib import Path
from typing import Any
from urllib.parse import urlparse
from uuid import UUID

from litestar import Response
from litestar.params import FromPath
from msgspec import Struct

from services.scoring.readiness import actions, domain
from services.scoring.readiness.domain import Facts, Item
from shared.settings import Settings
from shared.web.edge import EdgeDep
from shared.web.routing import get, post

ROLES = ("scorekeeper", "supervisor", "timekeeper", "usher")


class Said(Struct, forbid_unknown_fields=True):
    item: Item


@get("/scoring/divisions/{division_id:uuid}/readiness", audience="scoring_hall", roles=ROLES)
async def readiness_page(edge: EdgeDep, division_id: FromPath[UUID]) -> Response[Any]:
    """Whether the hall can begin."""
    free = await asyncio.to_thread(_free, edge.settings)
    async with edge.transaction() as tx:
        division, facts = await actions.gather(tx, division_id, free, edge.now)
    lines = domain.lines(facts)
    return edge.page(
        "readiness.html",
        json={"division_id": division_id, "may_begin": domain.may_begin(lines), "lines": lines},
        division=division,
        lines=lines,
        may_begin=domain.may_begin(lines),
        links=_links(division_id, facts),
    )


@post("/scoring/divisions/{division_id:uuid}/preparations", audience="scoring_hall", roles=ROLES, again=readiness_page)
async def say(edge: EdgeDep, division_id: FromPath[UUID]) -> Response[Any]:
    """Somebody has seen that the printed sheets, or the clock on its screen, are in their place."""
    body = await edge.body(Said)
    async with edge.transaction() as tx:
        await actions.say(tx, division_id, body.item, edge.signed_in.handle, edge.now)
    return edge.done(f"/scoring/divisions/{division_id}/readiness", {"item": body.item}, status=201)


def _links(division_id: UUID, facts: Facts) -> dict[str, str]:
    """Where each line leads."""
    address = f"/scoring/divisions/{division_id}"
    return {
        "divisions": "/scoring/divisions",
        "hall": f"/scoring/halls/{division_id}",
        "rule": f"/scoring/rules/{facts.attached.hash}" if facts.attached else "",
        "presets": "/scoring/presets",
        "seasons": "/scoring/seasons",
        "panel": f"{address}/panel",
        "devices": "/scoring/devices",
        "printouts": f"{address}/sheets.pdf",
        "clocks": f"{address}/clocks",
        "screen": f"/scoring/clocks/{division_id}/screen",
    }


def _free(settings: Settings) -> int:
    """Bytes free where the service keeps its files."""
    folder = Path(urlparse(settings.files_url).path)
    return shutil.disk_usage(folder if folder.is_dir() else Path("/")).free


ROUTES = [readiness_page, say]
