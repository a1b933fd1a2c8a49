"""The front page, an edition's page, published results, posted lists and the reader's own honours.

One address of an edition serves everybody: office, committee and supervisor get the whole, the public what was published.
"""

from typing import Any
from uuid import UUID

import msgspec
from litestar import Response
from litestar.params import FromPath

from services.awards.honours import actions
from services.awards.honours.actions import AwardLine, Dossier
from shared import witness
from shared.ids import secret_id
from shared.web.edge import Edge, EdgeDep
from shared.web.routing import get

OFFICE = ("organiser", "administrator")
SEES = {
    "awards_office": frozenset({"tokens", "objections"}),
    "awards_supervisor": frozenset({"tokens", "objections"}),
    "awards_committee": frozenset[str](),
}


def desk_of(edge: Edge) -> str | None:
    """The audience of whoever works on an edition; None for the public."""
    if any(edge.has(role) for role in OFFICE):
        return "awards_office"
    if edge.has("supervisor"):
        return "awards_supervisor"
    return "awards_committee" if edge.has("committee") or edge.has("teller") else None


@get("/awards/", audience="awards_public")
async def front(edge: EdgeDep) -> Response[Any]:
    """Posted lists, results and the certificate check; for those who work here also the editions under way."""
    async with edge.transaction() as tx:
        found = await actions.front(tx, edge.now)
    editions: list[Any] = []
    doubts: list[Any] = []
    if audience := desk_of(edge):
        async with edge.transaction(audience) as tx:
            editions = await actions.listed(tx)
            doubts = await witness.doubts(tx) if audience == "awards_supervisor" else []
    shown = {
        "notices": [{"id": n.id, "key": e.key, "title": e.title, "ends_on": f.ends_on} for e, n, f in found["notices"]],
        "results": [{"key": each.key, "title": each.title} for each in found["results"]],
        "editions": [
            {"id": each.id, "key": each.key, "title": each.title, "kind": each.kind, "state": each.state}
            for each in editions
        ],
    }
    return edge.page("front.html", editions=editions, doubts=doubts, audience=audience, json=shown, **found)


@get("/awards/editions/{key:str}", audience="awards_public")
async def edition(edge: EdgeDep, key: FromPath[str]) -> Response[Any]:
    """Everything of an edition for those who work on it; what was published for everybody else."""
    if audience := desk_of(edge):
        async with edge.transaction(audience) as tx:
            found = await actions.dossier(tx, key, SEES[audience], edge.now)
        return edge.page("edition.html", d=found, is_office=audience == "awards_office", json=_whole(found))
    async with edge.transaction() as tx:
        known, awards, notice = await actions.public_edition(tx, key)
    told = {
        "key": known.key, "title": known.title, "title_en": known.title_en, "kind": known.kind, "state": known.state,
        "notice_id": notice.id if notice else None, "awards": [_published(each) for each in awards],
    }  # fmt: skip
    return edge.page("public_edition.html", edition=known, notice=notice, json=told)


@get("/awards/results/{key:str}", audience="awards_public")
async def results(edge: EdgeDep, key: FromPath[str]) -> Response[Any]:
    """The decided list with the decision's document number."""
    async with edge.transaction() as tx:
        found = await actions.results(tx, key)
    known = found.edition
    told = {
        "key": known.key, "title": known.title, "title_en": known.title_en, "state": known.state,
        "awards": [_published(each) for each in found.awards], "remarks": found.remarks,
    }  # fmt: skip
    return edge.page("results.html", edition=known, groups=found.groups, awards=found.awards, remarks=found.remarks, json=told)


@get("/awards/notices/{notice_id:uuid}", audience="awards_public")
async def notice(edge: EdgeDep, notice_id: FromPath[UUID]) -> Response[Any]:
    """A posted list with its clock, its contact and the form for objections."""
    async with edge.transaction() as tx:
        found = await actions.notice(tx, notice_id, edge.now)
    told = {
        "id": found.notice.id, "key": found.edition.key, "title": found.edition.title, "contact": found.notice.contact,
        "clock": found.face, "list_hash": found.notice.list_hash, "posted_at": found.notice.posted_at,
        "awards": [_published(each) for each in found.awards], "remarks": found.remarks,
    }  # fmt: skip
    return edge.page("notice.html", found=found, receipt=edge.typed.get("receipt") or secret_id().hex, json=told)


@get("/awards/honours", audience="awards_member", roles="signed_in")
async def own(edge: EdgeDep) -> Response[Any]:
    """The reader's own honours, with the certificates."""
    async with edge.transaction() as tx:
        honours = await actions.own(tx)
    return edge.page("honours.html", honours=honours, json={"honours": honours})


def _published(award: Any) -> dict[str, Any]:
    told: dict[str, Any] = msgspec.to_builtins(award)
    return {name: value for name, value in told.items() if name not in ("name_key", "position")}


def _line(line: AwardLine) -> dict[str, Any]:
    award = line.award
    return {
        "award_id": award.id, "subject_kind": award.subject_kind, "subject_id": award.subject_id,
        "entry_id": award.subject_id if award.subject_kind == "entry" else None, "person_id": award.person_id,
        "name": award.name, "unit": award.unit, "division_key": award.division_key, "division": award.division,
        "code": award.code, "rank": award.rank, "result": award.result, "tier": award.tier, "tier_position": award.tier_position,
        "standing": line.standing, "certificate_no": award.certificate_no, "certificate_token": line.certificate_token or None,
    }  # fmt: skip


def _whole(d: Dossier) -> dict[str, Any]:
    divisions = d.preview.divisions if d.preview else ()
    return {
        "id": d.edition.id, "key": d.edition.key, "title": d.edition.title, "title_en": d.edition.title_en,
        "kind": d.edition.kind, "state": d.edition.state, "notice": {"id": d.notice.id, "clock": d.face} if d.notice else None,
        "objections": d.objections, "approvals": d.approvals, "commendations": d.commendations,
        "awards": [_line(each) for each in d.lines], "remarks": d.remarks,
        "corrected": [each.key for each in d.corrected],
        "results": {
            each.key: [
                {"entry_id": r.entry_id, "code": r.code, "rank": r.rank, "result": r.shown, "tier": r.tier} for r in each.rows
            ]
            for each in divisions
        },
        "waiting": {each.key: each.missing for each in divisions if each.missing},
    }  # fmt: skip


ROUTES = [front, edition, results, notice, own]
