"""NATS with JetStream from the wheel: one nkey user per service, each with its own subjects only."""

import os
from pathlib import Path

from deploy.embedded.ports import free_port
from deploy.embedded.process import Part, listens, program
from deploy.keys import SERVICES, public_nkey, read_secret
from deploy.streams import Consumer, read_streams


def permissions(service: str, consumers: list[Consumer]) -> tuple[list[str], list[str]]:
    """What a service may publish and what it may subscribe to; everything else the server refuses."""
    publish = [f"{service}.>", f"live.{service}.>"]
    if service == "registration":
        publish.append("members.>")
    for consumer in (c for c in consumers if c.service == service):
        publish.append(f"$JS.API.CONSUMER.MSG.NEXT.{consumer.stream}.{consumer.name}")
        publish.append(f"$JS.ACK.{consumer.stream}.{consumer.name}.>")
    if service == "scoring":
        publish += ["$JS.API.DIRECT.GET.MEMBERS.>", "$JS.API.STREAM.MSG.GET.MEMBERS"]
    return publish, [f"_INBOX_{service}.>", f"live.{service}.>"]


def configuration(secrets: Path, store: Path, port: int) -> str:
    """The server's configuration, one setting per line."""
    _, consumers = read_streams()
    lines = [
        f'listen: "127.0.0.1:{port}"',
        "server_name: laurel",
        "max_payload: 1MB",
        "jetstream {",
        f"  store_dir: {quoted(str(store))}",
        "  sync_interval: always",
        "}",
        "authorization {",
        "  users: [",
        f"    {{ nkey: {public_nkey(read_secret(secrets / 'admin' / 'nats.seed'))} }}",
    ]
    for service in SERVICES:
        publish, subscribe = permissions(service, consumers)
        lines += [
            "    {",
            f"      nkey: {public_nkey(read_secret(secrets / service / 'nats.seed'))}",
            "      permissions {",
            f"        publish: [{', '.join(quoted(subject) for subject in publish)}]",
            f"        subscribe: [{', '.join(quoted(subject) for subject in subscribe)}]",
            "      }",
            "    }",
        ]
    return "\n".join([*lines, "  ]", "}", ""])


def quoted(text: str) -> str:
    """A string of NATS' configuration language."""
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def nats(data: Path, log: Path, secrets: Path, port: int | None = None) -> tuple[Part, int]:
    """The server as a part, and its port. Data is a folder of its own."""
    chosen = port or free_port()
    data.mkdir(parents=True, exist_ok=True)
    file = data / "nats.conf"
    file.write_text(configuration(secrets, data / "store", chosen))

    async def is_ready() -> bool:
        return await listens(chosen)

    environment = {"PATH": os.environ.get("PATH", "/usr/bin:/bin"), "HOME": str(data)}
    return Part(
        "nats", [program("nats-server"), "-c", str(file)], log, environment=environment, is_ready=is_ready
    ), chosen
