"""Takes home what everybody may: the public and the supervision bundle of each competition, and each contestant's own.

DIR/<activity>/public.json, supervision.json and own/<code>.json. Each is checked with the verifier that is handed out.
"""

import json
from pathlib import Path

from deploy.demo.play import Play
from deploy.demo.report import Check
from deploy.demo.user import Told, User
from shared.verifier.verify import Difference, verify


async def write(play: Play, folder: Path) -> Check:
    """Write every bundle there is. The check: as many are accepted as were written."""
    written: dict[Path, bytes] = {}
    supervisor = await play.one_of("supervisor")
    for activity in play.season.activities:
        key, own = activity["key"], folder / activity["key"] / "own"
        written |= await taken(supervisor, key, "supervision", folder / key / "supervision.json")
        written |= await taken(play.public, key, "public", folder / key / "public.json")
        mine = [(account, entry) for (of, _, account), entry in play.entries.items() if of == key]
        for account, entry in mine if written else []:
            found = await taken(await play.user(account), key, f"own/{entry}", own / "own.json")
            written |= {own / f"{code(content)}.json": content for content in found.values()}
    for file, content in written.items():
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(content)
    accepted = sum(is_accepted(content) for content in written.values())
    return Check("bundles written = bundles accepted", len(written), accepted, accepted == len(written) > 0)


async def taken(user: User, key: str, which: str, file: Path) -> dict[Path, bytes]:
    """The bundle under its file, or nothing where there is none for this reader."""
    try:
        return {file: await user.download(f"/scoring/bundles/{key}/{which}")}
    except Told as told:
        if told.status == 404:
            return {}
        raise


def code(bundle: bytes) -> str:
    """The code of the contestant whose own bundle this is, by its last statement."""
    bodies = [json.loads(each["entry"])["body"] for each in json.loads(bundle)["statements"]]
    return [str(body["code"]) for body in bodies if "code" in body][-1]


def is_accepted(bundle: bytes) -> bool:
    try:
        verify(bundle)
    except Difference:
        return False
    return True
