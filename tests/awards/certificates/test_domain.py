"""The certificate's bytes and the statement of a check."""

from datetime import date

import msgspec

from services.awards.certificates.domain import Content, canonical, content_of, statement, with_room

CONTENT = Content(
    number="2026-0001-K", name="林若溪", unit="外国语学院", subject_kind="entry", edition="第九届青年教师教学竞赛", edition_en="",
    division="文科组", division_en="Humanities", work="沉默的含义", tier="一等奖", tier_en="First prize", organisation="江临大学工会",
    language="zh-CN", approval_body="校党委会", approval_no="11号", approved_on="2026-06-03", document_no="15号",
    decided_on="2026-06-05", issued_on="2026-06-05",
)  # fmt: skip


def test_the_content_has_one_form_in_bytes() -> None:
    kept = canonical(CONTENT)
    assert kept == canonical(content_of(kept))
    assert b" " not in kept.replace(b"First prize", b"") and kept.index(b'"approval_body"') < kept.index(b'"work"')


def test_every_field_changes_the_bytes() -> None:
    for field in msgspec.structs.fields(Content):
        other = 2 if field.name == "form" else "另"
        assert canonical(msgspec.structs.replace(CONTENT, **{field.name: other})) != canonical(CONTENT)


def test_a_check_states_what_no_server_can_establish() -> None:
    said = statement(True, True, None)
    assert said.verdict == "established"
    assert said.established == ("signature", "content", "decision", "not_revoked") and said.not_established == (
        "paper",
        "bearer",
    )


def test_a_revoked_certificate_keeps_its_signature_and_says_so() -> None:
    said = statement(True, True, date(2027, 1, 5))
    assert said.verdict == "revoked" and "not_revoked" in said.not_established and "signature" in said.established


def test_a_broken_signature_or_a_foreign_number_establishes_nothing() -> None:
    assert statement(False, True, None).established == ()
    assert statement(True, False, None).verdict == "not_established"


def test_a_character_outside_the_fonts_leaves_room_to_write() -> None:
    assert with_room("李𡚸", frozenset("𡚸")) == "李\ue000"
    assert with_room("林若溪", frozenset("𡚸")) == "林若溪"
