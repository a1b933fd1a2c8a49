"""Opinions of consulted offices: one veto stops one name, silence is not consent."""

from datetime import date
from uuid import UUID

import pytest

from services.awards.consultations import domain
from services.awards.consultations.domain import Opinion, Reply
from shared.errors import Refused
from tests.awards.sample import programme

RULE = programme()


def reply(office: str, opinion: Opinion = "none") -> Reply:
    return Reply(
        id=UUID(int=1),
        nomination_id=UUID(int=2),
        office=office,
        opinion=opinion,
        reference="函1号",
        replied_on=date(2026, 12, 8),
    )


@pytest.mark.parametrize(
    ("replies", "answer", "unheard"),
    [
        ([], "waiting", ("纪检监察室", "计划财务处")),
        ([reply("纪检监察室")], "waiting", ("计划财务处",)),
        ([reply("纪检监察室"), reply("计划财务处")], "clear", ()),
        ([reply("纪检监察室", "veto")], "vetoed", ("计划财务处",)),
        ([reply("纪检监察室", "veto"), reply("计划财务处")], "vetoed", ()),
    ],
)
def test_one_veto_stops_a_name_and_silence_is_not_consent(
    replies: list[Reply], answer: str, unheard: tuple[str, ...]
) -> None:
    assert (domain.answer(RULE, replies), domain.unheard(RULE, replies)) == (answer, unheard)


@pytest.mark.parametrize(
    ("office", "opinion", "reference", "reason", "code"),
    [
        ("保卫处", "none", "函1号", "", "office_not_consulted"),
        ("纪检监察室", "none", " ", "", "reference_missing"),
        ("纪检监察室", "veto", "函1号", "", "veto_without_reason"),
        ("纪检监察室", "none", "函1号", "说明", "reason_without_veto"),
    ],
)
def test_a_reply_that_cannot_be_filed_is_refused(
    office: str, opinion: Opinion, reference: str, reason: str, code: str
) -> None:
    with pytest.raises(Refused) as told:
        domain.check_reply(RULE, office, opinion, reference, reason)
    assert told.value.code == code
