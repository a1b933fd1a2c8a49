"""The page on which the scorekeeper makes a rehearsal and clears it away."""

from typing import Any
from uuid import UUID

from litestar import Response
from litestar.params import FromPath
from msgspec import Struct

from services.scoring.rehearsals import actions
from services.scoring.rehearsals.domain import Rehearsal
from services.scoring.rolls import actions as rolls
from shared.ids import new_id
from shared.web.edge import EdgeDep
from shared.web.routing import get, post

READERS = ("scorekeeper", "supervisor")


class RehearsalForm(Struct, forbid_unknown_fields=True):
    """id: made by the page, so that a second click changes nothing; activity_id likewise."""

    id: UUID
    activity_id: UUID
    modelled_on: UUID
    rule_key: str


class Nothing(Struct, forbid_unknown_fields=True):
    """A form with no field but the token."""


@get("/scoring/rehearsals", audience="scoring_desk", roles=READERS)
async def rehearsals_page(edge: EdgeDep) -> Response[Any]:
    """What is being rehearsed, and the form that begins one."""
    async with edge.transaction() as tx:
        found, uses = await actions.every(tx), await actions.uses(tx)
        divisions = await rolls.divisions(tx)
    by_id = {each.division_id: each for each in divisions}
    return edge.page(
        "rehearsals.html",
        json={"rehearsals": found, "rules": uses},
        rehearsals=[(each, by_id[each.division_id]) for each in found if each.division_id in by_id],
        cleared=sum(each.cleared_at is not None for each in found),
        divisions=[each for each in divisions if not each.is_rehearsal],
        uses=uses,
        new_id=new_id,
    )


@post("/scoring/rehearsals", audience="scoring_desk", roles=("scorekeeper",), again=rehearsals_page)
async def make_rehearsal(edge: EdgeDep) -> Response[Any]:
    """Begin a rehearsal; the tablets of the panel have it at their next look."""
    form = await edge.body(RehearsalForm)
    rehearsal = Rehearsal(
        division_id=form.id,
        activity_id=form.activity_id,
        modelled_on=form.modelled_on,
        rule_key=form.rule_key,
        made_by=edge.signed_in.handle,
        made_at=edge.now,
    )
    async with edge.transaction() as tx:
        await actions.make(tx, rehearsal, edge.now)
    return edge.done(f"/scoring/halls/{form.id}", {"division_id": form.id}, status=201)


@post("/scoring/rehearsals/{division_id:uuid}/clearings", audience="scoring_desk", roles=("scorekeeper",))
async def clear_rehearsal(edge: EdgeDep, division_id: FromPath[UUID]) -> Response[Any]:
    """The rehearsal is over: it leaves the lists and the tablets."""
    await edge.body(Nothing)
    async with edge.transaction() as tx:
        await actions.clear(tx, division_id, edge.signed_in.handle, edge.now)
    return edge.done("/scoring/rehearsals", {"division_id": division_id})


ROUTES = [rehearsals_page, make_rehearsal, clear_rehearsal]
