"""The commands of scoring: on its database (migrate, rebuild), and on files alone (score, whatif,
agreement, severity).

A command on files prints its answer and nothing else on standard output; what is wrong goes to standard error, in the
reader's language, and the status is 2. Rule: services/scoring/README.md#files
"""

import argparse
import asyncio
import errno
import gc
import os
import sys
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from typing import NoReturn
from uuid import UUID

import msgspec

from services.scoring.board import actions as board
from services.scoring.deductions import actions as deductions
from services.scoring.devices import actions as devices
from services.scoring.devices.domain import Tablet
from services.scoring.fairness import actions as fairness
from services.scoring.freezes import actions as freezes
from services.scoring.ledger import actions as ledger
from services.scoring.ledger import domain as chains
from services.scoring.mark_files import actions as mark_files
from services.scoring.mark_files.domain import Ranking
from services.scoring.panels import actions as panels
from services.scoring.papers import actions as papers
from services.scoring.proofs import actions as proofs
from services.scoring.roles import AUDIENCES
from services.scoring.roots import actions as roots
from services.scoring.running_orders import actions as running_orders
from services.scoring.sheets import actions as sheets
from services.scoring.standings import actions as standings
from shared.clock import clock_from
from shared.db import UNAVAILABLE, Pool, Transaction, pool, transaction
from shared.errors import Fault, Faulty, Told
from shared.migrate import migrate
from shared.web.texts import LANGUAGES, Texts, sentence

USAGE = """usage: python -m services.scoring.cli migrate   (MIGRATE_URL names the owner's database)
       python -m services.scoring.cli rebuild   (DATABASE_URL names the service's database)
       python -m services.scoring.cli tablets [--watch]   which tablets work without a network, and why not
       ./laurel score | whatif | agreement | severity   on files: each tells its own usage with --help"""
Say = Callable[..., str]
MESSAGES = Path(__file__).parent / "messages"
EDGES = "1,2,3"
INTERRUPTED = 130
WATCH_SECONDS = 5
LONGEST = 400
"""So many characters of a value are told."""
VISIBLE = {code: 0x2400 + code for code in range(32)} | dict.fromkeys(range(127, 160), 0xFFFD)
"""What a terminal would obey is shown instead."""


class _Parser(argparse.ArgumentParser):
    """What is wrong with a call is said in the language of the terminal, under the usage line."""

    def error(self, message: str) -> NoReturn:
        texts, missing = Texts(MESSAGES), message.removeprefix("the following arguments are required: ")
        key = "usage.wrong" if missing == message else "usage.missing"
        self.print_usage(sys.stderr)
        self.exit(2, f"{self.prog}: {texts(language(), key, what=missing)}\n")


def main(arguments: list[str]) -> int:
    """Run one command and return the exit status."""
    if arguments == ["migrate"]:
        migrate("scoring", AUDIENCES, os.environ["MIGRATE_URL"])
        return 0
    if arguments == ["rebuild"]:
        return asyncio.run(_rebuild(os.environ["DATABASE_URL"]))
    if arguments[:1] == ["tablets"] and set(arguments[1:]) <= {"--watch"}:
        with suppress(KeyboardInterrupt):
            asyncio.run(_tablets(os.environ["DATABASE_URL"], is_watching="--watch" in arguments))
        return 0
    if arguments and arguments[0] in ON_FILES:
        return on_files(arguments[0], arguments[1:])
    print(USAGE, file=sys.stderr)
    return 2


