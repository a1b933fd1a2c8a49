"""`./laurel chaos`: break everything while judges mark in real browsers, and print what became of the marks as JSON."""

import argparse
import json
import sys

from deploy import terminal
from deploy.chaos import controls
from deploy.chaos.run import run


def main(words: list[str]) -> int:
    parser = argparse.ArgumentParser(
        prog="laurel chaos", description="mark under every fault; status 0 if nothing is lost"
    )
    parser.add_argument("--size", type=int, default=300, metavar="N", help="how many times judges submit a sheet")
    parser.add_argument("--seed", type=int, default=1, metavar="S")
    parser.add_argument(
        "--control", choices=controls.NAMES, default="", help="run with this defect, which must be caught"
    )
    options = parser.parse_args(words)
    return terminal.run(_told(options))


async def _told(options: argparse.Namespace) -> int:
    found = await run(options.size, options.seed, options.control)
    print(json.dumps(found, indent=2, ensure_ascii=False))
    return 0 if found["passed"] else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
