"""Who was asked to look at an entry again, and who has not yet. Pure.

Asking shows nobody another judge's marks: it names an entry and what to look at. Not here: how far apart is too far
(standings).
"""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from msgspec import Struct

from services.scoring.sheets.domain import Sheet
from services.scoring.standings.domain import Standings
from shared.errors import Refused


class Request(Struct, frozen=True, kw_only=True):
    """scope: "part/criterion", "part", or "" for all parts."""

    id: UUID
    entry_id: UUID
    scope: str
    asked_at: datetime

    def concerns(self, entry_id: UUID, part: str) -> bool:
        return self.entry_id == entry_id and self.scope.partition("/")[0] in ("", part)


def check(standings: Standings, entry_id: UUID, scope: str) -> None:
    """Raises Refused: remark_not_needed."""
    if not any(each.entry_id == entry_id and each.scope == scope for each in standings.remarks):
        raise Refused("remark_not_needed")


def is_open(requests: Sequence[Request], entry_id: UUID, part: str, sheet: Sheet | None) -> bool:
    """Whether the judge of this sheet was asked and has sent nothing since; sending the same marks again is an answer."""
    asked = [each.asked_at for each in requests if each.concerns(entry_id, part)]
    return bool(asked) and (sheet is None or sheet.last.at < max(asked))
