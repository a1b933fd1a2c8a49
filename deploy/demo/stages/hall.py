"""The hall's tablets: enrolled the day before, taken in hand by the judges, and once a venue without a network."""

from datetime import datetime, timedelta
from functools import partial
from typing import Any

from deploy.demo.play import Place, Play, RehearsalFailed, Sent, fresh_id
from deploy.demo.season import SheetKey, Table, moment
from deploy.demo.tablets import Hall, Tablet

TABLETS = "平板 tablets"
READY_BEFORE, SIGNED_ON_BEFORE = timedelta(hours=15), timedelta(minutes=15)


async def tablet_of(play: Play, place: Place, judge: str) -> Tablet:
    """The judge's tablet in this hall; before the judge has one in hand, the judge's own browser, enrolled when first used."""
    found = play.tablets.get((place, judge))
    if found and found.judge_id:
        return found
    if judge not in play.browsers:
        own = Tablet(await play.user(judge), f"{judge} own")
        await own.enrol_own((await judge_ids(play, place))[judge])
        play.browsers[judge] = own
    return play.browsers[judge]


async def judge_ids(play: Play, place: Place) -> dict[str, str]:
    """account -> the judge's id in scoring, by the seats of the panel."""
    seats = {(each["kind"], each["position"]): each["judge_id"] for each in (await panel_of(play, place))["judges"]}
    return {account: seats[kind, position] for kind, position, account in seated(play, place)}


def seated(play: Play, place: Place) -> list[tuple[str, int, str]]:
    """(kind, position, account) of every seat of the season's folder."""
    return [
        (kind, position, each["account"])
        for kind in ("judge", "reserve")
        for position, each in enumerate(play.place(place).get(kind, []), start=1)
    ]


async def panel_of(play: Play, place: Place) -> dict[str, Any]:
    """The panel as the desk's page about tablets shows it; nothing of it changes while a season is played."""
    if place not in play.panels:
        scorekeeper = await play.one_of("scorekeeper")
        panels = (await scorekeeper.get("/scoring/devices"))["panels"]
        play.panels |= {(each["activity_key"], each["division_key"]): each for each in panels}
    return play.panels[place]


async def prepare(play: Play, place: Place) -> None:
    """Staff enrol a tablet for each seat by a one-time code, and hand out PINs where the season asks for them."""
    scorekeeper, panel = await play.one_of("scorekeeper"), await panel_of(play, place)
    play.halls[place] = Hall(play.people.transport)

    async def enrol(account: str) -> None:
        tablet = play.tablets[place, account] = Tablet(play.people.browser(play.halls[place]), "iPad")
        offered = await scorekeeper.post(f"/scoring/panels/{panel['panel_id']}/enrolments", {"id": fresh_id()})
        await tablet.enrol(offered["code"])
        play.bars.advance()

    await play.all([enrol(account) for _, _, account in seated(play, place)])
    if panel["asks_pin"]:
        made = await scorekeeper.post(f"/scoring/panels/{panel['panel_id']}/pins")
        play.pins[place] = {each["judge_id"]: each["pin"] for each in made["pins"]}


async def sign_on(play: Play, place: Place) -> None:
    """On the day each judge taps the own name, signs and types the PIN."""
    judges, pins = await judge_ids(play, place), play.pins.get(place, {})

    async def take(account: str) -> None:
        tablet = play.tablets[place, account]
        await tablet.sign_on(judges[account], pins.get(judges[account], ""))
        await tablet.report()
        play.bars.advance()

    await play.all([take(account) for _, _, account in seated(play, place)])


def now(play: Play, place: Place, judge: str, sheets: list[SheetKey], version: int) -> list[SheetKey]:
    """The sheets to be given now: the last ones of each judge wait where the network will go."""
    outage = next((each for each in play.season.incidents("offline", place[0]) if each["division"] == place[1]), None)
    in_hall = {part["key"] for part in play.season.rules[place[0]]["part"] if part["when"] == "hall"}
    if outage is None or judge not in judges_of(play, place) or not {sheet.part for sheet in sheets} & in_hall:
        return sheets
    each, rest = divmod(outage["sheets"], len(judges_of(play, place)))
    if rest or len(sheets) < each:
        raise RehearsalFailed(f"{outage['name']}: {outage['sheets']} sheets are not as many for each judge")
    play.waiting[place, judge] = (version, sheets[-each:])
    return sheets[:-each]


