"""Opening editions, confirming a competition's tiers, proposing a list, and moving an edition on.

Other slices find this slice's Structs here. The list is written by `propose` alone, whoever decided it.
"""

from datetime import datetime
from uuid import UUID

from services.awards.editions import store
from services.awards.editions.domain import (
    ApprovalPlan,
    AwardState,
    CommendationPlan,
    Division,
    DivisionPreview,
    Edition,
    ExtraPrize,
    Minute,
    NoticePlan,
    Opening,
    Plan,
    Preview,
    PreviewRow,
    ProposedAward,
    Ranked,
    Remark,
    SeasonFacts,
    State,
    Tier,
    awards_of,
    check_extra,
    check_proposal,
    check_scan,
    check_seen,
    further,
    list_hash,
    plan_of,
    preview_division,
    ties_of,
)
from services.awards.people import actions as people
from services.awards.score_sets import actions as score_sets
from shared.clock import day
from shared.db import Transaction
from shared.errors import Missing
from shared.files import Files
from shared.ids import new_id

__all__ = [
    "ApprovalPlan", "AwardState", "CommendationPlan", "Division", "DivisionPreview", "Edition", "ExtraPrize", "Minute",
    "NoticePlan",
    "Opening", "Plan", "Preview", "PreviewRow", "ProposedAward", "Remark", "SeasonFacts", "Tier",
    "add_prize", "advance", "check_scan", "extra_prizes", "award_states", "by_id", "by_key", "confirm", "corrected_since",
    "listed", "locked",
    "open_edition", "plan_of",
    "preview", "propose", "remarks", "scan_of", "ties_of",
]  # fmt: skip


async def open_edition(tx: Transaction, season_id: UUID, opening: Opening) -> UUID:
    """Start an award list; tiers and plan are frozen with it."""
    edition_id = new_id()
    await store.insert(tx, edition_id, season_id, opening)
    return edition_id


async def by_key(tx: Transaction, key: str) -> Edition:
    """Raises Missing: edition_unknown."""
    if (edition := await store.by_key(tx, key)) is None:
        raise Missing("edition_unknown", key=key)
    return edition


async def by_id(tx: Transaction, edition_id: UUID) -> Edition:
    """Raises Missing: edition_unknown."""
    if (edition := await store.by_id(tx, edition_id)) is None:
        raise Missing("edition_unknown", key=str(edition_id))
    return edition


async def locked(tx: Transaction, edition_id: UUID) -> Edition:
    """The edition, its row locked: two steps of one edition never run at once."""
    await store.lock(tx, edition_id)
    return await by_id(tx, edition_id)


async def listed(tx: Transaction) -> list[Edition]:
    """All editions in the order of their seasons."""
    return await store.listed(tx)


async def award_states(tx: Transaction, edition_id: UUID) -> list[AwardState]:
    """The awards of the list that counts, in its order."""
    return await store.award_states(tx, edition_id)


async def advance(tx: Transaction, edition: Edition, reached: State) -> None:
    """Move the edition on; it never goes back."""
    await store.set_state(tx, edition.id, further(edition.state, reached))


async def propose(
    tx: Transaction, edition_id: UUID, items: list[ProposedAward], cites: list[UUID], by: UUID, now: datetime
) -> UUID:
    """Put a list forward (拟获) and return its id; the same list again is the same proposal.

    cites: the sealed score sets or the closed ballots it rests on. Until the notice a newer list takes its place.
    Raises Conflict: edition_on_notice; Refused: award_list_empty, award_twice.
    """
    edition = await locked(tx, edition_id)
    hashed, last = list_hash(items), await store.last_proposal(tx, edition_id)
    if last and last[2] == hashed:
        return last[0]
    check_proposal(edition.state, items)
    proposal_id = new_id()
    await store.insert_proposal(tx, proposal_id, edition_id, last[1] + 1 if last else 1, cites, hashed, by, now)
    await store.insert_awards(
        tx, edition_id, proposal_id, [(new_id(), n, each) for n, each in enumerate(items, start=1)]
    )
    await store.set_proposal(tx, edition_id, proposal_id)
    await advance(tx, edition, "proposed")
    return proposal_id


