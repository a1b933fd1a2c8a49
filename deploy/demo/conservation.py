"""Counts what came of everything that was sent: nothing lost, nothing invented, nothing twice.

What was sent is what this driver sent. What is there is read page by page: each contestant's own entry, the ledger as
the supervisor sees it, the public results, every certificate's own page, and the list of messages.
"""

import asyncio
import time
from collections import Counter
from typing import Any

import msgspec

from deploy.demo.play import Place, Play
from deploy.demo.report import Check, Report, Result, equal
from deploy.demo.user import SERVICES
from deploy.streams import read_streams

SETTLES_SECONDS = 60.0
"""How long events may be under way at the end."""
NAMED_BY = {
    "deducted": "id", "appeal_filed": "appeal", "appeal_accepted": "appeal", "appeal_refused": "appeal",
    "rechecked": "recheck", "appeal_answered": "appeal", "to_paper": "entry", "scan_attached": "sha256",
}  # fmt: skip
"""Kinds of the ledger beside the marks -> what in their body names the record."""
STATES = ("admitted", "waiting", "refused", "returned", "withdrawn")


async def count(play: Play) -> tuple[Report, list[Check]]:
    """The report, and the checks of which all must hold for `conserved`."""
    report, checks = Report(), list[Check]()
    await count_entries(play, report, checks)
    await count_places(play, checks)
    chains = [await ledger(play, place) for place in play.divisions]
    count_sheets(play, chains, report, checks)
    await count_desk(play, chains, checks)
    await count_awards(play, report, checks)
    count_ceremonies(play, report, checks)
    await count_messages(play, report, checks)
    report.conserved = all(check.holds for check in checks)
    return report, checks


async def count_entries(play: Play, report: Report, checks: list[Check]) -> None:
    """Every sign-up ends in one state, as its sender reads it."""
    states: dict[str, str] = {}
    senders = sorted({account for _, _, account in play.entries})
    for found in await play.all([own_entries(play, account) for account in senders]):
        states |= found
    sent = set(play.entries.values())
    counted = Counter(states[entry] for entry in sent if entry in states)
    report.signups_sent = len(sent)
    for state in STATES:
        setattr(report, f"entries_{state}", counted[state])
    final = sum(counted[state] for state in STATES)
    checks.append(equal("sign-ups = admitted + waiting + refused + returned + withdrawn", len(sent), final))
    checks.append(equal("sign-ups sent = sign-ups found, by id", len(sent), len(sent & states.keys())))
    play.final_states.update(states)


async def own_entries(play: Play, account: str) -> dict[str, str]:
    """entry id -> state, as its owner sees it."""
    user = await play.user(account)
    return {each["id"]: each["state"] for each in (await user.get("/registration/entries"))["entries"]}


async def count_places(play: Play, checks: list[Check]) -> None:
    """No division over its places; fewer only where nobody waited when promotion ended."""
    for place in play.divisions:
        entries = [entry for (*key, _), entry in play.entries.items() if tuple(key) == place]
        places = play.place(place)["places"]
        then = Counter(play.at_draw.get(entry, "") for entry in entries)
        at_end = sum(play.final_states.get(entry) == "admitted" for entry in entries)
        is_full = then["admitted"] == places or (then["admitted"] < places and not then["waiting"])
        name = f"places of {'/'.join(place)} when promotion ended"
        checks.append(Check(name, places, then["admitted"], is_full and at_end <= places))


def count_sheets(play: Play, chains: list[dict[str, Any]], report: Report, checks: list[Check]) -> None:
    """Every revision that was sent was acknowledged and stands in the ledger once, with the marks that were sent."""
    sent = {each.id: each for each in play.sent}
    found: dict[str, dict[str, int]] = {}
    counted = Counter[str]()
    twice = broken = 0
    for chain in chains:
        broken += chain["broken_at"] is not None
        for entry in (each for each in chain["entries"] if each["kind"] == "revision"):
            body = msgspec.json.decode(entry["entry"])["body"]
            twice += body["revision"] in found
            found[body["revision"]] = body["marks"]
            counted[body["revision"]] += body["disposition"] == "counted"
    report.sheets_sent = len(sent)
    report.sheets_acknowledged = sum(each.is_acknowledged for each in sent.values())
    report.sheets_in_ledger = sum(found.get(each.id) == each.marks for each in sent.values())
    checks.append(equal("sheets sent = acknowledged", len(sent), report.sheets_acknowledged))
    checks.append(equal("sheets sent = in the ledger, with equal marks", len(sent), report.sheets_in_ledger))
    checks.append(equal("no sheet invented, none twice, no chain broken", len(sent), len(found) + twice + broken))
    if play.kept:
        once = sum(counted[each] == 1 for each in play.kept)
        checks.append(equal("sheets kept by tablets without a network = counted, each once", len(play.kept), once))


