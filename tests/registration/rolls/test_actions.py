"""Sealing and opening rolls against PostgreSQL; what leaves the service is read from the outbox."""

from hashlib import sha256
from typing import Any
from uuid import UUID

import msgspec
import pytest

from services.registration.admissions import actions as admissions
from services.registration.draws import actions as draws
from services.registration.entries.domain import Entry
from services.registration.events import RollOpened, RollSealed
from services.registration.rolls import actions as rolls
from services.registration.rolls.actions import Sealed
from services.registration.rolls.domain import Stage, roll_hash
from shared.db import transaction
from shared.errors import NotAllowed, Refused
from shared.ids import new_id
from tests.registration.small_season import ADMISSION, DRAW, LATE, ORGANISER, REVIEW, SUPERVISOR, Season

AFTER = LATE.replace(month=5, day=17)
SALTS = iter(bytes([n]) * 32 for n in range(250))


async def seals(season: Season, stage: Stage = "final", id: UUID | None = None, now: Any = DRAW) -> Sealed:
    async with transaction(season.pool, "registration_organiser", ORGANISER) as tx:
        return await rolls.seal(
            tx, id or new_id(), season.divisions["work"].id, stage, bytes(32), lambda: next(SALTS), ORGANISER, now
        )


async def signs(season: Season, sealed: Sealed, role: str, by: UUID) -> Sealed:
    async with transaction(season.pool, f"registration_{role}", by) as tx:
        return await rolls.sign_opening(tx, sealed.roll.id, role, by, AFTER)


async def scores(season: Season, sealed: Sealed, ranks: dict[UUID, int] | None = None) -> None:
    """The event of scoring arrives."""
    kept = admissions.SealedScores(
        id=new_id(), division_id=sealed.roll.division_id, stage=sealed.roll.stage, roll_id=sealed.roll.id,
        version=sealed.roll.version, ranks=ranks or {},
    )  # fmt: skip
    async with transaction(season.pool, "registration_system") as tx:
        await admissions.receive(tx, kept, AFTER)


async def events(season: Season, kind: Any) -> list[Any]:
    tag = kind.__struct_config__.tag
    rows = await season.database.rows("SELECT body FROM outbox WHERE subject = $1 ORDER BY id", tag)
    return [msgspec.json.decode(row["body"], type=kind) for row in rows]


async def drawn(season: Season, count: int = 3) -> list[Entry]:
    await season.open(places=count, eligibility=(), quota_base=None, quota=(), order=())
    await season.person("1004", id=SUPERVISOR)
    await season.person("1001", id=ORGANISER)
    sent = [await season.signs_up(str(2001 + n)) for n in range(count)]
    await season.admits(now=ADMISSION)
    async with transaction(season.pool, "registration_organiser", ORGANISER) as tx:
        await draws.hold(tx, new_id(), season.divisions["work"].id, ["陈立"], (bytes(32), bytes(32)), ORGANISER, DRAW)
    return sent


async def test_a_sealed_roll_leaves_with_codes_and_commitments_and_nobody_s_name(season: Season) -> None:
    sent = await drawn(season)
    sealed = await seals(season)
    (event,) = await events(season, RollSealed)
    assert (event.aggregate_id, event.version, event.supersedes, event.stage) == (sealed.roll.id, 1, None, "final")
    assert event.hash == roll_hash(sealed.roll.division_id, "final", 1, event.items)
    assert [i.order for i in event.items] == [1, 2, 3]
    assert {i.unit_id for i in event.items} == {season.units["05"].handle}
    salts = {r["entry_id"]: r["salt"] for r in await season.database.rows("SELECT entry_id, salt FROM roll_items")}
    person = {e.id: e.person_id for e in sent}
    for item in event.items:
        assert item.commitment == sha256(salts[item.entry_id] + person[item.entry_id].bytes).hexdigest()
    body = msgspec.json.encode(event)
    for each in season.people.values():
        assert each.name.encode() not in body and str(each.id).encode() not in body


async def test_the_same_id_is_sealed_once(season: Season) -> None:
    await drawn(season)
    id = new_id()
    assert (await seals(season, id=id)).items == (await seals(season, id=id)).items
    assert len(await events(season, RollSealed)) == 1


