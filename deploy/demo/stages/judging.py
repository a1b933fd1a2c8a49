"""Judges send sheets part by part; ties are voted on; scorekeeper and supervisor lock, release and seal."""

import asyncio
import time
from collections import defaultdict
from datetime import timedelta
from functools import partial
from typing import Any

from deploy.demo.play import Place, Play, RehearsalFailed, Sent, fresh_id
from deploy.demo.season import SheetKey, Table, as_counts, moment
from deploy.demo.stages import hall, paper
from deploy.demo.tablets import Tablet
from deploy.demo.user import PATIENCE_SECONDS, Told

MARKS, RESULTS = "评分 marks", "成绩 results"
WHEN = ("before", "hall", "after")


async def declare_recusals(play: Play, place: Place) -> None:
    """The scorekeeper writes down the relations that judges declared; the same unit is found without it."""
    scorekeeper = await play.one_of("scorekeeper")
    for each in play.place(place).get("recusal", []):
        entry_id = play.entries.get((*place, each["entry"]))
        if entry_id and (place, each["judge"], each["entry"]) not in play.recusals:
            body = {"id": fresh_id(), "judge": each["judge"], "entry_id": entry_id, "relation": each["relation"]}
            body["reserve"] = each.get("reserve", "")
            await scorekeeper.post(f"/scoring/divisions/{play.divisions[place]}/recusals", body)
            play.recusals.add((place, each["judge"], each["entry"]))


async def mark_parts(play: Play, place: Place, stage: str, parts: list[str]) -> None:
    """Every judge of the division sends the sheets of these parts; planned slips are corrected afterwards.

    Sheets that go to paper are typed by the desk.
    """
    by_hand = paper.planned(play, place, parts)
    for sheet, incident in by_hand.items():
        await paper.send(play, place, sheet, incident)
    wanted: dict[str, list[SheetKey]] = defaultdict(list)
    for sheet in play.season.marks:
        if (sheet.activity, sheet.division) == place and sheet.part in parts and sheet not in by_hand:
            wanted[sheet.judge].append(sheet)
    slips = {
        SheetKey(*place, each["entry"], each["judge"], each["part"]): each
        for each in play.season.incidents("first_sent", place[0])
        if each["division"] == place[1] and each["part"] in parts
    }
    done = await play.all([mark_as(play, place, judge, sheets, slips) for judge, sheets in sorted(wanted.items())])
    for sheet, incident in by_hand.items():
        await paper.type_in(play, place, sheet, incident)
    corrections = [each for found in done for each in found]
    if any(not slip["mark"] for _, _, _, _, slip in corrections):
        await meet_refusal(play, place, stage)
    for tablet, version, sheet, base, slip in corrections:
        revision = write(play, tablet, version, sheet, play.season.counts(sheet), base, slip["reason"])
        await sent(tablet)
        supervisor = await play.one_of("supervisor")
        await supervisor.post(f"/scoring/revisions/{revision}/countersignatures")


async def mark_as(
    play: Play, place: Place, judge: str, sheets: list[SheetKey], slips: dict[SheetKey, Table]
) -> list[tuple[Tablet, int, SheetKey, str, Table]]:
    """One judge at one tablet, entry by entry in the order of the roll. Returns what is to be corrected later."""
    tablet = await hall.tablet_of(play, place, judge)
    desks = (await tablet.user.get("/scoring/tablet/desk"))["divisions"]
    desk = next((each for each in desks if each["division_id"] == play.divisions[place]), None)
    version = desk["rubric_version"] if desk else 0
    order = {entry["entry_id"]: at for at, entry in enumerate(desk["entries"])} if desk else {}
    mine = [sheet for sheet in sheets if play.entries.get((*place, sheet.entry)) in order]
    mine.sort(key=lambda sheet: order[play.entries[(*place, sheet.entry)]])
    play.bars.advance(len(sheets) - len(mine))
    later, given = [], hall.now(play, place, judge, mine, version)
    if lost := slips.keys() & (set(mine) - set(given)):
        raise RehearsalFailed(f"{judge}: a slip cannot be corrected while there is no network: {lost}")
    for sheet in given:
        slip = slips.get(sheet)
        marks = first_marks(play, sheet, slip) if slip else play.season.counts(sheet)
        revision = write(play, tablet, version, sheet, marks, None, "")
        await sent(tablet)
        if slip:
            later.append((tablet, version, sheet, revision, slip))
        play.bars.advance()
    if mine:
        await tablet.report()
    return later


