"""The roster, read only: corrections come with the next roster file."""

from typing import Any

from litestar import Response
from litestar.params import FromQuery

from services.registration.people import actions
from services.registration.units import actions as units
from shared.web.edge import EdgeDep
from shared.web.routing import get

SIZE = 100


@get("/registration/people", audience="registration_organiser", roles=("organiser", "administrator"))
async def page(edge: EdgeDep, q: FromQuery[str] = "", page: FromQuery[int] = 1) -> Response[Any]:
    """Persons in the order of their names, found by 工号 or the beginning of a name (also in pinyin)."""
    async with edge.transaction() as tx:
        persons, numbers = await actions.page(tx, q, page, SIZE), await actions.numbers(tx)
        branches = await units.branches(tx)
    rows = [
        {"id": each.id, "staff_no": each.staff_no, "name": each.name, "title": each.title, "employment": each.employment,
         "branch": branches[each.branch_id].name if each.branch_id else "", "is_member": each.is_member}
        for each in persons
    ]  # fmt: skip
    shown = {"persons": numbers[0], "members": numbers[1]}
    return edge.page("people.html", people=rows, numbers=shown, q=q, number=page, size=SIZE,
                     json={"people": rows, "numbers": shown})  # fmt: skip


ROUTES = [page]
