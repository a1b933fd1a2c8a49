"""Committee and supervisor sign a competition's list on its page."""

from collections.abc import Awaitable, Callable
from uuid import UUID

import httpx

from shared.ids import new_id
from tests.awards import competition
from tests.awards.competition import SCORES
from tests.conftest import Database


async def test_a_result_corrected_before_the_notice_is_signed_again_by_both(
    awards_database: Database, client: Callable[..., Awaitable[httpx.AsyncClient]]
) -> None:
    await competition.proposed(awards_database)
    newer = competition.score_set((2, 1, 3, 4), UUID(int=0x5F), 2, SCORES)
    await competition.delivered(awards_database, "awards_score_sets", newer)
    address = "/awards/editions/teaching-9"
    for role in ("committee", "supervisor"):
        signer = await competition.signed_in(awards_database, client, role, person=new_id())
        page = await signer.get(f"{address}/committee", headers={"Accept": "text/html", "Accept-Language": "zh-CN"})
        assert page.text.count(f'action="{address}/confirmations"') == 1
        answer = await signer.post(f"{address}/confirmations", json={"score_set_ids": [str(UUID(int=0x5F))]})
        assert answer.status_code == 201
    page = await signer.get(f"{address}/committee", headers={"Accept": "text/html"})
    assert f'action="{address}/confirmations"' not in page.text
    lists = await awards_database.rows(
        "SELECT array_agg(subject_id ORDER BY rank) AS entries FROM awards JOIN proposals p ON p.id = proposal_id"
        " GROUP BY p.version ORDER BY p.version"
    )
    first, second, *rest = lists[0]["entries"]
    assert [row["entries"] for row in lists] == [[first, second, *rest], [second, first, *rest]]
