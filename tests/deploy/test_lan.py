"""A hall without internet: the certificate hangs on the root that is offered, and a tablet that cannot work offline is told."""

import asyncio
import base64
import hashlib
import os
import re
import signal
import ssl
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import asyncpg
import httpx
import pytest

from deploy import lan, terminal, up
from deploy.embedded.caddy import lan_folder, root_of
from deploy.embedded.ports import free_port
from deploy.installation import ROOT, Installation, temporary_folder
from shared.ids import new_id, secret_id
from tests.scoring.tablets import Tablet

CODE = "LANCODE"
ABLE = {"secure_context": True, "worker": True, "strict_storage": True, "locks": True, "subtle": True, "persist": False}


@pytest.fixture
async def hall() -> AsyncIterator[Installation]:
    """The scoring service behind a real Caddy with its own authority, on loopback."""
    with temporary_folder() as folder:
        port, root_port = free_port(), free_port()
        url = f"https://127.0.0.1:{port}"
        async with Installation(
            folder, port=port, public_url=url, root_port=root_port, services=("scoring",)
        ) as running:
            yield running


async def panel_with_code(hall: Installation, *codes: str) -> None:
    """A panel of the season, and one-time codes for it."""
    connection = await asyncpg.connect(hall.database_url("scoring", "owner"))
    try:
        panel_id = new_id()
        await connection.execute(
            "INSERT INTO panels (id, activity_key, division_key, season_key) VALUES ($1, 'a', 'd', 's')", panel_id
        )
        for code in codes:
            await connection.execute(
                "INSERT INTO enrolments (id, panel_id, code_hash, made_by, expires_at) VALUES ($1, $2, $3, $1, clock_timestamp() + '1 min')",
                new_id(), panel_id, hashlib.sha256(code.encode()).digest(),
            )  # fmt: skip
    finally:
        await connection.close()


async def told_in_the_terminal(hall: Installation, language: str) -> list[str]:
    watching = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "services.scoring.cli", "tablets",
        env=hall.environment("scoring") | {"LC_ALL": language}, stdout=asyncio.subprocess.PIPE,
    )  # fmt: skip
    said, _ = await watching.communicate()
    return said.decode().splitlines()


async def test_tablets_trust_the_offered_root_and_get_secure_cookies(hall: Installation) -> None:
    address = f"http://127.0.0.1:{hall.root_port}/"
    caddy = hall.data / "caddy"
    offered = lan.offer(root_of(caddy), lan_folder(caddy), address, f"{hall.url}/scoring/tablet")
    async with httpx.AsyncClient(trust_env=False) as stranger:
        page = await stranger.get(address)
        root = await stranger.get(f"{address}{lan.ROOT_NAME}")
        with pytest.raises(httpx.ConnectError, match="CERTIFICATE_VERIFY_FAILED"):
            await stranger.get(f"{hall.url}/scoring/health/live")
    assert all(
        part in page.text
        for part in (offered.name, offered.fingerprint, f"{hall.url}/scoring/tablet", "iPad", "安卓", "Windows")
    )
    assert root.headers["content-type"] == "application/x-x509-ca-cert" and "PRIVATE KEY" not in root.text
    assert hashlib.sha256(ssl.PEM_cert_to_DER_cert(root.text)).hexdigest().upper() == offered.fingerprint.replace(
        ":", ""
    )

    trusting = ssl.create_default_context(cadata=root.text)
    await panel_with_code(hall, f"{CODE}1", f"{CODE}2")
    async with httpx.AsyncClient(
        trust_env=False, verify=trusting, base_url=hall.url, headers={"Origin": hall.url}
    ) as tablet:
        cookies = []
        for number, able in ((1, ABLE), (2, {**ABLE, "worker": False, "strict_storage": False})):
            body = {
                "code": f"{CODE}{number}", "device_id": str(secret_id()), "public_key": base64.urlsafe_b64encode(Tablet().public_key).decode(),
                "label": "iPad", "abilities": able,
            }  # fmt: skip
            answer = await tablet.post("/scoring/enrolments", json=body)
            assert answer.status_code == 201, answer.text
            cookies.append(answer.headers["set-cookie"])
            tablet.cookies.clear()
    assert all(
        "Secure" in each and "HttpOnly" in each and "Path=/scoring/" in each and "SameSite=lax" in each
        for each in cookies
    )
    assert not (lan_folder(caddy) / "root.key").exists()

    english, chinese = await told_in_the_terminal(hall, "en_GB.UTF-8"), await told_in_the_terminal(hall, "zh_CN.UTF-8")
    assert [line.split(":")[0].strip() for line in english] == ["Tablet 1 · iPad", "Tablet 2 · iPad"]
    assert (
        "works without" in english[0]
        and "will NOT work" in english[1]
        and "service worker" in english[1]
        and "storage" in english[1]
    )
    assert "断网可用" in chinese[0] and "断网后不能用" in chinese[1]


@pytest.mark.parametrize(
    "more",
    [["--lan", "203.0.113.9"], ["--lan", "no such host"], ["--lan", "127.0.0.1", "--public-url", "https://x.example"]],
)
def test_an_address_that_cannot_be_served_is_told_at_once(
    tmp_path: Path, more: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert up.main(["--data", str(tmp_path / "data"), *more]) == 2
    assert "laurel up: " in capsys.readouterr().err
    assert not os.path.exists(tmp_path / "data")


async def test_up_in_a_hall_says_where_tablets_go_and_serves_it() -> None:
    with temporary_folder() as folder:
        command = [sys.executable, "-m", "deploy.up", "--data", str(folder / "data"), "--lan", "127.0.0.1"]
        environment = os.environ | {"PYTHONPATH": str(ROOT), "PYTHONUNBUFFERED": "1"}
        running = await asyncio.create_subprocess_exec(*command, env=environment, stdout=asyncio.subprocess.PIPE)
        assert running.stdout
        try:
            said = ""
            while "Ctrl-C" not in said:
                line = await asyncio.wait_for(running.stdout.readline(), 60)
                assert line, said
                said += line.decode()
            url, root = (
                re.findall(r"(https://127\.0\.0\.1:[0-9]+)/\n", said)[0],
                re.findall(r"http://127\.0\.0\.1:[0-9]+/", said)[0],
            )
            async with httpx.AsyncClient(trust_env=False) as stranger:
                trusted = ssl.create_default_context(cadata=(await stranger.get(f"{root}{lan.ROOT_NAME}")).text)
            async with httpx.AsyncClient(trust_env=False, verify=trusted) as tablet:
                assert (await tablet.get(f"{url}/scoring/tablet")).status_code == 200
            assert "█" in said and "SHA-256" in said and f"{url}/scoring/devices" in said and "平板" in said
        finally:
            running.send_signal(signal.SIGINT)
            assert await asyncio.wait_for(running.wait(), 30) == terminal.STOPPED
