"""From the approved sign-ups to the sealed roll: pre-selection, places, promotion, the draw, and who leaves on the way."""

from datetime import timedelta
from functools import partial

from deploy.demo.play import Place, Play, RehearsalFailed, fresh_id
from deploy.demo.season import Table, moment
from deploy.demo.stages import judging

PRESELECTION, ADMISSION, DRAW, HALL = "初评 pre-selection", "入围 admission", "抽签 draw", "检录 check-in"


async def seal_roll(play: Play, place: Place, stage: str) -> None:
    """The organiser seals who takes part; scoring has it soon after."""
    organiser = await play.one_of("organiser")
    body = {"id": fresh_id(), "stage": stage}
    sealed = await organiser.post(f"/registration/divisions/{play.divisions[place]}/rolls", body)
    play.rolls[place] = sealed["roll_id"]
    await judging.roll_arrived(play, place, stage, len(sealed["items"]))
    await judging.declare_recusals(play, place)
    play.bars.advance()


async def preselect(play: Play, place: Place, part: str) -> None:
    """Everybody who was approved is marked in this part, blind, and the score set goes back to registration."""
    await seal_roll(play, place, "preselection")
    await judging.mark_parts(play, place, "preselection", [part])
    await judging.settle_ties(play, place, "preselection")
    await judging.lock(play, place, "preselection")
    await judging.seal(play, place, "preselection")
    organiser = await play.one_of("organiser")

    async def look() -> bool | None:
        page = await organiser.get(f"/registration/divisions/{play.divisions[place]}/admissions")
        return page["is_preselected"] or None

    await play.until(f"the pre-selection of {'/'.join(place)} in registration", look)
    play.bars.advance()


async def admit(play: Play, place: Place) -> None:
    organiser = await play.one_of("organiser")
    await organiser.post(f"/registration/divisions/{play.divisions[place]}/admissions")
    play.bars.advance()


async def withdraw(play: Play, incident: Table) -> None:
    """A contestant leaves; after the draw the roll is sealed again without the entry, and its number stays empty."""
    key = next(each for each in play.entries if (each[0], each[2]) == (incident["activity"], incident["entry"]))
    user = await play.user(incident["entry"])
    await user.post(f"/registration/entries/{play.entries[key]}/withdrawals", {"reason": incident["reason"]})
    play.bars.advance()
    place = key[0], key[1]
    if place in play.final_rolls:
        await seal_roll(play, place, "final")


async def draw(play: Play, place: Place) -> None:
    """The leaders' meeting: names on the presence list, the lot, then the sealed roll. Promotion has ended."""
    organiser = await play.one_of("organiser")
    division = play.divisions[place]
    present = sorted({str(row["name"]) for row in play.season.branches})
    await organiser.post(f"/registration/divisions/{division}/draws", {"id": fresh_id(), "present": present})
    for entry in (await organiser.get(f"/registration/divisions/{division}/admissions"))["entries"]:
        play.at_draw[entry["id"]] = entry["state"]
    await seal_roll(play, place, "final")
    play.final_rolls.add(place)


async def check_in(play: Play, place: Place) -> None:
    """The usher, or the organiser, notes who has come."""
    ushers = play.season.role("usher") or play.season.role("organiser")
    usher = await play.user(ushers[0])
    lines = (await usher.get(f"/registration/divisions/{play.divisions[place]}/check-ins"))["check_ins"]
    for line in lines:
        await usher.post(f"/registration/entries/{line['entry_id']}/check-ins")
    if not lines:
        raise RehearsalFailed(f"{'/'.join(place)}: nobody takes part")
    play.bars.advance()


def plan(play: Play, activity: Table) -> None:
    """Times of season.toml; who leaves does so at the incident's own time."""
    part = activity.get("preselection", {}).get("part")
    for division in activity["division"]:
        plan_division(play, activity, (activity["key"], division["key"]), division["title"], part)
    for incident in play.season.incidents("withdrawal", activity["key"]):
        at = moment(incident["at"])
        stage, extra = (ADMISSION, 0) if at < moment(activity["draw_at"]) else (DRAW, 1)
        title = f"{incident['name']} {incident['entry']}"
        play.agenda.add(at, stage, title, partial(withdraw, play, incident), 1 + extra)


def plan_division(play: Play, activity: Table, place: Place, title: str, part: str | None) -> None:
    add, draw_at = play.agenda.add, moment(activity["draw_at"])
    if part:
        count = sum((s.activity, s.division) == place and s.part == part for s in play.season.marks)
        at = moment(activity["review_closes"]) + timedelta(minutes=30)
        add(at, PRESELECTION, title, lambda: preselect(play, place, part), count + 2)
    if activity["admission"] != "arrival":
        add(moment(activity["admission_at"]), ADMISSION, title, lambda: admit(play, place))
    add(draw_at + timedelta(minutes=5), DRAW, title, lambda: draw(play, place))
    add(moment(activity["hall_at"]) - timedelta(minutes=30), HALL, title, lambda: check_in(play, place))
