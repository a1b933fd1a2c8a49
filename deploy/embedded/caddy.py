"""Caddy from the wheel: one origin before the services, with the Caddyfile that production uses."""

import os
from collections.abc import Mapping
from pathlib import Path
from urllib.parse import urlsplit

from deploy.embedded.process import Part, listens, program

CADDYFILE = Path(__file__).resolve().parent.parent / "Caddyfile"
LAN = CADDYFILE.parent / "lan" / "Caddyfile"
LOOPBACK = ("127.0.0.1", "localhost")


def caddy(
    data: Path, log: Path, *, port: int, public_url: str, services: Mapping[str, int], root_port: int | None = None
) -> Part:
    """services: name -> loopback port. For an https address Caddy makes the certificate with its own authority.

    root_port: in a hall, where the page about that authority's root is served over http, from `lan_folder(data)`; then
    only the hall's own address and this machine are listened to.
    """
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
    if root_port is not None:
        host = address.hostname or ""
        environment |= {
            "LAUREL_LAN": str(LAN),
            "LAUREL_BIND": " ".join(dict.fromkeys((host, "127.0.0.1"))),
            "LAUREL_ROOT_ADDRESS": f"http://{host}:{root_port}",
            "LAUREL_ROOT_FOLDER": str(lan_folder(data)),
        }
        lan_folder(data).mkdir(parents=True, exist_ok=True)
    data.mkdir(parents=True, exist_ok=True)

    async def is_ready() -> bool:
        return await listens(port) and (root_port is None or root_of(data).exists())

    command = [program("caddy"), "run", "--config", str(CADDYFILE), "--adapter", "caddyfile"]
    return Part("caddy", command, log, environment=environment, is_ready=is_ready)


def lan_folder(data: Path) -> Path:
    """What is offered over http in a hall."""
    return data / "lan"


def root_of(data: Path) -> Path:
    """The root certificate of Caddy's own authority, made at its first start."""
    return data / "caddy" / "pki" / "authorities" / "local" / "root.crt"
