"""Set up panels, fill their seats from each roll, take declared relations, and say whether a panel can judge."""

from collections.abc import Collection, Mapping
from datetime import datetime
from uuid import UUID

from msgspec import Struct, structs

from services.scoring.appeals import actions as appeals
from services.scoring.ledger import actions as ledger
from services.scoring.ledger.domain import Entry, Recorded
from services.scoring.panels import domain, store
from services.scoring.panels.domain import Assignment, Departure, Outcome, Panel, Relation, Thin
from services.scoring.rubrics import actions as rubrics
from services.scoring.running_orders import actions as running_orders
from services.scoring.sheets import actions as sheets
from shared.db import Transaction
from shared.errors import Conflict, Missing, Refused


class Declaration(Struct, frozen=True, kw_only=True):
    """Somebody declares that a judge must not mark an entry."""

    id: UUID
    division_id: UUID
    judge_id: UUID
    entry_id: UUID
    relation: str
    reserve_id: UUID | None
    declared_by: UUID


async def add(tx: Transaction, panels: list[Panel], season_key: str) -> None:
    """Store the panels of a season, and fill seats for rolls that were here before it."""
    for panel in panels:
        await store.add_panel(tx, panel, season_key)
        await store.add_seats(tx, panel)
        opened = await store.divisions_of(tx, panel.activity_key)
        if panel.division_key in opened:
            await assign(tx, opened[panel.division_key])


async def of_division(tx: Transaction, division_id: UUID) -> Panel:
    """The panel with its seats. Raises Missing: no_panel."""
    panel = await _panel(tx, division_id)
    if panel is None:
        raise Missing("no_panel")
    return panel


async def every(tx: Transaction) -> list[Panel]:
    """All panels with their seats."""
    found = await store.panels(tx)
    return [structs.replace(each, seats=await store.seats_of(tx, each.id)) for each in found]


async def judged_by(tx: Transaction, judge_id: UUID) -> list[UUID]:
    """The divisions whose panel this person sits in."""
    return await store.divisions_judged_by(tx, judge_id)


async def assign(tx: Transaction, division_id: UUID) -> tuple[Thin, ...]:
    """Fill the seats for every entry of the division's rolls; run again, it changes only what must change.

    Nothing happens while the panel or the rule is not here yet: the season brings them and calls this again.
    """
    await store.lock(tx, division_id)
    outcome = await _outcome(tx, division_id)
    if outcome is None:
        return ()
    await store.save(tx, division_id, list(outcome.assignments))
    return outcome.thin


async def declare(tx: Transaction, declaration: Declaration, now: datetime) -> None:
    """Record a relation and let the rule's consequence follow at once. The same declaration again changes nothing.

    Raises Missing: no_panel. Raises Refused: judge_not_in_panel, reserve_not_in_panel, judge_has_marked,
    recusal_after_lock, panel_too_thin (nothing is recorded then: name another reserve judge first).
    """
    panel = await of_division(tx, declaration.division_id)
    panel.seat(declaration.judge_id)
    if declaration.reserve_id and declaration.reserve_id not in {seat.judge_id for seat in panel.reserves}:
        raise Refused("reserve_not_in_panel")
    relation = Relation(
        judge_id=declaration.judge_id,
        entry_id=declaration.entry_id,
        relation=declaration.relation,
        reserve_id=declaration.reserve_id,
    )
    await ledger.lock(tx, [declaration.division_id])  # a stage that is locked meanwhile states who judged
    if not await store.add_relation(
        tx, declaration.id, declaration.division_id, relation, declaration.declared_by, now
    ):
        return
    await _check_late(tx, panel, declaration)
    for thin in await assign(tx, declaration.division_id):
        if thin.entry_id == declaration.entry_id:
            raise Refused("panel_too_thin", entry=thin.code, judging=thin.judging, needed=thin.needed)