def on_files(command: str, arguments: list[str]) -> int:
    """Run a command on files. 0: the answer is on standard output; 2: what is wrong is on standard error."""
    parser = _Parser(prog=f"laurel {command}")
    run = ON_FILES[command](parser)
    parser.add_argument("--language", choices=LANGUAGES, default=language())
    options = parser.parse_args(arguments)
    texts = Texts(MESSAGES)

    def say(key: str, /, **values: object) -> str:
        return texts(options.language, key, **values)

    gc.disable()  # a file of a million rows is all alive until the answer stands: looking for garbage takes half the time
    try:
        answer = run(options, say)
    except Told as told:
        print("\n".join(_told(texts, options.language, told)), file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        return INTERRUPTED
    finally:
        gc.enable()
    return _written(answer, say)


def _written(answer: str, say: Say) -> int:
    """Write the answer to standard output, and say so where that is not possible."""
    try:
        if sys.stdout is None:
            raise OSError(errno.EBADF, os.strerror(errno.EBADF))
        sys.stdout.buffer.write(answer.encode())
        sys.stdout.flush()
    except OSError as error:
        if sys.stdout is not None:  # what is left in its buffer would fail again at the end
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        if isinstance(error, BrokenPipeError):  # the reader, `head` for one, has seen enough
            return 0
        print(say("answer.unwritten", reason=error.strerror), file=sys.stderr)
        return 2
    return 0


def language() -> str:
    """The language that the terminal is set to."""
    setting = next((value for name in ("LC_ALL", "LC_MESSAGES", "LANG") if (value := os.environ.get(name))), "")
    return "zh-CN" if setting.lower().startswith("zh") else "en"


Run = Callable[[argparse.Namespace, Say], str]


def _score(parser: argparse.ArgumentParser) -> Run:
    parser.add_argument("rule", metavar="RULE", help="a preset's name or a rule file")
    _reads_marks(parser)

    def run(options: argparse.Namespace, say: Say) -> str:
        rules, marks = mark_files.opened([options.rule], options.marks)
        ranking = mark_files.score(rules[options.rule], marks)
        _note(ranking, say)
        if options.format == "json":
            return mark_files.json(ranking.lines)
        return mark_files.table(("entry", "rank", "result"), [(x.entry, x.rank, x.result) for x in ranking.lines])

    return run


def _whatif(parser: argparse.ArgumentParser) -> Run:
    parser.add_argument("rule", metavar="RULE", help="a preset's name or a rule file")
    parser.add_argument("other", metavar="OTHER", help="the rule to compare with")
    _reads_marks(parser)
    parser.add_argument("--tiers", metavar="PLACES", type=_edges, default=EDGES, help="the last place of each tier: 2,4,5")

    def run(options: argparse.Namespace, say: Say) -> str:
        rules, marks = mark_files.opened([options.rule, options.other], options.marks)
        rule, other = ((name, rules[name]) for name in (options.rule, options.other))
        change = mark_files.compare(rule, other, marks, options.tiers)
        if options.format == "json":
            return mark_files.json(change)
        if not change.moves:
            return say("whatif.nobody") + "\n"
        return mark_files.moved(change) + "\n" + (mark_files.tiers(change) if change.tiers else say("whatif.no_tier") + "\n")

    return run


def _agreement(parser: argparse.ArgumentParser) -> Run:
    _reads(parser)
    parser.add_argument("--criterion", default="", help="one criterion (default: each judge's total)")

    def run(options: argparse.Namespace, say: Say) -> str:
        found = fairness.agreement(mark_files.marks(options.marks), options.criterion)
        reasons = {figure: say(f"agreement.{reason}") for figure, reason in found.reasons.items()}
        return mark_files.json({**found.figures, "reasons": reasons})

    return run


def _severity(parser: argparse.ArgumentParser) -> Run:
    parser.add_argument("method", choices=fairness.METHODS, help="least squares, REML, or many-facet Rasch in logits")
    _reads(parser)

    def run(options: argparse.Namespace, say: Say) -> str:
        found = fairness.severity(options.method, mark_files.marks(options.marks))
        for code, values in found.notes:
            print(say(code, **values), file=sys.stderr)
        rows = [(judge, *map(_figure, figures)) for judge, *figures in found.rows]
        return mark_files.table(("judge", "severity", "se"), rows)

    return run


ON_FILES: dict[str, Callable[[argparse.ArgumentParser], Run]] = {
    "score": _score,
    "whatif": _whatif,
    "agreement": _agreement,
    "severity": _severity,
}


def _reads(parser: argparse.ArgumentParser) -> None:
    columns = "entry,judge,criterion,mark and maybe part,difficulty; - is standard input"
    parser.add_argument("marks", metavar="MARKS.csv", help=columns)


def _reads_marks(parser: argparse.ArgumentParser) -> None:
    _reads(parser)
    parser.add_argument("--format", choices=("csv", "json"), default="csv")


def _figure(figure: float | None) -> str:
    """Six decimals, nothing where there is no figure, and never a zero with a sign."""
    return "" if figure is None else f"{round(figure, 6) + 0.0:.6f}"


def _edges(text: str) -> tuple[int, ...]:
    edges = tuple(int(each) for each in text.split(",") if each.strip().isascii() and each.strip().isdigit())
    if len(edges) != len(text.split(",")) or list(edges) != sorted(set(edges)) or edges[0] < 1:
        raise argparse.ArgumentTypeError(f"{text}: last places of the tiers, rising, for example 2,4,5")
    return edges


def _note(ranking: Ranking, say: Say) -> None:
    """What the reader should know beside the ranks."""
    for tied in ranking.waiting:
        print(say("score.waiting", entries=", ".join(tied)), file=sys.stderr)
    if ranking.alerts:
        print(say("score.alerts", entries=", ".join(ranking.alerts)), file=sys.stderr)


def _told(texts: Texts, language: str, told: Told) -> list[str]:
    """One line for each fault: file, line, column, value, and what to do."""
    if not isinstance(told, Faulty):
        return [texts(language, told.code, **told.values)]
    faults = [_clipped(fault) for fault in told.faults]
    return [f"{_place(texts, language, fault)}: {sentence(texts, language, fault)}".translate(VISIBLE) for fault in faults]


def _clipped(fault: Fault) -> Fault:
    """The fault with what it quotes cut to what a line holds."""
    values = {key: value if isinstance(value, int) else _cut(value) for key, value in fault.values.items()}
    return msgspec.structs.replace(fault, value=_cut(fault.value), values=values)


def _cut(text: str) -> str:
    return text if len(text) <= LONGEST else f"{text[:LONGEST]}…"


def _place(texts: Texts, language: str, fault: Fault) -> str:
    named = {"row": fault.row, "column": fault.column, "value": fault.value}
    pieces = [texts(language, f"fault.{key}", **{key: value}) for key, value in named.items() if value]
    return texts(language, "fault.between").join([fault.file, *pieces])


async def rebuild(database: Pool, now: datetime) -> dict[UUID, dict[str, int]]:
    """Recreate every projection from the ledger, one transaction per division.

    Division -> table -> rows that were not as the ledger says. Raises ValueError where a chain does not hold.
    """
    async with transaction(database, "scoring_system") as tx:
        divisions = await ledger.divisions(tx)
    return {division: await _division(database, division, now) for division in divisions}


async def _division(database: Pool, division: UUID, now: datetime) -> dict[str, int]:
    async with transaction(database, "scoring_system") as tx:
        await ledger.lock(tx, [division])
        chain = await ledger.chain(tx, division)
        broken_at = chains.first_break(chain)
        if broken_at:
            raise ValueError(f"the ledger of division {division} does not hold at position {broken_at}")
        people = await ledger.people(tx)
        return {
            **await sheets.rebuild(tx, division, chain, people),
            **await standings.rebuild(tx, division, chain, people),
            **await panels.rebuild(tx, division, chain, people),
            **await deductions.rebuild(tx, division, chain),
            **await running_orders.rebuild(tx, division, chain),
            **await freezes.rebuild(tx, division, chain),
            **await papers.rebuild(tx, division, chain, people),
            **await roots.rebuild(tx, division, chain),
            **await proofs.rebuild(tx, division),
            "board_frames": await _board(tx, division, now),
        }


async def _board(tx: Transaction, division: UUID, now: datetime) -> int:
    """Draw the division's board anew, if it has one; 1 where it had shown something else."""
    if all(frame.division_id != division for frame in await board.frames(tx)):
        return 0
    drawn = await board.refresh(tx, division, now)
    return int(drawn.public is not None) + int(drawn.hall is not None)


async def _tablets(url: str, *, is_watching: bool) -> None:
    """One line for each tablet as it is enrolled: whether it works without a network, and why not."""
    texts, database = Texts(MESSAGES), await pool(url, 1)
    told: set[tuple[UUID, tuple[str, ...]]] = set()
    try:
        while True:
            with suppress(*UNAVAILABLE):
                async with transaction(database, "scoring_system") as tx:
                    found = [each for each in await devices.tablets(tx) if not each.is_revoked]
                for tablet in found:
                    if (tablet.id, tablet.absent) not in told:
                        told.add((tablet.id, tablet.absent))
                        print(_tablet(texts, tablet), flush=True)
            if not is_watching:
                return
            await asyncio.sleep(WATCH_SECONDS)
    finally:
        await database.close()


def _tablet(texts: Texts, tablet: Tablet) -> str:
    if not tablet.absent:
        return texts(language(), "devices.terminal_fine", label=tablet.label)
    reasons = "; ".join(texts(language(), f"devices.absent_{name}") for name in tablet.absent)
    return texts(language(), "devices.terminal_not", label=tablet.label, reasons=reasons)


async def _rebuild(url: str) -> int:
    database = await pool(url)
    try:
        differences = await rebuild(database, clock_from(os.environ.get("CLOCK", "system")).now())
    finally:
        await database.close()
    for division, tables in differences.items():
        print(f"{division}  " + "  ".join(f"{table} {rows}" for table, rows in tables.items()))
    changed = sum(sum(tables.values()) for tables in differences.values())
    print(f"{len(differences)} divisions rebuilt, {changed} rows differed")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