async def test_a_roll_is_not_sealed_before_the_draw_nor_without_a_change(season: Season) -> None:
    await season.open(places=3, eligibility=(), quota_base=None, quota=(), order=())
    await season.signs_up("2001")
    await season.admits(now=ADMISSION)
    with pytest.raises(Refused, match="draw_missing"):
        await seals(season)
    with pytest.raises(Refused, match="preselection_not_used"):
        await seals(season, "preselection")


async def test_E7_after_a_late_withdrawal_a_new_version_supersedes_and_the_number_stays_empty(season: Season) -> None:
    sent = await drawn(season)
    first = await seals(season)
    with pytest.raises(Refused, match="roll_unchanged"):
        await seals(season)
    gone = next(i for i in first.items if i.order == 2)
    await season.withdraws(next(e for e in sent if e.id == gone.entry_id), LATE)
    async with transaction(season.pool, "registration_organiser") as tx:
        assert await rolls.outdated(tx, season.divisions["work"].id) == ["final"]
    second = await seals(season, now=LATE)
    assert (second.roll.version, second.roll.supersedes) == (2, first.roll.id)
    assert [i.order for i in second.items] == [1, 3]
    assert {(i.entry_id, i.code) for i in second.items} < {(i.entry_id, i.code) for i in first.items}
    assert [e.version for e in await events(season, RollSealed)] == [1, 2]


async def test_the_preselection_s_codes_stay_for_the_final(season: Season) -> None:
    await season.open(places=2, eligibility=(), order=("preselection", "recommendation"), preselection_part="design")
    await season.person("1001", id=ORGANISER)
    sent = [await season.signs_up(str(2001 + n)) for n in range(3)]
    await season.recommends("05", *sent)
    with pytest.raises(Refused, match="review_open"):
        await seals(season, "preselection", now=REVIEW)
    early = await seals(season, "preselection", now=ADMISSION)
    assert [i.order for i in early.items] == [None] * 3
    await scores(season, early, {sent[0].id: 3, sent[1].id: 1, sent[2].id: 2})
    await season.admits(now=ADMISSION)
    async with transaction(season.pool, "registration_organiser", ORGANISER) as tx:
        await draws.hold(tx, new_id(), season.divisions["work"].id, ["陈立"], (bytes(32), bytes(32)), ORGANISER, DRAW)
    late = await seals(season)
    codes = {i.entry_id: i.code for i in early.items}
    assert {i.entry_id: i.code for i in late.items} == {e.id: codes[e.id] for e in sent[1:]}


async def test_organiser_and_supervisor_open_the_codes_after_the_marks_are_sealed(season: Season) -> None:
    sent = await drawn(season)
    sealed = await seals(season)
    with pytest.raises(Refused, match="roll_not_scored"):
        await signs(season, sealed, "supervisor", SUPERVISOR)
    await scores(season, sealed)
    assert not (await signs(season, sealed, "organiser", ORGANISER)).is_open
    assert await events(season, RollOpened) == []
    for _ in range(2):
        assert (await signs(season, sealed, "supervisor", SUPERVISOR)).is_open
    (event,) = await events(season, RollOpened)
    assert {i.entry_id: i.person_id for i in event.items} == {e.id: e.person_id for e in sent}
    commitments = {i.entry_id: i.commitment for i in sealed.items}
    for item in event.items:
        assert commitments[item.entry_id] == sha256(bytes.fromhex(item.salt) + item.person_id.bytes).hexdigest()


async def test_one_person_in_two_roles_does_not_open_a_roll(season: Season) -> None:
    await drawn(season)
    sealed = await seals(season)
    await scores(season, sealed)
    await signs(season, sealed, "organiser", ORGANISER)
    with pytest.raises(NotAllowed, match="two_people_open"):
        await signs(season, sealed, "supervisor", ORGANISER)
    assert await events(season, RollOpened) == []


async def test_an_opened_roll_is_not_sealed_again(season: Season) -> None:
    sent = await drawn(season)
    sealed = await seals(season)
    await scores(season, sealed)
    await signs(season, sealed, "organiser", ORGANISER)
    await signs(season, sealed, "supervisor", SUPERVISOR)
    await season.withdraws(sent[0], LATE)
    with pytest.raises(Refused, match="roll_opened"):
        await seals(season, now=LATE)
