"""The ceremony of a signed prize list. Pure: no I/O, no clock, no randomness.

A *script* is the order of the stage, compiled from the list when it is signed; a *frame* is what a screen draws at a step; a
*course* is how far a ceremony has come. A running ceremony keeps its script whatever becomes of the list.

Not here: which rank brings which prize (editions), who signs (confirmations).
"""

from services.awards.reveals.domain.course import Course, Kind, State, closed, moved, opened
from services.awards.reveals.domain.frames import Dots, Frame, frames_of, packets
from services.awards.reveals.domain.rehearsal import invented
from services.awards.reveals.domain.script import (
    Placed,
    Prize,
    Script,
    Step,
    Winner,
    body,
    checksum,
    prizes_of,
    shown_once,
    steps_of,
)

__all__ = [
    "Course", "Dots", "Frame", "Kind", "Placed", "Prize", "Script", "State", "Step", "Winner", "body", "checksum", "closed",
    "frames_of", "invented", "moved", "opened", "packets", "prizes_of", "shown_once", "steps_of",
]  # fmt: skip
