"""Real-name and anonymous objections."""

import pytest

from services.awards.objections.domain import Objector, check_answer, check_text, objector
from shared.errors import Conflict, Refused


def test_a_name_with_a_contact_is_a_real_name_objection() -> None:
    assert objector(" 何一 ", "", "分机 0000") == Objector(name="何一", unit="", contact="分机 0000")


def test_neither_name_nor_contact_is_anonymous() -> None:
    assert objector("", "文学院", " ") is None


@pytest.mark.parametrize(("name", "contact"), [("何一", ""), ("", "分机 0000")])
def test_half_a_name_is_refused_instead_of_guessed(name: str, contact: str) -> None:
    with pytest.raises(Refused, match="objector_incomplete"):
        objector(name, "", contact)


def test_an_answer_is_written_and_given_once() -> None:
    assert check_answer(None, " 经核实，任教满两年。 ") == "经核实，任教满两年。"
    with pytest.raises(Refused, match="answer_needed"):
        check_answer(None, " ")
    with pytest.raises(Conflict, match="objection_answered"):
        check_answer("dismissed", "经核实，任教满两年。")


def test_the_text_has_a_sensible_length() -> None:
    for text, code in ((" 短 ", "objection_text_short"), ("长" * 4001, "objection_text_long")):
        with pytest.raises(Refused, match=code):
            check_text(text)
