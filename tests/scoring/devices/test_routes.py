"""A tablet is enrolled once with its code, and a judge of its panel takes it in hand."""

import base64
from collections.abc import Awaitable, Callable
from typing import Any
from uuid import UUID

import httpx
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from services.scoring.devices import actions
from shared.db import transaction
from shared.ids import new_id, secret_id
from tests.conftest import Database
from tests.scoring.people import ORIGIN, sign_in
from tests.scoring.seated import seated

Open = Callable[..., Awaitable[httpx.AsyncClient]]
ABLE = {"secure_context": True, "worker": True, "strict_storage": True, "locks": True, "subtle": True, "persist": False}


def key_text(key: ec.EllipticCurvePrivateKey) -> str:
    point = key.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
    return base64.urlsafe_b64encode(point).rstrip(b"=").decode()


async def send(http: httpx.AsyncClient, path: str, body: Any, device: str = "") -> httpx.Response:
    """A write of a tablet on which nobody has signed on."""
    headers = {"Origin": ORIGIN, "Accept": "application/json"} | ({"Cookie": f"laurel_device={device}"} if device else {})
    return await http.post(path, json=body, headers=headers)


async def test_a_tablet_is_enrolled_and_a_judge_signs_on(scoring_database: Database, client: Open) -> None:
    place = await seated(scoring_database)
    http = await client(scoring_database)
    keeper = await sign_in(scoring_database, http, "scorekeeper")
    panel_id = await scoring_database.value("SELECT id FROM panels")
    offered = await keeper.post(f"/scoring/panels/{panel_id}/enrolments", {"id": str(new_id())})
    assert offered.status_code == 201
    device_id, key = secret_id(), ec.generate_private_key(ec.SECP256R1())
    body = {
        "code": offered.json()["code"],
        "device_id": str(device_id),
        "public_key": key_text(key),
        "label": "平板 1",
        "abilities": ABLE,
    }
    enrolled = await send(http, "/scoring/enrolments", body)
    assert enrolled.status_code == 201
    device = enrolled.cookies["laurel_device"]
    http.cookies.clear()
    offers = await http.get("/scoring/tablet/judges", headers={"Cookie": f"laurel_device={device}", "Accept": "application/json"})
    assert [each["name"] for each in offers.json()["judges"]][:2] == ["评委1", "评委2"]
    await scoring_database.execute("INSERT INTO grants (handle, role) VALUES ($1, 'judge'), ($1, 'administrator')", place.judges[0])
    signed = await send(
        http, "/scoring/sign-ons", {"id": str(new_id()), "judge_id": str(place.judges[0]), "signature": "M0 0L10 10"}, device
    )
    assert signed.status_code == 201
    token = signed.cookies["laurel_scoring"]
    session = await http.get("/scoring/session", headers={"Cookie": f"laurel_scoring={token}"})
    assert session.json()["grants"] == [{"role": "judge", "scope": ""}]
    async with transaction(scoring_database.pool, "scoring_writer") as tx:
        found = (await actions.keys(tx, [device_id, UUID(int=1)]))[device_id]
    assert (found.is_revoked, found.judges) == (False, {place.judges[0]})
