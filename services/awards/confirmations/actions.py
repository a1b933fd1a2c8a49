"""Signing a competition's award list; the second signature puts it forward."""

import re
from collections.abc import Collection
from datetime import datetime
from io import BytesIO
from uuid import UUID

from msgspec import Struct
from xlsxwriter import Workbook

from services.awards.confirmations import domain, store
from services.awards.confirmations.domain import Signature, Step
from services.awards.editions import actions as editions
from services.awards.editions.domain import check_seen
from services.awards.people import actions as people
from services.awards.reveals import actions as reveals
from services.awards.score_sets import actions as score_sets
from shared.clock import local
from shared.db import Transaction
from shared.ids import new_id


class Desk(Struct, frozen=True, kw_only=True):
    """What is signed: the preview, the score sets it rests on, their checksums, and who has signed.

    script_hash: of the order of the stage; empty before the list is signed by both.
    """

    preview: editions.Preview
    score_set_ids: tuple[UUID, ...]
    checksums: dict[str, str]
    signatures: tuple[Signature, ...]
    remarks: tuple[editions.Remark, ...]

    is_complete: bool
    steps: tuple[Step, ...]
    script_hash: str

    def division(self, key: str) -> editions.DivisionPreview:
        """The division of this key, else the first."""
        found = [division for division in self.preview.divisions if division.key == key]
        return (found or list(self.preview.divisions))[0]

    def signature(self, role: str) -> Signature | None:
        return next((signature for signature in self.signatures if signature.role == role), None)


async def desk(tx: Transaction, edition_id: UUID) -> Desk:
    """The list to sign, as it stands now. Raises Missing: edition_unknown."""
    preview = await editions.preview(tx, edition_id)
    ids = [division.score_set_id for division in preview.divisions if division.score_set_id]
    checksums = {}
    for division in preview.divisions:
        found = await score_sets.results(tx, preview.edition.key, division.key)
        checksums[division.key] = found.sealed.hash if found.sealed else ""
    signatures = await store.signatures(tx, edition_id, ids)
    return Desk(
        preview=preview,
        score_set_ids=tuple(ids),
        checksums=checksums,
        signatures=tuple(signatures),
        remarks=tuple(await editions.remarks(tx, edition_id)),
        is_complete=domain.is_complete(signatures),
        steps=domain.steps([division.missing for division in preview.divisions], preview.edition.state),
        script_hash=await reveals.last_hash(tx, edition_id),
    )


async def sign(
    tx: Transaction, edition_id: UUID, seen: list[UUID], held: Collection[str], person: UUID, now: datetime
) -> Desk:
    """Sign the list of the score sets that were seen; with both signatures it is put forward (拟获) and its script compiled.

    held: the signer's roles here. Raises what `domain.signing_role` and `editions.confirm` raise; Conflict:
    score_set_newer.
    """
    await editions.locked(tx, edition_id)
    at = await desk(tx, edition_id)
    check_seen(seen, at.preview.divisions)
    role = domain.signing_role(held, person, at.signatures)
    name = await name_of(tx, person)
    signature = Signature(id=new_id(), role=role, signed_by=person, name=name, signed_at=now)
    await store.add(tx, edition_id, list(at.score_set_ids), signature)
    if domain.is_complete([*at.signatures, signature]):
        await editions.confirm(tx, edition_id, list(at.score_set_ids), person, now)
        await reveals.compile_script(tx, edition_id, person, now)
    return await desk(tx, edition_id)


async def desk_of(tx: Transaction, key: str) -> Desk:
    """`desk` of the edition of this key. Raises Missing: edition_unknown."""
    return await desk(tx, (await editions.by_key(tx, key)).id)


async def sign_by_key(
    tx: Transaction, key: str, seen: list[UUID], held: Collection[str], person: UUID, now: datetime
) -> Desk:
    """`sign` in the edition of this key. Raises Missing: edition_unknown."""
    return await sign(tx, (await editions.by_key(tx, key)).id, seen, held, person, now)


async def name_of(tx: Transaction, person: UUID) -> str:
    """The person's name; empty for somebody registration never described, such as an outsider."""
    known = (await people.names(tx, [person])).get(person)
    return known.name if known else ""


async def signing_list(
    tx: Transaction, key: str, say: domain.Say, language: str, now: datetime
) -> domain.SigningList:
    """The list as it would be printed now. Raises Missing: edition_unknown."""
    at = await desk_of(tx, key)
    printed = say("committee.printed", at=f"{local(now):%Y-%m-%d %H:%M}")
    return domain.signing_list(at.preview, at.checksums, at.remarks, say, language, printed)


def workbook(printed: domain.SigningList) -> bytes:
    """The same list as a workbook: a sheet for each division, numbers as text so that nothing is rounded."""
    content = BytesIO()
    with Workbook(content, {"in_memory": True, "strings_to_numbers": False}) as book:
        bold = book.add_format({"bold": True, "bottom": 1})
        for section in printed.sections:
            sheet = book.add_worksheet(re.sub(r"[\[\]:*?/\\]", " ", section.title)[:31])
            sheet.write_row(0, 0, section.columns, bold)
            for number, row in enumerate(section.rows, 1):
                sheet.write_row(number, 0, row)
            sheet.set_column(2, 3, 24)
            sheet.freeze_panes(1, 0)
    return content.getvalue()
