"""An appeal from filing to answer, as PostgreSQL and the ledger keep it."""

import asyncio
from datetime import date, timedelta
from typing import Any
from uuid import UUID

import msgspec
import pytest

from services.scoring.appeals import actions as appeals
from services.scoring.appeals.domain import Appeal, Recheck, in_order, text_hash
from services.scoring.board import actions as board
from services.scoring.corrections import actions as corrections
from services.scoring.ledger import actions as ledger
from services.scoring.ledger.domain import first_break
from services.scoring.panels import actions as panels
from shared.clock import day
from shared.db import transaction
from shared.errors import Conflict, Missing, NotAllowed, Refused
from shared.ids import new_id
from tests.conftest import Database
from tests.scoring.correcting import asked, confirmed, proposed, sheet, spread
from tests.scoring.samples import judge
from tests.scoring.seated import FIRST_RESERVE
from tests.scoring.stage import NOW, SCOREKEEPER, SUPERVISOR, Hall
from tests.scoring.two_people import lock, seal

CONTESTANT, OTHER, ACCOUNT = UUID(int=0xD1), UUID(int=0xD2), UUID(int=0xD3)
DUE = day(NOW) + timedelta(days=5)
WORDS = "教学内容一项，纸质表为 28.0，屏幕显示 26.0"


def appeal(place: Hall, *, entry: int = 1, person: UUID | None = None, **more: Any) -> Appeal:
    values: dict[str, Any] = {
        "id": new_id(), "division_id": place.division_id, "stage": "final", "entry_id": place.entries[entry],
        "ground": "transcription", "text": WORDS, "paper": "" if person else "赛事档案第 3 号", "person_id": person,
        "filed_by": ACCOUNT if person else SCOREKEEPER, "filed_at": NOW,
    }  # fmt: skip
    return Appeal(**values | more)


async def opened(place: Hall) -> None:
    """Registration has opened the codes: the second entry is the contestant's, the first somebody else's."""
    async with transaction(place.pool, "scoring_system") as tx:
        await board.open_roll(tx, place.division_id, [(place.entries[1], CONTESTANT), (place.entries[0], OTHER)])


async def filed(place: Hall) -> Appeal:
    async with transaction(place.pool, "scoring_desk") as tx:
        return await appeals.file(tx, appeal(place), by_desk=True)


async def decided(place: Hall, each: Appeal, is_accepted: bool = True, reason: str = "", due: date | None = DUE) -> Appeal:
    async with transaction(place.pool, "scoring_desk") as tx:
        return await appeals.decide(tx, each.id, is_accepted, reason, due, SCOREKEEPER, NOW)


async def rechecked(place: Hall, each: Appeal, by: UUID = SUPERVISOR) -> Recheck:
    written = Recheck(id=new_id(), appeal_id=each.id, found="纸质表 28.0，录入 26.0", written_by=SCOREKEEPER, written_at=NOW)
    async with transaction(place.pool, "scoring_desk") as tx:
        await appeals.write_recheck(tx, written)
    async with transaction(place.pool, "scoring_supervisor") as tx:
        return await appeals.sign_recheck(tx, written.id, by, NOW)


async def answered(place: Hall, each: Appeal, outcome: Any = "upheld") -> Appeal:
    async with transaction(place.pool, "scoring_desk") as tx:
        return await appeals.answer(tx, each.id, outcome, "经复核，录入有误，予以更正。", SCOREKEEPER, NOW)


async def test_a_contestant_files_about_the_own_entry_once_the_codes_are_open(scoring_database: Database) -> None:
    place = await spread(scoring_database, 2)
    with pytest.raises(Missing, match="appeal_entry_unknown"):
        async with transaction(place.pool, "scoring_member", CONTESTANT, ACCOUNT) as tx:
            await appeals.file(tx, appeal(place, person=CONTESTANT), by_desk=False)
    await opened(place)
    mine = appeal(place, person=CONTESTANT)
    for _ in range(2):
        async with transaction(place.pool, "scoring_member", CONTESTANT, ACCOUNT) as tx:
            await appeals.file(tx, mine, by_desk=False)
    with pytest.raises(Missing, match="appeal_entry_unknown"):
        async with transaction(place.pool, "scoring_member", CONTESTANT, ACCOUNT) as tx:
            await appeals.file(tx, appeal(place, entry=0, person=CONTESTANT), by_desk=False)
    assert await scoring_database.value("SELECT count(*) FROM appeals") == 1
    assert await scoring_database.value("SELECT count(*) FROM ledger WHERE kind = 'appeal_filed'") == 1


