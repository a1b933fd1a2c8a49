"""Who signs a competition's award list. Pure: no I/O, no clock, no randomness.

The results come from the judges and the prizes from the frozen rule, so there is nothing to vote on: one committee
member confirms that the list follows from the sealed score sets, and the supervisor countersigns. A signature holds for
exactly the score sets that were seen; a newer score set needs new signatures.

Not here: which rank brings which prize (editions). Ballots belong to programmes.

Rule: services/awards/README.md#confirmations
"""

from collections.abc import Callable, Collection, Iterable, Sequence
from datetime import datetime
from typing import Literal
from uuid import UUID

from msgspec import Struct

from services.awards.editions.domain import Preview, Remark
from shared.errors import Conflict, NotAllowed

SignatureRole = Literal["committee", "supervisor"]
ROLES: tuple[SignatureRole, ...] = ("committee", "supervisor")


class Step(Struct, frozen=True, kw_only=True):
    """A stage of the bar above the page: `name` is the last part of its catalogue key."""

    name: str
    stage: Literal["done", "now", "later"]


STEPS = ("sealed", "opened", "confirming", "notice", "issuing")


class Signature(Struct, frozen=True, kw_only=True):
    """One person's signature under a list."""

    id: UUID
    role: SignatureRole
    signed_by: UUID
    name: str
    signed_at: datetime


def signing_role(held: Collection[str], person: UUID, signed: Iterable[Signature]) -> SignatureRole:
    """The role in which this person signs now.

    held: the person's roles here. Raises NotAllowed: role_absent; Conflict: signed_by_you, signed_by_role.
    """
    signed = list(signed)
    if any(signature.signed_by == person for signature in signed):
        raise Conflict("signed_by_you")
    mine = [role for role in ROLES if role in held]
    if not mine:
        raise NotAllowed("role_absent")
    free = [role for role in mine if role not in {signature.role for signature in signed}]
    if not free:
        raise Conflict("signed_by_role")
    return free[0]


def is_complete(signed: Iterable[Signature]) -> bool:
    """Both the committee and the supervisor have signed."""
    return {signature.role for signature in signed} == set(ROLES)


def steps(missing: Iterable[str], edition_state: str) -> tuple[Step, ...]:
    """Seal, open the codes, confirm, post, issue: which are done and which is under way.

    missing: what each division's preview waits for; empty when ready.
    """
    waits = set(missing)
    reached = 0 if "score_set_waited" in waits else 1 if waits & {"opening_waited", "names_waited"} else 2
    after = {"proposed": 3, "on_notice": 3, "approved": 4, "decided": 4, "issued": 5}
    reached = after.get(edition_state, reached)
    return tuple(
        Step(name=name, stage="done" if n < reached else "now" if n == reached else "later") for n, name in enumerate(STEPS)
    )


Say = Callable[..., str]


class Section(Struct, frozen=True, kw_only=True):
    """A table of the printed list. widths: shares of the line or "auto"; align: left, right or center."""

    title: str
    note: str
    columns: tuple[str, ...]
    widths: tuple[int | str, ...]
    align: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


class SigningList(Struct, frozen=True, kw_only=True):
    """A list as it is printed and signed: the data of `templates/list.typ`."""

    language: str
    title: str
    subtitle: str
    lead: str
    sections: tuple[Section, ...]
    signatures: tuple[str, ...]
    proof: str
    printed: str


def remark(each: Remark, say: Say, language: str) -> str:
    """A changed number of prizes, in one sentence."""
    is_english = language == "en"
    return say(
        "minutes.remark",
        division=each.division_en or each.division if is_english else each.division,
        tier=each.tier_en or each.tier if is_english else each.tier,
        frozen=each.frozen, now=each.now, title=each.title, document_no=each.document_no,
        dated=each.dated.isoformat() if each.dated else "",
    )  # fmt: skip


def signing_list(
    preview: Preview, checksums: dict[str, str], remarks: Sequence[Remark], say: Say, language: str, printed: str
) -> SigningList:
    """The award list of a competition with places for three signatures. printed: when, in words."""
    is_english = language == "en"
    edition = preview.edition
    columns = ("edition.rank", "edition.code", "committee.contestant", "edition.unit", "edition.result", "committee.tier")
    sums = say("committee.print_sums", sums="；".join(checksums[d.key][:16] for d in preview.divisions if checksums[d.key]))
    return SigningList(
        language="en" if is_english else "zh",
        title=edition.title_en or edition.title if is_english else edition.title,
        subtitle=say("committee.print_title"),
        lead=" ".join([say("committee.sign_lead"), *(remark(each, say, language) for each in remarks)]),
        sections=tuple(
            Section(
                title=division.title_en or division.title if is_english else division.title,
                note=say("committee.list_lead", count=len(division.rows)),
                columns=tuple(say(column) for column in columns),
                widths=("auto", "auto", 3, 4, "auto", 2),
                align=("center", "center", "left", "left", "right", "left"),
                rows=tuple(
                    (str(row.rank), row.code, row.name or "—", row.unit or "—", row.shown,
                     (row.tier_en or row.tier if is_english else row.tier) or "—")
                    for row in division.rows
                ),
            )
            for division in preview.divisions
        ),
        signatures=(say("committee.sign_committee"), say("committee.sign_supervisor"), say("committee.print_date")),
        proof=sums,
        printed=printed,
    )  # fmt: skip
