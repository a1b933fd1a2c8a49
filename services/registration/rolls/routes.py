"""The rolls of a division: seal, seal again after a withdrawal, and open by two."""

from secrets import token_bytes
from typing import Any, Literal
from uuid import UUID

from litestar import Response
from litestar.params import FromPath
from msgspec import Struct

from services.registration.activities import actions as activities
from services.registration.entries import actions as entries
from services.registration.rolls import actions
from shared.errors import NotAllowed
from shared.ids import new_id
from shared.web.edge import Edge, EdgeDep
from shared.web.routing import get, post

READERS = ("organiser", "supervisor", "administrator")


class SealBody(Struct, forbid_unknown_fields=True):
    """id: made by the sender; the same id again is the same roll."""

    id: UUID
    stage: Literal["preselection", "final"]


class SignatureBody(Struct, forbid_unknown_fields=True):
    """role: in which role one signs, where one holds both."""

    role: Literal["organiser", "supervisor"] | None = None


@get("/registration/divisions/{division_id:uuid}/rolls", audience="registration_organiser", roles=READERS)
async def page(edge: EdgeDep, division_id: FromPath[UUID]) -> Response[Any]:
    """All sealed versions, and whether the newest still says who takes part."""
    async with edge.transaction(_reader(edge)) as tx:
        activity = await activities.of_division(tx, division_id)
        sealed = await actions.of_division(tx, division_id)
        outdated = await actions.outdated(tx, division_id)
        listed = await entries.listed(tx, activity.id, None, division_id)
    names = {each["id"]: each for each in listed}
    stages = [s for s in ("preselection", "final") if s == "final" or "preselection" in activity.order]
    shown = [actions.as_json(each) for each in sealed]
    return edge.page(
        "rolls.html", activity=activity, division=activity.division(division_id), rolls=shown[::-1], outdated=outdated,
        names=names, stages=stages, sealed_stages={each.roll.stage for each in sealed}, fresh_ids=[new_id(), new_id()],
        json={"rolls": shown, "outdated": outdated},
    )  # fmt: skip


@post(
    "/registration/divisions/{division_id:uuid}/rolls",
    audience="registration_organiser",
    roles=("organiser",),
    again=page,
)
async def seal(edge: EdgeDep, division_id: FromPath[UUID]) -> Response[Any]:
    """Seal who takes part; a new version supersedes the one before."""
    data = await edge.body(SealBody)
    async with edge.transaction() as tx:
        sealed = await actions.seal(
            tx, data.id, division_id, data.stage, token_bytes(32), _salt, edge.signed_in.person_id, edge.now
        )
    return edge.done(f"/registration/divisions/{division_id}/rolls", actions.as_json(sealed), status=201)


@get("/registration/rolls/{roll_id:uuid}", audience="registration_organiser", roles=READERS)
async def one(edge: EdgeDep, roll_id: FromPath[UUID]) -> Response[Any]:
    """One sealed version; a browser is led to its division's page."""
    async with edge.transaction(_reader(edge)) as tx:
        sealed = await actions.roll(tx, roll_id)
    if edge.wants_json:
        return edge.answer(actions.as_json(sealed))
    place = f"/registration/divisions/{sealed.roll.division_id}/rolls#r{roll_id}"
    return Response("", status_code=303, headers={"Location": place})


@post("/registration/rolls/{roll_id:uuid}/signatures", audience="registration_organiser", roles=("organiser", "supervisor"))
async def sign(edge: EdgeDep, roll_id: FromPath[UUID]) -> Response[Any]:
    """Sign the opening of the codes; they open with the signatures of organiser and supervisor."""
    role = _role(edge, (await edge.body(SignatureBody)).role)
    async with edge.transaction(f"registration_{role}") as tx:
        sealed = await actions.sign_opening(tx, roll_id, role, edge.signed_in.person_id, edge.now)
    place = f"/registration/divisions/{sealed.roll.division_id}/rolls#r{roll_id}"
    return edge.done(place, actions.as_json(sealed), status=201)


def _role(edge: Edge, wanted: str | None) -> str:
    """The role one signs in. Raises NotAllowed: role_absent."""
    held = [role for role in ("organiser", "supervisor") if edge.has(role) and wanted in (None, role)]
    if not held:
        raise NotAllowed("role_absent")
    return held[0]


def _reader(edge: Edge) -> str:
    return "registration_organiser" if edge.has("organiser") or edge.has("administrator") else "registration_supervisor"


def _salt() -> bytes:
    return token_bytes(32)


ROUTES = [page, seal, one, sign]
