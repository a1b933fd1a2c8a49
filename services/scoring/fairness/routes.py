"""The advisory page of a division for the desk, and the alerts on sheets that lie far out, also for the panel's leader.

All of it runs beside the event loop. The page's models have one thread, one division at a time, so that a large one
delays nobody's marks and memory stays bounded; outliers are cheap and do not wait for them.
"""

import asyncio
from concurrent.futures import ThreadPoolExecutor
from typing import Annotated, Any
from uuid import UUID

from litestar import Response
from litestar.params import FromPath, FromQuery
from msgspec import Meta, Struct

from services.scoring.fairness import actions, domain
from services.scoring.fairness.actions import Gathered
from services.scoring.fairness.domain import Advice, EntryAdvice, Outlier, Plot, Point
from services.scoring.panels.domain import Seat
from services.scoring.rubrics.domain import Stage, figures
from services.scoring.standings.domain import Basis
from shared.exact import rounded
from shared.web.edge import Edge, EdgeDep
from shared.web.routing import get

DESK = "scoring_desk"
MOST_ROWS = 20
WORKER = ThreadPoolExecutor(max_workers=1, thread_name_prefix="fairness")
Places = Annotated[int, Meta(ge=1, le=1000)]


class Shown(Struct, frozen=True, kw_only=True):
    """One section of the page. results: entry -> the official result it stands beside; ranks: only where it is the whole.

    entries: in the official order, those without a rank last.
    """

    title: str
    advice: Advice
    severities: Plot | None
    order: Plot | None
    entries: tuple[EntryAdvice, ...]
    results: dict[UUID, str]
    ranks: dict[UUID, int]


@get("/scoring/divisions/{division_id:uuid}/fairness", audience=DESK, roles=("scorekeeper", "supervisor"))
async def fairness_page(
    edge: EdgeDep, division_id: FromPath[UUID], stage: FromQuery[Stage] = "final", places: FromQuery[Places] = 3
) -> Response[Any]:
    """What the models say of the marks so far, beside the official standing."""
    async with edge.transaction() as tx:
        gathered = await actions.gather(tx, division_id, stage)
    found = await asyncio.get_running_loop().run_in_executor(WORKER, _sections, edge, gathered, places)
    told = {
        "division_id": division_id, "stage": stage, "places": places, "seed": domain.SEED,
        "ledger_position": gathered.picture.ledger_position, "sections": [each.advice for each in found],
    }  # fmt: skip
    return edge.page(
        "fairness.html", json=told, gathered=gathered, sections=found, places=places, seed=domain.SEED, **_names(gathered)
    )


@get("/scoring/divisions/{division_id:uuid}/outliers", audience=DESK, roles=("scorekeeper", "supervisor", "panel_leader"))
async def outliers_page(edge: EdgeDep, division_id: FromPath[UUID], stage: FromQuery[Stage] = "final") -> Response[Any]:
    """Sheets that lie further out than judge and contestant explain. A leader sees those whose own sheet is in."""
    is_desk = edge.has("scorekeeper") or edge.has("supervisor")
    async with edge.transaction() as tx:
        if not is_desk:
            await actions.check_leader(tx, division_id, edge.signed_in.handle)
        gathered = await actions.gather(tx, division_id, stage)
    basis = gathered.picture.basis
    found = await outliers(basis)
    if not is_desk:
        found = actions.for_leader(basis, found, edge.signed_in.handle)
    context = {"gathered": gathered, "is_desk": is_desk, **_names(gathered)}
    return edge.page("outliers.html", json={"outliers": found}, outliers=found, **context)


async def outliers(basis: Basis | None) -> tuple[Outlier, ...]:
    """The outliers of a division, found beside the event loop."""
    return await asyncio.to_thread(actions.outliers, basis) if basis else ()


def _sections(edge: Edge, gathered: Gathered, places: int) -> list[Shown]:
    basis = gathered.picture.basis
    found = domain.sections(basis.rule)
    return [_shown(edge, gathered, domain.advice(basis, section, places), len(found) == 1) for section in found]


def _shown(edge: Edge, gathered: Gathered, advice: Advice, is_whole: bool) -> Shown:
    rule, lines = gathered.picture.basis.rule, gathered.picture.standings.lines
    part, names = rule.part(advice.part), _names(gathered)
    if is_whole:
        results = {line.entry_id: line.shown for line in lines}
    else:
        own = {line.entry_id: line.parts[advice.part] for line in lines if advice.part in line.parts}
        results = {entry: rounded(each.fraction, rule.shown.digits, rule.shown.mode) for entry, each in own.items()}
    ranks = {line.entry_id: line.rank for line in lines} if is_whole else {}
    return Shown(
        title=figures.named(part.title, part.title_en, edge.language) if part else "",
        advice=advice,
        severities=_severities(edge, advice, names["seats"]),
        order=_order(advice, names["codes"]),
        entries=tuple(sorted(advice.entries, key=lambda each: ranks.get(each.entry_id, len(lines) + 1))),
        results=results,
        ranks=ranks,
    )


def _severities(edge: Edge, advice: Advice, seats: dict[UUID, Seat]) -> Plot | None:
    """The judges in the order of their seats."""
    judges = sorted(advice.judges, key=lambda each: (seats[each.judge_id].kind, seats[each.judge_id].position))
    points = [
        Point(label=seat_name(edge, seats[each.judge_id]), value=each.severity, error=each.error) for each in judges
    ]
    return domain.plot(points, quantile=advice.quantile, with_zero=True, digits=2) if points else None


def _order(advice: Advice, codes: dict[UUID, str]) -> Plot | None:
    """The first entries, the best on top; joined where chance alone could have swapped neighbours."""
    points = [
        Point(label=codes[each.entry_id], value=each.additive, error=each.error, joined=each.near)
        for each in advice.entries[:MOST_ROWS]
    ]
    return domain.plot(points, quantile=advice.quantile, with_zero=False, digits=2) if points else None


def seat_name(edge: Edge, seat: Seat) -> str:
    key = "tablet.judge_seat" if seat.kind == "judge" else "fairness.reserve_seat"
    return edge.say(key, seat=seat.position)


def _names(gathered: Gathered) -> dict[str, Any]:
    seats = {seat.judge_id: seat for seat in gathered.panel.seats}
    return {"seats": seats, "codes": gathered.picture.roll.codes, "parts": gathered.picture.basis.rule.parts}


ROUTES = [fairness_page, outliers_page]
