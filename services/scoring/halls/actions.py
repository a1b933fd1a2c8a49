"""Gather the hall's page in the audience that has no mark; what only the desk may know is gathered apart."""

from uuid import UUID

from msgspec import Struct

from services.scoring.assistances import actions as assistances
from services.scoring.assistances.domain import Assistance
from services.scoring.clocks import actions as clocks
from services.scoring.corrections import actions as corrections
from services.scoring.corrections.domain import Correction
from services.scoring.halls import domain, store
from services.scoring.halls.domain import Hall, Tablet
from services.scoring.ledger import actions as ledger
from services.scoring.locks import actions as locks
from services.scoring.locks.domain import LockRequest
from services.scoring.panels import actions as panels
from services.scoring.panels.domain import Panel
from services.scoring.releases import actions as releases
from services.scoring.releases.domain import Release
from services.scoring.rolls import actions as rolls
from services.scoring.rolls.domain import Division, Roll
from services.scoring.rubrics import actions as rubrics
from services.scoring.rubrics.domain import Part, Stage
from services.scoring.running_orders import actions as running_orders
from services.scoring.running_orders.domain import OrderRequest
from services.scoring.sheets import actions as sheets
from services.scoring.standings import actions as standings
from services.scoring.standings.domain import Basis
from shared.db import Transaction


class Gathered(Struct, frozen=True, kw_only=True):
    """The picture with what it is a picture of. requests: changes of the running order, the newest first.

    calls: judges of the panel who called staff, about an entry of this division or about none; the oldest first.
    """

    division: Division
    panel: Panel
    roll: Roll | None
    stage: Stage
    parts: tuple[Part, ...]
    is_locked: bool
    hall: Hall
    requests: tuple[OrderRequest, ...]
    calls: tuple[Assistance, ...]


class Rewritten(Struct, frozen=True, kw_only=True):
    """A counted sheet that was changed with a reason and waits for the supervisor's countersignature."""

    revision_id: UUID
    judge: str
    code: str
    part: str
    reason: str


class Waiting(Struct, frozen=True, kw_only=True):
    """What waits for scorekeeper or supervisor beside the running order. position: where the ledger stands."""

    locks: tuple[LockRequest, ...]
    releases: tuple[Release, ...]
    corrections: tuple[Correction, ...]
    rewritten: tuple[Rewritten, ...]
    position: int


async def waiting(tx: Transaction, gathered: Gathered) -> Waiting:
    """What only the desk may know, in its audience."""
    division_id, stage = gathered.division.division_id, gathered.stage
    signed = await sheets.countersigned(tx, division_id)
    codes = gathered.roll.codes if gathered.roll else {}
    names = {seat.judge_id: seat.name for seat in gathered.panel.seats}
    return Waiting(
        locks=tuple(each for each in await locks.requests(tx, division_id, stage) if each.confirmed_at is None),
        releases=tuple(each for each in await releases.of_division(tx, division_id) if not each.is_confirmed),
        corrections=tuple(
            each for each in await corrections.of_division(tx, division_id, stage) if each.state in ("open", "asked")
        ),
        rewritten=tuple(
            Rewritten(
                revision_id=each.head.revision_id, judge=names.get(each.judge_id, ""), code=codes[each.entry_id],
                part=each.part, reason=each.head.reason,
            )
            for each in await sheets.sheets(tx, division_id)
            if each.head and each.head.reason and each.entry_id in codes and each.head.revision_id not in signed
        ),
        position=(await ledger.head(tx, division_id)).position,
    )  # fmt: skip


async def halls(tx: Transaction) -> list[Division]:
    """Every division that is open, rehearsals that were not cleared away too."""
    return await rolls.divisions(tx)


async def tablets(tx: Transaction, panel: Panel) -> list[Tablet]:
    """Those of the panel, and those of others that its judges hold."""
    return await store.tablets(tx, panel.id, [seat.judge_id for seat in panel.seats])


async def basis(tx: Transaction, gathered: Gathered) -> Basis | None:
    """What the standing rests on now, None before the roll."""
    if gathered.roll is None:
        return None
    return (await standings.of_division(tx, gathered.division.division_id, gathered.stage)).basis


async def gather(tx: Transaction, division_id: UUID) -> Gathered:
    """Everything that everybody in the hall's service may see. Raises Missing: division_unknown, no_panel, rule_absent."""
    division = await rolls.division(tx, division_id)
    panel = await panels.of_division(tx, division_id)
    attached = await rubrics.of_division(tx, division_id)
    final = await rolls.current(tx, division_id, "final")
    roll = final or await rolls.current(tx, division_id, "preselection")
    stage: Stage = "final" if final or roll is None else "preselection"
    parts = attached.of_stage(stage).parts
    judges = [seat.judge_id for seat in panel.seats]
    return Gathered(
        division=division,
        panel=panel,
        roll=roll,
        stage=stage,
        parts=parts,
        is_locked=stage in await sheets.locked(tx, division_id),
        hall=domain.hall(
            roll,
            panel,
            parts,
            await panels.assignments(tx, division_id),
            await store.sheets(tx, division_id),
            await clocks.of_division(tx, division_id),
            await running_orders.states(tx, division_id),
            await tablets(tx, panel),
        ),
        requests=tuple(await running_orders.requests(tx, division_id)),
        calls=tuple(
            each
            for each in await assistances.of_judges(tx, judges)
            if each.entry_id is None or (roll and roll.item(each.entry_id))
        ),
    )
