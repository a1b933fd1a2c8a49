"""Enrolment and sign-on of tablets, and the desk's pages about them.

A tablet is known by its cookie `laurel_device` and asks in the audience `scoring_device`, which sees its own row and the
names of its own panel; a judge who has signed on has a session like any other.
"""

import time
from typing import Annotated, Any
from uuid import UUID

import segno
from litestar import Response
from litestar.datastructures import Cookie
from litestar.params import FromPath, FromQuery
from msgspec import Meta, Struct

from services.scoring.devices import actions, domain
from services.scoring.devices.domain import Abilities, Bearer, Device, Report, Seat
from services.scoring.panels import actions as panels
from services.scoring.panels.domain import Panel
from services.scoring.rolls import actions as rolls
from services.scoring.rolls.domain import Division
from services.scoring.rubrics.domain import figures
from shared.db import Transaction, transaction
from shared.errors import Missing, Refused
from shared.ids import new_id
from shared.web import gate
from shared.web.edge import Edge, EdgeDep
from shared.web.routing import get, post
from shared.web.signin import with_session

AUDIENCE = "scoring_device"
COOKIE = "laurel_device"
KEEPERS = ("scorekeeper",)
READERS = ("scorekeeper", "supervisor", "administrator")
YEAR = 31_536_000
Label = Annotated[str, Meta(pattern=r"\S", max_length=60)]
Number = Annotated[int, Meta(ge=0, le=1_000_000_000)]


class Empty(Struct, forbid_unknown_fields=True):
    """A write that says nothing but itself."""


class Offer(Struct, forbid_unknown_fields=True):
    id: UUID


class PinForm(Struct, forbid_unknown_fields=True):
    """judge_id: only this one, else everybody of the panel."""

    judge_id: UUID | None = None


class OwnBody(Struct, forbid_unknown_fields=True):
    """public_key: base64url of the raw point. label: what the tablet is; staff's number goes before it."""

    device_id: UUID
    public_key: Annotated[str, Meta(max_length=90)]
    label: Label
    abilities: Abilities

    def device(self, edge: Edge) -> Device:
        """The device, its place still open. Raises Refused: key_unreadable, browser_refused."""
        domain.check_browser(edge.request.headers.get("user-agent", ""))
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
    """signature: the path of an SVG in a box of 600 × 200, as the finger drew it; "" when the same judge unlocks."""

    id: UUID
    judge_id: UUID
    signature: Annotated[str, Meta(pattern=r"^[MLQCZ0-9 .,-]*$", max_length=20_000)] = ""
    pin: Annotated[str, Meta(pattern=r"^([0-9]{4,6})?$")] = ""


class ReportBody(Struct, forbid_unknown_fields=True):
    """clock_ms: the tablet's clock. battery: percent, where known."""

    queue: Number
    parked: Number
    clock_ms: Annotated[int, Meta(ge=0, le=9_007_199_254_740_991)]
    version: Annotated[str, Meta(max_length=40)] = ""
    last_position: Number | None = None
    battery: Annotated[int, Meta(ge=0, le=100)] | None = None


async def device_of(edge: Edge) -> Bearer:
    """The device of this request. Raises NotSignedIn: device_unknown, device_revoked."""
    async with edge.gate() as tx:
        return await actions.bearer(tx, edge.request.cookies.get(COOKIE))


def elsewhere(edge: Edge, address: str) -> Response[Any] | None:
    """A page that leads out of WeChat's browser by a picture of the address; None for every other browser."""
    try:
        domain.check_browser(edge.request.headers.get("user-agent", ""))
    except Refused:
        shown = f"{edge.settings.public_url}{address}"
        return edge.page("elsewhere.html", status=403, json={"address": shown}, address=shown, picture=picture(shown))
    return None


def picture(address: str) -> str:
    """An address as a QR for the page, black on white whatever the page's colours are."""
    made: str = segno.make(address, error="m", micro=False).svg_inline(scale=6, border=3, light="#fff", omitsize=True)
    return made


# the tablet ------------------------------------------------------------------------------------------------------


@post("/scoring/enrolments", audience=AUDIENCE)
async def enrol(edge: EdgeDep) -> Response[Any]:
    """A tablet shows its code and its key, and is known from now on."""
    body = await edge.body(EnrolmentBody)
    device = body.device(edge)
    async with transaction(edge.house.pool, AUDIENCE, device.id) as tx:
        token, label = await actions.enrol(tx, body.code, device)
    return _with_device(edge, edge.answer({"device_id": device.id, "label": label}, 201), token)


@post("/scoring/devices/own", audience="scoring_judge", roles=("judge",))
async def enrol_own(edge: EdgeDep) -> Response[Any]:
    """A judge's own browser is known from now on, by the session."""
    body = await edge.body(OwnBody)
    device = body.device(edge)
    async with edge.transaction() as tx:
        token = await actions.enrol_own(tx, device, new_id(), edge.signed_in.handle, edge.now)
    return _with_device(edge, edge.answer({"device_id": device.id, "label": device.label}, 201), token)


