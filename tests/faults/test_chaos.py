"""Marks in real browsers while everything breaks: none lost, none doubled, none changed; and each defect is caught.

The large run is `./laurel chaos --size 10000`; it takes up to twenty minutes.
"""

import json
from typing import Any

import pytest

from deploy.chaos import plan
from deploy.chaos.hall import Shape
from deploy.chaos.run import act, opened, run

SIZE, SEED = 300, 4
CONTROLS = 160
"""At most: a control stops at its first proof."""
REASONS = {"ack": ("received_without_entry",), "id": ("doubled",), "ledger": ("lost", "received_without_entry")}

pytestmark = [pytest.mark.faults, pytest.mark.browser]


def told(found: dict[str, Any]) -> str:
    return json.dumps(found, indent=1, ensure_ascii=False)


def test_a_seed_always_plans_the_same() -> None:
    assert plan.events(5, SIZE) == plan.events(5, SIZE) != plan.events(6, SIZE)


@pytest.mark.parametrize("size", [24, 300, 10_000])
def test_every_kind_of_event_is_planned_at_every_size(size: int) -> None:
    events = plan.events(1, size)
    assert {event.kind for event in events} == set(plan.Kind.__args__)
    assert all(0 < event.at < size for event in events)


async def test_no_mark_is_lost_doubled_or_changed() -> None:
    found = await run(SIZE, SEED)
    assert found["passed"], told(found)
    assert found["saved"] == found["in_ledger"] == found["received"] >= SIZE


async def test_each_defect_is_caught_for_its_own_reason() -> None:
    async with opened(Shape(divisions=len(REASONS), judges=2, entries=3)) as hall:
        for division, (control, reasons) in enumerate(REASONS.items()):
            found = await act(hall, [division], CONTROLS, SEED, control)
            assert not found["passed"], told(found)
            assert all(found[reason] for reason in reasons), told(found)
