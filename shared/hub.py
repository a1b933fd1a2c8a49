"""Fans frames out to the open streams of one process: a slow reader gets the newest frame, never a backlog."""

import asyncio
from collections import defaultdict
from collections.abc import AsyncIterator


class _Slot:
    """One reader's place: the newest frame not yet taken."""

    def __init__(self) -> None:
        self.frame: bytes | None = None
        self.woken = asyncio.Event()


class Hub:
    """Frames are encoded once by whoever publishes; topic is any string, e.g. a division's id."""

    def __init__(self) -> None:
        self._slots: defaultdict[str, set[_Slot]] = defaultdict(set)
        self._is_closed = False

    def publish(self, topic: str, frame: bytes) -> None:
        for slot in self._slots[topic]:
            slot.frame = frame
            slot.woken.set()

    async def frames(self, topic: str, beat_seconds: int = 10) -> AsyncIterator[bytes | None]:
        """The topic's frames as they come; None after each `beat_seconds` of silence. Ends when the hub closes."""
        slot = _Slot()
        self._slots[topic].add(slot)
        try:
            while not self._is_closed:
                try:
                    await asyncio.wait_for(slot.woken.wait(), beat_seconds)
                except TimeoutError:
                    yield None
                    continue
                slot.woken.clear()
                frame, slot.frame = slot.frame, None
                if frame is not None:
                    yield frame
        finally:
            self._slots[topic].discard(slot)

    def close(self) -> None:
        """End every stream; safe to call from a signal handler of the loop's thread."""
        self._is_closed = True
        for slots in self._slots.values():
            for slot in slots:
                slot.woken.set()
