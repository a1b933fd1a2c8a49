"""Caddy from the wheel: one origin before the services, with the Caddyfile that production uses."""

import os
from collections.abc import Mapping
from pathlib import Path
from urllib.parse import urlsplit

from deploy.embedded.process import Part, listens, program

CADDYFILE = Path(__file__).resolve().parent.parent / "Caddyfile"
LOOPBACK = ("127.0.0.1", "localhost")


def caddy(
    data: Path, log: Path, *, port: int, public_url: str, services: Mapping[str, int], bind: str = "127.0.0.1"
) -> Part:
    """services: name -> loopback port. For an https address Caddy makes the certificate with its own authority."""
    address = urlsplit(public_url)
    secure = address.scheme == "https"
    environment = {
        "PATH": os.environ.get("PATH", "/usr/bin:/bin"),
        "HOME": str(data),
        "XDG_DATA_HOME": str(data),
        "XDG_CONFIG_HOME": str(data),
        "LAUREL_ADDRESS": f"https://{address.hostname}:{port}" if secure else f"http://:{port}",
        "LAUREL_BIND": "127.0.0.1" if address.hostname in LOOPBACK else "0.0.0.0",
        "LAUREL_ORIGIN": public_url,
        "LAUREL_HOST": address.hostname or "127.0.0.1",
        "LAUREL_TLS": "internal" if secure else "plain",
    } | {f"LAUREL_{name.upper()}": f"127.0.0.1:{service}" for name, service in services.items()}
    data.mkdir(parents=True, exist_ok=True)

    async def is_ready() -> bool:
        return await listens(port)

    command = [program("caddy"), "run", "--config", str(CADDYFILE), "--adapter", "caddyfile"]
    return Part("caddy", command, log, environment=environment, is_ready=is_ready)