async def count_desk(play: Play, chains: list[dict[str, Any]], checks: list[Check]) -> None:
    """What else was recorded stands in the ledger once, and nothing more; appeals are answered; no prize by telephone."""
    entries = [each for chain in chains for each in chain["entries"] if each["kind"] in NAMED_BY]
    found = sorted(
        (each["kind"], msgspec.json.decode(each["entry"])["body"][NAMED_BY[each["kind"]]]) for each in entries
    )
    is_equal = found == sorted(play.recorded)
    checks.append(
        Check("deductions, steps of appeals and of paper = in the ledger", len(play.recorded), len(found), is_equal)
    )
    answered = 0
    for appeal in play.appeals:
        own = (await (await play.user(appeal.account)).get("/scoring/appeals"))["appeals"]
        told = {each["id"]: (each["state"], each["answer"]) for each in own}
        answered += told.get(appeal.id) == (appeal.outcome, appeal.answer)
    checks.append(equal("appeals filed = answered, as the contestant reads", len(play.appeals), answered))
    checks.append(equal("prizes asked for without a minute = refused", play.prizes_asked, play.prizes_refused))
    pages = [await play.public.get(f"/awards/results/{activity['key']}") for activity in play.season.activities]
    changed = sum(len(page["remarks"]) for page in pages)
    checks.append(equal("numbers of prizes changed, as everybody reads", 0, changed))


async def ledger(play: Play, place: Place) -> dict[str, Any]:
    supervisor = await play.one_of("supervisor")
    chain: dict[str, Any] = await supervisor.get(f"/scoring/divisions/{play.divisions[place]}/ledger")
    return chain


async def count_awards(play: Play, report: Report, checks: list[Check]) -> None:
    """Every award of every edition is public, has a certificate, and its certificate is established."""
    for activity in play.season.activities:
        report.results |= await results(play, activity["key"])
    editions = [each["key"] for each in (*play.season.activities, *play.season.programmes)]
    published = [award for key in editions for award in (await play.public.get(f"/awards/results/{key}"))["awards"]]
    numbers = {award["certificate_no"] for award in published if award["certificate_no"]}
    report.awards_published = len({award["id"] for award in published})
    report.certificates = len(numbers)
    report.certificates_verified = sum(play.certificates.get(number, False) for number in numbers)
    checks.append(equal("awards published = certificates", report.awards_published, report.certificates))
    checks.append(equal("certificates = certificates verified", len(play.certificates), report.certificates_verified))
    admitted = sum(state == "admitted" for state in play.final_states.values())
    checks.append(equal("admitted to the end = results", admitted, sum(map(len, report.results.values()))))


def count_ceremonies(play: Play, report: Report, checks: list[Check]) -> None:
    """Each prize of the sealed results was on the stage once, and the last picture is the whole list.

    A tier that takes the rest is shown without rank and result.
    """
    sealed = Counter[tuple[Any, ...]]()
    for place in play.divisions:
        division = play.place(place)
        rest = {tier["name"] for tier in division["tiers"] if tier.get("rest")}
        for row in report.results["/".join(place)]:
            figures = (None, "") if row.tier in rest else (row.rank, row.result)
            sealed[division["title"], row.tier, *figures, play.season.names[row.entry]] += bool(row.tier)
    for name, shown in (("one by one", play.revealed), ("last picture", play.last_frames)):
        found = Counter(prize for each in shown.values() for prize in each)
        title = f"prizes of the ceremonies ({name}) = sealed results"
        checks.append(Check(title, sealed.total(), found.total(), found == +sealed))


async def results(play: Play, key: str) -> dict[str, list[Result]]:
    """ "activity/division" -> the results in rank order, as awards joined them."""
    organiser = await play.one_of("organiser")
    page = await organiser.get(f"/awards/editions/{key}")
    staff_no = {entry: account for (_, _, account), entry in play.entries.items()}
    return {
        f"{key}/{division}": [
            Result(staff_no[row["entry_id"]], row["code"], row["rank"], row["result"], row["tier"] or "")
            for row in rows
        ]
        for division, rows in page["results"].items()
    }


async def count_messages(play: Play, report: Report, checks: list[Check]) -> None:
    """Per consumer: as many events took effect as were published under its subject; no dead letter."""
    streams, consumers = read_streams()
    deadline = time.monotonic() + SETTLES_SECONDS
    while True:
        pages = {service: await messages(play, service) for service in SERVICES}
        subjects = [subject for page in pages.values() for _, subject, is_published in page["outbox"] if is_published]
        unpublished = sum(not row[2] for page in pages.values() for row in page["outbox"])
        applied = Counter(row[0] for page in pages.values() for row in page["inbox"])
        expected = {each.name: sum(matches(each.subject, subject) for subject in subjects) for each in consumers}
        is_settled = not unpublished and all(applied[name] == n for name, n in expected.items())
        if is_settled or time.monotonic() > deadline:
            break
        await asyncio.sleep(0.25)
    report.events_published = {
        each.name: sum(any(matches(pattern, subject) for pattern in each.subjects) for subject in subjects)
        for each in streams
    }
    report.events_applied = {name: applied[name] for name in sorted(expected)}
    report.dead_letters = sum(len(page["dead_letters"]) for page in pages.values())
    checks.append(equal("events waiting in an outbox", 0, unpublished))
    checks += [equal(f"events for {name} = applied", n, applied[name]) for name, n in sorted(expected.items())]
    checks.append(equal("dead letters", 0, report.dead_letters))


async def messages(play: Play, service: str) -> dict[str, Any]:
    page: dict[str, Any] = await play.administrator.get(f"/{service}/messages")
    return page


def matches(pattern: str, subject: str) -> bool:
    """NATS' rule for subjects: `*` is one token."""
    wanted, tokens = pattern.split("."), subject.split(".")
    return len(wanted) == len(tokens) and all(want in ("*", token) for want, token in zip(wanted, tokens, strict=True))
