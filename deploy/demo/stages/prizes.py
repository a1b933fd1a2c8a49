"""A competition's prizes: the codes are opened by two, the committee and the supervisor sign the list that follows."""

from datetime import timedelta
from functools import partial

from deploy.demo.play import Place, Play, RehearsalFailed
from deploy.demo.season import Table, moment
from deploy.demo.stages import publication
from deploy.demo.user import Told

OPENING, SIGNING = "启封 opening of codes", "奖项 prizes"


async def open_roll(play: Play, place: Place) -> None:
    """Organiser and supervisor sign the opening; the names are known after it."""
    for role in ("organiser", "supervisor"):
        await play.until(
            f"the score set of {'/'.join(place)} in registration", partial(sign_opening, play, place, role)
        )
    play.bars.advance()


async def sign_opening(play: Play, place: Place, role: str) -> bool:
    """Sign, if the score set has reached registration."""
    user = await play.one_of(role)
    try:
        await user.post(f"/registration/rolls/{play.rolls[place]}/signatures", {"role": role})
    except Told as told:
        if told.code == "roll_not_scored":
            return False
        raise
    return True


async def sign_list(play: Play, activity: Table) -> None:
    """Wait for the sealed score sets and the opened codes, then sign what the committee's page shows."""
    key = activity["key"]
    member = await play.one_of("committee")

    async def look() -> Table | None:
        page: Table = await member.get(f"/awards/editions/{key}/committee")
        is_whole = len(page["score_set_ids"]) == len(activity["division"])
        is_open = not any(division["missing"] for division in page["preview"]["divisions"])
        return page if is_whole and is_open else None

    page = await play.until(f"the score sets and names of {key} in awards", look)
    for user in (member, await play.one_of("supervisor")):
        signed = await user.post(f"/awards/editions/{key}/confirmations", {"score_set_ids": page["score_set_ids"]})
    if not signed["is_complete"]:
        raise RehearsalFailed(f"{key}: the list is not put forward after both signatures")
    play.bars.advance()


def plan(play: Play, activity: Table) -> None:
    """Codes are opened when all is sealed; the committee meets the next day."""
    hall = moment(activity["hall_at"])
    for division in activity["division"]:
        place = activity["key"], division["key"]
        play.agenda.add(hall + timedelta(hours=14), OPENING, division["title"], partial(open_roll, play, place))
    play.agenda.add(hall + timedelta(days=1), SIGNING, activity["title"], partial(sign_list, play, activity))
    objections = play.season.incidents("objection", activity["key"])
    publication.plan(play, activity["key"], activity["title"], activity, objections)
