"""What other services decide, delivered as their events: once, twice, out of order."""

from datetime import date
from pathlib import Path
from uuid import UUID

import msgspec

from services.registration.admissions.consumers import CONSUMERS as SCORES
from services.registration.admissions.consumers import ScoreSetSealed
from services.registration.entries import actions as entries
from services.registration.entries.consumers import CONSUMERS as DECISIONS
from services.registration.entries.consumers import CommendationDecided, Commended
from shared.db import transaction
from shared.ids import new_id
from shared.inbox import apply
from tests.registration.small_season import LATE, Season

GOLDEN = Path(__file__).parents[2] / "contracts" / "golden"


def decision(edition: UUID, version: int, entry_id: UUID, tier: str) -> bytes:
    event = CommendationDecided(
        aggregate_id=edition, version=version, title="教学竞赛", document_no="江大工〔2026〕15号", decided_on=date(2026, 6, 5),
        items=[
            Commended(subject_kind="entry", subject_id=entry_id, tier=tier, certificate_no=f"2026-{version}"),
            Commended(subject_kind="branch", subject_id=new_id(), tier="优秀组织奖", certificate_no="2026-9"),
        ],
    )  # fmt: skip
    return msgspec.json.encode(event)


async def test_the_prize_stands_beside_the_own_entry_and_an_older_decision_changes_nothing(season: Season) -> None:
    await season.open(eligibility=())
    entry = await season.signs_up("2001")
    edition = new_id()
    (consumer,) = DECISIONS
    for message, version, tier in (("b", 2, "一等奖"), ("a", 1, "二等奖"), ("b", 2, "一等奖")):
        body = decision(edition, version, entry.id, tier)
        await apply(season.pool, consumer, message, consumer.subject, body, LATE)
    async with transaction(season.pool, "registration_member", entry.person_id) as tx:
        (mine,) = await entries.mine(tx, entry.person_id)
    assert (mine["prize"]["tier"], mine["prize"]["certificate_no"]) == ("一等奖", "2026-2")
    assert await season.database.value("SELECT count(*) FROM prizes") == 1


async def test_a_prize_of_somebody_else_is_not_shown(season: Season) -> None:
    await season.open(eligibility=())
    entry, other = await season.signs_up("2001"), await season.signs_up("2002")
    (consumer,) = DECISIONS
    await apply(season.pool, consumer, "a", consumer.subject, decision(new_id(), 1, entry.id, "一等奖"), LATE)
    async with transaction(season.pool, "registration_member", other.person_id) as tx:
        assert await tx.fetch("SELECT * FROM prizes") == []


async def test_a_score_set_delivered_twice_is_kept_once(season: Season) -> None:
    await season.open(eligibility=())
    entry = await season.signs_up("2001")
    body = msgspec.json.encode(
        {
            "subject": "scoring.score_set.sealed.v1", "aggregate_id": new_id(), "version": 1,
            "division_id": season.divisions["work"].id, "stage": "preselection", "roll_id": new_id(),
            "items": [{"entry_id": entry.id, "rank": 1, "result": {"n": 1, "d": 1}}],
        }
    )  # fmt: skip
    (consumer,) = SCORES
    told = [await apply(season.pool, consumer, m, consumer.subject, body, LATE) for m in ("a", "a", "b")]
    assert told == [True, False, True]
    assert await season.database.value("SELECT count(*) FROM score_set_ranks") == 1


def test_the_golden_events_of_the_other_services_can_be_read() -> None:
    scores = msgspec.json.decode((GOLDEN / "scoring.score_set.sealed.v1.json").read_bytes(), type=ScoreSetSealed)
    assert [item.rank for item in scores.items] == [1, 2]
    decided = msgspec.json.decode((GOLDEN / "awards.commendation.decided.v1.json").read_bytes(), type=CommendationDecided)
    assert decided.items[0].tier == "一等奖"
