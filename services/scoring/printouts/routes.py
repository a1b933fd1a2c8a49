"""PDF to print and sign."""

import asyncio
from pathlib import Path
from typing import Any
from uuid import UUID

from litestar import Response
from litestar.params import FromPath, FromQuery

from services.scoring.printouts import actions
from services.scoring.printouts.actions import Only
from services.scoring.rubrics.domain import Stage
from shared import pdf
from shared.web.edge import EdgeDep
from shared.web.routing import get

TEMPLATES = Path(__file__).parent.parent / "templates"
ROLES = ("scorekeeper", "supervisor")


@get("/scoring/divisions/{division_id:uuid}/sheets.pdf", audience="scoring_desk", roles=ROLES)
async def print_sheets(
    edge: EdgeDep,
    division_id: FromPath[UUID],
    stage: FromQuery[Stage] = "final",
    entry_id: FromQuery[UUID | None] = None,
    judge_id: FromQuery[UUID | None] = None,
    part: FromQuery[str] = "",
) -> Response[Any]:
    """The sheets of a division, of one entry, or one of them: a page for each judge and part."""
    only = Only(entry_id=entry_id, judge_id=judge_id, part=part)
    async with edge.transaction() as tx:
        data = await actions.sheets(tx, division_id, stage, only, edge.say, edge.language)
    content = await asyncio.to_thread(rendered, "sheet.typ", data)
    return edge.file(content, "application/pdf", f"{data['division']}-{data['words']['title']}.pdf", is_download=False)


@get("/scoring/divisions/{division_id:uuid}/summary.pdf", audience="scoring_desk", roles=ROLES)
async def print_summary(edge: EdgeDep, division_id: FromPath[UUID], stage: FromQuery[Stage] = "final") -> Response[Any]:
    """成绩汇总表 as it stands now; it says whether it is locked and sealed."""
    async with edge.transaction() as tx:
        data = await actions.summary(tx, division_id, stage, edge.say, edge.language)
    content = await asyncio.to_thread(rendered, "summary.typ", data)
    return edge.file(content, "application/pdf", f"{data['division']}-{data['words']['title']}.pdf", is_download=False)


def rendered(template: str, data: dict[str, Any]) -> bytes:
    """The PDF of what an action gathered; a few milliseconds a page, so call it in a thread."""
    return pdf.render(TEMPLATES / template, actions.drawn(data))


ROUTES = [print_sheets, print_summary]
