"""What every command at the terminal shares: ending on Ctrl-C or a stop signal with everything closed."""

import asyncio
import signal
from collections.abc import Coroutine
from typing import Any

STOPPED = 130


def run(work: Coroutine[Any, Any, int]) -> int:
    """Run to the end and return its status; the first Ctrl-C, TERM or HUP cancels it, further ones do not disturb."""
    return asyncio.run(_stoppable(work))


async def _stoppable(work: Coroutine[Any, Any, int]) -> int:
    task = asyncio.create_task(work)
    asked: list[int] = []

    def stop(number: int) -> None:
        asked.append(number)
        if len(asked) == 1:
            task.cancel()

    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        asyncio.get_running_loop().add_signal_handler(number, stop, number)
    try:
        return await task
    except asyncio.CancelledError:
        return STOPPED
