"""Branches with the units they cover, for the organiser."""

from typing import Any

from litestar import Response

from services.registration.units import actions
from shared.web.edge import EdgeDep
from shared.web.routing import get


@get("/registration/branches", audience="registration_organiser", roles=("organiser", "administrator"))
async def page(edge: EdgeDep) -> Response[Any]:
    """Every branch with its category, units and head-counts."""
    async with edge.transaction() as tx:
        branches, units = await actions.branches(tx), await actions.units(tx)
    covered = {id: [unit.name for unit in units.values() if unit.branch_id == id] for id in branches}
    rows = [
        {"id": each.id, "code": each.code, "name": each.name, "category": each.category, "units": covered[each.id],
         "numbers": each.numbers}
        for each in branches.values()
    ]  # fmt: skip
    return edge.page("branches.html", branches=rows, json={"branches": rows})


ROUTES = [page]
