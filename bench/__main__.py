"""`./laurel bench tally|severity|sheets|board|reveal`: run one measurement and print it as JSON."""

import importlib
import json
import sys

NAMES = ("tally", "severity", "sheets", "board", "reveal")


def main(words: list[str]) -> int:
    if not words or words[0] not in NAMES:
        print(f"usage: laurel bench {'|'.join(NAMES)} [--help]", file=sys.stderr)
        return 2
    found = importlib.import_module(f"bench.{words[0]}").run(words[1:])
    print(json.dumps(found, indent=2, ensure_ascii=False))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
