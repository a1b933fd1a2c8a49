"""The draw meeting of a division: who is present, the lot with its recorded seed, the order on the wall."""

from secrets import token_bytes
from typing import Any
from uuid import UUID

from litestar import Response
from litestar.params import FromPath
from msgspec import Struct

from services.registration.activities import actions as activities
from services.registration.draws import actions
from services.registration.entries import actions as entries
from shared.ids import new_id
from shared.web.edge import Edge, EdgeDep
from shared.web.routing import get, post

READERS = ("organiser", "supervisor", "administrator")


class DrawBody(Struct, forbid_unknown_fields=True):
    """id: made by the sender; present: names on the presence list, one or several, also one per line."""

    id: UUID
    present: list[str] = []


def reader(edge: Edge) -> str:
    """Organisers read as organiser, a supervisor as supervisor."""
    return "registration_organiser" if edge.has("organiser") or edge.has("administrator") else "registration_supervisor"


@get("/registration/divisions/{division_id:uuid}/draws", audience="registration_public")
async def page(edge: EdgeDep, division_id: FromPath[UUID]) -> Response[Any]:
    """The order and the seed by which anybody can repeat it; names and the meeting's form for organiser and supervisor."""
    return await (_meeting if any(edge.has(role) for role in READERS) else _result)(edge, division_id)


async def _result(edge: Edge, division_id: UUID) -> Response[Any]:
    """What anybody may see: no name, no code."""
    async with edge.transaction() as tx:
        activity = await activities.of_division(tx, division_id)
        draw, numbers = await actions.public(tx, division_id)
    told = {"draw_id": draw["id"], "seed": draw["seed"].hex(), "held_at": draw["held_at"]} if draw else None
    return edge.page(
        "draw_result.html", activity=activity, division=activity.division(division_id), draw=told, numbers=numbers,
        json={"draw": told, "order": numbers},
    )  # fmt: skip


async def _meeting(edge: Edge, division_id: UUID) -> Response[Any]:
    async with edge.transaction(reader(edge)) as tx:
        activity = await activities.of_division(tx, division_id)
        draw = await actions.of_division(tx, division_id)
        listed = await entries.listed(tx, activity.id, None, division_id)
    numbers = [each for each in listed if each["order"] is not None]
    taking_part = [each for each in listed if each["state"] == "admitted"]
    leaders = sorted({(each["branch"] or "", each["branch_name"] or "") for each in taking_part})
    answer = {
        "draw": None if draw is None else {"draw_id": draw.id, "seed": draw.seed.hex(), "held_at": draw.held_at,
                                           "present": draw.present},
        "order": [{"entry_id": each["id"], "order": each["order"], "state": each["state"]} for each in numbers],
    }  # fmt: skip
    return edge.page(
        "draw.html", activity=activity, division=activity.division(division_id), draw=draw, numbers=numbers,
        taking_part=taking_part, leaders=leaders, is_due=edge.now >= activity.draw_at, fresh_id=new_id(), json=answer,
    )  # fmt: skip


@post(
    "/registration/divisions/{division_id:uuid}/draws",
    audience="registration_organiser",
    roles=("organiser",),
    again=page,
)
async def hold(edge: EdgeDep, division_id: FromPath[UUID]) -> Response[Any]:
    """Hold the draw, once; promotion ends with it."""
    data = await edge.body(DrawBody)
    seeds = token_bytes(32), token_bytes(32)
    async with edge.transaction() as tx:
        draw = await actions.hold(tx, data.id, division_id, data.present, seeds, edge.signed_in.person_id, edge.now)
        numbers = await actions.numbers(tx, division_id)
    order = [{"entry_id": entry_id, "order": number} for entry_id, number in numbers.items()]
    answer = {"draw_id": draw.id, "seed": draw.seed.hex(), "present": draw.present, "order": order}
    return edge.done(f"/registration/divisions/{division_id}/draws", answer, status=201)


ROUTES = [page, hold]
