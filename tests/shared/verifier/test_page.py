"""The page's JavaScript against verify.py: the same bundles accepted, the same first difference at the same place."""

import base64
import json
from pathlib import Path
from random import Random
from typing import Any

import pytest

from services.scoring import app
from services.scoring.rubrics.domain import rule as rules
from shared.verifier.verify import Difference, canonical, verify
from tests.scoring.browser import chromium
from tests.scoring.chance import decide, random_contest, random_rule
from tests.scoring.contests import NAMES, Contest, preset
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


def data_url() -> str:
    """The module itself as an address: there is no server and no network."""
    return "data:text/javascript;base64," + base64.b64encode(SCRIPT.read_bytes()).decode()


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
    async with chromium() as opened:
        page = await opened.new_page()
        found = await page.evaluate(ASK, [data_url(), [base64.b64encode(each).decode() for each in some]])
    wanted = [by_python(each) for each in some]
    different = [f"{w} is not {f}" for w, f in zip(wanted, found, strict=True) if alike(w) != alike(f)]
    assert not different, "\n".join(different[:5])
    assert [each.get("kind") for each in found[: len(KINDS)]] == list(made)


def alike(told: dict[str, Any]) -> dict[str, Any]:
    """Bytes that are no JSON are described by each parser in its own way; everything else is the same word for word."""
    return {"code": "bytes"} if told.get("code") == "bytes" else told


RANK = """async ([script, contests]) => {
    const page = await import(script);
    const told = (line) => [line.rank, line.entry, line.shown, line.result.n, line.result.d, line.decided_by].map(String);
    return contests.map(({rule, entries, seats, marks, votes, lots, facts}) => {
        const known = {
            deductions: facts.deductions,
            adjustments: new Map(facts.adjustments),
            difficulties: new Map(facts.difficulties.map(([place, value]) => [JSON.stringify(place), value])),
        };
        const seeds = lots.map(([of, seed]) => [of, Uint8Array.from(seed)]);
        const counts = marks.map(([judge, entry, part, sheet]) =>
            [judge, entry, part, Object.fromEntries(Object.entries(sheet).map(([key, count]) => [key, BigInt(count)]))]);
        const found = page.recompute(rule, entries, seats, counts, votes, seeds, known);
        return [found.lines.map(told), found.pending.map(([of, step]) => [[...of].sort(), step])];
    });
}"""


def contests(count: int) -> list[Contest]:
    """Random contests under presets and random rules, with votes and lots where a tie waits for them."""
    chance, some = Random("contests of the page"), list[Contest]()
    presets = [rule for rule in map(preset, NAMES) if rule.parts]
    while len(some) < count:
        contest = random_contest(chance, random_rule(chance) if len(some) % 2 else chance.choice(presets))
        for _ in range(3):
            _, pending = contest.by_verifier()
            if not pending:
                break
            decide(chance, contest, *min(pending, key=lambda each: (sorted(each[0]), each[1])))
        some.append(contest)
    return some


def written(contest: Contest) -> dict[str, Any]:
    facts = contest.facts
    return {
        "rule": rules.canonical(contest.rule).decode(),
        "entries": [f"{each}" for each in contest.entries],
        "seats": [[f"{each.judge_id}", f"{each.entry_id}", each.part, each.state] for each in contest.seats],
        "marks": [[f"{j}", f"{e}", part, sheet] for (j, e, part), sheet in contest.marks.items()],
        "votes": [[[f"{e}" for e in tied], [[f"{j}", f"{e}"] for j, e in named]] for tied, named in contest.votes],
        "lots": [[[f"{e}" for e in tied], list(seed)] for tied, seed in contest.lots],
        "facts": {
            "deductions": [[f"{each.entry_id}", each.key, f"{each.quantity}"] for each in facts.deductions],
            "adjustments": [[f"{entry}", f"{points}"] for entry, points in facts.adjustments.items()],
            "difficulties": [[[f"{e}", part, key], f"{value}"] for (e, part, key), value in facts.difficulties.items()],
        },
    }


@pytest.mark.browser
async def test_the_page_ranks_any_contest_as_the_verifier_does(is_nightly: bool) -> None:
    some = contests(MANY if is_nightly else SAMPLE)
    async with chromium() as opened:
        page = await opened.new_page()
        found = await page.evaluate(RANK, [data_url(), [written(each) for each in some]])
    for contest, (lines, pending) in zip(some, found, strict=True):
        wanted, waiting = contest.by_verifier()
        assert lines == [
            [f"{rank}", f"{entry}", shown, f"{result.numerator}", f"{result.denominator}", by] for rank, entry, shown, result, by in wanted
        ], contest
        assert sorted(map(str, pending)) == sorted(str([sorted(f"{e}" for e in of), step]) for of, step in waiting), contest
