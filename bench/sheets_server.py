"""The scoring service with one more endpoint: the same checks of session and signature, and no database.

Runs instead of `services.scoring` while `./laurel bench sheets` measures; no installation serves it.
"""

from typing import Any
from uuid import UUID

import msgspec
from litestar import Response
from litestar.params import FromPath

from services.scoring.app import PLAN
from services.scoring.sheets.domain import Acknowledgement
from services.scoring.sheets.routes import _signed
from shared.web.edge import EdgeDep
from shared.web.routing import put
from shared.web.serve import main


@put("/scoring/checks/{revision_id:uuid}", audience="scoring_judge", roles=("judge", "panel_leader"), brief_session=True)
async def check(edge: EdgeDep, revision_id: FromPath[UUID]) -> Response[Any]:
    """What PUT /scoring/revisions does before the writer, and an answer of the same size."""
    revision = await _signed(edge, revision_id, await edge.request.body(), edge.request.headers["laurel-signature"])
    answer = Acknowledgement(
        id=revision.id, ledger_position=0, chain_hash="0" * 64, disposition="counted", head=revision_id
    )
    return edge.answer(answer)


if __name__ == "__main__":
    main(msgspec.structs.replace(PLAN, routes=[*PLAN.routes, check]))