def write(
    play: Play, tablet: Tablet, version: int, sheet: SheetKey, marks: dict[str, int], base: str | None, reason: str
) -> str:
    """Let the judge submit one sheet on the tablet. Returns the revision's id."""
    entry_id = play.entries[sheet.activity, sheet.division, sheet.entry]
    stored = tablet.write(entry_id, sheet.part, version, marks, base, reason)
    play.sent.append(Sent(stored=stored, sheet=sheet, marks=marks))
    return stored.id


async def sent(tablet: Tablet) -> None:
    """Send what stands in the tablet's queue, again and again while nobody answers."""
    waiting, deadline = list(tablet.queue), time.monotonic() + PATIENCE_SECONDS
    while not await tablet.drain():
        if time.monotonic() > deadline:
            raise RehearsalFailed(f"{tablet.label}: no acknowledgement in {PATIENCE_SECONDS:.0f} s")
        await asyncio.sleep(0.2)
    if held := [each for each in waiting if each.disposition != "counted"]:
        raise RehearsalFailed(f"{tablet.label}: {held[0].id} was not counted: {held[0].disposition}")


def first_marks(play: Play, sheet: SheetKey, slip: Table) -> dict[str, int]:
    """The marks as they were sent at first, with the slip in them."""
    given = {**play.season.marks[sheet], slip["criterion"]: slip["mark"]}
    return as_counts(given, play.season.units(sheet.activity, sheet.part))


async def meet_refusal(play: Play, place: Place, stage: str) -> None:
    """A missing mark is not 0: locking now must be refused."""
    try:
        await lock(play, place, stage)
    except Told as told:
        if told.code == "lock_unmarked":
            return
        raise
    raise RehearsalFailed(f"{'/'.join(place)} was locked although a mark is missing")


async def lock(play: Play, place: Place, stage: str) -> None:
    scorekeeper, supervisor = await play.one_of("scorekeeper"), await play.one_of("supervisor")
    body = {"id": fresh_id(), "stage": stage, "kind": "lock", "reason": ""}
    asked = await scorekeeper.post(f"/scoring/divisions/{play.divisions[place]}/locks", body)
    await supervisor.post(f"/scoring/locks/{asked['id']}/confirmations")


async def settle_ties(play: Play, place: Place, stage: str) -> None:
    """Record the panel's vote on each tie that reached it; after a vote without a majority, draw the lot."""
    scorekeeper = await play.one_of("scorekeeper")
    division = play.divisions[place]
    for _ in range(50):
        pending = (await scorekeeper.get(f"/scoring/divisions/{division}/standings", stage=stage))["pending"]
        if not pending:
            return
        tied = pending[0]
        if tied["step"] == "lot":
            body = {"id": fresh_id(), "stage": stage, "entries": tied["entries"]}
            await scorekeeper.post(f"/scoring/divisions/{division}/lots", body)
        else:
            await record_vote(play, place, stage, tied["entries"])
    raise RehearsalFailed(f"{'/'.join(place)}: ties do not come to an end")


