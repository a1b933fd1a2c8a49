"""Propose and seal a score set."""

from typing import Any
from uuid import UUID

from litestar import Response
from litestar.params import FromPath
from msgspec import Struct

from services.scoring.rubrics.domain import Stage
from services.scoring.score_sets import actions
from services.scoring.score_sets.domain import ScoreSet
from shared.web.edge import EdgeDep
from shared.web.routing import get, post


class Proposal(Struct, forbid_unknown_fields=True):
    id: UUID
    stage: Stage


class Nothing(Struct, forbid_unknown_fields=True):
    """A form with no field but the token."""


@get("/scoring/divisions/{division_id:uuid}/score-sets", audience="scoring_desk", roles=("scorekeeper", "supervisor"))
async def score_sets(edge: EdgeDep, division_id: FromPath[UUID]) -> Response[Any]:
    async with edge.transaction() as tx:
        found = await actions.of_division(tx, division_id)
    return edge.answer({"score_sets": [_told(each) for each in found]})


@post("/scoring/divisions/{division_id:uuid}/score-sets", audience="scoring_desk", roles=("scorekeeper",))
async def propose(edge: EdgeDep, division_id: FromPath[UUID]) -> Response[Any]:
    """The scorekeeper proposes the standing for sealing."""
    body = await edge.body(Proposal)
    async with edge.transaction() as tx:
        proposed = await actions.propose(tx, body.id, division_id, body.stage, edge.signed_in.handle, edge.now)
    return edge.done(f"/scoring/divisions/{division_id}", _told(proposed), status=201)


@post("/scoring/score-sets/{score_set_id:uuid}/seals", audience="scoring_supervisor", roles=("supervisor",))
async def seal(edge: EdgeDep, score_set_id: FromPath[UUID]) -> Response[Any]:
    """The supervisor seals what the scorekeeper proposed."""
    await edge.body(Nothing)
    async with edge.transaction() as tx:
        sealed = await actions.seal(tx, score_set_id, edge.signed_in.handle, edge.now)
    return edge.done(f"/scoring/divisions/{sealed.content.division_id}", _told(sealed), status=201)


def _told(score_set: ScoreSet) -> dict[str, object]:
    return {
        "id": score_set.id,
        "stage": score_set.content.stage,
        "version": score_set.content.version,
        "supersedes": score_set.content.supersedes,
        "hash": score_set.hash,
        "sealed": score_set.is_sealed,
        "ledger_position": score_set.ledger_position,
        "items": score_set.content.items,
    }


ROUTES = [score_sets, propose, seal]
