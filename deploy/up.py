"""One machine for real use: empty at first, everything in one folder, parts that end by themselves are started again.

With --lan it serves a hall without internet: https on the machine's own address in that network, with Caddy's own
authority, and a page that offers its root to tablets.
"""

import argparse
import asyncio
import fcntl
import os
import ssl
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, nullcontext, suppress
from pathlib import Path

import httpx

from deploy import lan, terminal
from deploy.embedded.caddy import lan_folder, root_of
from deploy.embedded.ports import free_port, is_free
from deploy.embedded.process import PartFailed
from deploy.installation import Installation

LOOK_SECONDS = 2
PORT, HTTPS_PORT, ROOT_PORT = 8080, 8443, 8081
FOUND = "found"


def main(words: list[str]) -> int:
    options = _read(words)
    if os.environ.get("CLOCK", "system") != "system":
        print(
            "laurel up: real use runs on the system's clock; unset CLOCK (only the demo can move time)", file=sys.stderr
        )
        return 2
    if options.lan and (wrong := _enter_lan(options)):
        print(f"laurel up: {wrong}", file=sys.stderr)
        return 2
    options.data.mkdir(parents=True, exist_ok=True)
    with (options.data / "lock").open("a") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            print(f"laurel up: another installation runs in {options.data}", file=sys.stderr)
            return 2
        return terminal.run(_serve(options))


def _read(words: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="laurel up", description="run an installation whose data stays in DIR")
    parser.add_argument("--data", type=Path, required=True, metavar="DIR")
    parser.add_argument("--port", type=int, default=None)
    parser.add_argument("--public-url", metavar="URL", default=None)
    parser.add_argument("--lan", metavar="ADDRESS", nargs="?", const=FOUND, help="serve a hall's network over https")
    options = parser.parse_args(words)
    options.port = options.port or (HTTPS_PORT if options.lan else PORT)
    return options


def _enter_lan(options: argparse.Namespace) -> str:
    """Settle the address, the ports and what browsers call the hall's server; what is wrong, or ""."""
    if options.public_url:
        return "--lan makes the address itself; leave --public-url out"
    if options.lan == FOUND:
        options.lan = lan.own_address()
    if not options.lan:
        return "no network found; connect to the hall's network, or name this machine's address: --lan 192.168.1.20"
    try:
        if not is_free(0, options.lan):
            return f"{options.lan} is not an address of this machine"
    except (OSError, UnicodeError):
        return f"{options.lan} is not an address of this machine"
    options.port = free_port(options.port)
    options.public_url = f"https://{options.lan}:{options.port}"
    return ""


async def _serve(options: argparse.Namespace) -> int:
    def tell(what: str) -> None:
        print(f"  starting {what} …", flush=True)

    wanted = options.public_url.rstrip("/") if options.public_url else None
    root_port = free_port(ROOT_PORT) if options.lan else None
    try:
        async with Installation(
            options.data, port=options.port, public_url=wanted, root_port=root_port, tell=tell
        ) as installation:
            await _greet(installation, options)
            async with _tablets(installation) if options.lan else nullcontext():
                await _watch(installation)
    except PartFailed as failure:
        print(f"laurel up: {failure}", file=sys.stderr)
        return 1
    return 0


async def _greet(installation: Installation, options: argparse.Namespace) -> None:
    if installation.port != options.port:
        print(f"  port {options.port} is taken; using {installation.port}")
    print(f"\n  Laurel   {installation.url}/\n  data     {installation.data}")
    if await _is_new(installation):
        print(f"\n  First visit: open {installation.url}/registration/setup and use the one-time code")
        print(f"\n      {installation.first_code}\n")
    if options.lan:
        _offer_root(installation, options.lan)
    print("  Ctrl-C stops everything.", flush=True)


def _offer_root(installation: Installation, host: str) -> None:
    """Say where tablets find the root certificate, with a picture of the address."""
    data = installation.data / "caddy"
    address = f"http://{host}:{installation.root_port}/"
    offered = lan.offer(root_of(data), lan_folder(data), address, f"{installation.url}/scoring/tablet")
    print(f"""
  Tablets 平板    1. each tablet opens {offered.address} once and trusts the certificate (steps are on the page)
                    每台平板先打开这个地址，按步骤信任证书
                 2. then staff enrol it at {installation.url}/scoring/devices
                    再由工作人员在这个地址登记

{lan.drawn(offered.address)}
  certificate 证书  {offered.name}
  SHA-256          {offered.fingerprint}
""")


@asynccontextmanager
async def _tablets(installation: Installation) -> AsyncIterator[None]:
    """Say of each tablet that is enrolled whether it will work without a network, and why not."""
    watching = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "services.scoring.cli", "tablets", "--watch", env=installation.environment("scoring")
    )
    try:
        yield
    finally:
        with suppress(ProcessLookupError):
            watching.terminate()
        await watching.wait()


async def _is_new(installation: Installation) -> bool:
    """Whether nobody is administrator yet; if in doubt the code is shown, which is useless once it is used."""
    async with httpx.AsyncClient(trust_env=False, verify=_trusted(installation)) as client:
        with suppress(httpx.HTTPError, ValueError):
            answer = await client.get(f"{installation.url}/registration/setup", headers={"Accept": "application/json"})
            return not answer.json().get("is_done", False)
    return True


def _trusted(installation: Installation) -> ssl.SSLContext | bool:
    """Whom to trust: Caddy's own authority where it made the certificate."""
    root = root_of(installation.data / "caddy")
    is_own = installation.url.startswith("https:") and root.exists()
    return ssl.create_default_context(cafile=str(root)) if is_own else True


async def _watch(installation: Installation) -> None:
    while True:
        await asyncio.sleep(LOOK_SECONDS)
        for name in installation.broken():
            print(f"  {name} ended by itself; starting it again (log: {installation.logs / name}.log)", flush=True)
            with suppress(PartFailed):
                await installation.start(name)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
