"""Standings for the desk and the supervisor, and the records on a tie."""

from typing import Any
from uuid import UUID

from litestar import Response
from litestar.params import FromPath, FromQuery
from msgspec import Struct

from services.scoring.rubrics.domain import Stage
from services.scoring.standings import actions
from services.scoring.standings.domain import TieVote
from shared.web.edge import EdgeDep
from shared.web.routing import get


class VoteBody(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """votes: judge -> the tied entry the judge names. minutes: where the vote is written down."""

    id: UUID
    stage: Stage
    entries: list[UUID]
    votes: dict[UUID, UUID]
    minutes: str


class LotBody(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The tied entries that no vote could part."""

    id: UUID
    stage: Stage
    entries: list[UUID]


@get("/scoring/divisions/{division_id:uuid}/standings", audience="scoring_desk", roles=("scorekeeper", "supervisor"))
async def show(edge: EdgeDep, division_id: FromPath[UUID], stage: FromQuery[Stage] = "final") -> Response[Any]:
    """Where the division stands: lines in rank order, ties that wait, marks that are owed."""
    async with edge.transaction() as tx:
        picture = await actions.of_division(tx, division_id, stage)
    found = picture.standings
    return edge.answer(
        {
            "division_id": division_id,
            "stage": stage,
            "roll_id": picture.roll.roll_id,
            "rule_hash": picture.attached.hash,
            "ledger_position": picture.ledger_position,
            "ledger_head": picture.ledger_head,
            "codes": {str(entry): code for entry, code in picture.roll.codes.items()},
            "lines": found.lines,
            "pending": found.pending,
            "unmarked": found.unmarked,
            "thin": found.thin,
        }
    )


async def vote(edge: EdgeDep, division_id: FromPath[UUID]) -> Response[Any]:
    """Record the panel's vote on a tie. Routed by slice divisions, as is `draw`."""
    body = await edge.body(VoteBody)
    cast = TieVote(entries=frozenset(body.entries), votes=tuple(sorted(body.votes.items())), minutes=body.minutes)
    async with edge.transaction() as tx:
        position = await actions.record_vote(
            tx, body.id, division_id, body.stage, cast, edge.signed_in.handle, edge.now
        )
    return edge.done(f"/scoring/divisions/{division_id}", {"id": body.id, "ledger_position": position}, status=201)


async def draw(edge: EdgeDep, division_id: FromPath[UUID]) -> Response[Any]:
    """Draw a recorded lot on a tie after the vote has failed."""
    body = await edge.body(LotBody)
    async with edge.transaction() as tx:
        position = await actions.record_lot(
            tx, body.id, division_id, body.stage, frozenset(body.entries), edge.signed_in.handle, edge.now
        )
    return edge.done(f"/scoring/divisions/{division_id}", {"id": body.id, "ledger_position": position}, status=201)


ROUTES = [show]