def judges_of(play: Play, place: Place) -> list[str]:
    return [account for kind, _, account in seated(play, place) if kind == "judge"]


async def lose_network(play: Play, place: Place, incident: Table) -> None:
    """The network goes while tablets send: their first sheets arrive unacknowledged, and then nothing goes through."""
    network, kept = play.halls[place], 0
    network.state = "losing"
    for account in judges_of(play, place):
        tablet, (version, sheets) = play.tablets[place, account], play.waiting[place, account]
        for sheet in sheets:
            entry_id = play.entries[(*place, sheet.entry)]
            marks = play.season.counts(sheet)
            stored = tablet.write(entry_id, sheet.part, version, marks)
            play.sent.append(Sent(stored=stored, sheet=sheet, marks=marks))
            play.kept.add(stored.id)
        await tablet.drain()
        kept += len(tablet.queue)
    network.state = "down"
    heard = [await play.tablets[place, account].report() for account in judges_of(play, place)]
    if kept != incident["sheets"] or any(heard):
        raise RehearsalFailed(f"{incident['name']}: tablets keep {kept} sheets, the desk heard {sum(heard)} of them")
    play.bars.advance()


async def find_network(play: Play, place: Place, incident: Table, since: datetime) -> None:
    """The desk has missed the tablets all the while; they send what they kept, and everything counts once."""
    missed = await tablets_at_desk(play, place)
    if late := [each["label"] for each in missed if datetime.fromisoformat(each["report"]["heard_at"]) > since]:
        raise RehearsalFailed(f"{incident['name']}: the desk heard of {', '.join(late)} while there was no network")
    play.halls[place].state = "up"
    for account in judges_of(play, place):
        tablet = play.tablets[place, account]
        waiting = list(tablet.queue)
        if not await tablet.drain() or any(each.disposition != "counted" for each in waiting):
            raise RehearsalFailed(f"{incident['name']}: {tablet.label} did not have every sheet counted")
        await tablet.report()
    back = await tablets_at_desk(play, place)
    if any(each["report"]["queue"] or datetime.fromisoformat(each["report"]["heard_at"]) <= since for each in back):
        raise RehearsalFailed(f"{incident['name']}: the desk does not see the tablets again")
    play.bars.advance()


async def tablets_at_desk(play: Play, place: Place) -> list[dict[str, Any]]:
    """The judges' tablets of a hall as the desk shows them."""
    scorekeeper = await play.one_of("scorekeeper")
    mine = {play.tablets[place, account].device_id for account in judges_of(play, place)}
    return [each for each in (await scorekeeper.get("/scoring/devices"))["tablets"] if each["id"] in mine]


def plan(play: Play, activity: Table) -> None:
    """Tablets the evening before, the judges' names on the day, and the network that goes."""
    begins, add = moment(activity["hall_at"]), play.agenda.add
    for division in activity["division"]:
        place = activity["key"], division["key"]
        seats = len(seated(play, place))
        add(begins - READY_BEFORE, TABLETS, division["title"], partial(prepare, play, place), seats)
        add(begins - SIGNED_ON_BEFORE, TABLETS, division["title"], partial(sign_on, play, place), seats)
    for each in play.season.incidents("offline", activity["key"]):
        place, goes = (activity["key"], each["division"]), moment(each["at"])
        title = f"{each['name']} {each['minutes']} min"
        add(goes, TABLETS, title, partial(lose_network, play, place, each))
        comes = goes + timedelta(minutes=each["minutes"])
        add(comes, TABLETS, title, partial(find_network, play, place, each, comes - timedelta(minutes=1)))
