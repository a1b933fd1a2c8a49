"""`./laurel demo`: start everything in a temporary folder, play a season, show what became of it, stay up until Ctrl-C."""

import argparse
import asyncio
import sys
import time
from pathlib import Path

from rich.console import Console

from deploy import terminal
from deploy.demo import outcome, report
from deploy.demo.play import Play, RehearsalFailed
from deploy.demo.rehearsal import rehearse
from deploy.demo.screen import Bars
from deploy.demo.season import Season, SeasonUnreadable
from deploy.demo.user import Told
from deploy.embedded.process import PartFailed
from deploy.installation import ROOT, Installation, temporary_folder

SEASON = ROOT / "deploy" / "seasons" / "jianglin-2026"


def main(words: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="laurel demo", description="start everything and play a season folder")
    parser.add_argument("season", type=Path, nargs="?", default=SEASON, metavar="DIR")
    parser.add_argument("--exit", action="store_true", help="end after the table; status 0 only if all is conserved")
    parser.add_argument("--report", type=Path, metavar="FILE", help="write the report as JSON")
    parser.add_argument("--bundles", type=Path, metavar="DIR", help="write the bundles of every sealed competition")
    parser.add_argument("--port", type=int, default=8080, help="the port to try first")
    options = parser.parse_args(words)
    return terminal.run(demo(options))


async def demo(options: argparse.Namespace) -> int:
    """Play and report; what a person can correct is one line, not a traceback."""
    console = Console()
    started = time.monotonic()
    try:
        season = Season(options.season)
        with temporary_folder() as folder:
            console.print("Starting PostgreSQL, NATS, Caddy and the three services …", highlight=False)
            async with Installation(folder, clock="file", port=options.port) as installation:
                if installation.port != options.port:
                    console.print(f"  port {options.port} is taken; using {installation.port}", highlight=False)
                is_conserved = await play_and_show(console, season, installation, options, started)
                if not options.exit:
                    console.print(f"\nStays up at {installation.url}/ — Ctrl-C ends everything.", highlight=False)
                    await asyncio.Event().wait()
    except (SeasonUnreadable, RehearsalFailed, PartFailed, Told, KeyError, FileNotFoundError) as failure:
        console.print(
            f"laurel demo: {type(failure).__name__}: {failure}",
            style="red",
            markup=False,
            highlight=False,
            soft_wrap=True,
        )
        return 1
    return 0 if is_conserved else 1


async def play_and_show(
    console: Console, season: Season, installation: Installation, options: argparse.Namespace, started: float
) -> bool:
    """Run every stage, then show what came of it. Says whether everything is conserved."""
    where = f"Playing {season.title} ({season.folder}) at {installation.url}/"
    console.print(where, highlight=False, markup=False, soft_wrap=True)
    play = Play(season, installation, Bars(console))
    found, checks = await rehearse(play, options.bundles)
    outcome.show(console, play, found, checks, time.monotonic() - started)
    if options.report:
        report.write(found, options.report)
    return found.conserved


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
