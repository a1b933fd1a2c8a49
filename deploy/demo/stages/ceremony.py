"""The ceremony of a signed list: prepared, begun, led step by step to its last picture, and ended.

What the hall was shown is read as a screen reads it, and kept for the conservation table.
"""

import hashlib
from datetime import timedelta
from functools import partial
from typing import Any

from deploy.demo.play import Play, RehearsalFailed, fresh_id
from deploy.demo.season import Table, moment

CEREMONY = "颁奖揭晓 ceremony"


async def hold(play: Play, activity: Table) -> None:
    """The presenter presses `next` until the whole list is on the screen; nobody's name is out before its step."""
    key, reveal = activity["key"], fresh_id()
    organiser, address = await play.one_of("organiser"), f"/awards/reveals/{reveal}"
    made = await organiser.post(f"/awards/editions/{key}/reveals", {"id": reveal, "kind": "ceremony"})
    steps: int = made["course"]["steps"]
    await organiser.post(f"{address}/openings", {"version": 1, "confirmed": True})
    for number in range(steps):
        if number:
            command = {"id": fresh_id(), "kind": "next", "version": number + 1}
            await organiser.post(f"{address}/commands", command)
        frame = (await play.public.get(f"{address}/screen"))["moment"]["frame"]
        if frame["number"] != number:
            raise RehearsalFailed(f"{key}: the hall sees step {frame['number']} of the ceremony instead of {number}")
        play.revealed.setdefault(key, []).extend(prizes(frame["step"]))
    play.last_frames[key] = [each for prize in frame["step"]["prizes"] for each in prizes(prize)]
    await organiser.post(f"{address}/closings", {"version": steps + 1, "confirmed": True})
    member = await play.one_of("committee")
    signed = (await member.get(f"/awards/editions/{key}/committee"))["script_hash"]
    if hashlib.sha256(await play.public.download(f"{address}/script")).hexdigest() != signed:
        raise RehearsalFailed(f"{key}: the script that was played is not the one whose checksum was signed")
    play.bars.advance()


def prizes(shown: dict[str, Any]) -> list[tuple[Any, ...]]:
    """(division, tier, rank, result, name) of each winner of a step, or of a tier of the list."""
    return [(each["division"], shown["tier"], each["rank"], each["result"], each["name"]) for each in shown["winners"]]


def plan(play: Play, activity: Table) -> None:
    """Two hours after the committee has signed."""
    at = moment(activity["hall_at"]) + timedelta(days=1, hours=2)
    play.agenda.add(at, CEREMONY, activity["title"], partial(hold, play, activity))
