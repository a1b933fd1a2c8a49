"""What somebody might do to a bundle. Each forgery takes a bundle and dice and gives other bytes."""

import hashlib
import json
from collections.abc import Callable
from random import Random
from typing import Any

from services.scoring.roots.domain import levels, root_of
from services.scoring.roots.domain import path as path_of
from shared.verifier.verify import canonical

Json = dict[str, Any]
Forgery = Callable[[Json, Random], Json]


def digest(*parts: bytes) -> str:
    return hashlib.sha256(b"".join(parts)).hexdigest()


def flip(data: bytes, dice: Random) -> bytes:
    """One bit, anywhere."""
    at = dice.randrange(len(data))
    return data[:at] + bytes([data[at] ^ 1 << dice.randrange(8)]) + data[at + 1 :]


def chained(bundle: Json, first: int = 0) -> Json:
    """Chain hashes made anew, as a forger who knows the format would."""
    for division in bundle["divisions"]:
        head = bytes(32)
        for each in division["entries"]:
            each[0] = digest(head, each[1].encode())
            head = bytes.fromhex(each[0])
    return bundle


def rooted(bundle: Json) -> Json:
    """Chains and root made anew: only what the marks add up to can still tell."""
    leaves = [hashlib.sha256(b"\0" + each[1].encode()).digest() for division in chained(bundle)["divisions"] for each in division["entries"]]
    ends = {division["division"]: len(division["entries"]) for division in bundle["divisions"]}
    return bundle | {"root": root_of(levels(leaves), ends), "size": len(leaves)}


def insert(bundle: Json, dice: Random) -> Json:
    entries = dice.choice(bundle["divisions"])["entries"]
    entries.insert(dice.randrange(len(entries)), list(dice.choice(entries)))
    return bundle


def drop(bundle: Json, dice: Random) -> Json:
    entries = dice.choice(bundle["divisions"])["entries"]
    del entries[dice.randrange(len(entries))]
    return bundle


def swap(bundle: Json, dice: Random) -> Json:
    entries = dice.choice(bundle["divisions"])["entries"]
    one, two = dice.sample(range(len(entries)), 2)
    entries[one], entries[two] = entries[two], entries[one]
    return bundle


def mark(bundle: Json, dice: Random) -> Json:
    """One more unit in a sheet that counts."""
    entries = bundle["divisions"][0]["entries"]
    sheets = [each for each in entries if '"disposition":"counted"' in each[1]]
    chosen = dice.choice(sheets)
    entry = json.loads(chosen[1])
    key = dice.choice(sorted(entry["body"]["marks"]))
    entry["body"]["marks"][key] += dice.choice((-1, 1))
    chosen[1] = canonical(entry)
    return bundle


def judge(bundle: Json, dice: Random) -> Json:
    """A sheet is given to another judge."""
    entries = bundle["divisions"][0]["entries"]
    one, two = dice.sample([each for each in entries if '"kind":"revision"' in each[1]], 2)
    first, second = json.loads(one[1]), json.loads(two[1])
    first["subjects"], first["actor"] = (second["subjects"], second["actor"]) if first["subjects"] != second["subjects"] else ({"judge": "0" * 64}, None)
    one[1] = canonical(first)
    return bundle


def rule(bundle: Json, dice: Random) -> Json:
    """Another drop, under the old checksum."""
    key = dice.choice(sorted(bundle["rules"]))
    bundle["rules"][key] = bundle["rules"][key].replace('"highest":1,"lowest":1', '"highest":0,"lowest":2')
    return bundle


def other_rule(bundle: Json, dice: Random) -> Json:
    """Another drop, under its own checksum."""
    (text,) = rule(bundle, dice)["rules"].values()
    return bundle | {"rules": {digest(text.encode()): text}}


def document(bundle: Json, dice: Random) -> Json:
    """A code of the roll or a rank of a score set is another."""
    name = dice.choice(("rolls", "score_sets"))
    key = dice.choice(sorted(bundle[name]))
    bundle[name][key] = bundle[name][key].replace('"code":"A0', '"code":"B0', 1)
    return bundle


def more(bundle: Json, dice: Random) -> Json:
    """Something is added that nothing covers."""
    name = dice.choice(("note", "rules", "rolls"))
    bundle[name] = {**bundle.get(name, {}), digest(b"{}"): "{}"}
    return bundle


