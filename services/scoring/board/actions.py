"""Make a division's frame from what may be shown, and keep what registration opened."""

from datetime import datetime
from uuid import UUID

from services.scoring.board import domain, store
from services.scoring.board.domain import Facts, Frame, Name, Released, ShownClock, ShownHead
from services.scoring.clocks import actions as clocks
from services.scoring.clocks.domain import Clock
from services.scoring.ledger import actions as ledger
from services.scoring.ledger.domain import Head
from services.scoring.panels import actions as panels
from services.scoring.releases import actions as releases
from services.scoring.rolls import actions as rolls
from services.scoring.roots import actions as roots
from services.scoring.rubrics import actions as rubrics
from shared.db import Transaction
from shared.errors import Missing


async def refresh(tx: Transaction, division_id: UUID, now: datetime) -> Frame | None:
    """The next frame if the picture has changed, else None; None also while another process makes it."""
    if not await store.lock(tx, division_id):
        return None
    last = await store.frame_of(tx, division_id)
    made = domain.frame(await _facts(tx, division_id, now), last.version + 1 if last else 1, now)
    if last and domain.is_same(last, made):
        return None
    await store.save(tx, made)
    return made


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


async def _facts(tx: Transaction, division_id: UUID, now: datetime) -> Facts:
    division = await rolls.division(tx, division_id)
    roll = await rolls.current(tx, division_id, "final")
    items = roll.items if roll else ()
    running = await clocks.of_division(tx, division_id)
    current = next((clock for clock in running if clock.state != "ended"), None)
    codes = {item.entry_id: item.code for item in items}
    try:
        panel = await panels.of_division(tx, division_id)
        venue, marked = panel.venue, await _marked(tx, division_id)
    except Missing:
        venue, marked = "", frozenset()
    ended = {clock.entry_id for clock in running if clock.state == "ended"}
    shown = await releases.public(tx, division_id)
    root = await roots.current(tx, division.activity_id) if shown else None
    head = await _head(tx, division_id)
    return Facts(
        division_id=division_id,
        activity=division.activity_title,
        activity_en=division.activity_title_en,
        division=division.title,
        division_en=division.title_en,
        venue=venue,
        entries=tuple((item.entry_id, item.code, item.order, item.title) for item in items),
        done=frozenset(ended | marked),
        current=current.entry_id if current else None,
        clock=_hands(current or (running[-1] if running else None), codes, now),
        released=tuple(
            Released(entry_id=each.entry_id, code=each.code, rank=each.rank, shown=each.shown) for each in shown
        ),
        names=await store.names_of(tx, division_id),
        root=root.root if root else "",
        head=ShownHead(head.position, head.hash.hex()[:16]) if head else None,
    )


async def _head(tx: Transaction, division_id: UUID) -> Head | None:
    """The head last told; once results were shown, the release's own, which stands however the marking goes on."""
    shown = await releases.last(tx, division_id)
    return await (ledger.at(tx, division_id, shown) if shown else ledger.told(tx, division_id))


async def _marked(tx: Transaction, division_id: UUID) -> frozenset[UUID]:
    """Entries whose hall parts every judge has sent; a rule without a hall part counts all its parts."""
    rule = (await rubrics.of_division(tx, division_id)).rule
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
