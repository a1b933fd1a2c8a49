"""A branch's page of a programme: nominate within the quota, score oneself, take a nomination back."""

from typing import Any
from uuid import UUID

from litestar import Response
from litestar.params import FromPath
from msgspec import Struct

from services.awards.nominations import actions
from services.awards.nominations.actions import Actor
from shared.ids import new_id
from shared.web.edge import Edge, EdgeDep
from shared.web.routing import get, post

WORKERS = ("branch_officer", "committee", "teller")


class NewNomination(Struct, forbid_unknown_fields=True, kw_only=True):
    id: UUID
    branch: str
    reason: str


class Nothing(Struct, forbid_unknown_fields=True):
    pass


def actor(edge: Edge) -> Actor:
    """Whoever is signed in, with the branches that account acts for."""
    is_secretary = edge.has("committee") or edge.has("teller")
    return Actor(person=edge.signed_in.person_id, officer_of=edge.scopes("branch_officer"), is_secretary=is_secretary)


@get("/awards/programmes/{key:str}/nominations", audience="awards_member", roles=WORKERS)
async def page(edge: EdgeDep, key: FromPath[str]) -> Response[Any]:
    """What the reader's branches may still nominate, and what they have."""
    async with edge.transaction() as tx:
        desk = await actions.desk(tx, key, actor(edge), edge.now)
    return edge.page("nominations.html", desk=desk, fresh=new_id(), json=desk)


@post("/awards/programmes/{key:str}/nominations", audience="awards_member", roles=WORKERS, again=page)
async def nominate(edge: EdgeDep, key: FromPath[str]) -> Response[Any]:
    """Let a branch stand; the form's id makes a retry safe."""
    body = await edge.body(NewNomination)
    async with edge.transaction() as tx:
        done = await actions.nominate_by_key(tx, body.id, key, body.branch, body.reason, actor(edge), edge.now)
    return edge.done(f"/awards/nominations/{done.id}", done, status=201)


@post("/awards/nominations/{nomination_id:uuid}/withdrawals", audience="awards_member", roles=WORKERS)
async def withdraw(edge: EdgeDep, nomination_id: FromPath[UUID]) -> Response[Any]:
    """Take a nomination back before nominations close; its place is free again."""
    await edge.body(Nothing)
    async with edge.transaction() as tx:
        done = await actions.withdraw(tx, nomination_id, actor(edge), edge.now)
        key = await actions.programme_key(tx, done)
    return edge.done(f"/awards/programmes/{key}/nominations", done)


ROUTES = [page, nominate, withdraw]
