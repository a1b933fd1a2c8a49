"""The suite as CI runs it: pytest on all cores; the linters and types are tests too (tests/contracts)."""

import os
import sys
import time

import pytest

from deploy.installation import ROOT


def main(arguments: list[str]) -> int:
    """Run with pytest's own arguments after ours; a test that is named runs alone, without workers."""
    os.chdir(ROOT)
    names_tests = any(not word.startswith("-") for word in arguments)
    workers = [] if names_tests else ["-n", str(cores() + 2), "--dist", "loadscope", "--no-loadscope-reorder"]
    started = time.monotonic()
    status = int(pytest.main([*workers, *arguments]))
    print(f"./laurel test: {time.monotonic() - started:.0f} s, status {status}")
    return status


def cores() -> int:
    """Processors this process may use; a container may have fewer than its machine."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
