"""What was sealed is accepted; whatever is changed in it is refused, and the place is named."""

import ast
import hashlib
import json
import subprocess
import sys
from collections import Counter
from pathlib import Path
from random import Random

import pytest
import pytest_asyncio

from services.scoring.bundles import actions as bundles
from services.scoring.roots.domain import levels, path
from shared.db import transaction
from shared.verifier import verify
from shared.verifier.verify import Difference, canonical
from tests.conftest import Database, Postgres, clone
from tests.scoring.correcting import applied, sheet, spread
from tests.scoring.sealed import all_bundles, sealed
from tests.shared.verifier.forgeries import FORGERIES, flip

VERIFIER = Path(verify.__file__)
KINDS = ("public", "own", "supervision")
MUTATIONS, MANY_MUTATIONS = 1_000, 100_000
MOST_LINES = 400


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def made(postgres: Postgres, scoring_template: str) -> dict[str, bytes]:
    """The three bundles of one small competition."""
    async with clone(postgres, "scoring") as database:
        return await all_bundles(await sealed(database))


def refused(data: bytes) -> Difference:
    with pytest.raises(Difference) as found:
        verify.verify(data)
    return found.value


@pytest.mark.parametrize("kind", KINDS)
def test_every_mutation_is_refused_and_placed(kind: str, made: dict[str, bytes], is_nightly: bool) -> None:
    dice, codes = Random(f"mutations of {kind}"), Counter[str]()
    names = ["bit", *FORGERIES[kind]]
    for number in range((MANY_MUTATIONS if is_nightly else MUTATIONS) // len(KINDS) + 1):
        name = names[number % len(names)]
        if name == "bit":
            data = flip(made[kind], dice)
        else:
            data = canonical(FORGERIES[kind][name](json.loads(made[kind]), dice)).encode()
        if data == made[kind]:
            continue
        try:
            verify.verify(data)
        except Difference as difference:
            codes[difference.args[0]] += 1
            assert difference.place or difference.args[0] in ("root", "cited", "hash", "shape", "statement"), (name, number, difference.args[0])
        else:
            pytest.fail(f"accepted: {name} (mutation {number})")
    assert len(codes) > 3 and "bytes" in codes


@pytest.mark.parametrize("kind", KINDS)
def test_every_bit_of_a_chosen_byte_counts(kind: str, made: dict[str, bytes]) -> None:
    data = made[kind]
    for at in range(0, len(data), max(1, len(data) // 40)):
        for bit in range(8):
            assert refused(data[:at] + bytes([data[at] ^ 1 << bit]) + data[at + 1 :]).args


def test_a_changed_mark_is_placed_at_its_entry(made: dict[str, bytes]) -> None:
    bundle = json.loads(made["supervision"])
    entries = bundle["divisions"][0]["entries"]
    at = next(n for n, each in enumerate(entries) if '"kind":"revision"' in each[1])
    entries[at][1] = entries[at][1].replace('"seq":', '"seq":1', 1)
    found = refused(canonical(bundle).encode())
    assert (found.args[0], found.place) == ("chain", {"division": bundle["divisions"][0]["division"], "position": at + 1})


def test_a_forged_winner_of_a_public_bundle_is_refused(made: dict[str, bytes]) -> None:
    bundle = json.loads(made["public"])
    last = next(each for each in reversed(bundle["statements"]) if '"rank":5' in each["entry"])
    last["entry"] = last["entry"].replace('"rank":5', '"rank":1')
    found = refused(canonical(bundle).encode())
    assert found.args[0] == "root" and found.place["statement"] == bundle["statements"].index(last) + 1


def test_a_list_of_winners_holds_and_none_of_the_better_ones_can_be_left_out(made: dict[str, bytes]) -> None:
    whole = json.loads(made["public"])
    *stated, seal = whole["statements"]
    for count in range(1, len(stated) + 1):
        first = stated[:count]
        assert verify.verify(canonical(whole | {"statements": [*first, seal]}).encode())["ranks"] == count
        for left_out in first[:-1]:
            found = refused(canonical(whole | {"statements": [*(each for each in first if each is not left_out), seal]}).encode())
            assert found.args[0] == "statement" and found.place["code"]


def test_a_bundle_of_another_competition_does_not_have_the_printed_checksum(made: dict[str, bytes]) -> None:
    root = json.loads(made["public"])["root"]
    assert verify.verify(made["public"], root)["root"] == root
    with pytest.raises(Difference, match="root"):
        verify.verify(made["public"], "0" * 64)


def test_numbers_are_whole_and_keys_stand_once(made: dict[str, bytes]) -> None:
    text = made["supervision"].decode()
    size = json.loads(text)["size"]
    for other in (f'"size":{size}.0', f'"size":{size}e0', f'"size":{size},"size":{size}', '"size":NaN', '"size":true'):
        assert refused(text.replace(f'"size":{size}', other).encode()).args[0] in ("bytes", "shape", "root")


def test_the_file_runs_alone_and_says_what_it_found(made: dict[str, bytes], tmp_path: Path) -> None:
    alone = tmp_path / "verify.py"
    alone.write_bytes(VERIFIER.read_bytes())
    (tmp_path / "good.json").write_bytes(made["own"])
    (tmp_path / "bad.json").write_bytes(made["own"].replace(b'\\"rank\\":2', b'\\"rank\\":1'))
    asked = {"good.json": 0, "bad.json": 1, "absent.json": 2}
    for name, status in asked.items():
        for language, word in (("en", ("accepted", "refused", "cannot read")), ("zh-CN", ("核验通过", "核验不通过", "无法读取"))):
            command = [sys.executable, "-I", str(alone), str(tmp_path / name), "--language", language]
            done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=tmp_path)
            assert done.returncode == status and word[status] in done.stdout + done.stderr, done.stderr


def test_the_file_stays_short_and_imports_nothing_of_ours() -> None:
    text = VERIFIER.read_text()
    assert len(text.splitlines()) <= MOST_LINES
    found = [node for node in ast.walk(ast.parse(text)) if isinstance(node, ast.Import | ast.ImportFrom)]
    imported = {(getattr(node, "module", None) or each.name).split(".")[0] for node in found for each in node.names}
    assert imported <= set(sys.stdlib_module_names)




async def test_a_result_that_was_superseded_does_not_pass_for_the_last(scoring_database: Database) -> None:
    """Its statements are true leaves of the tree; the root says that its seal is not the last."""
    place = await spread(scoring_database, 2, is_released=True, is_sealed=True)
    for judge in range(3):
        await applied(place, sheet(place, judge, 1, "30.0"))
    async with transaction(place.pool, "scoring_supervisor") as tx:
        whole = json.loads(await bundles.supervision(tx, "teaching-9"))
    (chain,) = whole["divisions"]
    texts = [text for _, text in chain["entries"]]
    tree, ends = levels([hashlib.sha256(b"\0" + text.encode()).digest() for text in texts]), {chain["division"]: len(texts)}
    seals = [at for at, text in enumerate(texts) if json.loads(text)["kind"] == "score_set_sealed"]
    told = []
    for seal in (seals[0], seals[-1]):
        first = json.loads(texts[seal])["body"]["first_stated"] - 1
        shown = [at for at in range(first, seal + 1) if json.loads(texts[at])["kind"] != "marks_stated"]
        statements = [{"entry": texts[at], "path": path(tree, at, ends)} for at in shown]
        told.append({**{key: whole[key] for key in ("format", "root", "rules")}, "kind": "public", "statements": statements})
    assert verify.verify(canonical(told[1]).encode())["ranks"] == 2
    found = refused(canonical(told[0]).encode())
    assert found.args == ("cited", len(texts), seals[0] + 1) and found.place["position"] == seals[0] + 1
