"""An award by nomination and secret ballot: branches nominate, offices reply, the committee votes, round by round."""

from collections import defaultdict
from datetime import timedelta
from functools import partial

from deploy.demo.play import Play, RehearsalFailed, fresh_id
from deploy.demo.season import Table, Vote, moment
from deploy.demo.stages import publication
from deploy.demo.user import User

NOMINATIONS, REPLIES, BALLOT = "推荐考核 nominations", "回函 replies", "投票 ballot"


async def nominate(play: Play, programme: Table) -> None:
    """Each nominated branch's officer nominates it and scores it."""
    key = programme["key"]
    scores = play.season.scores(key)
    for row in play.season.nominations(key):
        officer = await play.user(play.season.officer(row["branch"]))
        body = {"id": fresh_id(), "branch": row["branch"], "reason": row["reason"] or ""}
        nominated = await officer.post(f"/awards/programmes/{key}/nominations", body)
        play.nominations[key, row["branch"]] = nominated["id"]
        column = {each["item"]: each["self_score"] for each in scores.get(row["branch"], [])}
        await officer.post(f"/awards/nominations/{nominated['id']}/self-scores", {"id": fresh_id(), "scores": column})
        play.bars.advance()


async def audit(play: Play, programme: Table) -> None:
    """The union's own scores, from a member of the committee's office."""
    key = programme["key"]
    auditor = await secretary(play, programme)
    for branch, rows in play.season.scores(key).items():
        column = {each["item"]: each["audited_score"] for each in rows}
        nomination = play.nominations[key, branch]
        await auditor.post(f"/awards/nominations/{nomination}/audited-scores", {"id": fresh_id(), "scores": column})
        play.bars.advance()


async def secretary(play: Play, programme: Table) -> User:
    """Who works for the committee: a teller, else the first member who is there."""
    tellers = play.season.role("teller")
    present = [each for each in play.season.role("committee") if each not in programme["ballot"]["absent"]]
    return await play.user((tellers or present)[0])


async def record_reply(play: Play, programme: Table, office: str, reply: Table) -> None:
    member = await play.one_of("committee")
    body = {
        "office": office,
        "branch": reply["branch"],
        "opinion": reply["opinion"],
        "reference": reply["reference"],
        "reason": reply["reason"],
        "replied_on": reply["on"].isoformat(),
    }
    await member.post(f"/awards/programmes/{programme['key']}/replies", body)
    play.bars.advance()


async def hold_ballot(play: Play, programme: Table) -> None:
    """Every round of votes.csv: open, each voter casts once, close and count."""
    rounds: dict[int, list[Vote]] = defaultdict(list)
    for vote in play.season.votes(programme["key"]):
        rounds[vote.round].append(vote)
    for _, votes in sorted(rounds.items()):
        await hold_round(play, programme, votes)
    teller = await secretary(play, programme)
    page = await teller.get(f"/awards/programmes/{programme['key']}")
    if not page["is_over"]:
        raise RehearsalFailed(f"{programme['key']}: a further round is needed that votes.csv does not have")


async def hold_round(play: Play, programme: Table, votes: list[Vote]) -> None:
    key, ballot = programme["key"], programme["ballot"]
    present = [each for each in play.season.role("committee") if each not in ballot["absent"]]
    teller = await secretary(play, programme)
    body = {"id": fresh_id(), "present": present, "recused": ballot["recused"]}
    opened = await teller.post(f"/awards/programmes/{key}/ballots", body)
    cast: dict[str, dict[str, str]] = defaultdict(dict)
    for vote in votes:
        cast[vote.voter][vote.candidate] = vote.choice
    for voter, choices in cast.items():
        user = await play.user(voter)
        paper = await user.get(f"/awards/ballots/{opened['id']}")
        lines = {line["branch_code"]: line["id"] for contest in paper["contests"] for line in contest["candidates"]}
        marked = {lines[candidate]: choice for candidate, choice in choices.items()}
        await user.post(f"/awards/ballots/{opened['id']}/votes", {"choices": marked})
        play.bars.advance(len(choices))
    await teller.post(f"/awards/ballots/{opened['id']}/closings")


def plan(play: Play, programme: Table) -> None:
    """Times of programmes/*.toml."""
    key, title, add = programme["key"], programme["title"], play.agenda.add
    nominated = play.season.nominations(key)
    opens, closes = moment(programme["opens"]), moment(programme["nominations_close"])
    add(opens + (closes - opens) / 2, NOMINATIONS, title, partial(nominate, play, programme), len(nominated))
    add(closes + timedelta(hours=1), NOMINATIONS, title, partial(audit, play, programme), len(play.season.scores(key)))
    for consultation in programme.get("consultation", []):
        for reply in consultation.get("reply", []):
            work = partial(record_reply, play, programme, consultation["office"], reply)
            add(publication.on_morning(reply["on"]), REPLIES, consultation["office"], work)
    votes = len(play.season.votes(key))
    add(
        moment(programme["ballot_at"]) + timedelta(minutes=10),
        BALLOT,
        title,
        partial(hold_ballot, play, programme),
        votes,
    )
    publication.plan(play, key, title, programme, [])
