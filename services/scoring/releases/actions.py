"""Ask for a release and confirm it: two people, one ledger entry, and then the hall sees it."""

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

import msgspec

from services.scoring.ledger import actions as ledger
from services.scoring.ledger.domain import Entry
from services.scoring.prizes import actions as prizes
from services.scoring.proofs import actions as proofs
from services.scoring.releases import domain, store
from services.scoring.releases.domain import Item, Public, Release
from services.scoring.rolls import actions as rolls
from services.scoring.rubrics import actions as rubrics
from services.scoring.rubrics.domain import Stage
from services.scoring.running_orders import actions as running_orders
from services.scoring.sheets import actions as sheets
from services.scoring.standings import actions as standings
from shared.db import Transaction
from shared.errors import Missing


async def ask(
    tx: Transaction,
    release_id: UUID,
    division_id: UUID,
    stage: Stage,
    entries: Collection[UUID] | None,
    by: UUID,
    now: datetime,
) -> None:
    """Ask for a release; asking again changes nothing. entries: None for the whole division.

    Raises what `domain.check_set` and `domain.items` raise. Missing: no_roll.
    """
    asked = await store.of_division(tx, division_id)
    if any(each.id == release_id for each in asked):
        return
    wanted = tuple(sorted(set(entries or ())))
    before = {entry for each in asked if each.stage == stage for entry in each.entries}
    await _check_set(tx, division_id, stage, wanted, before)
    release = Release(
        id=release_id,
        division_id=division_id,
        stage=stage,
        entries=wanted,
        items=await _items(tx, division_id, stage, wanted),
        asked_by=by,
        asked_at=now,
    )
    await store.add(tx, release)


async def confirm(tx: Transaction, release_id: UUID, by: UUID, now: datetime) -> UUID:
    """Let the hall see it, as the standing is now, and say in which division. Confirming again changes nothing.

    Raises Missing: no_such_release. Raises NotAllowed: second_person_needed. Raises Refused: what `domain.items` raises.
    """
    release = await store.locked(tx, release_id)
    if release is None:
        raise Missing("no_such_release")
    domain.check_confirmation(release, by)
    if release.is_confirmed:
        return release.division_id
    await ledger.lock(tx, [release.division_id])
    items = await _items(tx, release.division_id, release.stage, release.entries)
    await _show(tx, release, items, release.asked_by, by, now)
    await proofs.released(tx, release.division_id)
    return release.division_id


async def renew(tx: Transaction, division_id: UUID, stage: Stage, asked_by: UUID, by: UUID, now: datetime) -> None:
    """After a correction: what the hall was shown of a stage is shown as it stands now, each release as a new ledger entry.

    What was shown before stays in the ledger; who is absent since is shown no longer. A whole release waits while the stage
    is open: its next seal renews it.
    Raises Refused: what `domain.items` raises.
    """
    is_locked, is_shown = stage in await sheets.locked(tx, division_id), False
    away = await running_orders.absent(tx, division_id) if stage == "final" else frozenset()
    for release in await store.of_division(tx, division_id):
        if release.is_confirmed and release.stage == stage and (release.entries or is_locked):
            still = tuple(each for each in release.entries if each not in away)
            items = await _items(tx, division_id, stage, still) if still or not release.entries else ()
            if items != release.items:
                await _show(tx, release, items, asked_by, by, now)
                is_shown = True
    if is_shown:
        await proofs.released(tx, division_id)


async def _show(
    tx: Transaction, release: Release, items: tuple[Item, ...], asked_by: UUID, by: UUID, now: datetime
) -> None:
    confirmed = msgspec.structs.replace(release, items=items, confirmed_by=by, confirmed_at=now)
    body = {
        "release": str(release.id),
        "stage": release.stage,
        "items": [[str(each.entry_id), each.rank, each.shown] for each in items],
    }
    entry = Entry(
        division_id=release.division_id, kind="released", actor=asked_by, body=body, subjects={"confirmed_by": by}
    )
    (recorded,) = await ledger.append(tx, [entry], now)
    await store.confirm(tx, confirmed, recorded.position)


async def of_division(tx: Transaction, division_id: UUID) -> list[Release]:
    """Asked and confirmed, oldest first."""
    return await store.of_division(tx, division_id)


async def public(tx: Transaction, division_id: UUID) -> Public:
    """What has been released to the hall; from a ceremony the prize places only: who lost is told to nobody."""
    releases = await store.of_division(tx, division_id)
    positions = [each.ledger_position for each in releases if each.ledger_position]
    if not positions:
        return Public()
    rule = (await rubrics.of_division(tx, division_id)).rule
    shown = domain.public(releases, rule.better)
    if rule.release == "ceremony":
        shown = domain.with_prize(shown, await prizes.of_division(tx, division_id))
    return Public(shown, max(positions))


async def _check_set(
    tx: Transaction, division_id: UUID, stage: Stage, entries: tuple[UUID, ...], asked: set[UUID]
) -> None:
    roll = await running_orders.taking_part(tx, division_id, stage)
    order = [item.entry_id for item in domain.in_order(roll.items)] if roll else []
    rule = (await rubrics.of_division(tx, division_id)).rule
    domain.check_set(rule, entries, order, asked)


async def _items(tx: Transaction, division_id: UUID, stage: Stage, entries: tuple[UUID, ...]) -> tuple[Item, ...]:
    roll = await rolls.current(tx, division_id, stage)
    if roll is None:
        raise Missing("no_roll")
    picture = await standings.of_division(tx, division_id, stage)
    is_locked = stage in await sheets.locked(tx, division_id)
    return domain.items(picture.standings, roll.codes, entries, is_locked)
