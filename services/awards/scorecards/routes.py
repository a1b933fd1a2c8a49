"""A nomination's page: its scorecard in two columns, self and audited."""

from typing import Any
from uuid import UUID

from litestar import Response
from litestar.params import FromPath
from msgspec import Struct

from services.awards.nominations.actions import Actor
from services.awards.scorecards import actions
from shared.ids import new_id
from shared.web.edge import Edge, EdgeDep
from shared.web.routing import get, post

WORKERS = ("branch_officer", "committee", "teller")
READERS = (*WORKERS, "supervisor", "organiser")


class Column(Struct, forbid_unknown_fields=True, kw_only=True):
    """scores: item key -> decimal text, every item."""

    id: UUID
    scores: dict[str, str]
    correction: str = ""


def actor(edge: Edge) -> Actor:
    """Whoever is signed in, with the branches that account acts for."""
    is_secretary = edge.has("committee") or edge.has("teller")
    return Actor(person=edge.signed_in.person_id, officer_of=edge.scopes("branch_officer"), is_secretary=is_secretary)


@get("/awards/nominations/{nomination_id:uuid}", audience="awards_member", roles=READERS)
async def page(edge: EdgeDep, nomination_id: FromPath[UUID]) -> Response[Any]:
    """The scorecard of one nomination; a branch sees the own one."""
    sees_all = edge.has("supervisor") or edge.has("organiser")
    async with edge.transaction() as tx:
        sheet = await actions.sheet(tx, nomination_id, actor(edge), sees_all, edge.now)
    return edge.page("nomination.html", sheet=sheet, fresh=new_id(), json=sheet)


@post("/awards/nominations/{nomination_id:uuid}/self-scores", audience="awards_member", roles=WORKERS, again=page)
async def score_oneself(edge: EdgeDep, nomination_id: FromPath[UUID]) -> Response[Any]:
    """The branch's own scores, the whole column."""
    body = await edge.body(Column)
    async with edge.transaction() as tx:
        done = await actions.record(
            tx, body.id, nomination_id, "self", body.scores, body.correction, actor(edge), edge.now
        )
    return edge.done(f"/awards/nominations/{nomination_id}", done, status=201)


@post(
    "/awards/nominations/{nomination_id:uuid}/audited-scores", audience="awards_committee", roles=("committee", "teller"),
    again=page,
)  # fmt: skip
async def audit(edge: EdgeDep, nomination_id: FromPath[UUID]) -> Response[Any]:
    """The union's scores, the whole column; these count."""
    body = await edge.body(Column)
    async with edge.transaction() as tx:
        done = await actions.record(
            tx, body.id, nomination_id, "audited", body.scores, body.correction, actor(edge), edge.now
        )
    return edge.done(f"/awards/nominations/{nomination_id}", done, status=201)


ROUTES = [page, score_oneself, audit]
