"""Printing: what the embedded fonts hold, and equal bytes for equal data."""

from pathlib import Path

from shared import pdf


def test_a_rare_character_is_found_and_usual_ones_and_spaces_are_not() -> None:
    assert pdf.lacks("李𡚸 同志，Ä·〔2026〕\n") == {"𡚸"}
    assert pdf.lacks("迪丽努尔·艾合买提") == frozenset()


def test_the_same_data_gives_the_same_bytes(tmp_path: Path) -> None:
    template = tmp_path / "page.typ"
    template.write_text("#let data = json(bytes(sys.inputs.data))\n#data.name")
    assert pdf.render(template, {"name": "林若溪"}) == pdf.render(template, {"name": "林若溪"})
    assert pdf.render(template, {"name": "林若溪"}).startswith(b"%PDF")
