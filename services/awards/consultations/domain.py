"""Opinions of consulted offices. Pure: no I/O, no clock, no randomness.

An office answers once for each nominated branch, with the reference of its letter. One veto stops one name; the reason
of a veto is for supervisor and committee only and stands in a table of its own.

Not here: which offices are asked (programmes).

Rule: services/awards/README.md#consultations
"""

from collections.abc import Iterable
from datetime import date
from typing import Literal
from uuid import UUID

from msgspec import Struct

from services.awards.programmes.domain import Programme
from shared.errors import Refused

Opinion = Literal["none", "veto"]
Answer = Literal["clear", "vetoed", "waiting"]


class Reply(Struct, frozen=True, kw_only=True):
    """One office's answer about one nomination; no reason here."""

    id: UUID
    nomination_id: UUID
    office: str
    opinion: Opinion
    reference: str
    replied_on: date


def check_reply(programme: Programme, office: str, opinion: Opinion, reference: str, reason: str) -> None:
    """Raises Refused: office_not_consulted, reference_missing, veto_without_reason, reason_without_veto."""
    if office not in {each.office for each in programme.offices}:
        raise Refused("office_not_consulted", office=office)
    if not reference.strip():
        raise Refused("reference_missing")
    if opinion == "veto" and not reason.strip():
        raise Refused("veto_without_reason")
    if opinion == "none" and reason.strip():
        raise Refused("reason_without_veto")


def answer(programme: Programme, replies: Iterable[Reply]) -> Answer:
    """What the offices' replies about one nomination come to; a veto counts at once, silence is not consent."""
    replies = list(replies)
    if any(reply.opinion == "veto" for reply in replies):
        return "vetoed"
    heard = {reply.office for reply in replies}
    return "clear" if all(office.office in heard for office in programme.offices) else "waiting"


def unheard(programme: Programme, replies: Iterable[Reply]) -> tuple[str, ...]:
    """Offices that have not answered about one nomination, in the programme's order."""
    heard = {reply.office for reply in replies}
    return tuple(office.office for office in programme.offices if office.office not in heard)


class FileAnswers(Struct, frozen=True, kw_only=True):
    """What a file's replies come to: vetoed branches, and (branch, office) pairs without a reply."""

    vetoed: frozenset[str]
    silent: tuple[tuple[str, str], ...]


def answers_in_file(programme: Programme, nominated: Iterable[str]) -> FileAnswers:
    """Read the rehearsal's replies for these branch codes; "*" answers for those no other reply of the office names."""
    vetoed, silent = set(), []
    for branch in nominated:
        for office in programme.offices:
            named = [reply for reply in office.replies if reply.branch == branch]
            heard = named or [reply for reply in office.replies if reply.branch == "*"]
            if not heard:
                silent.append((branch, office.office))
            if any(reply.opinion == "veto" for reply in heard):
                vetoed.add(branch)
    return FileAnswers(vetoed=frozenset(vetoed), silent=tuple(silent))
