"""A sheet filled by hand: sent to paper, typed by two scorekeepers, stopped where they differ, and counted when they agree."""

from deploy.demo.play import Place, Play, RehearsalFailed, Sent, fresh_id
from deploy.demo.season import SheetKey, Table
from deploy.demo.stages import hall
from deploy.demo.tablets import Stored


def planned(play: Play, place: Place, parts: list[str]) -> dict[SheetKey, Table]:
    """The sheets of these parts that go to paper."""
    return {
        SheetKey(*place, each["entry"], each["judge"], each["part"]): each
        for each in play.season.incidents("paper", place[0])
        if each["division"] == place[1] and each["part"] in parts
    }


async def send(play: Play, place: Place, sheet: SheetKey, incident: Table) -> None:
    """The scorekeeper sends it to paper, and the judge's tablet is told."""
    keeper, tablet = await play.one_of("scorekeeper"), await hall.tablet_of(play, place, sheet.judge)
    judge_id, entry_id = (await hall.judge_ids(play, place))[sheet.judge], play.entries[(*place, sheet.entry)]
    body = {"entry_id": entry_id, "sheet": f"{judge_id}/{sheet.part}", "reason": incident["reason"]}
    await keeper.post(f"/scoring/divisions/{play.divisions[place]}/papers", body)
    play.recorded.append(("to_paper", entry_id))
    desk = await tablet.user.get("/scoring/tablet/desk")
    entries = (entry for division in desk["divisions"] for entry in division["entries"])
    if not any(entry["entry_id"] == entry_id and entry["sheets"][sheet.part]["on_paper"] for entry in entries):
        raise RehearsalFailed(
            f"{incident['name']}: the tablet of {sheet.judge} does not know that the sheet is on paper"
        )


async def type_in(play: Play, place: Place, sheet: SheetKey, incident: Table) -> None:
    """The first scorekeeper misreads a mark: what the second reads is stopped, the first looks again, and it counts once."""
    first, second = await play.one_of("scorekeeper"), await play.one_of("scorekeeper", 1)
    judge_id, entry_id = (await hall.judge_ids(play, place))[sheet.judge], play.entries[(*place, sheet.entry)]
    page, division = f"/scoring/papers/{judge_id}/{entry_id}/{sheet.part}", play.divisions[place]
    printed = await first.download(
        f"/scoring/divisions/{division}/sheets.pdf?entry_id={entry_id}&judge_id={judge_id}&part={sheet.part}"
    )
    scan = await first.form(f"{page}/scans", {}, {"scan": ("scan.pdf", printed, "application/pdf")})
    play.recorded.append(("scan_attached", scan["sha256"]))
    marks = dict(play.season.marks[sheet])
    misread = marks | {incident["criterion"]: incident["mark"]}
    states = []
    for keeper, read in ((first, misread), (second, marks), (first, marks)):
        typing_id = fresh_id()
        told = await keeper.post(f"{page}/typings", {"id": typing_id, "marks": read})
        states.append((told["state"], told["differing"]))
    if states != [("first", []), ("differs", [incident["criterion"]]), ("counted", [])]:
        raise RehearsalFailed(f"{incident['name']}: what two people typed was not stopped as planned: {states}")
    stored = Stored(id=typing_id, body=b"", signature="", disposition=states[-1][0])
    play.sent.append(Sent(stored=stored, sheet=sheet, marks=play.season.counts(sheet)))
    play.bars.advance()
