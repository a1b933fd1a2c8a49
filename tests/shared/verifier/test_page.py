"""The page's JavaScript against verify.py: the same bundles accepted, the same first difference at the same place."""

import base64
import json
from pathlib import Path
from random import Random
from typing import Any

import pytest

from services.scoring import app
from shared.verifier.verify import Difference, canonical, verify
from tests.scoring.browser import chromium
from tests.shared.verifier.forgeries import FORGERIES, flip
from tests.shared.verifier.test_verify import KINDS, made

__all__ = ["made"]
SCRIPT = Path(app.__file__).parent / "static" / "verify.js"
SAMPLE, MANY = 150, 3_000
ASK = """async ([script, bundles]) => {
    const page = await import(script);
    return bundles.map((text) => {
        const bytes = Uint8Array.from(atob(text), (each) => each.charCodeAt(0));
        try { return page.verify(bytes); } catch (found) { return {code: found.code, place: found.place}; }
    });
}"""


def by_python(data: bytes) -> dict[str, Any]:
    try:
        return verify(data)
    except Difference as found:
        return {"code": found.args[0], "place": found.place}


def mutations(made: dict[str, bytes], count: int) -> list[bytes]:
    dice = Random("what the page says")
    some = list(made.values())
    for number in range(count):
        kind = KINDS[number % len(KINDS)]
        name = dice.choice(["bit", *FORGERIES[kind]])
        if name == "bit":
            some.append(flip(made[kind], dice))
        else:
            some.append(canonical(FORGERIES[kind][name](json.loads(made[kind]), dice)).encode())
    return some


@pytest.mark.browser
async def test_the_page_says_what_the_verifier_says(made: dict[str, bytes], is_nightly: bool) -> None:
    some = mutations(made, MANY if is_nightly else SAMPLE)
    script = "data:text/javascript;base64," + base64.b64encode(SCRIPT.read_bytes()).decode()
    async with chromium() as opened:
        page = await opened.new_page()
        found = await page.evaluate(ASK, [script, [base64.b64encode(each).decode() for each in some]])
    wanted = [by_python(each) for each in some]
    different = [f"{w} is not {f}" for w, f in zip(wanted, found, strict=True) if alike(w) != alike(f)]
    assert not different, "\n".join(different[:5])
    assert [each.get("kind") for each in found[: len(KINDS)]] == list(made)


def alike(told: dict[str, Any]) -> dict[str, Any]:
    """Bytes that are no JSON are described by each parser in its own way; everything else is the same word for word."""
    return {"code": "bytes"} if told.get("code") == "bytes" else told
