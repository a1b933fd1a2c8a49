"""The three bundles as files to keep, the page that checks them, and the verifier to take home."""

from pathlib import Path
from typing import Any
from uuid import UUID

from litestar import Response
from litestar.params import FromPath

from services.scoring.bundles import actions, domain
from services.scoring.proofs import actions as proofs
from shared.verifier import verify
from shared.web.edge import EdgeDep
from shared.web.routing import get

JSON = "application/json"
VERIFIER = Path(verify.__file__).read_bytes()
WORDS = (
    "accepted refused kind kind_public kind_own kind_supervision root root_same root_compare ranks results expected found "
    "division position statement code byte file "
    "code_bytes code_shape code_hash code_chain code_root code_cited code_seal code_mark code_statement code_marks code_line"
).split()


@get("/scoring/check", audience="scoring_public")
async def check_page(edge: EdgeDep) -> Response[Any]:
    """Check a bundle in the browser, and take the ones the reader may have."""
    shelves = []
    async with edge.transaction() as tx:
        shelves += await proofs.shelf(tx)
    if edge.person:
        async with edge.transaction("scoring_member") as tx:
            shelves += await proofs.own_shelf(tx)
    if edge.has("supervisor") or edge.has("scorekeeper"):
        async with edge.transaction("scoring_desk") as tx:
            shelves += await actions.shelf(tx)
    shelf = domain.merged(shelves)
    words = {word: edge.say(f"check.{'filename' if word == 'file' else word}") for word in WORDS}
    return edge.page("check.html", json={"bundles": shelf}, shelf=shelf, words=words)


@get("/scoring/check/verify.py", audience="scoring_public")
async def verifier(edge: EdgeDep) -> Response[Any]:
    """The verifier as one file that needs nothing of ours."""
    return edge.file(VERIFIER, "text/x-python; charset=utf-8", "verify.py")


@get("/scoring/bundles/{activity_key:str}/public", audience="scoring_public")
async def show_public(edge: EdgeDep, activity_key: FromPath[str]) -> Response[Any]:
    """What anybody may have, as the release wrote it; who has it already is told so."""
    known = [each.strip().removeprefix("W/").strip('"') for each in edge.request.headers.get("if-none-match", "").split(",")]
    async with edge.transaction() as tx:
        bundle = await proofs.public(tx, activity_key, known)
    response = edge.file(bundle.content, JSON, f"{activity_key}-public.json")
    response.headers |= {"ETag": f'"{bundle.hash}"', "Cache-Control": "no-cache"}
    if bundle.hash in known:
        response.status_code = 304
    return response


@get("/scoring/bundles/{activity_key:str}/own/{entry_id:uuid}", audience="scoring_member", roles="signed_in")
async def show_own(edge: EdgeDep, activity_key: FromPath[str], entry_id: FromPath[UUID]) -> Response[Any]:
    """A contestant's own marks and result, after the codes were opened."""
    async with edge.transaction() as tx:
        content = await proofs.own(tx, activity_key, entry_id)
    return edge.file(content, JSON, f"{activity_key}-own.json")


@get(
    "/scoring/bundles/{activity_key:str}/supervision",
    audience="scoring_supervisor",
    roles=("supervisor", "scorekeeper"),
)
async def show_supervision(edge: EdgeDep, activity_key: FromPath[str]) -> Response[Any]:
    """Everything: every chain, roll, rule and score set."""
    async with edge.transaction() as tx:
        content = await actions.supervision(tx, activity_key)
    return edge.file(content, JSON, f"{activity_key}-supervision.json")


ROUTES = [check_page, verifier, show_public, show_own, show_supervision]
