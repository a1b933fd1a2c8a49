"""Ask for a release and confirm it: two people, one ledger entry, and then the hall sees it."""

from datetime import datetime
from uuid import UUID

import msgspec

from services.scoring.ledger import actions as ledger
from services.scoring.ledger.domain import Entry
from services.scoring.releases import domain, store
from services.scoring.releases.domain import Item, Release
from services.scoring.rolls import actions as rolls
from services.scoring.rubrics import actions as rubrics
from services.scoring.rubrics.domain import Stage
from services.scoring.sheets import actions as sheets
from services.scoring.standings import actions as standings
from shared.db import Transaction
from shared.errors import Missing


async def ask(
    tx: Transaction, release_id: UUID, division_id: UUID, stage: Stage, entry_id: UUID | None, by: UUID, now: datetime
) -> None:
    """Ask for a release; asking again changes nothing. Raises what `domain.items` raises. Missing: no_roll."""
    release = Release(
        id=release_id,
        division_id=division_id,
        stage=stage,
        entry_id=entry_id,
        items=await _items(tx, division_id, stage, entry_id),
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
    items = await _items(tx, release.division_id, release.stage, release.entry_id)
    await _show(tx, release, items, release.asked_by, by, now)
    return release.division_id


async def renew(tx: Transaction, division_id: UUID, stage: Stage, asked_by: UUID, by: UUID, now: datetime) -> None:
    """After a correction: what the hall was shown of a stage is shown as it stands now, each release as a new ledger entry.

    What was shown before stays in the ledger. Raises Refused: what `domain.items` raises.
    """
    for release in await store.of_division(tx, division_id):
        if release.is_confirmed and release.stage == stage:
            items = await _items(tx, division_id, stage, release.entry_id)
            if items != release.items:
                await _show(tx, release, items, asked_by, by, now)


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


async def public(tx: Transaction, division_id: UUID) -> tuple[Item, ...]:
    """What the hall may see of the results."""
    return domain.public(await store.of_division(tx, division_id))


async def _items(tx: Transaction, division_id: UUID, stage: Stage, entry_id: UUID | None) -> tuple[Item, ...]:
    roll = await rolls.current(tx, division_id, stage)
    if roll is None:
        raise Missing("no_roll")
    attached = await rubrics.of_division(tx, division_id)
    picture = await standings.of_division(tx, division_id, stage)
    is_locked = stage in await sheets.locked(tx, division_id)
    codes = {item.entry_id: item.code for item in roll.items}
    return domain.items(attached.rule, picture.standings, codes, entry_id, is_locked)
