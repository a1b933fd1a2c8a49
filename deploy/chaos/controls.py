"""Defects that the storm must catch: broken variants, run instead of the true files.

ack: any answer counts as an acknowledgement. id: every try sends the revision under a fresh id. ledger: the writer
acknowledges before it commits (deploy/chaos/relaxed.py). For the first two scoring runs from a copy with one file changed,
so that tablets get it as they get the true one.
"""

import importlib
import shutil
import sys
from collections.abc import Mapping
from pathlib import Path

from deploy.installation import ROOT
from shared.web.serve import main

NAMES = ("ack", "id", "ledger")
QUEUE = Path("services/scoring/static/tablet/queue.js")
IS_ACKNOWLEDGED = "answer.ok && said?.id === record.id && Number.isInteger(said.ledger_position)"
PUT = 'ask("PUT", `/scoring/revisions/${record.id}`, csrf, record.wire, { "Laurel-Signature": record.signature })'
CHANGES: dict[str, dict[str, str]] = {
    "ack": {IS_ACKNOWLEDGED: "true", "disposition, head } = said;": "disposition, head } = said ?? {};"},
    "id": {
        PUT: "afresh(store, record, csrf)",
        IS_ACKNOWLEDGED: "answer.ok && Number.isInteger(said?.ledger_position)",
        "/** @param {Store} store @param {Listener} listener */": """\
import { sign } from "./keys.js";
import { newId } from "./store.js";
async function afresh(store, record, csrf) {
  const id = newId(), wire = record.wire.replace(record.id, id), { keys } = await store.identity();
  const signature = await sign(keys, new TextEncoder().encode(wire));
  return ask("PUT", `/scoring/revisions/${id}`, csrf, wire, { "Laurel-Signature": signature });
}
""",
    },
}


def command(control: str, folder: Path) -> list[str]:
    """The module that runs instead of services.scoring, and its words. Makes in the folder what that needs."""
    if control == "ledger":
        return ["deploy.chaos.relaxed", str(folder / "deaths")]
    return ["deploy.chaos.controls", str(_copy(folder / f"variant {control}", CHANGES[control]))]


def _copy(tree: Path, changes: Mapping[str, str]) -> Path:
    """The services as they are, but for these changes in the queue. Raises ValueError where the queue is another by now."""
    shutil.copytree(ROOT / "services", tree / "services", ignore=shutil.ignore_patterns("__pycache__"))
    text = (tree / QUEUE).read_text()
    for true, broken in changes.items():
        if text.count(true) != 1:
            raise ValueError(f"{QUEUE} has changed, and the control with it: {true!r} stands {text.count(true)} times")
        text = text.replace(true, broken)
    (tree / QUEUE).write_text(text)
    return tree


if __name__ == "__main__":
    sys.path.insert(0, sys.argv[1])
    main(importlib.import_module("services.scoring.app").PLAN)