async def test_the_appellant_sees_state_and_answer_and_others_see_nothing(scoring_database: Database) -> None:
    place = await spread(scoring_database, 2)
    await opened(place)
    on_paper = await filed(place)
    await decided(place, on_paper)
    await rechecked(place, on_paper)
    await answered(place, on_paper)
    async with transaction(place.pool, "scoring_member", CONTESTANT, ACCOUNT) as tx:
        entries, own = await appeals.own(tx)
    assert [each.item.code for each in entries] == ["A02"]
    assert [(each.state, each.answer, each.due) for each in own] == [("upheld", "经复核，录入有误，予以更正。", DUE)]
    async with transaction(place.pool, "scoring_member", OTHER, ACCOUNT) as tx:
        assert (await appeals.own(tx))[1] == []
    for audience in ("scoring_judge", "scoring_public", "scoring_system"):
        with pytest.raises(Exception, match="permission denied"):
            async with transaction(place.pool, audience) as tx:
                await tx.fetch("SELECT * FROM appeals")


async def test_a_member_cannot_write_an_appeal_of_somebody_else_past_the_code(scoring_database: Database) -> None:
    place = await spread(scoring_database, 2)
    await opened(place)
    with pytest.raises(Exception, match="row-level security"):
        async with transaction(place.pool, "scoring_member", CONTESTANT, ACCOUNT) as tx:
            await tx.execute(
                "INSERT INTO appeals (id, division_id, stage, entry_id, ground, text, paper, person_id, filed_by, filed_at, state)"
                " VALUES ($1, $2, 'final', $3, 'procedure', 'x', '', $4, $4, now(), 'filed')",
                new_id(), place.division_id, place.entries[0], CONTESTANT,
            )  # fmt: skip


async def test_the_desk_files_only_what_was_handed_in(scoring_database: Database) -> None:
    place = await spread(scoring_database, 2)
    for changes, code in (({"paper": " "}, "appeal_without_paper"), ({"text": ""}, "appeal_empty")):
        with pytest.raises(Refused, match=code):
            async with transaction(place.pool, "scoring_desk") as tx:
                await appeals.file(tx, appeal(place, **changes), by_desk=True)


@pytest.mark.parametrize(
    ("is_accepted", "reason", "due", "code"),
    [
        (False, " ", None, "appeal_without_reason"),
        (True, "", None, "appeal_without_day"),
        (True, "", day(NOW) - timedelta(days=1), "appeal_day_wrong"),
        (True, "", day(NOW) + timedelta(days=61), "appeal_day_wrong"),
    ],
)
async def test_it_is_accepted_with_a_day_or_refused_with_a_reason(
    scoring_database: Database, is_accepted: bool, reason: str, due: date | None, code: str
) -> None:
    place = await spread(scoring_database, 2)
    each = await filed(place)
    with pytest.raises(Refused, match=code):
        await decided(place, each, is_accepted, reason, due)
    assert await scoring_database.value("SELECT state FROM appeals") == "filed"


async def test_a_double_click_files_one_appeal(scoring_database: Database) -> None:
    place = await spread(scoring_database, 2)
    await opened(place)
    own, handed_in = appeal(place, person=CONTESTANT), appeal(place)

    async def click(each: Appeal) -> Appeal:
        audience, person = ("scoring_desk", None) if each.paper else ("scoring_member", CONTESTANT)
        async with transaction(place.pool, audience, person, ACCOUNT) as tx:
            return await appeals.file(tx, each, by_desk=bool(each.paper))

    found = await asyncio.gather(*(click(each) for each in [own, handed_in] * 6))
    assert {each.id for each in found} == {own.id, handed_in.id}
    assert await scoring_database.value("SELECT count(*) FROM ledger WHERE kind = 'appeal_filed'") == 2


async def test_a_decision_is_made_once(scoring_database: Database) -> None:
    place = await spread(scoring_database, 2)
    each = await filed(place)
    refused = await decided(place, each, False, "不在受理事由之内", None)
    assert (refused.state, await decided(place, each, False, "不在受理事由之内", None)) == ("refused", refused)
    with pytest.raises(Conflict, match="appeal_decided"):
        await decided(place, each)
    with pytest.raises(Conflict, match="appeal_not_accepted"):
        await rechecked(place, each)


async def test_a_recheck_is_signed_by_two_and_comes_before_the_answer(scoring_database: Database) -> None:
    place = await spread(scoring_database, 2)
    each = await decided(place, await filed(place))
    with pytest.raises(Refused, match="answer_before_recheck"):
        await answered(place, each)
    with pytest.raises(NotAllowed, match="second_person_needed"):
        await rechecked(place, each, by=SCOREKEEPER)
    signed = await rechecked(place, each)
    assert signed.signed_by == SUPERVISOR and signed.ledger_position
    assert (await answered(place, each, "dismissed")).state == "dismissed"
    with pytest.raises(Conflict, match="appeal_not_accepted"):
        await answered(place, each, "upheld")


