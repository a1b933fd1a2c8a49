"""Issuing certificates once and for all, checking them, revoking them.

The edge hands in the keys: `private_pem` to issue, `public_pem` to check. A certificate is a snapshot: it is never made anew.
"""

import asyncio
import io
from datetime import date, datetime
from pathlib import Path
from uuid import UUID

import msgspec
import segno

from services.awards.approvals import actions as approvals
from services.awards.certificates import store
from services.awards.certificates.domain import (
    Checked,
    Content,
    Kept,
    canonical,
    check,
    content_of,
    key_id,
    normal_number,
    public_keys,
    sign,
    with_room,
)
from services.awards.commendations import actions as commendations
from services.awards.editions import actions as editions
from shared import pdf
from shared.clock import day
from shared.db import Transaction
from shared.errors import Conflict, Missing, Refused
from shared.files import Files
from shared.ids import new_id, secret_id

__all__ = ["Checked", "check_number", "check_token", "issue", "public_keys", "revoke", "sheet", "tokens", "unprinted"]

TEMPLATE = Path(__file__).parent.parent / "templates" / "certificate.typ"


async def issue(
    tx: Transaction, files: Files, edition_id: UUID, private_pem: str, public_url: str, by: UUID, now: datetime
) -> int:
    """Issue the certificates of all decided awards that have none; how many were issued now. Issuing twice issues once.

    Raises Refused: nothing_decided.
    """
    edition = await editions.locked(tx, edition_id)
    states = await editions.award_states(tx, edition_id)
    if not any(each.commendation_id for each in states):
        raise Refused("nothing_decided")
    due = [each for each in states if each.commendation_id and not each.certificate_id]
    if due:
        contents = await _contents(tx, edition, due, day(now))
        made = await asyncio.to_thread(_make, files, contents, private_pem, public_url, now)
        for award, kept in zip(due, made, strict=True):
            await store.insert(tx, new_id(), award.id, kept, by)
    await editions.advance(tx, edition, "issued")
    return len(due)


async def _contents(
    tx: Transaction, edition: editions.Edition, awards: list[editions.AwardState], issued_on: date
) -> list[Content]:
    """What each certificate says: a snapshot of award, approval and decision."""
    approved = {each.id: each for each in await approvals.of_edition(tx, edition.id)}
    decided = {each.id: each for each in await commendations.of_edition(tx, edition.id)}
    contents = []
    for award in awards:
        assert award.approval_id and award.commendation_id and award.certificate_no
        approval, decision = approved[award.approval_id], decided[award.commendation_id]
        contents.append(
            Content(
                number=award.certificate_no, name=award.name, unit=award.unit, subject_kind=award.subject_kind,
                edition=edition.title, edition_en=edition.title_en, division=award.division, division_en=award.division_en,
                work=award.work, tier=award.tier, tier_en=award.tier_en, organisation=edition.organisation,
                language=edition.language, approval_body=approval.body, approval_no=approval.document_no,
                approved_on=approval.approved_on.isoformat(), document_no=decision.document_no,
                decided_on=decision.decided_on.isoformat(), issued_on=issued_on.isoformat(),
            )
        )  # fmt: skip
    return contents


def _make(files: Files, contents: list[Content], private_pem: str, public_url: str, now: datetime) -> list[Kept]:
    """Sign and print; runs in a thread because printing fifty sheets takes a second."""
    made = []
    for content in contents:
        token, kept = secret_id().hex, canonical(content)
        made.append(
            Kept(
                number=content.number, token=token, content=kept.decode(), signature=sign(kept, private_pem),
                key_id=key_id(private_pem), pdf_sha256=files.put(_print(content, f"{public_url}/awards/certificates/{token}")),
                issued_at=now, revoked_on=None, revoked_by=None,
            )
        )  # fmt: skip
    return made


def _print(content: Content, address: str) -> bytes:
    """The sheet as PDF; a character outside the fonts leaves room to be written by hand."""
    drawn = io.BytesIO()
    segno.make(address, error="m", micro=False).save(drawn, kind="svg", border=0, xmldecl=False)
    said = {name: str(value) for name, value in msgspec.structs.asdict(content).items()}
    unprinted = pdf.lacks("".join(said.values()))
    fields = {name: with_room(value, unprinted) for name, value in said.items()}
    return pdf.render(TEMPLATE, {**fields, "qr": drawn.getvalue().decode(), "address": address})


def unprinted(award: editions.AwardState) -> str:
    """The characters that must be written on the sheet by hand, because the fonts lack them."""
    return "".join(sorted(pdf.lacks(award.name + award.unit + award.work)))


async def check_token(tx: Transaction, token: str, public_pem: str) -> Checked:
    """What is established of the certificate with this token. Raises Missing: certificate_unknown."""
    if (kept := await store.by_token(tx, token)) is None:
        raise Missing("certificate_unknown")
    return check(kept, public_pem)


async def check_number(tx: Transaction, number: str, public_pem: str) -> Checked:
    """The same by number. Raises Refused: certificate_number_wrong (mistyped), certificate_number_unknown."""
    wanted = normal_number(number)
    if not commendations.is_number(wanted):
        raise Refused("certificate_number_wrong", field="number")
    if (kept := await store.by_number(tx, wanted)) is None:
        raise Refused("certificate_number_unknown", field="number")
    return check(kept, public_pem)


async def sheet(tx: Transaction, files: Files, token: str) -> tuple[str, bytes]:
    """File name and PDF as it was issued. Raises Missing: certificate_unknown, file_missing."""
    if (kept := await store.by_token(tx, token)) is None:
        raise Missing("certificate_unknown")
    content = content_of(kept.content.encode())
    return f"{content.number} {content.name}.pdf", files.get(kept.pdf_sha256)


async def tokens(tx: Transaction, edition_id: UUID) -> dict[UUID, str]:
    """award -> token; the office's and the supervisor's role may read it."""
    return await store.tokens(tx, edition_id)


async def revoke(
    tx: Transaction, number: str, revoked_on: date, document_no: str, reason: str, by: UUID, now: datetime
) -> None:
    """Record that a certificate was revoked; it stays checkable and says so.

    Raises Refused: document_no_needed, reason_needed, date_ahead; Conflict: certificate_not_revocable (unknown or revoked).
    """
    for value, code, field in ((document_no, "document_no_needed", "document_no"), (reason, "reason_needed", "reason")):
        if not value.strip():
            raise Refused(code, field=field)
    if revoked_on > day(now):
        raise Refused("date_ahead", day=revoked_on.isoformat(), field="revoked_on")
    if not await store.insert_revocation(
        tx, normal_number(number), revoked_on, document_no.strip(), reason.strip(), by, now
    ):
        raise Conflict("certificate_not_revocable")
