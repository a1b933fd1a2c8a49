"""Make a division's frame from what may be shown, and keep what registration opened."""

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from msgspec import Struct

from services.scoring.board import domain, store
from services.scoring.board.domain import Facts, Frame, Name, Released, ShownClock, ShownHead
from services.scoring.board.store import Standing
from services.scoring.clocks import actions as clocks
from services.scoring.clocks.domain import Clock
from services.scoring.freezes import actions as freezes
from services.scoring.freezes.domain import Kept
from services.scoring.ledger import actions as ledger
from services.scoring.proofs import actions as proofs
from services.scoring.releases import actions as releases
from services.scoring.rolls import actions as rolls
from services.scoring.rolls.domain import Division, RollItem
from services.scoring.rubrics import actions as rubrics
from services.scoring.rubrics.domain import Rule
from services.scoring.running_orders import actions as running_orders
from shared.db import Transaction
from shared.errors import Missing


class Drawn(Struct, frozen=True):
    """Frames that show something new: everybody's, and the hall's own while everybody's is frozen."""

    public: Frame | None = None
    hall: Frame | None = None


class Known(Struct, frozen=True, kw_only=True):
    """What seldom changes of a division, and who has been marked; a tap is shown beside what was known a moment ago."""

    division: Division
    rule: Rule | None
    venue: str
    items: tuple[RollItem, ...]
    marked: frozenset[UUID]


async def known(tx: Transaction, division_id: UUID) -> Known:
    """Raises Missing: division_unknown."""
    division = await rolls.division(tx, division_id)
    roll = await running_orders.taking_part(tx, division_id, "final")
    attached = await rubrics.of_activity(tx, division.activity_key)
    rule, venue = attached.rule if attached else None, await store.venue(tx, division_id)
    return Known(
        division=division,
        rule=rule,
        venue=venue or "",
        items=roll.items if roll else (),
        marked=await _marked(tx, division_id, rule) if rule and venue is not None else frozenset(),
    )


async def refresh(
    tx: Transaction, division_id: UUID, now: datetime, *, beside: Known | None = None, waits: bool = False
) -> Drawn:
    """The next frames where the picture has changed; nothing also while another process makes them, unless it `waits`.

    While the division is frozen the public's frame stands still, and the hall has its own.
    """
    beside = beside or await known(tx, division_id)
    if not waits and await _next(tx, beside, now) == Drawn():  # a look that finds nothing new holds up no tap
        return Drawn()
    if not await store.lock(tx, division_id, waits):
        return Drawn()
    drawn = await _next(tx, beside, now)
    if drawn.public:
        await store.save(tx, drawn.public)
    if drawn.hall:
        await store.save_hall(tx, drawn.hall)
    return drawn


async def _next(tx: Transaction, beside: Known, now: datetime) -> Drawn:
    division_id = beside.division.division_id
    stands = await store.standing(tx, division_id)
    last, hall = stands.public, stands.hall
    version = max(each.version if each else 0 for each in (last, hall)) + 1
    made = domain.frame(await _facts(tx, beside, stands, now), version, now)
    freeze = await freezes.standing(tx, division_id)  # read last: what was read before it came before it
    if freeze is None:
        return Drawn(public=_if_new(last, made))
    public = domain.frozen(last or made, freeze.kept, version, freeze.at)
    inside = domain.inside(made, last if last and domain.is_same(last, public) else public)
    return Drawn(public=_if_new(last, public), hall=_if_new(hall, inside))


def _if_new(last: Frame | None, made: Frame) -> Frame | None:
    return None if last and domain.is_same(last, made) else made


async def freeze(tx: Transaction, freeze_id: UUID, division_id: UUID, by: UUID, now: datetime) -> None:
    """From now on the public goes on seeing what it sees. Raises Conflict: frozen_already. Missing: division_unknown."""
    await rolls.division(tx, division_id)
    await ledger.lock(tx, [division_id])
    shown = await releases.public(tx, division_id)
    kept = [Kept(entry_id=each.entry_id, code=each.code, rank=each.rank, shown=each.shown) for each in shown.items]
    await freezes.freeze(tx, freeze_id, division_id, kept, by, now)


async def thaw(tx: Transaction, freeze_id: UUID, by: UUID, now: datetime) -> UUID:
    """The public sees again what has been released, and say in which division. Raises Missing: no_such_freeze."""
    division_id = await freezes.thaw(tx, freeze_id, by, now)
    await proofs.released(tx, division_id)
    return division_id