async def test_an_upheld_appeal_leads_to_a_correction_that_cites_it(scoring_database: Database) -> None:
    place = await spread(scoring_database, 2)
    each = await decided(place, await filed(place))
    with pytest.raises(Conflict, match="appeal_not_upheld"):
        await proposed(place, sheet(place, 0, 1, "28.0"), each.id)
    await rechecked(place, each)
    await answered(place, each)
    correction = await proposed(place, sheet(place, 0, 1, "28.0"), each.id)
    await asked(place, correction)
    done = await confirmed(place, correction)
    assert await scoring_database.value("SELECT correction_id FROM appeals") == done.id
    entry = msgspec.json.decode(await scoring_database.value("SELECT body FROM ledger WHERE position = $1", done.ledger_position))
    assert entry["body"]["appeal"] == str(each.id)
    async with transaction(place.pool, "scoring_desk") as tx:
        assert (await corrections.show(tx, done.id)).correction.appeal_id == each.id


async def test_an_upheld_recusal_lets_a_reserve_judge_mark_in_the_place_of_one_who_had_marked(scoring_database: Database) -> None:
    place = await spread(scoring_database, 2, is_sealed=True)
    judge_id, entry_id, reserve = place.judges[0], place.entries[1], judge(FIRST_RESERVE)
    declaration = panels.Declaration(
        id=new_id(), division_id=place.division_id, judge_id=judge_id, entry_id=entry_id, relation="师生", reserve_id=reserve,
        declared_by=SCOREKEEPER,
    )  # fmt: skip
    await asked(place, early := await proposed(place))
    await confirmed(place, early)
    with pytest.raises(Refused, match="judge_has_marked"):
        async with transaction(place.pool, "scoring_desk") as tx:
            await panels.declare(tx, declaration, NOW)
    async with transaction(place.pool, "scoring_desk") as tx:
        each = await appeals.file(tx, appeal(place, ground="recusal"), by_desk=True)
    await decided(place, each)
    await rechecked(place, each)
    await answered(place, each)
    async with transaction(place.pool, "scoring_desk") as tx:
        await panels.declare(tx, declaration, NOW)
    marks = {"design": {"design": "20.0"}, "lesson": {"content": "30.0", "delivery": "45.0"}, "reflection": {"reflection": "5.0"}}
    await place.send(*(place.revision(reserve, entry_id, part, given) for part, given in marks.items()))
    await lock(place)
    await seal(place)
    body = msgspec.json.decode(await scoring_database.value("SELECT body FROM ledger WHERE kind = 'locked' ORDER BY position DESC LIMIT 1"))
    people = {r["commitment"]: r["subject_id"] for r in await scoring_database.rows("SELECT * FROM ledger_people")}
    (recused,) = body["body"]["recused"][str(entry_id)]
    assert people[body["subjects"][recused]] == judge_id
    assert [row["version"] for row in await scoring_database.rows("SELECT version FROM score_sets ORDER BY version")] == [1, 2]


async def test_each_step_is_a_ledger_entry_without_names_or_letters(scoring_database: Database) -> None:
    place = await spread(scoring_database, 2)
    await opened(place)
    async with transaction(place.pool, "scoring_member", CONTESTANT, ACCOUNT) as tx:
        each = await appeals.file(tx, appeal(place, person=CONTESTANT), by_desk=False)
    await decided(place, each)
    await rechecked(place, each)
    await answered(place, each)
    rows = await scoring_database.rows("SELECT kind, body FROM ledger WHERE kind LIKE 'appeal%' OR kind = 'rechecked' ORDER BY position")
    assert [row["kind"] for row in rows] == ["appeal_filed", "appeal_accepted", "rechecked", "appeal_answered"]
    said = [msgspec.json.decode(row["body"]) for row in rows]
    people = {r["commitment"]: r["subject_id"] for r in await scoring_database.rows("SELECT * FROM ledger_people")}
    assert people[said[0]["subjects"]["appellant"]] == CONTESTANT and people[said[0]["actor"]] == ACCOUNT
    assert people[said[2]["actor"]] == SUPERVISOR and people[said[2]["subjects"]["written_by"]] == SCOREKEEPER
    assert (said[0]["body"]["text_hash"], said[1]["body"]["due"], said[3]["body"]["outcome"]) == (text_hash(WORDS), str(DUE), "upheld")
    assert all(str(CONTESTANT) not in row["body"] and WORDS not in row["body"] for row in rows)
    async with transaction(place.pool, "scoring_supervisor") as tx:
        assert first_break(await ledger.chain(tx, place.division_id)) is None


def test_overdue_appeals_stand_first_and_closed_ones_last() -> None:
    place = Hall(None, UUID(int=1), [UUID(int=2), UUID(int=3)], [], {})
    today = day(NOW)
    named = {
        "closed": appeal(place, state="dismissed", due=today, answered_at=NOW, answer="x"),
        "filed": appeal(place),
        "soon": appeal(place, state="accepted", due=today),
        "late": appeal(place, state="accepted", due=today - timedelta(days=1)),
    }
    order = in_order(named.values(), today)
    assert [next(name for name, each in named.items() if each is one) for one in order] == ["late", "soon", "filed", "closed"]
