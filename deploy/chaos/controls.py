"""Defects that the storm must catch: broken variants, served or run instead of the true files.

ack: any answer counts as an acknowledgement. id: every try sends the revision under a fresh id. ledger: the writer
acknowledges before it commits (deploy/chaos/relaxed.py).
"""

from collections.abc import Callable, Mapping
from pathlib import Path

Edit = Callable[[bytes], bytes]
NAMES = ("ack", "id", "ledger")
QUEUE = "/scoring/static/tablet/queue.js"
IS_ACKNOWLEDGED = "answer.ok && said?.id === record.id && Number.isInteger(said.ledger_position)"
PUT = 'ask("PUT", `/scoring/revisions/${record.id}`, csrf, record.wire, { "Laurel-Signature": record.signature })'
ANY_ANSWER = {IS_ACKNOWLEDGED: "true", "disposition, head } = said;": "disposition, head } = said ?? {};"}
FRESH_ID = {
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
}


def edits(control: str) -> dict[str, Edit]:
    """Path of a file -> what tablets get instead."""
    found = {"ack": ANY_ANSWER, "id": FRESH_ID}.get(control)
    return {QUEUE: _edit(found)} if found else {}


def commands(control: str, folder: Path) -> dict[str, list[str]]:
    """Service -> what runs instead."""
    return {"scoring": ["deploy.chaos.relaxed", str(folder / "deaths")]} if control == "ledger" else {}


def _edit(changes: Mapping[str, str]) -> Edit:
    def edit(file: bytes) -> bytes:
        text = file.decode()
        for true, broken in changes.items():
            if text.count(true) != 1:
                raise ValueError(
                    f"the file has changed, and the control with it: {true!r} stands {text.count(true)} times"
                )
            text = text.replace(true, broken)
        return text.encode()

    return edit
