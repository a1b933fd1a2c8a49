"""What a day brings beside marks: a lesson over time, a call for one more prize, a contestant's appeal."""

from datetime import timedelta
from functools import partial

from deploy.demo.play import Appealed, Place, Play, fresh_id
from deploy.demo.season import Table, moment
from deploy.demo.stages import prizes
from deploy.demo.user import Told, User

CLOCK, APPEALS = "计时 clock", "申诉 appeals"
LESSON_SECONDS = 20 * 60
ANSWERED_AFTER = timedelta(hours=22)


def place_of(incident: Table) -> Place:
    return incident["activity"], incident["division"]


async def timekeeper(play: Play) -> User:
    return await play.one_of("timekeeper" if play.season.role("timekeeper") else "scorekeeper")


async def start_lesson(play: Play, incident: Table) -> None:
    keeper, place = await timekeeper(play), place_of(incident)
    body = {"entry_id": play.entries[(*place, incident["entry"])], "limit_seconds": LESSON_SECONDS}
    await keeper.post(f"/scoring/divisions/{play.divisions[place]}/clocks", body)
    play.bars.advance()


async def end_lesson(play: Play, incident: Table) -> None:
    """End the lesson when its clock stands so many seconds over, and have the points taken off by the clock's own log."""
    keeper, place = await timekeeper(play), place_of(incident)
    page, entry_id = f"/scoring/divisions/{play.divisions[place]}", play.entries[(*place, incident["entry"])]
    wanted = (LESSON_SECONDS + incident["seconds"]) * 1000

    async def look() -> bool:
        clocks = (await keeper.get(f"{page}/clocks"))["clocks"]
        return any(each["entry_id"] == entry_id and each["passed_ms"] >= wanted for each in clocks)

    await play.until(f"the clock of {incident['entry']} to stand {incident['seconds']} s over", look)
    await keeper.post(f"{page}/clocks/{entry_id}", {"step": "end"})
    deducted = {"id": fresh_id(), "entry_id": entry_id, "key": incident["deduction"]}
    await keeper.post(f"{page}/deductions", deducted)
    play.recorded.append(("deducted", deducted["id"]))
    play.bars.advance()


async def call_for_a_prize(play: Play, incident: Table) -> None:
    """The office asks for one more prize without a minute; that must be refused."""
    organiser = await play.one_of("organiser")
    fields = {"division": incident["division"], "tier": incident["tier"], "more": str(incident["more"])}
    minute = {"title": "", "document_no": "", "dated": ""}
    play.prizes_asked += 1
    try:
        await organiser.form(f"/awards/editions/{incident['activity']}/minutes", fields | minute, {})
    except Told as told:
        if told.code != "minute_required":
            raise
        play.prizes_refused += 1
    play.bars.advance()


async def file_appeal(play: Play, incident: Table, appeal: Appealed) -> None:
    """The contestant appeals about the own entry, once the opened codes have reached scoring."""
    user, place = await play.user(incident["entry"]), place_of(incident)
    entry_id = play.entries[(*place, incident["entry"])]

    async def look() -> bool:
        return any(each["entry_id"] == entry_id for each in (await user.get("/scoring/appeals"))["entries"])

    await play.until(f"the opened entry of {incident['entry']} in scoring", look)
    body = {"id": appeal.id, "entry_id": entry_id, "ground": incident["ground"], "text": incident["text"]}
    await user.post("/scoring/appeals", body)
    play.recorded.append(("appeal_filed", appeal.id))
    play.appeals.append(appeal)
    play.bars.advance()


async def answer_appeal(play: Play, incident: Table, appeal: Appealed) -> None:
    """Accepted with a day, looked into by one and signed by another, answered in writing."""
    scorekeeper, supervisor = await play.one_of("scorekeeper"), await play.one_of("supervisor")
    page, recheck = f"/scoring/appeals/{appeal.id}", fresh_id()
    await scorekeeper.post(f"{page}/acceptances", {"due": incident["due"].isoformat()})
    await scorekeeper.post(f"{page}/rechecks", {"id": recheck, "found": incident["found"]})
    await supervisor.post(f"/scoring/rechecks/{recheck}/signatures")
    await scorekeeper.post(f"{page}/answers", {"outcome": incident["outcome"], "answer": incident["answer"]})
    play.recorded += [("appeal_accepted", appeal.id), ("rechecked", recheck), ("appeal_answered", appeal.id)]
    play.bars.advance()


def plan(play: Play, activity: Table) -> None:
    """Each at its incident's own time: a lesson ends so many seconds late, an appeal is answered the next day."""
    add, incidents = play.agenda.add, partial(play.season.incidents, activity=activity["key"])
    for each in incidents("overtime"):
        starts, title = moment(each["at"]), f"{each['name']} {each['entry']}"
        add(starts, CLOCK, title, partial(start_lesson, play, each))
        ends = starts + timedelta(seconds=LESSON_SECONDS + each["seconds"])
        add(ends, CLOCK, title, partial(end_lesson, play, each))
    for each in incidents("prize_without_minute"):
        add(moment(each["at"]), prizes.SIGNING, f"{each['name']} {each['tier']}", partial(call_for_a_prize, play, each))
    for each in incidents("appeal"):
        filed, title = moment(each["at"]), f"{each['name']} {each['entry']}"
        appeal = Appealed(id=fresh_id(), account=each["entry"], outcome=each["outcome"], answer=each["answer"])
        add(filed, APPEALS, title, partial(file_appeal, play, each, appeal))
        add(filed + ANSWERED_AFTER, APPEALS, title, partial(answer_appeal, play, each, appeal))
