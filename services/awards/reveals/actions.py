"""Compiling the script of a signed list, preparing a ceremony or a rehearsal, and moving it step by step.

Other slices call `compile_script` in the transaction that signs or decides a list.
"""

import os
from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

import msgspec
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from msgspec import Struct

from services.awards.editions import actions as editions
from services.awards.events import RevealClosed, RevealOpened
from services.awards.reveals import domain, store
from services.awards.reveals.domain import Course, Frame, Kind, Placed, Script, Winner
from services.awards.reveals.store import Public, Reveal, ScriptHead, Sealed
from services.awards.score_sets import actions as score_sets
from shared import outbox
from shared.db import Transaction
from shared.errors import Conflict, Missing, Refused
from shared.ids import new_id

__all__ = [
    "Course", "Frame", "Kind", "Moment", "NOTHING", "Office", "Public", "Reveal", "ScriptHead", "Sealed", "by_id", "close",
    "command", "compile_script", "console", "last_hash", "moment", "newer", "office", "open_", "prepare", "public", "refresh",
    "script", "sealed_steps",
]  # fmt: skip


NOTHING = msgspec.Raw(b"null")


class Office(Struct, frozen=True, kw_only=True):
    """What the office sees of an edition: its scripts, newest first, and its ceremonies and rehearsals."""

    edition: editions.Edition
    scripts: tuple[ScriptHead, ...]
    reveals: tuple[Reveal, ...]


class Console(Struct, frozen=True, kw_only=True):
    """What the presenter sees: every picture, what the hall sees now, and the script's checksum."""

    reveal: Reveal
    edition: editions.Edition
    frames: tuple[Frame, ...]
    hash: str


class Moment(Struct, frozen=True, kw_only=True):
    """What a screen is told: where the ceremony stands and the key of that step; nothing of a later one.

    key and frame are null while the screen is blank or nothing was shown yet.
    """

    id: UUID
    state: domain.State
    version: int
    step: int
    is_blank: bool
    key: bytes | None
    frame: msgspec.Raw


async def compile_script(tx: Transaction, edition_id: UUID, by: UUID, now: datetime) -> str:
    """Write down the order of the stage for the list as it stands, and return its hash; an unchanged list keeps its script.

    The awards that nothing stands against; once some are decided, only those, and no longer 拟获.
    """
    edition = await editions.locked(tx, edition_id)
    states = [each for each in await editions.award_states(tx, edition_id) if not each.struck and not each.suspended]
    decided = [each for each in states if each.commendation_id]
    plan = edition.plan.ceremony
    made = Script(
        edition=edition.key, title=edition.title, title_en=edition.title_en, organisation=edition.organisation,
        is_proposed=not decided, is_rehearsal=False, proposal_id=edition.proposal_id,
        steps=domain.steps_of(_placed(edition, decided or states), plan.one_by_one, plan.figures),
    )  # fmt: skip
    return (await _keep(tx, edition_id, made, by, now)).hash


def _placed(edition: editions.Edition, awards: Sequence[editions.AwardState]) -> list[Placed]:
    """The list in its order; who is among the rest of a division stands by name."""
    rest = {(each.key, tier.name) for each in edition.divisions for tier in each.tiers if tier.count is None}
    order = [each.key for each in edition.divisions]

    def is_rest(award: editions.AwardState) -> bool:
        return (award.division_key, award.tier) in rest

    def place(award: editions.AwardState) -> tuple[int, int, str]:
        by_name = award.name_key if is_rest(award) else ""
        return order.index(award.division_key), award.tier_position, by_name

    return [
        Placed(
            tier=award.tier, tier_en=award.tier_en, position=award.tier_position, is_rest=is_rest(award),
            winner=Winner(
                division=award.division, division_en=award.division_en, name=award.name, unit=award.unit, work=award.work,
                rank=award.rank, result=award.result,
            ),
        )
        for award in sorted(awards, key=place)
    ]  # fmt: skip


async def _keep(tx: Transaction, edition_id: UUID, made: Script, by: UUID, now: datetime) -> ScriptHead:
    body = domain.body(made)
    hashed, last = domain.checksum(body), await store.last_script(tx, edition_id, made.is_rehearsal)
    if last and last.hash == hashed:
        return last
    head = ScriptHead(
        id=new_id(), edition_id=edition_id, is_rehearsal=made.is_rehearsal, version=last.version + 1 if last else 1,
        supersedes=last.id if last else None, hash=hashed, compiled_at=now,
    )  # fmt: skip
    await store.insert_script(tx, head, made.proposal_id, body, by)
    return head


async def office(tx: Transaction, key: str) -> Office:
    """Raises Missing: edition_unknown."""
    edition = await editions.by_key(tx, key)
    return Office(
        edition=edition,
        scripts=tuple(await store.scripts(tx, edition.id)),
        reveals=tuple(await store.of_edition(tx, edition.id)),
    )


