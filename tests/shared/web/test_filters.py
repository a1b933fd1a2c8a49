"""What templates say through our filters."""

from pathlib import Path

import pytest
from jinja2 import UndefinedError

from shared.web.pages import environment

PAGES = environment("scoring", Path(), Path())


@pytest.mark.parametrize(
    ("thing", "language", "said"),
    [
        ({"title": "文科组", "title_en": "Arts"}, "en", "Arts"),
        ({"title": "文科组", "title_en": "Arts"}, "zh-CN", "文科组"),
        ({"title": "文科组", "title_en": ""}, "en", "文科组"),
    ],
)
def test_a_title_without_its_english_stands_in_chinese(thing: dict[str, str], language: str, said: str) -> None:
    assert PAGES.from_string("{{ thing|titled }}").render(thing=thing, language=language) == said


def test_another_field_is_said_the_same_way() -> None:
    page = PAGES.from_string('{% for each in things %}{{ each|titled("tier") }}{% endfor %}')
    assert page.render(things=[{"tier": "一等奖", "tier_en": "First"}], language="en") == "First"


def test_what_has_no_english_form_at_all_is_a_fault_of_the_page() -> None:
    with pytest.raises(UndefinedError):
        PAGES.from_string("{{ thing|titled }}").render(thing={"title": "文科组"}, language="en")
