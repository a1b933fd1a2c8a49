"""The end of a rehearsal on the terminal: the conservation table, the results, addresses and accounts to look around with."""

from rich.console import Console

from deploy.demo.play import Play
from deploy.demo.report import Check, Report
from deploy.demo.screen import table

ROLES = ("organiser", "scorekeeper", "supervisor", "committee", "teller")


def show(console: Console, play: Play, report: Report, checks: list[Check], seconds: float) -> None:
    """Print everything; `seconds` is the wall time since the command began."""
    rows = [[check.name, str(check.sent), str(check.found), "✓" if check.holds else "✗"] for check in checks]
    console.print(table("Conservation 守恒", ["", "sent", "found", ""], rows))
    firsts = [
        [name, line.code, play.season.names.get(line.entry, line.entry), line.result, line.tier]
        for name, lines in report.results.items()
        for line in lines
        if line.rank == 1
    ]
    console.print(table("First places 第一名", ["division", "code", "name", "result", "tier"], firsts))
    console.print(table("Accounts 账号", ["role", "account", "password"], accounts(play)))
    show_addresses(console, play)
    verdict = "conserved" if report.conserved else "NOT conserved"
    console.print(
        f"\n{verdict}; {seconds:.1f} s wall time", style="green" if report.conserved else "red", highlight=False
    )


def show_addresses(console: Console, play: Play) -> None:
    url = play.installation.url
    lines = {"registration 报名": "/registration/", "scoring 评分": "/scoring/", "awards 评选": "/awards/"}
    lines |= {f"board {'/'.join(place)}": f"/scoring/boards/{division}" for place, division in play.divisions.items()}
    lines |= {
        f"results {activity['title']}": f"/awards/results/{activity['key']}" for activity in play.season.activities
    }
    for name, path in lines.items():
        console.print(f"  {name}: {url}{path}", highlight=False, soft_wrap=True)


def accounts(play: Play) -> list[list[str]]:
    """One account for each role, and a judge, an officer and a participant."""
    chosen = {"administrator": play.administrator.account}
    chosen |= {role: play.season.role(role)[0] for role in ROLES if play.season.role(role)}
    known = set(play.people.known())
    for activity in play.season.activities[:1]:
        chosen["judge"] = activity["division"][0]["judge"][0]["account"]
    officers = [play.season.officer(row["code"]) for row in play.season.branches if row["officer"]]
    chosen["branch_officer"] = next((each for each in officers if each in known), "")
    chosen["participant"] = play.season.signups[0].staff_no if play.season.signups else ""
    return [[role, account, play.people.password(account)] for role, account in chosen.items() if account in known]