async def _ranked(tx: Transaction, edition: Edition, division: Division) -> tuple[UUID | None, list[Ranked]]:
    found = await score_sets.results(tx, edition.key, division.key)
    known = await people.names(tx, [line.person_id for line in found.lines if line.person_id])
    ranked = []
    for line in found.lines:
        person = known.get(line.person_id) if line.person_id else None
        ranked.append(
            Ranked(
                entry_id=line.item.entry_id, code=line.item.code, rank=line.item.rank, shown=line.item.shown,
                decided_by=line.item.decided_by, work=line.title, person_id=line.person_id,
                name=person.name if person else "", name_key=person.name_key if person else "",
                unit=person.unit if person else "",
            )
        )  # fmt: skip
    return (found.sealed.id if found.sealed else None), ranked


async def preview(tx: Transaction, edition_id: UUID) -> Preview:
    """A competition's results with the prize each rank would bring, and what is still missing."""
    edition = await by_id(tx, edition_id)
    extras = await store.extras(tx, edition_id)
    divisions = tuple([preview_division(each, *await _ranked(tx, edition, each), extras) for each in edition.divisions])
    return Preview(
        edition=edition,
        divisions=divisions,
        ready=all(each.ready for each in divisions),
        confirmed=edition.state != "open",
    )


async def confirm(tx: Transaction, edition_id: UUID, score_set_ids: list[UUID], by: UUID, now: datetime) -> UUID:
    """Propose the awards that follow from the sealed score sets the committee saw.

    Raises Refused: score_set_waited, opening_waited, names_waited, tie_at_tier_edge; Conflict: score_set_newer,
    edition_on_notice.
    """
    edition = await locked(tx, edition_id)
    extras = await store.extras(tx, edition_id)
    previews: list[DivisionPreview] = []
    items: list[ProposedAward] = []
    for division in edition.divisions:
        score_set_id, ranked = await _ranked(tx, edition, division)
        previews.append(preview_division(division, score_set_id, ranked, extras))
        items += awards_of(previews[-1], ranked)
    check_seen(score_set_ids, previews)
    return await propose(tx, edition_id, items, score_set_ids, by, now)


async def add_prize(
    tx: Transaction, files: Files, edition_id: UUID, division_key: str, tier: str, more: int, minute: Minute,
    scan: tuple[str, bytes], by: UUID, now: datetime,
) -> ExtraPrize:  # fmt: skip
    """Change the number of a tier's prizes by a minute of the leading group; it stays visible beside the prizes for good.
    The same again changes nothing. scan: name, content.

    Raises Refused: division_unknown, minute_required, minute_ahead, codes_already_open, tier_unknown, prize_count_wrong,
    scan_needed, scan_kind_wrong.
    """
    edition = await locked(tx, edition_id)
    division = edition.division(division_key)
    recorded = await store.extras(tx, edition_id)
    for each in recorded:
        if each.said == (division_key, tier, more, minute):
            return each
    found = await score_sets.results(tx, edition.key, division_key)
    check_extra(division, tier, more, minute, recorded, found.is_opened, day(now))
    check_scan(scan[1])
    extra = ExtraPrize(
        id=new_id(), division_key=division_key, tier=tier, more=more, minute=minute, scan_sha256=files.put(scan[1]),
        scan_name=scan[0][:200], scan_size=len(scan[1]),
    )  # fmt: skip
    await store.insert_minute(tx, edition_id, extra, by, now)
    return extra


async def corrected_since(tx: Transaction, edition_id: UUID) -> list[Division]:
    """The divisions of a competition whose result scoring has corrected since the list that counts was put forward."""
    edition = await by_id(tx, edition_id)
    if edition.kind != "competition" or edition.proposal_id is None:
        return []
    cited = await store.cites(tx, edition.proposal_id)
    found = [(each, await score_sets.results(tx, edition.key, each.key)) for each in edition.divisions]
    return [division for division, results in found if results.sealed and results.sealed.id not in cited]


async def extra_prizes(tx: Transaction, edition_id: UUID) -> list[ExtraPrize]:
    """The minutes that enlarged a tier, in their order."""
    return await store.extras(tx, edition_id)


async def scan_of(tx: Transaction, files: Files, edition_id: UUID, minute_id: UUID) -> tuple[str, bytes]:
    """Name and content of a minute's scan. Raises Missing: minute_unknown, file_missing."""
    for each in await store.extras(tx, edition_id):
        if each.id == minute_id and each.scan_sha256:
            return each.scan_name, files.get(each.scan_sha256)
    raise Missing("minute_unknown")


async def remarks(tx: Transaction, edition_id: UUID) -> list[Remark]:
    """The changed numbers of prizes, for every audience."""
    return await store.remarks(tx, edition_id)
