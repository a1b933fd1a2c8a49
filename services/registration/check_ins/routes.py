"""The usher's check-in page and the lists to print: of contestants, and of the draw meeting."""

import asyncio
from typing import Any
from uuid import UUID

from litestar import Response
from litestar.params import FromPath

from services.registration.check_ins import actions
from shared.web.edge import Edge, EdgeDep
from shared.web.routing import get, post
from shared.web.signin import Nothing

USHERS = ("usher", "organiser", "administrator")
READERS = (*USHERS, "supervisor")


@get("/registration/divisions/{division_id:uuid}/check-ins", audience="registration_organiser", roles=READERS)
async def page(edge: EdgeDep, division_id: FromPath[UUID]) -> Response[Any]:
    """Who has come, in the order of appearance."""
    async with edge.transaction() as tx:
        found = await actions.presence(tx, division_id)
    lines = [
        {"entry_id": each["id"], "order": each["order"], "name": each["name"], "branch": each["branch_name"],
         "checked_in_at": each["checked_in_at"]}
        for each in found.lines
    ]  # fmt: skip
    return edge.page(
        "check_ins.html", activity=found.activity, division=found.division, lines=lines, json={"check_ins": lines}
    )


@post("/registration/entries/{entry_id:uuid}/check-ins", audience="registration_organiser", roles=USHERS)
async def check_in(edge: EdgeDep, entry_id: FromPath[UUID]) -> Response[Any]:
    """Note that the person has come."""
    await edge.body(Nothing)
    async with edge.transaction() as tx:
        division_id = await actions.check_in(tx, entry_id, edge.signed_in.person_id, edge.now)
    return edge.done(f"/registration/divisions/{division_id}/check-ins", {"entry_id": entry_id}, status=201)


@get("/registration/divisions/{division_id:uuid}/presence-list.pdf", audience="registration_organiser", roles=READERS)
async def presence_list(edge: EdgeDep, division_id: FromPath[UUID]) -> Response[bytes]:
    """The contestants' list to sign in the hall."""
    async with edge.transaction() as tx:
        found = await actions.presence(tx, division_id)
    columns = [edge.say(f"presence.{name}") for name in ("order", "staff_no", "name", "branch", "course", "signature")]
    rows = [
        [str(e["order"] or ""), e["staff_no"] or "", e["name"], e["branch_name"] or "", e["course"], ""] for e in found.lines
    ]
    return await _printed(edge, found, edge.say("presence.title"), columns, rows)


@get("/registration/divisions/{division_id:uuid}/meeting-list.pdf", audience="registration_organiser", roles=READERS)
async def meeting_list(edge: EdgeDep, division_id: FromPath[UUID]) -> Response[bytes]:
    """The leaders' list to sign at the draw meeting: one line per branch with a place."""
    async with edge.transaction() as tx:
        found = await actions.presence(tx, division_id)
    columns = [edge.say(f"presence.{name}") for name in ("code", "branch", "entries", "leader", "signature")]
    branches = sorted({(e["branch"] or "", e["branch_name"] or "") for e in found.lines})
    rows = [
        [code, name, str(sum(e["branch"] == code for e in found.lines)), "", ""] for code, name in branches
    ]
    return await _printed(edge, found, edge.say("presence.meeting_title"), columns, rows)


async def _printed(
    edge: Edge, found: actions.Presence, title: str, columns: list[str], rows: list[list[str]]
) -> Response[bytes]:
    english = edge.language == "en"
    activity = found.activity.title_en if english and found.activity.title_en else found.activity.title
    division = found.division.title_en if english and found.division.title_en else found.division.title
    signers = [edge.say("presence.organiser"), edge.say("presence.supervisor")]
    content = await asyncio.to_thread(
        actions.printed, f"{activity} {division} {title}", found.division.venue, columns, rows, signers
    )
    return edge.file(content, "application/pdf", f"{division} {title}.pdf", is_download=False)


ROUTES = [page, check_in, presence_list, meeting_list]