class Leaving(Struct, frozen=True, kw_only=True):
    """What happens when a judge leaves. taken: (entry, who marks it now); begun: entries with sheets that count no more.

    thin: entries that then have too few judges.
    """

    kept: tuple[UUID, ...]
    taken: tuple[tuple[UUID, UUID | None], ...]
    begun: tuple[UUID, ...]
    thin: tuple[Thin, ...]


async def leaving(tx: Transaction, division_id: UUID, judge_id: UUID, reserve_id: UUID | None, reason: str) -> Leaving:
    """What happens if this judge leaves now; nothing is changed.

    Raises Missing: no_panel. Refused: judge_not_in_panel, reserve_not_in_panel, judge_left_already, leave_after_lock.
    """
    panel = await of_division(tx, division_id)
    panel.seat(judge_id)
    gone = {each.judge_id for each in await store.departures_of(tx, division_id)}
    if judge_id in gone:
        raise Refused("judge_left_already")
    if reserve_id and (reserve_id not in {seat.judge_id for seat in panel.reserves} - gone or reserve_id == judge_id):
        raise Refused("reserve_not_in_panel", field="reserve_id")
    if await sheets.locked(tx, division_id):
        raise Refused("leave_after_lock")
    absent = await running_orders.absent(tx, division_id)
    mine = [each for each in await store.assignments_of(tx, division_id) if each.judge_id == judge_id]
    marked = await _whole(tx, division_id, judge_id)
    kept = {each.entry_id for each in mine if marked.get(each.entry_id)}
    departure = Departure(judge_id=judge_id, reserve_id=reserve_id, kept=frozenset(kept), reason=reason)
    outcome = await _outcome(tx, division_id, departure)
    goes_on = [each for each in mine if each.state == "judging" and each.entry_id not in kept | absent]
    open_seats = {each.entry_id: each.seat for each in goes_on}
    filled = outcome.assignments if outcome else ()
    stands = {(each.entry_id, each.seat): each.judge_id for each in filled if each.state == "judging"}
    return Leaving(
        kept=tuple(sorted(kept)),
        taken=tuple((entry, stands.get((entry, seat))) for entry, seat in sorted(open_seats.items())),
        begun=tuple(sorted(entry for entry in open_seats if entry in marked)),
        thin=tuple(each for each in outcome.thin if each.entry_id not in absent) if outcome else (),
    )


async def leave(
    tx: Transaction,
    division_id: UUID,
    judge_id: UUID,
    reserve_id: UUID | None,
    reason: str,
    seen: Collection[UUID],
    by: UUID,
    now: datetime,
) -> None:
    """The judge has gone: sheets closed, the reserve judge takes the rest. Done once, it stays as it is.

    seen: the entries that the page said are kept. Raises what `leaving` raises; Refused: leave_without_reason;
    Conflict: leave_stale (a sheet came in between).
    """  # fmt: skip
    await ledger.lock(tx, [division_id])
    if judge_id in {each.judge_id for each in await store.departures_of(tx, division_id)}:
        return
    if not reason.strip():
        raise Refused("leave_without_reason", field="reason")
    found = await leaving(tx, division_id, judge_id, reserve_id, reason)
    if set(found.kept) != set(seen):
        raise Conflict("leave_stale")
    names = {
        entry: f"judge_{at}" for at, entry in enumerate(sorted({each for _, each in found.taken if each}), start=1)
    }
    entry = Entry(
        division_id=division_id,
        kind="judge_left",
        actor=by,
        body={
            "kept": [str(each) for each in found.kept],
            "reason": reason,
            "reserve": bool(reserve_id),
            "taken": [[str(each), names[stands] if stands else None] for each, stands in found.taken],
        },
        subjects={
            "judge": judge_id,
            **({"reserve": reserve_id} if reserve_id else {}),
            **{n: each for each, n in names.items()},
        },
    )
    (recorded,) = await ledger.append(tx, [entry], now)
    departure = Departure(judge_id=judge_id, reserve_id=reserve_id, kept=frozenset(found.kept), reason=reason)
    await store.add_departure(tx, division_id, departure, recorded.position)
    await assign(tx, division_id)