async def prepare(tx: Transaction, reveal_id: UUID, key: str, is_rehearsal: bool, by: UUID, now: datetime) -> Reveal:
    """Seal each step of the newest script under a key of its own; the same id again is the same ceremony.

    A rehearsal gets an invented list. Raises Missing: edition_unknown; Refused: reveal_unsigned; Conflict: reveal_prepared.
    """
    edition = await editions.locked(tx, (await editions.by_key(tx, key)).id)
    if found := await store.by_id(tx, reveal_id):
        return found
    if is_rehearsal:
        head = await _rehearsed(tx, edition, by, now)
    else:
        if edition.kind != "competition" or edition.proposal_id is None:
            raise Refused("reveal_unsigned")
        await compile_script(tx, edition.id, by, now)
        head = await _newest(tx, edition.id)
        held = [each for each in await store.of_edition(tx, edition.id) if not each.is_rehearsal]
        if any(
            each.course.state == "running" or (each.course.state == "ready" and each.script_id == head.id)
            for each in held
        ):
            raise Conflict("reveal_prepared")
    script = msgspec.json.decode(await store.script_body(tx, head.id), type=Script)
    frames = domain.frames_of(script, head.hash)
    reveal = Reveal(
        id=reveal_id, edition_id=edition.id, script_id=head.id, is_rehearsal=is_rehearsal, prepared_at=now, opened_at=None,
        closed_at=None, course=Course(state="ready", version=1, step=0, is_blank=False, steps=len(frames)),
    )  # fmt: skip
    await store.insert(tx, reveal, by)
    await store.insert_steps(tx, reveal_id, _seal(reveal_id, frames))
    return reveal


async def _rehearsed(tx: Transaction, edition: editions.Edition, by: UUID, now: datetime) -> ScriptHead:
    listed = domain.invented(
        [(d.title, d.title_en, [(t.name, t.name_en, t.count) for t in d.tiers]) for d in edition.divisions]
    )
    made = Script(
        edition=edition.key, title=edition.title, title_en=edition.title_en, organisation=edition.organisation,
        is_proposed=True, is_rehearsal=True, steps=domain.steps_of(listed, edition.plan.ceremony.one_by_one),
    )  # fmt: skip
    return await _keep(tx, edition.id, made, by, now)


async def _newest(tx: Transaction, edition_id: UUID) -> ScriptHead:
    """Raises Refused: reveal_unsigned."""
    if (head := await store.last_script(tx, edition_id, False)) is None:
        raise Refused("reveal_unsigned")
    return head


def _seal(reveal_id: UUID, frames: Sequence[Frame]) -> list[Sealed]:
    """AES-256-GCM; each key is random, used once, and bound to the ceremony and its step."""
    steps = []
    for number, packet in enumerate(domain.packets(frames)):
        key, nonce = os.urandom(32), os.urandom(12)
        sealed = AESGCM(key).encrypt(nonce, packet, f"{reveal_id}/{number}".encode())
        steps.append(Sealed(step=number, nonce=nonce, sealed=sealed, key=key, frame=packet.decode().rstrip()))
    return steps


async def by_id(tx: Transaction, reveal_id: UUID, is_locked: bool = False) -> Reveal:
    """is_locked: nobody else moves it until the transaction ends. Raises Missing: reveal_unknown."""
    if is_locked:
        await store.lock(tx, reveal_id)
    if (reveal := await store.by_id(tx, reveal_id)) is None:
        raise Missing("reveal_unknown")
    return reveal


async def refresh(tx: Transaction, reveal_id: UUID, by: UUID, now: datetime) -> None:
    """Before a ceremony opens: what objections and decisions changed since the signing makes a new script."""
    reveal = await by_id(tx, reveal_id)
    if not reveal.is_rehearsal and reveal.course.state == "ready":
        await compile_script(tx, reveal.edition_id, by, now)


async def open_(tx: Transaction, reveal_id: UUID, version: int, by: UUID, now: datetime) -> Reveal:
    """Begin, with the title on the screen; the halls hear of it. Opening twice is opening once; a rehearsal tells nobody.

    Raises Missing: reveal_unknown; Conflict: reveal_moved, reveal_outdated, reveal_prepared; Refused: reveal_not_running.
    """
    reveal = await by_id(tx, reveal_id)
    await editions.locked(tx, reveal.edition_id)
    reveal = await by_id(tx, reveal_id, is_locked=True)
    if reveal.course.state == "running":
        return reveal
    course = domain.opened(reveal.course, version)
    if not reveal.is_rehearsal:
        if (await _newest(tx, reveal.edition_id)).id != reveal.script_id:
            raise Conflict("reveal_outdated")
        if any(
            e.course.state == "running" and not e.is_rehearsal for e in await store.of_edition(tx, reveal.edition_id)
        ):
            raise Conflict("reveal_prepared")
        activity_id, division_ids = await _halls(tx, reveal)
        event = RevealOpened(
            aggregate_id=reveal_id, version=1, edition_id=reveal.edition_id, activity_id=activity_id, division_ids=division_ids,
            address=f"/awards/reveals/{reveal_id}/screen",
        )  # fmt: skip
        await outbox.add(tx, event)
    await store.open_(tx, reveal_id, course, by, now)
    await store.release(tx, reveal_id, course.step, now)
    return await by_id(tx, reveal_id)


