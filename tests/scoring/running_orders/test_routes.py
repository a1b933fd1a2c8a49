"""The running order by its pages: two people, a refusal that keeps what was typed, second clicks and second tabs."""

from collections.abc import Awaitable, Callable

import httpx

from shared.ids import new_id
from tests.conftest import Database
from tests.scoring.people import sign_in
from tests.scoring.seated import seated

Open = Callable[..., Awaitable[httpx.AsyncClient]]


async def test_asked_twice_confirmed_twice_it_happens_once(scoring_database: Database, client: Open) -> None:
    place = await seated(scoring_database, entries=3)
    http = await client(scoring_database)
    keeper, supervisor = await sign_in(scoring_database, http, "scorekeeper"), await sign_in(scoring_database, http, "supervisor")
    ask = f"/scoring/divisions/{place.division_id}/order-requests"
    first, other = place.entries[0], place.entries[2]
    fields = {"id": str(new_id()), "kind": "swap", "entry_id": str(first), "other_id": str(other), "reason": "路上堵车"}
    assert [(await keeper.form(ask, fields)).status_code for _ in range(2)] == [303, 303]
    told = (await supervisor.get(f"/scoring/halls/{place.division_id}")).json()
    assert [(each["kind"], each["reason"]) for each in told["requests"]] == [("swap", "路上堵车")]
    confirm = f"/scoring/order-requests/{fields['id']}/confirmations"
    assert (await keeper.form(confirm, {})).status_code == 403
    assert [(await supervisor.form(confirm, {})).status_code for _ in range(2)] == [303, 303]
    after = (await supervisor.get(f"/scoring/halls/{place.division_id}")).json()
    assert [row["code"] for row in after["hall"]["rows"]] == ["A03", "A02", "A01"]
    withdrawn = await keeper.post(f"/scoring/order-requests/{fields['id']}/withdrawals")
    assert withdrawn.status_code == 422 and withdrawn.json()["code"] == "order_confirmed"


async def test_a_refusal_keeps_what_was_typed(scoring_database: Database, client: Open) -> None:
    place = await seated(scoring_database)
    keeper = await sign_in(scoring_database, await client(scoring_database), "scorekeeper")
    ask, one = f"/scoring/divisions/{place.division_id}/order-requests", str(place.entries[1])
    same = await keeper.form(ask, {"id": str(new_id()), "kind": "swap", "entry_id": one, "other_id": one, "reason": "晚点"})
    assert same.status_code == 422 and "请选两位不同的选手对调" in same.text
    assert 'id="change-swap" open' in same.text and 'value="晚点"' in same.text
    blank = await keeper.form(ask, {"id": str(new_id()), "kind": "absent", "entry_id": one, "reason": " "})
    assert blank.status_code == 422 and "请写明原因" in blank.text
    assert (await keeper.post("/scoring/order-requests/" + str(new_id()) + "/withdrawals")).status_code == 404


async def test_a_request_withdrawn_in_another_tab_is_not_confirmed(scoring_database: Database, client: Open) -> None:
    place = await seated(scoring_database)
    http = await client(scoring_database)
    keeper, supervisor = await sign_in(scoring_database, http, "scorekeeper"), await sign_in(scoring_database, http, "supervisor")
    fields = {"id": str(new_id()), "kind": "absent", "entry_id": str(place.entries[0]), "reason": "没来"}
    await keeper.form(f"/scoring/divisions/{place.division_id}/order-requests", fields)
    assert (await keeper.form(f"/scoring/order-requests/{fields['id']}/withdrawals", {})).status_code == 303
    late = await supervisor.post(f"/scoring/order-requests/{fields['id']}/confirmations")
    assert late.status_code == 422 and late.json()["code"] == "order_withdrawn"


async def test_the_usher_calls_and_nothing_else(scoring_database: Database, client: Open) -> None:
    place = await seated(scoring_database)
    usher = await sign_in(scoring_database, await client(scoring_database), "usher")
    say = f"/scoring/divisions/{place.division_id}/presences"
    for state in ("called", "called", "late"):
        assert (await usher.form(say, {"entry_id": str(place.entries[0]), "state": state})).status_code == 303
    told = (await usher.get(f"/scoring/halls/{place.division_id}")).json()
    assert [row["state"] for row in told["hall"]["rows"]] == ["late", "waiting"]
    assert (await usher.form(say, {"entry_id": str(new_id()), "state": "late"})).status_code == 422
    assert (await usher.form(f"/scoring/divisions/{place.division_id}/order-requests", {})).status_code == 403
    assert await scoring_database.value("SELECT count(*) FROM ledger") == 0