@get("/scoring/tablet/judges", audience=AUDIENCE)
async def judges(edge: EdgeDep) -> Response[Any]:
    """Where this tablet stands and whom it offers: names and seats of its panel, never a mark."""
    device = await device_of(edge)
    async with transaction(edge.house.pool, AUDIENCE, device.id) as tx:
        seats, place = await actions.seats(tx), await actions.place(tx)
    return edge.answer(
        {
            "device_id": device.id,
            "venue": place.venue,
            "activity": figures.named(place.activity, place.activity_en, edge.language),
            "division": figures.named(place.division, place.division_en, edge.language),
            "asks_pin": place.asks_pin,
            "judges": seats,
        }
    )


@post("/scoring/sign-ons", audience=AUDIENCE)
async def sign_on(edge: EdgeDep) -> Response[Any]:
    """A judge takes the tablet in hand: a session of that judge."""
    body = await edge.body(SignOnBody)
    device = await device_of(edge)
    async with transaction(edge.house.pool, AUDIENCE, device.id) as tx:
        seat = next((each for each in await actions.seats(tx) if each.judge_id == body.judge_id), None)
        pin = await actions.begin_sign_on(tx, device, body.judge_id, is_drawn=bool(body.signature))
    if pin is not None and not await actions.is_pin(pin, body.pin):
        raise Refused("pin_wrong", field="pin")
    async with transaction(edge.house.pool, AUDIENCE, device.id) as tx:
        token = await actions.sign_on(tx, device.id, body.id, body.judge_id, body.signature, edge.now)
    answer = {"judge_id": body.judge_id, "name": seat.name if seat else "", "csrf": gate.csrf(token)}
    return with_session(edge, edge.answer(answer, 201), token)


@post("/scoring/devices/reports", audience=AUDIENCE)
async def report(edge: EdgeDep) -> Response[Any]:
    """What a tablet says of itself; the answer is the server's clock."""
    body = await edge.body(ReportBody)
    device = await device_of(edge)
    clock_ms = time.time_ns() // 1_000_000
    told = Report(
        heard_at=edge.now,
        queue=body.queue,
        parked=body.parked,
        last_position=body.last_position,
        battery=body.battery,
        skew_ms=body.clock_ms - clock_ms,
        version=body.version,
    )
    async with transaction(edge.house.pool, AUDIENCE, device.id) as tx:
        await actions.report(tx, device.id, told)
    return edge.answer({"clock_ms": clock_ms})


def _with_device(edge: Edge, response: Response[Any], token: str) -> Response[Any]:
    response.set_cookie(
        Cookie(key=COOKIE, value=token, path="/scoring/", httponly=True, samesite="lax", secure=edge.settings.is_secure,
               max_age=YEAR)
    )  # fmt: skip
    return response


# the desk --------------------------------------------------------------------------------------------------------


@get("/scoring/devices", audience="scoring_desk", roles=READERS)
async def devices_page(edge: EdgeDep, enrolment: FromQuery[UUID | None] = None) -> Response[Any]:
    """Every tablet by panel, and the one-time code that was asked for."""
    async with edge.transaction() as tx:
        found, tablets = await panels.every(tx), await actions.tablets(tx)
        titles = {(each.activity_key, each.key): each for each in await rolls.divisions(tx)}
        offered = await actions.offer_state(tx, enrolment) if enrolment else None
        pinned = await actions.with_pin(tx)
    names = {seat.judge_id: seat.name for panel in found for seat in panel.seats}
    places = [
        {
            "panel": panel,
            "division": titles.get((panel.activity_key, panel.division_key)),
            "tablets": [each for each in tablets if each.panel_id == panel.id],
            "without_pin": [
                seat for seat in (*panel.judges, *panel.reserves)
                if panel.asks_pin and (panel.id, seat.judge_id) not in pinned
            ],
        }
        for panel in found
    ]  # fmt: skip
    address = f"{edge.settings.public_url}/scoring/tablet"
    secret = f"{address}#enrol={domain.code(edge.settings.installation_key, enrolment)}" if enrolment else ""
    told = {
        "panels": [_told(edge, panel, titles) for panel in found],
        "tablets": [
            {**_plain(each), "judge": names.get(each.judge_id, "") if each.judge_id else ""} for each in tablets
        ],
    }
    return edge.page(
        "devices.html",
        json=told,
        places=[each for each in places if each["division"] or each["tablets"]] or places,
        own=[each for each in tablets if each.panel_id is None],
        names=names,
        offered=offered,
        picture=picture(secret) if offered and offered.state == "open" else "",
        address=address,
        is_secure=edge.settings.is_secure,
        fresh=new_id,
    )