async def close(tx: Transaction, reveal_id: UUID, version: int, by: UUID, now: datetime) -> Reveal:
    """End; the hall keeps the last picture. Closing twice is closing once.

    Raises Missing: reveal_unknown; Conflict: reveal_moved; Refused: reveal_not_running.
    """
    reveal = await by_id(tx, reveal_id, is_locked=True)
    if reveal.course.state == "closed":
        return reveal
    await store.close(tx, reveal_id, domain.closed(reveal.course, version), by, now)
    if not reveal.is_rehearsal:
        activity_id, division_ids = await _halls(tx, reveal)
        event = RevealClosed(
            aggregate_id=reveal_id,
            version=2,
            edition_id=reveal.edition_id,
            activity_id=activity_id,
            division_ids=division_ids,
        )
        await outbox.add(tx, event)
    return await by_id(tx, reveal_id)


async def _halls(tx: Transaction, reveal: Reveal) -> tuple[UUID, tuple[UUID, ...]]:
    """The activity and its divisions: whose boards wait for this ceremony."""
    edition = await editions.by_id(tx, reveal.edition_id)
    return await score_sets.places(tx, edition.key)


async def command(
    tx: Transaction, command_id: UUID, reveal_id: UUID, kind: Kind, step: int, version: int, by: UUID, now: datetime
) -> Moment:
    """One press of the presenter: move, and give out the step that the hall now sees. The same command moves once.

    Raises Missing: reveal_unknown; Conflict: reveal_moved; Refused: reveal_not_running, step_unknown.
    """
    reveal = await by_id(tx, reveal_id, is_locked=True)
    given = await store.command_given(tx, command_id)
    if given not in (None, reveal_id):
        raise Conflict("reveal_moved", step=reveal.course.step + 1)
    if given is None:
        course = domain.moved(reveal.course, kind, step, version)
        if course != reveal.course:
            await store.move(tx, reveal_id, course)
            await store.insert_command(tx, command_id, reveal_id, kind, course, by, now)
            if not course.is_blank:
                await store.release(tx, reveal_id, course.step, now)
    return await moment(tx, reveal_id)


async def public(tx: Transaction, reveal_id: UUID) -> Public:
    """Raises Missing: reveal_unknown."""
    if (found := await store.public(tx, reveal_id)) is None:
        raise Missing("reveal_unknown")
    return found


async def moment(tx: Transaction, reveal_id: UUID) -> Moment:
    """Where the ceremony stands, for its screens. Raises Missing: reveal_unknown."""
    course = (await public(tx, reveal_id)).course
    given = None if course.is_blank else await store.released(tx, reveal_id, course.step)
    return Moment(
        id=reveal_id, state=course.state, version=course.version, step=course.step, is_blank=course.is_blank,
        key=given.key if given else None, frame=msgspec.Raw(given.frame.encode()) if given and given.frame else NOTHING,
    )  # fmt: skip


async def sealed_steps(tx: Transaction, reveal_id: UUID) -> list[Sealed]:
    """The whole script as the screens hold it beforehand, without any key."""
    return await store.sealed_steps(tx, reveal_id)


async def newer(tx: Transaction, versions: dict[UUID, int]) -> list[UUID]:
    """Of these ceremonies those that have moved on since the version named."""
    return await store.newer(tx, versions)


async def console(tx: Transaction, reveal_id: UUID) -> Console:
    """Raises Missing: reveal_unknown."""
    reveal = await by_id(tx, reveal_id)
    frames = [msgspec.json.decode(each, type=Frame) for each in await store.frames(tx, reveal_id)]
    return Console(
        reveal=reveal,
        edition=await editions.by_id(tx, reveal.edition_id),
        frames=tuple(frames),
        hash=frames[-1].checksum,
    )


async def last_hash(tx: Transaction, edition_id: UUID) -> str:
    """The hash of the newest script of the signed list; empty before the signing."""
    head = await store.last_script(tx, edition_id, False)
    return head.hash if head else ""


async def script(tx: Transaction, reveal_id: UUID) -> tuple[str, str]:
    """The bytes that were hashed at the signing, and their hash, after the ceremony. Raises Missing: reveal_script_closed."""
    if (found := await store.public_script(tx, reveal_id)) is None:
        raise Missing("reveal_script_closed")
    return found