def size(bundle: Json, dice: Random) -> Json:
    return bundle | {"size": bundle["size"] + dice.choice((-1, 1, 2))}


def root(bundle: Json, dice: Random) -> Json:
    at = dice.randrange(64)
    other = dice.choice([each for each in "0123456789abcdef" if each != bundle["root"][at]])
    return bundle | {"root": bundle["root"][:at] + other + bundle["root"][at + 1 :]}


def winner(bundle: Json, dice: Random) -> Json:
    """Two contestants change places: all of it made anew in canonical form."""
    told = [each for each in bundle["statements"] if '"kind":"stated"' in each["entry"]]
    one, two = told[0], dice.choice(told)
    for key in ("rank", "code") if one is not two else ("shown",):
        a, b = json.loads(one["entry"]), json.loads(two["entry"])
        a["body"][key], b["body"][key] = (b["body"][key], a["body"][key]) if one is not two else ("99.99", "99.99")
        one["entry"], two["entry"] = canonical(a), canonical(b)
    return bundle


def path(bundle: Json, dice: Random) -> Json:
    chosen = dice.choice(bundle["statements"])
    what = dice.randrange(5)
    if what == 0:
        chosen["path"].append(chosen["path"][0])
    elif what == 1:
        del chosen["path"][dice.randrange(len(chosen["path"]))]
    elif what == 2:
        at = dice.randrange(len(chosen["path"]))
        chosen["path"][at] = chosen["path"][at][0] + chosen["path"][at][1:].upper()
    elif what == 3:
        at = dice.randrange(len(chosen["path"]))
        chosen["path"][at] = {"l": "r", "r": "c", "c": "l"}[chosen["path"][at][0]] + chosen["path"][at][1:]
    else:
        bundle["statements"].append(chosen)
    return bundle


def unsealed(bundle: Json, dice: Random) -> Json:
    """The seal under which the statements stand is left out."""
    bundle["statements"] = [each for each in bundle["statements"] if '"kind":"score_set_sealed"' not in each["entry"]]
    return bundle


def nothing(bundle: Json, dice: Random) -> Json:
    """Nothing is stated at all, under a root that is true."""
    return bundle | {"statements": [], "rules": {}}


def absent(bundle: Json, dice: Random) -> Json:
    """A better result is left out of the public list."""
    told = [each for each in bundle["statements"] if '"kind":"stated"' in each["entry"]]
    bundle["statements"].remove(dice.choice(told[:-1]))
    return bundle


def gap(bundle: Json, dice: Random) -> Json:
    """A rank is jumped over from one result on; statements, tree and root made anew, as only who writes the ledger could."""
    entries = [json.loads(each["entry"]) for each in bundle["statements"]]
    told = [each for each in entries if each["kind"] == "stated"]
    for each in told[dice.randrange(len(told)) :]:
        each["body"]["rank"] += 1
    texts = [canonical(each) for each in entries]
    tree = levels([hashlib.sha256(b"\0" + text.encode()).digest() for text in texts])
    ends = {each["division"]: each["position"] for each in entries if each["kind"] == "score_set_sealed"}
    statements = [{"entry": text, "path": path_of(tree, at, ends)} for at, text in enumerate(texts)]
    return bundle | {"root": root_of(tree, ends), "statements": statements}


def of_both(forgery: Forgery, again: Callable[[Json], Json]) -> Forgery:
    return lambda bundle, dice: again(forgery(bundle, dice))


LEDGER: dict[str, Forgery] = {"inserted": insert, "dropped": drop, "swapped": swap, "mark": mark, "judge": judge}
SUPERVISION: dict[str, Forgery] = {
    **LEDGER,
    **{f"{name}, chained": of_both(forgery, chained) for name, forgery in LEDGER.items()},
    **{f"{name}, rooted": of_both(forgery, rooted) for name, forgery in LEDGER.items()},
    "rule": rule,
    "other rule": other_rule,
    "document": document,
    "more": more,
    "size": size,
    "root": root,
}
STATEMENTS: dict[str, Forgery] = {
    "winner": winner,
    "path": path,
    "unsealed": unsealed,
    "nothing": nothing,
    "rule": rule,
    "other rule": other_rule,
    "more": more,
    "root": root,
}
FORGERIES = {"public": {**STATEMENTS, "absent": absent, "gap": gap}, "own": STATEMENTS, "supervision": SUPERVISION}
