"""The commands of awards: `python -m services.awards.cli migrate`."""

import os
import sys

from services.awards.roles import AUDIENCES
from shared.migrate import migrate

USAGE = "usage: python -m services.awards.cli migrate   (MIGRATE_URL names the owner's database)"


def main(arguments: list[str]) -> int:
    """Run one command and return the exit status."""
    if arguments != ["migrate"]:
        print(USAGE, file=sys.stderr)
        return 2
    migrate("awards", AUDIENCES, os.environ["MIGRATE_URL"])
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
