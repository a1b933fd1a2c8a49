"""Run a service with one defect put in: `python -m tests.faults.variant SERVICE DEFECT MARKER`.

Each defect dies once, by SIGKILL, at the instant between the two halves of what must be one act; MARKER is the file that
remembers it has died. The sound order dies at the same instant, so that only the order is on trial.
"""

import asyncio
import importlib
import os
import signal
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from shared import inbox, outbox
from shared.bus import Msg
from shared.db import Transaction
from shared.events import Event, encode, subject
from shared.inbox import Consumer, Inbox
from shared.web.serve import main


def die_once(marker: Path) -> None:
    """Be killed here, the first time."""
    if not marker.exists():
        marker.touch()
        os.kill(os.getpid(), signal.SIGKILL)


def sound(marker: Path) -> None:
    """Commit, die, acknowledge: the order of the house."""
    apply = inbox.apply

    async def applied(*arguments: Any) -> bool:
        fresh = await apply(*arguments)
        die_once(marker)
        return fresh

    inbox.apply = applied


def ack_before_commit(marker: Path) -> None:
    """Acknowledge, die, commit."""
    receive = Inbox._receive

    async def received(self: Inbox, consumer: Consumer, message: Msg) -> None:
        await message.ack()
        await asyncio.sleep(0.2)
        die_once(marker)
        await receive(self, consumer, message)

    Inbox._receive = received  # type: ignore[method-assign]  # the defect


def outbox_outside(marker: Path) -> None:
    """Write the event in a transaction of its own, after the business one has committed; die between the two."""
    late: list[tuple[str, bytes]] = []

    async def add(tx: Transaction, *events: Event) -> None:
        late.extend((subject(each), encode(each)) for each in events if not subject(each).startswith("members."))
        kept = [each for each in events if subject(each).startswith("members.")]
        await tx.executemany(
            "INSERT INTO outbox (subject, body) VALUES ($1, $2)", [(subject(e), encode(e)) for e in kept]
        )
        if late:
            asyncio.get_running_loop().call_later(0.5, die_once, marker)

    outbox.add = add


def half_sealed(marker: Path) -> None:
    """Die when a seal has written everything but its event, in the one transaction of the house."""
    add = outbox.add

    async def added(tx: Transaction, *events: Event) -> None:
        if any(subject(each) == "scoring.score_set.sealed.v1" for each in events):
            die_once(marker)
        await add(tx, *events)

    outbox.add = added


DEFECTS: dict[str, Callable[[Path], None]] = {
    "sound": sound,
    "half_sealed": half_sealed,
    "ack_before_commit": ack_before_commit,
    "outbox_outside": outbox_outside,
}

if __name__ == "__main__":
    service, defect, file = sys.argv[1:]
    DEFECTS[defect](Path(file))
    main(importlib.import_module(f"services.{service}.app").PLAN)
