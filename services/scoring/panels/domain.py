"""Who judges whom: a panel has seats in order and reserve judges; a recused judge's seat is filled by a reserve judge.

Words: a *seat* is a place in the panel; an *assignment* says who fills a seat for one entry; a *relation* is what makes
a judge recused: the same unit (found by comparing opaque ids) or one that was declared. Not here: marks, and who the
people behind the codes are. Rule: services/scoring/README.md#recusal
"""

from collections.abc import Iterable, Mapping
from typing import Literal
from uuid import UUID

from msgspec import Struct

from services.scoring.rubrics.domain import Recusal
from shared.errors import Refused

State = Literal["judging", "recused", "kept", "left", "shadow"]
LATE: tuple[Recusal, ...] = ("void", "kept_not_counted")
"""Under these a judge who has marked may still be recused: the marks stay in the ledger and count no more."""
SAME_UNIT = "same_unit"


class Seat(Struct, frozen=True, kw_only=True):
    """One member of a panel. position: 1, 2, … among the judges, again among the reserves, and again among the shadows.

    A shadow judge marks like the others; the marks are kept and shown at the desk, and count nowhere.
    """

    judge_id: UUID
    position: int
    kind: Literal["judge", "reserve", "shadow"]
    name: str
    unit_id: UUID | None
    leader: bool = False


class Panel(Struct, frozen=True, kw_only=True):
    """The panel of one division, under the keys of the season folder. asks_pin: of who takes a tablet in hand."""

    id: UUID
    activity_key: str
    division_key: str
    venue: str
    seats: tuple[Seat, ...] = ()
    asks_pin: bool = False

    @property
    def judges(self) -> list[Seat]:
        return sorted((seat for seat in self.seats if seat.kind == "judge"), key=lambda seat: seat.position)

    @property
    def reserves(self) -> list[Seat]:
        return sorted((seat for seat in self.seats if seat.kind == "reserve"), key=lambda seat: seat.position)

    @property
    def shadows(self) -> list[Seat]:
        return sorted((seat for seat in self.seats if seat.kind == "shadow"), key=lambda seat: seat.position)

    def seat(self, judge_id: UUID) -> Seat:
        """Raises Refused: judge_not_in_panel."""
        for seat in self.seats:
            if seat.judge_id == judge_id:
                return seat
        raise Refused("judge_not_in_panel")


class Candidate(Struct, frozen=True):
    """An entry as far as recusal needs it."""

    entry_id: UUID
    code: str
    unit_id: UUID | None


class Relation(Struct, frozen=True, kw_only=True):
    """A declared relation between a judge and an entry; reserve_id: who shall stand in, if that was agreed."""

    judge_id: UUID
    entry_id: UUID
    relation: str
    reserve_id: UUID | None = None


class Departure(Struct, frozen=True, kw_only=True):
    """A judge who left the hall. kept: entries marked whole before; the others go to the reserve judge, if there is one."""

    judge_id: UUID
    reserve_id: UUID | None
    kept: frozenset[UUID]
    reason: str

    def leaves(self, entry_id: UUID) -> bool:
        return entry_id not in self.kept


class Assignment(Struct, frozen=True, kw_only=True):
    """One judge and one entry. seat: the seat filled; a recused judge keeps the number of the seat that was left.

    kept: recused, but the judge marks all the same; the marks stay in the ledger and do not count. left: gone before the
    entry was marked whole; what there is counts no more. shadow: marks, and counts nowhere.
    """

    judge_id: UUID
    entry_id: UUID
    seat: int
    state: State

    @property
    def is_marking(self) -> bool:
        """Whether this judge marks the entry, counted or not."""
        return self.state not in ("recused", "left")

    @property
    def is_seated(self) -> bool:
        """Whether this judge is the one in the seat: shadow judges have seats of their own."""
        return self.state in ("judging", "kept")


class Thin(Struct, frozen=True, kw_only=True):
    """An entry whose panel has too few judges. empty: seats for which no reserve judge was free."""

    entry_id: UUID
    code: str
    judging: int
    needed: int
    empty: tuple[int, ...]


class Outcome(Struct, frozen=True):
    assignments: tuple[Assignment, ...]
    thin: tuple[Thin, ...]


def relation_of(seat: Seat, entry: Candidate, declared: Iterable[Relation]) -> Relation | None:
    """The relation that keeps this judge from this entry; a declared one, which may name its reserve, goes first."""
    for relation in declared:
        if relation.judge_id == seat.judge_id and relation.entry_id == entry.entry_id:
            return relation
    if seat.unit_id is not None and seat.unit_id == entry.unit_id:
        return Relation(judge_id=seat.judge_id, entry_id=entry.entry_id, relation=SAME_UNIT)
    return None


