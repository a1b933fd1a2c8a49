"""One machine for real use: empty at first, everything in one folder, parts that end by themselves are started again."""

import argparse
import asyncio
import fcntl
import os
import sys
from contextlib import suppress
from pathlib import Path

import httpx

from deploy import terminal
from deploy.embedded.process import PartFailed
from deploy.installation import Installation

LOOK_SECONDS = 2


def main(words: list[str]) -> int:
    options = _read(words)
    if os.environ.get("CLOCK", "system") != "system":
        print(
            "laurel up: real use runs on the system's clock; unset CLOCK (only the demo can move time)", file=sys.stderr
        )
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
    parser.add_argument("--port", type=int, default=8080)
    parser.add_argument("--public-url", metavar="URL", default=None)
    return parser.parse_args(words)


async def _serve(options: argparse.Namespace) -> int:
    def tell(what: str) -> None:
        print(f"  starting {what} …", flush=True)

    wanted = options.public_url.rstrip("/") if options.public_url else None
    try:
        async with Installation(options.data, port=options.port, public_url=wanted, tell=tell) as installation:
            await _greet(installation, options.port)
            await _watch(installation)
    except PartFailed as failure:
        print(f"laurel up: {failure}", file=sys.stderr)
        return 1
    return 0


async def _greet(installation: Installation, port: int) -> None:
    if installation.port != port:
        print(f"  port {port} is taken; using {installation.port}")
    print(f"\n  Laurel   {installation.url}/\n  data     {installation.data}")
    if await _is_new(installation):
        print(f"\n  First visit: open {installation.url}/registration/setup and use the one-time code")
        print(f"\n      {installation.first_code}\n")
    print("  Ctrl-C stops everything.", flush=True)


async def _is_new(installation: Installation) -> bool:
    """Whether nobody is administrator yet; if in doubt the code is shown, which is useless once it is used."""
    async with httpx.AsyncClient(trust_env=False) as client:
        with suppress(httpx.HTTPError, ValueError):
            answer = await client.get(f"{installation.url}/registration/setup", headers={"Accept": "application/json"})
            return not answer.json().get("is_done", False)
    return True


async def _watch(installation: Installation) -> None:
    while True:
        await asyncio.sleep(LOOK_SECONDS)
        for name in installation.broken():
            print(f"  {name} ended by itself; starting it again (log: {installation.logs / name}.log)", flush=True)
            with suppress(PartFailed):
                await installation.start(name)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