async def record_vote(play: Play, place: Place, stage: str, entries: list[str]) -> None:
    """The recorded vote of the season's folder on these entries."""
    by_entry = {play.entries.get((*place, signup.staff_no)): signup.staff_no for signup in play.season.signups}
    names = {by_entry.get(entry, entry) for entry in entries}
    found = [
        each
        for each in play.season.incidents("panel_vote", place[0])
        if each["division"] == place[1] and {vote["entry"] for vote in each["votes"]} <= names
    ]
    if not found:
        raise RehearsalFailed(
            f"{'/'.join(place)}: {', '.join(sorted(names))} are tied; the season has no panel_vote for it"
        )
    scorekeeper = await play.one_of("scorekeeper")
    judges = await hall.judge_ids(play, place)
    votes = {judges[vote["judge"]]: play.entries[(*place, vote["entry"])] for vote in found[0]["votes"]}
    body = {"id": fresh_id(), "stage": stage, "entries": entries, "votes": votes, "minutes": found[0]["minutes"]}
    await scorekeeper.post(f"/scoring/divisions/{play.divisions[place]}/votes", body)


async def release(play: Play, place: Place, rule: Table) -> None:
    """Let the hall see the results, as the rule says: at once, one by one, or not at all."""
    if rule["release"] == "not_in_hall":
        return
    scorekeeper, supervisor = await play.one_of("scorekeeper"), await play.one_of("supervisor")
    division = play.divisions[place]
    lines = (await scorekeeper.get(f"/scoring/divisions/{division}/standings", stage="final"))["lines"]
    each_one = [line["entry_id"] for line in reversed(lines)] if rule["release"] == "per_entry" else [None]
    for entry_id in each_one:
        asked = await scorekeeper.post(
            f"/scoring/divisions/{division}/releases", {"id": fresh_id(), "stage": "final", "entry_id": entry_id}
        )
        await supervisor.post(f"/scoring/releases/{asked['id']}/confirmations")


async def seal(play: Play, place: Place, stage: str) -> dict[str, Any]:
    """The scorekeeper proposes the score set, the supervisor seals it."""
    scorekeeper, supervisor = await play.one_of("scorekeeper"), await play.one_of("supervisor")
    body = {"id": fresh_id(), "stage": stage}
    proposed = await scorekeeper.post(f"/scoring/divisions/{play.divisions[place]}/score-sets", body)
    sealed: dict[str, Any] = await supervisor.post(f"/scoring/score-sets/{proposed['id']}/seals")
    return sealed


async def roll_arrived(play: Play, place: Place, stage: str, entries: int) -> None:
    """Wait until scoring shows the roll with so many entries at this stage."""
    scorekeeper = await play.one_of("scorekeeper")

    async def look() -> bool | None:
        try:
            page = await scorekeeper.get(f"/scoring/divisions/{play.divisions[place]}", stage=stage)
        except Told as told:
            if told.status == 404:
                return None
            raise
        return page["entries"] == entries or None

    await play.until(f"the roll of {'/'.join(place)} ({stage}, {entries} entries) in scoring", look)


async def finish(play: Play, place: Place, rule: Table) -> None:
    """From the last mark to the sealed score set."""
    await settle_ties(play, place, "final")
    await lock(play, place, "final")
    await release(play, place, rule)
    await seal(play, place, "final")
    play.bars.advance()


def plan(play: Play, activity: Table) -> None:
    """Parts marked before the hall (unless they were the pre-selection), in it, and after it; then the results."""
    rule = play.season.rules[activity["key"]]
    begins = moment(activity["hall_at"])
    times = {
        "before": begins - timedelta(hours=12),
        "hall": begins + timedelta(minutes=30),
        "after": begins + timedelta(hours=10),
    }
    done = activity.get("preselection", {}).get("part")
    for division in activity["division"]:
        place = activity["key"], division["key"]
        for when in WHEN:
            parts = [part["key"] for part in rule["part"] if part["when"] == when and part["key"] != done]
            count = sum((s.activity, s.division) == place and s.part in parts for s in play.season.marks)
            if parts and count:
                plan_marks(play, place, times[when], division["title"], parts, count)
        play.agenda.add(begins + timedelta(hours=13), RESULTS, division["title"], partial(finish, play, place, rule))


def plan_marks(play: Play, place: Place, at: Any, title: str, parts: list[str], count: int) -> None:
    play.agenda.add(at, MARKS, f"{title} {' '.join(parts)}", lambda: mark_parts(play, place, "final", parts), count)
