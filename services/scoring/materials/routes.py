"""The desk's page of materials: upload, look, confirm, remove; and the file itself for the judges of its entry."""

import asyncio
import hashlib
from typing import Any
from uuid import UUID

from litestar import Response
from litestar.params import FromPath
from msgspec import Struct

from services.scoring.materials import actions, domain
from services.scoring.materials.domain import Material, Upload
from services.scoring.rolls import actions as rolls
from shared.errors import Refused
from shared.ids import new_id
from shared.web.edge import Edge, EdgeDep
from shared.web.routing import get, post

DESK, KEEPER, READERS = "scoring_desk", ("scorekeeper",), ("scorekeeper", "supervisor")
PAGE = "/scoring/divisions/{division_id:uuid}/materials"
LIMIT = 120 * domain.MEGABYTE
"""Of one upload, whatever number of files it has."""


class PickedBody(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """entries: SHA-256 of a file whose name tells no code -> the entry it belongs to, "" to leave it out."""

    entries: dict[str, str] = {}


class Nothing(Struct, forbid_unknown_fields=True):
    """A form with no field but the token."""


@get(PAGE, audience=DESK, roles=READERS)
async def materials_page(edge: EdgeDep, division_id: FromPath[UUID]) -> Response[Any]:
    """What the judges may read, by entry, and the way to give them more."""
    async with edge.transaction() as tx:
        division = await rolls.division(tx, division_id)
        roll = await actions.roll_of(tx, division_id)
        filed = await actions.filed(tx, division_id)
    rows = [(item, [each for each in filed if each.material.entry_id == item.entry_id]) for item in roll.items]
    told = [{**_told(each.material), "file_name": each.file_name} for each in filed]
    return edge.page("materials.html", json={"materials": told}, division=division, rows=rows, limits=_limits())


@post(PAGE, audience=DESK, roles=KEEPER, again=materials_page, limit=LIMIT)
async def upload(edge: EdgeDep, division_id: FromPath[UUID]) -> Response[Any]:
    """Several files at once; the next page shows which belongs to which entry, and nothing has changed yet."""
    files = {}
    for name, content in (await edge.uploads()).items():
        if domain.is_worth_keeping(content):
            digest = await asyncio.to_thread(edge.more["files"].put, content)
        else:
            digest = hashlib.sha256(content).hexdigest()
        files[name] = (content, digest)
    async with edge.transaction() as tx:
        made = await actions.upload(tx, new_id(), division_id, files, edge.signed_in.handle, edge.now)
    return edge.done(f"/scoring/divisions/{division_id}/materials/uploads/{made.id}", _seen(made), status=201)


@get(f"{PAGE}/uploads/{{upload_id:uuid}}", audience=DESK, roles=KEEPER)
async def upload_page(edge: EdgeDep, division_id: FromPath[UUID], upload_id: FromPath[UUID]) -> Response[Any]:
    """What matches which entry, what does not, and which file names its author."""
    async with edge.transaction() as tx:
        division = await rolls.division(tx, division_id)
        roll = await actions.roll_of(tx, division_id)
        made = await actions.of_upload(tx, upload_id, division_id)
    return edge.page(
        "material_upload.html", json=_seen(made), division=division, roll=roll, upload=made, taken=domain.TAKEN,
        limits=_limits(),
    )  # fmt: skip


@post(f"{PAGE}/uploads/{{upload_id:uuid}}", audience=DESK, roles=KEEPER, again=upload_page)
async def confirm(edge: EdgeDep, division_id: FromPath[UUID], upload_id: FromPath[UUID]) -> Response[Any]:
    """Give them to the judges."""
    body = await edge.body(PickedBody)
    picked = {digest: _entry(entry) for digest, entry in body.entries.items() if entry}
    async with edge.transaction() as tx:
        made = await actions.confirm(tx, upload_id, division_id, picked, edge.signed_in.handle, edge.now)
    return edge.done(f"/scoring/divisions/{division_id}/materials", _seen(made), status=201)


@post("/scoring/materials/{material_id:uuid}/removals", audience=DESK, roles=KEEPER)
async def remove(edge: EdgeDep, material_id: FromPath[UUID]) -> Response[Any]:
    """Take one back from the judges."""
    await edge.body(Nothing)
    async with edge.transaction() as tx:
        removed = await actions.remove(tx, material_id, edge.signed_in.handle, edge.now)
    return edge.done(f"/scoring/divisions/{removed.division_id}/materials", _told(removed), status=201)


@get("/scoring/materials/{material_id:uuid}", audience="scoring_judge", roles=("judge", "panel_leader"))
async def show_to_judge(edge: EdgeDep, material_id: FromPath[UUID]) -> Response[Any]:
    """The file, for a judge of its entry."""
    return await _file(edge, material_id)


@get(f"{PAGE}/{{material_id:uuid}}", audience=DESK, roles=READERS)
async def show_to_desk(edge: EdgeDep, division_id: FromPath[UUID], material_id: FromPath[UUID]) -> Response[Any]:
    """The same for the desk."""
    return await _file(edge, material_id)


async def _file(edge: Edge, material_id: UUID) -> Response[Any]:
    """Who has it already is told so; asked each time, as it may have been removed, or the judge recused."""
    async with edge.transaction() as tx:
        material = await actions.of_id(tx, material_id)
    tag = f'"{material.sha256}"'
    has_it = tag in edge.request.headers.get("if-none-match", "")
    content = b"" if has_it else await asyncio.to_thread(edge.more["files"].get, material.sha256)
    response = edge.file(content, material.media_type, material.name, is_download=False)
    response.headers |= {"ETag": tag, "Cache-Control": "private, no-cache"}
    response.status_code = 304 if has_it else 200
    return response


def _entry(text: str) -> UUID:
    """Raises Refused: material_entry_unknown."""
    try:
        return UUID(text)
    except ValueError:
        raise Refused("material_entry_unknown") from None


def _limits() -> dict[str, int]:
    return {"each": domain.MOST_BYTES // domain.MEGABYTE, "all": LIMIT // domain.MEGABYTE}


def _told(each: Material) -> dict[str, object]:
    return {"id": each.id, "entry_id": each.entry_id, "name": each.name, "bytes": each.bytes, "media_type": each.media_type}


def _seen(made: Upload) -> dict[str, object]:
    return {"id": made.id, "found": made.found, "confirmed": made.confirmed_at is not None}


ROUTES = [materials_page, upload, upload_page, confirm, remove, show_to_judge, show_to_desk]