async def departures(tx: Transaction, division_id: UUID) -> list[Departure]:
    """Who has gone, the first first."""
    return await store.departures_of(tx, division_id)


async def rebuild(
    tx: Transaction, division_id: UUID, chain: list[Recorded], people: Mapping[str, UUID]
) -> dict[str, int]:
    """Recreate departures from the ledger. Table -> rows that were not as the ledger says (0 is well)."""
    before = await store.departure_rows(tx, division_id)
    await store.forget_departures(tx, division_id)
    for entry in chain:
        if entry.kind == "judge_left":
            body, who = entry.fields["body"], entry.fields["subjects"]
            departure = Departure(
                judge_id=people[who["judge"]],
                reserve_id=people[who["reserve"]] if body["reserve"] else None,
                kept=frozenset(UUID(each) for each in body["kept"]),
                reason=body["reason"],
            )
            await store.add_departure(tx, division_id, departure, entry.position)
    return {"departures": len(set(before) ^ set(await store.departure_rows(tx, division_id)))}


async def _whole(tx: Transaction, division_id: UUID, judge_id: UUID) -> dict[UUID, bool]:
    """Entries of which sheets of this judge count -> whether every mark of every part is there."""
    rule = (await rubrics.of_division(tx, division_id)).rule
    needed = {(part.key, key) for part in rule.parts for key in part.cells}
    given: dict[UUID, set[tuple[str, str]]] = {}
    for each in await sheets.counting(tx, division_id):
        if each.judge_id == judge_id:
            given.setdefault(each.entry_id, set()).update((each.part, key) for key in each.marks)
    return {entry: marks >= needed for entry, marks in given.items()}


async def _check_late(tx: Transaction, panel: Panel, declaration: Declaration) -> None:
    """Who has marked is recused only if the rule can do without the marks, or an appeal about the recusal was upheld."""
    rule = await rubrics.of_activity(tx, panel.activity_key)
    may_be_late = rule is not None and rule.rule.recusal in domain.LATE
    may_be_late = may_be_late or await appeals.is_upheld(tx, declaration.division_id, declaration.entry_id, "recusal")
    if not may_be_late and await store.has_marked(tx, declaration.judge_id, declaration.entry_id):
        raise Refused("judge_has_marked")
    if await sheets.locked(tx, declaration.division_id):
        raise Refused("recusal_after_lock")


async def assignments(tx: Transaction, division_id: UUID) -> list[Assignment]:
    """Who marks and who is recused; a judge's audience gets the own rows only."""
    return await store.assignments_of(tx, division_id)


async def relations(tx: Transaction, division_id: UUID) -> list[Relation]:
    """The declared relations, oldest first."""
    return await store.relations_of(tx, division_id)


async def problems(tx: Transaction, division_id: UUID) -> tuple[Thin, ...]:
    """Entries whose panel has too few judges: the hall cannot start while there is one. Who is absent needs none."""
    outcome = await _outcome(tx, division_id)
    absent = await running_orders.absent(tx, division_id)
    return tuple(each for each in outcome.thin if each.entry_id not in absent) if outcome else ()


async def _panel(tx: Transaction, division_id: UUID) -> Panel | None:
    panel = await store.panel_of(tx, division_id)
    if panel is None:
        return None
    return structs.replace(panel, seats=await store.seats_of(tx, panel.id))


async def _outcome(tx: Transaction, division_id: UUID, *leaving: Departure) -> Outcome | None:
    panel = await _panel(tx, division_id)
    rule = await rubrics.of_activity(tx, panel.activity_key) if panel else None
    if panel is None or rule is None:
        return None
    return domain.assign(
        panel,
        await store.candidates(tx, division_id),
        await store.relations_of(tx, division_id),
        rule.rule.recusal,
        rule.rule.fewest_marks,
        await store.assignments_of(tx, division_id),
        [*await store.departures_of(tx, division_id), *leaving],
    )