@post("/scoring/panels/{panel_id:uuid}/enrolments", audience="scoring_desk", roles=KEEPERS, again=devices_page)
async def offer(edge: EdgeDep, panel_id: FromPath[UUID]) -> Response[Any]:
    """Make a one-time code of two minutes for a tablet of this panel."""
    body = await edge.body(Offer)
    async with edge.transaction() as tx:
        await _panel(tx, panel_id)
        code = await actions.offer(tx, body.id, panel_id, edge.settings.installation_key, edge.signed_in.handle)
    told = {"id": body.id, "code": code, "address": f"{edge.settings.public_url}/scoring/tablet#enrol={code}"}
    return edge.done(f"/scoring/devices?enrolment={body.id}#offered", told, status=201)


@get("/scoring/enrolments/{enrolment_id:uuid}", audience="scoring_desk", roles=READERS)
async def offer_state(edge: EdgeDep, enrolment_id: FromPath[UUID]) -> Response[Any]:
    """Whether a one-time code can still be used, or which tablet used it."""
    async with edge.transaction() as tx:
        return edge.answer(await actions.offer_state(tx, enrolment_id))


@post("/scoring/devices/{device_id:uuid}/revocations", audience="scoring_desk", roles=KEEPERS, again=devices_page)
async def revoke(edge: EdgeDep, device_id: FromPath[UUID]) -> Response[Any]:
    """A tablet that was lost: its cookie, its sessions and its signature hold no longer."""
    await edge.body(Empty)
    async with edge.transaction() as tx:
        owner = await actions.revoke(tx, device_id, edge.signed_in.handle, edge.now)
    if owner:
        async with edge.gate() as tx:
            await gate.end_own(tx, owner)
    return edge.done("/scoring/devices", {"device_id": device_id}, status=201)


@get("/scoring/panels/{panel_id:uuid}/preparation", audience="scoring_desk", roles=READERS)
async def preparation(edge: EdgeDep, panel_id: FromPath[UUID]) -> Response[Any]:
    """What is done the day before, to be printed and ticked off."""
    async with edge.transaction() as tx:
        panel, tablets, pinned = await _panel(tx, panel_id), await actions.tablets(tx), await actions.with_pin(tx)
        titles = {(each.activity_key, each.key): each for each in await rolls.divisions(tx)}
    mine = [each for each in tablets if each.panel_id == panel_id and not each.is_revoked]
    return edge.page(
        "preparation.html",
        json={"panel": _told(edge, panel, titles), "tablets": [_plain(each) for each in mine]},
        panel=panel,
        division=titles.get((panel.activity_key, panel.division_key)),
        tablets=mine,
        pinned={judge_id for at, judge_id in pinned if at == panel_id},
        address=f"{edge.settings.public_url}/scoring/tablet",
    )


@post("/scoring/panels/{panel_id:uuid}/pins", audience="scoring_desk", roles=KEEPERS, again=devices_page)
async def make_pins(edge: EdgeDep, panel_id: FromPath[UUID]) -> Response[Any]:
    """New PINs for a panel's judges, shown this once, on slips to cut apart."""
    form = await edge.body(PinForm)
    async with edge.transaction() as tx:
        panel = await _panel(tx, panel_id)
        titles = {(each.activity_key, each.key): each for each in await rolls.divisions(tx)}
    if not panel.asks_pin:
        raise Refused("pin_not_asked")
    wanted = [seat.judge_id for seat in panel.seats if form.judge_id in (None, seat.judge_id)]
    made = await actions.new_pins(wanted)
    async with edge.transaction() as tx:
        await actions.put_pins(tx, panel_id, made, edge.signed_in.handle, edge.now)
    names = {seat.judge_id: seat for seat in panel.seats}
    slips = [(names[pin.judge_id], pin.pin) for pin, _ in made]
    return edge.page(
        "pins.html",
        status=201,
        json={"pins": [pin for pin, _ in made]},
        panel=panel,
        division=titles.get((panel.activity_key, panel.division_key)),
        slips=slips,
    )


async def _panel(tx: Transaction, panel_id: UUID) -> Panel:
    found = next((each for each in await panels.every(tx) if each.id == panel_id), None)
    if found is None:
        raise Missing("no_panel")
    return found


def _told(edge: Edge, panel: Panel, titles: dict[tuple[str, str], Division]) -> dict[str, object]:
    division = titles.get((panel.activity_key, panel.division_key))
    return {
        "panel_id": panel.id,
        "activity_key": panel.activity_key,
        "division_key": panel.division_key,
        "division_id": division.division_id if division else None,
        "title": figures.named(division.title, division.title_en, edge.language) if division else "",
        "venue": panel.venue,
        "asks_pin": panel.asks_pin,
        "judges": [
            Seat(judge_id=each.judge_id, position=each.position, kind=each.kind, name=each.name, leader=each.leader)
            for each in panel.seats
        ],
    }


def _plain(tablet: domain.Tablet) -> dict[str, object]:
    return {name: getattr(tablet, name) for name in tablet.__struct_fields__}


ROUTES = [
    enrol,
    enrol_own,
    judges,
    sign_on,
    report,
    devices_page,
    offer,
    offer_state,
    revoke,
    preparation,
    make_pins,
]
