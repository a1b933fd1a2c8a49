"""Whatever people do, in whatever order: never a place too many, never one empty while somebody entitled waits."""

from collections.abc import Sequence
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from services.registration.admissions import domain
from services.registration.admissions.domain import Head, free_numbers, promotes
from shared.db import transaction
from tests.registration.small_season import DRAW, PROMOTION, SIGNUP, Season

PLACES = 3


class Door:
    """The door as the domain describes it, without a database: the model the store is compared with."""

    def __init__(self) -> None:
        self.queue: list[int] = []
        self.held: dict[int, int] = {}

    def come(self, who: int) -> None:
        self.queue.append(who)
        self._give()

    def go(self, who: int, is_promoting: bool) -> None:
        was_held = self.held.pop(who, None) is not None
        self.queue.remove(who)
        if was_held and is_promoting:
            self._give()

    def _give(self) -> None:
        waiting = [UUID(int=who) for who in self.queue if who not in self.held]
        free = free_numbers(PLACES, frozenset(self.held.values()))
        self.held |= {id.int: number for id, number in domain.given(waiting, free).items()}


steps = st.lists(st.tuples(st.booleans(), st.integers(1, 8)), max_size=30)


@given(steps, st.integers(0, 30))
def test_the_door_is_never_overfull_and_never_idle_before_the_draw(plan: list[tuple[bool, int]], draw_after: int) -> None:
    door = Door()
    for at, (comes, who) in enumerate(plan):
        is_promoting = promotes(Head(division_id=UUID(int=0)), DRAW, PROMOTION if at < draw_after else DRAW)
        if comes and who not in door.queue and is_promoting:
            door.come(who)
        elif not comes and who in door.queue:
            door.go(who, is_promoting)
        waiting = [each for each in door.queue if each not in door.held]
        assert len(door.held) <= PLACES and len(set(door.held.values())) == len(door.held)
        if is_promoting:
            assert not waiting or len(door.held) == PLACES
            assert door.queue[: len(door.held)] == sorted(door.held, key=door.queue.index)


async def test_the_store_does_what_the_model_does(season: Season) -> None:
    """One long plan against PostgreSQL, compared after each step."""
    await season.open(places=PLACES, admission="arrival", order=(), quota_base=None, quota=(), eligibility=())
    door, entries = Door(), {}
    plan: Sequence[int] = (1, 2, 3, 4, 5, -2, 6, -4, -1, 7, 8, -3, -5, -6, -7, -8)
    for who in plan:
        if who > 0:
            entries[who] = await season.signs_up(str(2000 + who))
            door.come(who)
        else:
            await season.withdraws(entries[-who], SIGNUP)
            door.go(-who, is_promoting=True)
        async with transaction(season.pool, "registration_system") as tx:
            rows = await tx.fetch("SELECT entry_id, number FROM admission_places WHERE freed_at IS NULL")
        assert {row["entry_id"]: row["number"] for row in rows} == {entries[w].id: n for w, n in door.held.items()}
