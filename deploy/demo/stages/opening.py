"""The first visit: an administrator, the season folder on the organiser's page of each service, first codes for everybody."""

import asyncio
import csv
import io

from deploy.demo.play import Play, RehearsalFailed
from deploy.demo.season import moment
from deploy.demo.user import SERVICES, new_password

STAGE = "开始 opening"


async def set_up(play: Play) -> None:
    """Become administrator of each service with the one-time code of the terminal."""
    code = play.installation.first_code
    await play.administrator.set_up(code, "Administrator", new_password())
    play.people.add(play.administrator)
    for service in SERVICES[1:]:
        await play.administrator.post(f"/{service}/setup", {"code": code})
    play.bars.advance()


async def load_season(play: Play) -> None:
    """Check the folder everywhere, then store it everywhere: nothing is stored while one fault is left anywhere."""
    checks = {}
    for service in SERVICES:
        answer = await play.administrator.upload(f"/{service}/seasons/checks", play.season.files)
        checks[service] = answer["check_id"]
        if answer["faults"]:
            raise RehearsalFailed(f"{service} finds faults in {play.season.folder}:\n" + told(answer["faults"]))
        play.bars.advance()
    for service, check_id in checks.items():
        await play.administrator.post(f"/{service}/seasons/{check_id}")
        play.bars.advance()


async def hand_out_codes(play: Play) -> None:
    """Fetch the first codes of all accounts, once; each actor signs in with the own code when it is needed."""
    answer = await play.administrator.post("/registration/accounts/first-codes")
    rows = csv.DictReader(io.StringIO(str(answer).lstrip("\ufeff")))
    play.people.codes = {row["account"]: row["code"] for row in rows}
    if missing := sorted(play.season.actors() - play.people.codes.keys()):
        raise RehearsalFailed(f"no first code for {', '.join(missing)}")
    await asyncio.gather(*(sign_in(play, account) for account in sorted(play.season.actors())))


async def sign_in(play: Play, account: str) -> None:
    """Choose a password with the first code."""
    await play.all([play.user(account)])
    play.bars.advance()


def told(faults: list[dict[str, object]]) -> str:
    """Each fault on a line of its own, with its place."""
    lines = []
    for fault in faults[:40]:
        place = " ".join(str(fault[name]) for name in ("file", "sheet", "row", "column") if fault.get(name))
        lines.append(f"  {place}: {fault.get('sentence') or fault.get('code')} [{fault.get('value', '')}]")
    if len(faults) > 40:
        lines.append(f"  … and {len(faults) - 40} more")
    return "\n".join(lines)


def plan(play: Play) -> None:
    """The opening comes before everything, at the earliest call."""
    calls = [activity["call_at"] for activity in play.season.activities]
    calls += [programme["opens"] for programme in play.season.programmes]
    at = min(moment(each) for each in calls)
    play.agenda.add(at, STAGE, "administrator", lambda: set_up(play), 1)
    play.agenda.add(at, STAGE, "season folder", lambda: load_season(play), 2 * len(SERVICES))
    play.agenda.add(at, STAGE, "first sign-ins", lambda: hand_out_codes(play), len(play.season.actors()))
