"""Tablets that send prepared requests as fast as they are answered, in processes of their own beside the measured server.

Each tablet keeps one connection and sends its next request only after the answer to the last one, as the real ones do.
"""

import asyncio
import multiprocessing
import time
from collections.abc import Sequence
from functools import partial
from multiprocessing.connection import Connection
from typing import Any

from bench.pairs import pin

Requests = Sequence[bytes]
PROCESSES = 2


class Answers:
    """What the tablets of one turn heard. times: nanoseconds per request; ends: per tablet, (instant, answers so far)."""

    def __init__(self) -> None:
        self.times: list[int] = []
        self.refused: list[str] = []
        self.instants: list[list[int]] = []


class _Tablet(asyncio.Protocol):
    def __init__(self, requests: Requests, answers: Answers, done: "asyncio.Future[None]") -> None:
        self._requests, self._answers, self._done = iter(requests), answers, done
        self._instants: list[int] = []
        answers.instants.append(self._instants)
        self._read = b""
        self._sent_at = 0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        self._next()

    def data_received(self, data: bytes) -> None:
        self._read += data
        head, blank, rest = self._read.partition(b"\r\n\r\n")
        if not blank:
            return
        length = int(head.lower().partition(b"content-length:")[2].split(b"\r\n", 1)[0])
        if len(rest) < length:
            return
        now = time.perf_counter_ns()
        self._answers.times.append(now - self._sent_at)
        self._instants.append(now)
        if not head.startswith(b"HTTP/1.1 200") or b'"ledger_position":' not in rest:
            self._answers.refused.append((head.split(b"\r\n", 1)[0] + b" " + rest[:300]).decode(errors="replace"))
        self._read = rest[length:]
        self._next()

    def connection_lost(self, error: Exception | None) -> None:
        if not self._done.done():
            self._done.set_exception(error or ConnectionError("the server closed a connection"))

    def _next(self) -> None:
        request = next(self._requests, None)
        if request is None:
            self._done.set_result(None)
            self._transport.close()
            return
        self._sent_at = time.perf_counter_ns()
        self._transport.write(request)


class Tablets:
    """Processes of tablets, started once. cores: where they run, empty for anywhere."""

    def __init__(self, port: int, cores: Sequence[int]) -> None:
        context = multiprocessing.get_context("spawn")
        self._pipes: list[Connection] = []
        self._processes = []
        for place in range(PROCESSES):
            ours, theirs = context.Pipe()
            mine = [cores[place % len(cores)]] if cores else []
            process = context.Process(target=_serve, args=(theirs, port, mine), daemon=True)
            process.start()
            self._pipes.append(ours)
            self._processes.append(process)

    def send(self, tablets: Sequence[Requests]) -> tuple[float, Answers]:
        """Let all tablets send what they have. The seconds it took, and the answers. Raises RuntimeError: one was refused."""
        for place, pipe in enumerate(self._pipes):
            pipe.send(tablets[place :: len(self._pipes)])
        for pipe in self._pipes:
            pipe.recv()  # all are connected to their requests
        start = time.perf_counter()
        for pipe in self._pipes:
            pipe.send("go")
        heard: list[Any] = [pipe.recv() for pipe in self._pipes]
        seconds = time.perf_counter() - start
        whole = Answers()
        for each in heard:
            if isinstance(each, Exception):
                raise each
            whole.times += each.times
            whole.refused += each.refused
            whole.instants += each.instants
        if whole.refused:
            raise RuntimeError(f"{len(whole.refused)} of {len(whole.times)} were refused: {whole.refused[0]}")
        return seconds, whole

    def close(self) -> None:
        for pipe in self._pipes:
            pipe.send(None)
        for process in self._processes:
            process.join(5)


def _serve(pipe: Connection, port: int, cores: Sequence[int]) -> None:
    pin(cores)
    while (tablets := pipe.recv()) is not None:
        pipe.send("ready")
        pipe.recv()
        try:
            pipe.send(asyncio.run(_send(port, tablets)))
        except Exception as error:  # noqa: BLE001 - the parent raises it
            pipe.send(RuntimeError(repr(error)))


async def _send(port: int, tablets: Sequence[Requests]) -> Answers:
    loop, answers = asyncio.get_running_loop(), Answers()
    ends = [loop.create_future() for _ in tablets]
    for requests, done in zip(tablets, ends, strict=True):
        await loop.create_connection(partial(_Tablet, requests, answers, done), "127.0.0.1", port)
    await asyncio.gather(*ends)
    return answers