def assign(
    panel: Panel,
    entries: Iterable[Candidate],
    declared: Iterable[Relation],
    policy: Recusal,
    needed: int,
    standing: Iterable[Assignment] = (),
    departures: Iterable[Departure] = (),
) -> Outcome:
    """Fill every seat for every entry and say where the panel is too thin.

    needed: fewest judges whose marks an entry needs. standing: what holds already; a reserve judge who stands in stays,
    unless recused since. Under "reserve" an empty seat is thin however many judges are left; under every other policy the
    judges who are left must be enough by themselves; so they must where somebody has gone and no reserve judge is free.
    """
    relations, standing, gone = list(declared), list(standing), {each.judge_id: each for each in departures}
    assignments: list[Assignment] = []
    thin: list[Thin] = []
    for entry in entries:
        mine = [each for each in standing if each.entry_id == entry.entry_id]
        away = {judge: each for judge, each in gone.items() if each.leaves(entry.entry_id)}
        filled = _fill(panel, entry, relations, policy, mine, away)
        judging = sum(each.state == "judging" for each in filled)
        taken = {each.seat for each in filled if each.state == "judging"}
        empty = (
            tuple(seat.position for seat in panel.judges if seat.position not in taken and seat.judge_id not in away)
            if policy == "reserve"
            else ()
        )
        if empty or judging < needed:
            thin.append(Thin(entry_id=entry.entry_id, code=entry.code, judging=judging, needed=needed, empty=empty))
        assignments += filled
    return Outcome(tuple(assignments), tuple(thin))


def _fill(
    panel: Panel,
    entry: Candidate,
    declared: list[Relation],
    policy: Recusal,
    standing: list[Assignment],
    away: Mapping[UUID, Departure],
) -> list[Assignment]:
    """away: those who have gone and leave this entry to somebody else."""
    filled: list[Assignment] = []
    left: list[tuple[Seat, UUID | None]] = []
    for seat in panel.judges:
        relation, gone = relation_of(seat, entry, declared), away.get(seat.judge_id)
        if relation is None and gone:
            left.append((seat, _reserve(gone.reserve_id, away)))
        elif relation and policy == "reserve":
            left.append((seat, _reserve(relation.reserve_id or _stood(seat, standing, away), away)))
        state: State = _recused(policy) if relation else "left" if gone else "judging"
        filled.append(Assignment(judge_id=seat.judge_id, entry_id=entry.entry_id, seat=seat.position, state=state))
    free = [seat for seat in panel.reserves if relation_of(seat, entry, declared) is None and seat.judge_id not in away]
    filled += _former_reserves(panel, entry, declared, standing, away) + _shadows(
        panel, entry, declared, standing, away
    )
    promised = {reserve_id for _, reserve_id in left}
    for seat, reserve_id in sorted(left, key=lambda pair: pair[1] is None):
        if policy == "reserve" or reserve_id:
            stands = _stand_in(seat, reserve_id, free, standing, promised)
            if stands:
                free.remove(stands)
                filled.append(
                    Assignment(judge_id=stands.judge_id, entry_id=entry.entry_id, seat=seat.position, state="judging")
                )
    return filled


def _recused(policy: Recusal) -> State:
    return "kept" if policy == "kept_not_counted" else "recused"


def _reserve(reserve_id: UUID | None, away: Mapping[UUID, Departure]) -> UUID | None:
    """The reserve judge who was named, or whoever takes over from one who has gone as well."""
    seen: set[UUID] = set()
    while reserve_id and reserve_id in away and reserve_id not in seen:
        seen.add(reserve_id)
        reserve_id = away[reserve_id].reserve_id
    return reserve_id


def _stood(seat: Seat, standing: list[Assignment], away: Mapping[UUID, Departure]) -> UUID | None:
    """The reserve judge who stood in at this seat and has gone."""
    return next((each.judge_id for each in standing if each.seat == seat.position and each.judge_id in away), None)


def _former_reserves(
    panel: Panel,
    entry: Candidate,
    declared: list[Relation],
    standing: list[Assignment],
    away: Mapping[UUID, Departure],
) -> list[Assignment]:
    """Reserve judges who stood in and may no longer, or have gone."""
    stood = {each.judge_id: each.seat for each in standing}
    return [
        Assignment(
            judge_id=seat.judge_id,
            entry_id=entry.entry_id,
            seat=stood[seat.judge_id],
            state="recused" if relation_of(seat, entry, declared) else "left",
        )
        for seat in panel.reserves
        if seat.judge_id in stood and (relation_of(seat, entry, declared) or seat.judge_id in away)
    ]


def _shadows(
    panel: Panel,
    entry: Candidate,
    declared: list[Relation],
    standing: list[Assignment],
    away: Mapping[UUID, Departure],
) -> list[Assignment]:
    """Shadow judges; one with a relation to the entry has no part in it, and nothing is filled in for that."""
    stood = {each.judge_id for each in standing}
    found = []
    for seat in panel.shadows:
        is_out = relation_of(seat, entry, declared) is not None or seat.judge_id in away
        if not is_out or seat.judge_id in stood:
            state: State = "left" if is_out else "shadow"
            found.append(Assignment(judge_id=seat.judge_id, entry_id=entry.entry_id, seat=seat.position, state=state))
    return found


def _stand_in(
    seat: Seat, reserve_id: UUID | None, free: list[Seat], standing: list[Assignment], promised: set[UUID | None]
) -> Seat | None:
    """The reserve judge named, else the one who stands there already, else the first who is free and not promised."""
    stood = {each.judge_id for each in standing if each.seat == seat.position and each.state == "judging"}
    named = [each for each in free if each.judge_id == reserve_id]
    already = [each for each in free if each.judge_id in stood]
    unpromised = [each for each in free if each.judge_id not in promised]
    return next(iter(named or already or unpromised), None)