async def hall_frame(tx: Transaction, division_id: UUID) -> Frame:
    """The frame for screens that staff have opened: the public's, unless it is frozen. Raises Missing: no_board."""
    stands = await store.standing(tx, division_id)
    found, inside = stands.public, stands.hall
    if found is None:
        raise Missing("no_board")
    return inside if inside and found.phase == "frozen" and inside.phase == "frozen" else found


async def standing(tx: Transaction, division_id: UUID) -> Drawn:
    """The frames that stand."""
    stands = await store.standing(tx, division_id)
    return Drawn(public=stands.public, hall=stands.hall)


async def open_reveal(tx: Transaction, reveal_id: UUID, divisions: Iterable[UUID], address: str) -> None:
    """A ceremony runs there, unless its end was heard of before."""
    for division_id in divisions:
        await store.add_reveal(tx, division_id, reveal_id, address)


async def close_reveal(tx: Transaction, reveal_id: UUID, divisions: Iterable[UUID]) -> None:
    """It is over, also where its beginning is heard of afterwards."""
    for division_id in divisions:
        await store.end_reveal(tx, division_id, reveal_id)


async def frame(tx: Transaction, division_id: UUID) -> Frame:
    """The frame that stands. Raises Missing: no_board."""
    found = await store.frame_of(tx, division_id)
    if found is None:
        raise Missing("no_board")
    return found


async def frames(tx: Transaction) -> list[Frame]:
    """All boards of the installation."""
    return await store.frames(tx)


async def divisions(tx: Transaction) -> list[UUID]:
    """Every division that is open."""
    return await store.division_ids(tx)


async def open_roll(tx: Transaction, division_id: UUID, people: list[tuple[UUID, UUID]]) -> None:
    """Keep (entry, person) of opened codes; their names are fetched afterwards."""
    for entry_id, person_id in people:
        await store.add_person(tx, division_id, entry_id, person_id)


async def nameless(tx: Transaction) -> list[UUID]:
    """People whose name is still to be fetched."""
    return await store.nameless(tx)


async def set_name(tx: Transaction, person_id: UUID, name: Name) -> None:
    """Keep the name behind a code that was opened."""
    await store.set_name(tx, person_id, name)


async def _facts(tx: Transaction, beside: Known, stands: Standing, now: datetime) -> Facts:
    division, items, rule = beside.division, beside.items, beside.rule
    division_id = division.division_id
    running = await clocks.of_division(tx, division_id)
    current = next((clock for clock in running if clock.state != "ended"), None)
    codes = {item.entry_id: item.code for item in items}
    ended = {clock.entry_id for clock in running if clock.state == "ended"}
    shown = await releases.public(tx, division_id)
    head = await (ledger.at(tx, division_id, shown.position) if shown.position else ledger.told(tx, division_id))
    return Facts(
        division_id=division_id,
        activity=division.activity_title,
        activity_en=division.activity_title_en,
        division=division.title,
        division_en=division.title_en,
        venue=beside.venue,
        entries=tuple((item.entry_id, item.code, item.order, item.title) for item in items),
        done=frozenset(ended | beside.marked),
        current=current.entry_id if current else None,
        clock=_hands(current or (running[-1] if running else None), codes, now),
        released=tuple(
            Released(entry_id=each.entry_id, code=each.code, rank=each.rank, shown=each.shown) for each in shown.items
        ),
        names=stands.names,
        root=await proofs.public_root(tx, division.activity_id) if shown.items else "",
        head=ShownHead(head.position, head.hash.hex()[:16]) if head else None,
        shows=rule.board if rule else "progress",
        waits=bool(rule and rule.release == "ceremony"),
        reveal=stands.reveal,
    )


async def _marked(tx: Transaction, division_id: UUID, rule: Rule) -> frozenset[UUID]:
    """Entries whose hall parts every judge has sent; a rule without a hall part counts all its parts."""
    hall = [part.key for part in rule.parts if part.when == "hall"] or [part.key for part in rule.parts]
    return frozenset(await store.marked(tx, division_id, hall))


def _hands(clock: Clock | None, codes: dict[UUID, str], now: datetime) -> ShownClock | None:
    if clock is None or clock.entry_id not in codes:
        return None
    return ShownClock(
        code=codes[clock.entry_id],
        state=clock.state,
        limit_ms=clock.limit_seconds * 1000,
        warning_ms=clock.warning_seconds * 1000,
        passed_ms=clock.passed(now),
        at=now,
    )
