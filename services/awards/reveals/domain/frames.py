"""What a screen draws at each step, and the packets in which the screens hold it beforehand. Pure."""

from collections.abc import Sequence

import msgspec
from msgspec import Struct

from services.awards.reveals.domain.script import Script, Step

GRAIN = 1024
"""A packet's length tells nothing of the name in it: all are as long as the longest, in whole kilobytes."""


class Dots(Struct, frozen=True, kw_only=True):
    """How many prizes of a tier there are and how many have been shown."""

    tier: str
    tier_en: str
    total: int
    shown: int


class Frame(Struct, frozen=True, kw_only=True):
    """One whole picture: it needs nothing of those before it. checksum: the script's, on the last frame only."""

    number: int
    title: str
    title_en: str
    organisation: str
    is_proposed: bool
    is_rehearsal: bool
    step: Step
    dots: tuple[Dots, ...]
    checksum: str = ""


def frames_of(script: Script, checksum: str) -> tuple[Frame, ...]:
    """A frame for each step."""
    return tuple(
        Frame(
            number=number, title=script.title, title_en=script.title_en, organisation=script.organisation,
            is_proposed=script.is_proposed, is_rehearsal=script.is_rehearsal, step=step,
            dots=dots_at(script.steps, number), checksum=checksum if step.kind == "list" else "",
        )
        for number, step in enumerate(script.steps)
    )  # fmt: skip


def dots_at(steps: Sequence[Step], number: int) -> tuple[Dots, ...]:
    """The tiers in the order of the stage; the prizes of step `number` count as shown."""

    def count(tier: str, until: Sequence[Step]) -> int:
        return sum(len(step.winners) for step in until if step.kind == "winners" and step.tier == tier)

    return tuple(
        Dots(
            tier=step.tier,
            tier_en=step.tier_en,
            total=count(step.tier, steps),
            shown=count(step.tier, steps[: number + 1]),
        )
        for step in steps
        if step.kind == "tier"
    )


def packets(frames: Sequence[Frame]) -> list[bytes]:
    """The frames as JSON, filled up with blanks; the last, which holds the whole list, may be longer than the others."""
    encoded = [msgspec.json.encode(frame) for frame in frames]
    longest = max(map(len, encoded[:-1]), default=0)
    return [_filled(each, longest) for each in encoded[:-1]] + [_filled(encoded[-1], len(encoded[-1]))]


def _filled(packet: bytes, length: int) -> bytes:
    return packet.ljust(-(-length // GRAIN) * GRAIN)
