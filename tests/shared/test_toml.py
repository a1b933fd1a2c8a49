"""Whatever a stranger's TOML holds, it is read or refused with one kind of error."""

import pytest

from shared.toml import DEEPEST, parsed


@pytest.mark.parametrize(
    "text",
    [
        "a = " + "[" * 20_000 + "]" * 20_000,
        "a = " + "{a=" * 5_000 + "1" + "}" * 5_000,
        ".".join(["a"] * 20_000) + " = 1",
        "a = " + "9" * 6_000,
        "a = 0x" + "f" * 6_000,
        f"a = [{2**63}]",
        f"a = {{ b = {-(2**63) - 1} }}",
        "a = 1\na = 2",
        "a = \x00",
    ],
)
def test_what_cannot_be_taken_is_a_value_error(text: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        parsed(text)


def test_what_the_standard_allows_is_read() -> None:
    assert parsed(f"a = {2**63 - 1}\nb = {-(2**63)}\n[[c]]\nd = 1.5", parse_float=str) == {
        "a": 2**63 - 1, "b": -(2**63), "c": [{"d": "1.5"}],
    }  # fmt: skip
    assert parsed("a = " + "[" * (DEEPEST - 1) + "]" * (DEEPEST - 1)) != {}
