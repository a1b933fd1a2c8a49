"""Enrolment and sign-on of tablets, and the desk's page about them.

A tablet is known by its cookie `laurel_device` and asks in the audience `scoring_device`, which sees its own row and the
names of its own panel; a judge who has signed on has a session like any other.
"""

from typing import Annotated, Any
from uuid import UUID

from litestar import Response
from litestar.datastructures import Cookie
from litestar.params import FromPath
from msgspec import Meta, Struct

from services.scoring.devices import actions, domain
from services.scoring.devices.domain import Abilities, Bearer, Device
from shared.db import transaction
from shared.web import gate
from shared.web.edge import Edge, EdgeDep
from shared.web.routing import get, post
from shared.web.signin import with_session

AUDIENCE = "scoring_device"
COOKIE = "laurel_device"
Label = Annotated[str, Meta(pattern=r"\S", max_length=60)]


class Offer(Struct, forbid_unknown_fields=True):
    id: UUID


class OwnBody(Struct, forbid_unknown_fields=True):
    """public_key: base64url of the raw point. label: how staff may call the tablet."""

    device_id: UUID
    public_key: Annotated[str, Meta(max_length=90)]
    label: Label
    abilities: Abilities

    def device(self, edge: Edge) -> Device:
        """The device, its place still open. Raises Refused: key_unreadable."""
        return Device(
            id=self.device_id,
            panel_id=None,
            owned_by=None,
            label=self.label.strip(),
            public_key=domain.public_key(self.public_key),
            abilities=self.abilities,
            enrolled_at=edge.now,
        )


class EnrolmentBody(OwnBody, forbid_unknown_fields=True):
    code: Annotated[str, Meta(max_length=40)]


class SignOnBody(Struct, forbid_unknown_fields=True):
    """signature: the path of an SVG, as the finger drew it."""

    id: UUID
    judge_id: UUID
    signature: Annotated[str, Meta(pattern=r"^[MLQCZ0-9 .,-]*$", max_length=20_000)]
    pin: Annotated[str, Meta(max_length=6)] = ""


async def device_of(edge: Edge) -> Bearer:
    """The device of this request. Raises NotSignedIn: device_unknown, device_revoked."""
    async with edge.gate() as tx:
        return await actions.bearer(tx, edge.request.cookies.get(COOKIE))


def _with_device(edge: Edge, response: Response[Any], token: str) -> Response[Any]:
    response.set_cookie(
        Cookie(key=COOKIE, value=token, path="/scoring/", httponly=True, samesite="lax", secure=edge.settings.is_secure,
               max_age=31_536_000)
    )  # fmt: skip
    return response


@post("/scoring/panels/{panel_id:uuid}/enrolments", audience="scoring_desk", roles=("scorekeeper",))
async def offer(edge: EdgeDep, panel_id: FromPath[UUID]) -> Response[Any]:
    """Make a one-time code of two minutes for a tablet of this panel."""
    body = await edge.body(Offer)
    async with edge.transaction() as tx:
        code = await actions.offer(tx, body.id, panel_id, edge.settings.installation_key, edge.signed_in.handle)
    address = f"{edge.settings.public_url}/scoring/tablet#enrol={code}"
    return edge.done(f"/scoring/devices?enrolment={body.id}", {"id": body.id, "code": code, "address": address}, status=201)


@post("/scoring/enrolments", audience=AUDIENCE)
async def enrol(edge: EdgeDep) -> Response[Any]:
    """A tablet shows its code and its key, and is known from now on."""
    body = await edge.body(EnrolmentBody)
    async with transaction(edge.house.pool, AUDIENCE, body.device_id) as tx:
        token = await actions.enrol(tx, body.code, body.device(edge))
    return _with_device(edge, edge.answer({"device_id": body.device_id}, 201), token)


@post("/scoring/devices/own", audience="scoring_judge", roles=("judge",))
async def enrol_own(edge: EdgeDep) -> Response[Any]:
    """A judge's own browser is known from now on, by the session."""
    body = await edge.body(OwnBody)
    async with edge.transaction() as tx:
        token = await actions.enrol_own(tx, body.device(edge), edge.signed_in.handle, edge.now)
    return _with_device(edge, edge.answer({"device_id": body.device_id}, 201), token)


@get("/scoring/tablet/judges", audience=AUDIENCE)
async def judges(edge: EdgeDep) -> Response[Any]:
    """Whom this tablet offers: names and seats of its panel."""
    device = await device_of(edge)
    async with transaction(edge.house.pool, AUDIENCE, device.id) as tx:
        seats = await actions.seats(tx)
    return edge.answer({"device_id": device.id, "judges": seats})


@post("/scoring/sign-ons", audience=AUDIENCE)
async def sign_on(edge: EdgeDep) -> Response[Any]:
    """A judge takes the tablet in hand: a session of that judge."""
    body = await edge.body(SignOnBody)
    device = await device_of(edge)
    async with transaction(edge.house.pool, AUDIENCE, device.id) as tx:
        token = await actions.sign_on(tx, device.id, body.id, body.judge_id, body.signature, edge.now)
    answer = {"judge_id": body.judge_id, "csrf": gate.csrf(token)}
    return with_session(edge, edge.answer(answer, 201), token)


ROUTES = [offer, enrol, enrol_own, judges, sign_on]
