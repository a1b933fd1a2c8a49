"""What follows a proposed list, of a competition or of a programme: notice, objections, approval, decision, certificates."""

import asyncio
from datetime import datetime, time, timedelta
from functools import partial
from uuid import uuid4

from deploy.demo.play import Play, RehearsalFailed
from deploy.demo.season import Table, moment

NOTICE, DECISION, CERTIFICATES = "公示 public notice", "审定表彰 decision", "证书 certificates"
MORNING = time(10)


def paper(title: str) -> bytes:
    """A one-page PDF that stands for a scan or a photograph."""
    drawn = f"BT /F1 18 Tf 72 720 Td ({title}) Tj ET".encode()
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R /Resources << /Font << /F1 5 0 R >> >> >>",
        b"<< /Length %d >>\nstream\n%b\nendstream" % (len(drawn), drawn),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
    ]
    made, places = b"%PDF-1.4\n", []
    for number, content in enumerate(objects, start=1):
        places.append(len(made))
        made += b"%d 0 obj\n%b\nendobj\n" % (number, content)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    trailer = b"xref\n0 %d\n0000000000 65535 f \n%btrailer\n<< /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n"
    return made + trailer % (len(objects) + 1, table, len(objects) + 1, len(made))


async def post_notice(play: Play, key: str) -> None:
    """The office posts the list and keeps proof of posting."""
    organiser = await play.one_of("organiser")
    posted = await organiser.post(f"/awards/editions/{key}/notices")
    play.notices[key] = posted["notice_id"]
    proof = {"file": ("posted.pdf", paper("Posted"), "application/pdf")}
    await organiser.form(f"/awards/editions/{key}/postings", {"place": "公告栏 notice board"}, proof)
    play.bars.advance()


async def object_to(play: Play, key: str, incident: Table) -> None:
    """Somebody objects on the public page, by name or not."""
    notice = f"/awards/notices/{play.notices[key]}"
    shown = await play.public.get(notice)
    name = play.season.names[incident["about"]]
    award = next(each for each in shown["awards"] if each["name"] == name)
    body = {
        "ground": incident["ground"],
        "text": incident["text"],
        "receipt": uuid4().hex,
        "award_id": award["id"],
        "name": incident["real_name"],
        "unit": incident.get("unit", ""),
        "contact": incident.get("contact", ""),
    }
    filed = await play.public.post(f"{notice}/objections", body)
    if filed["named"] != bool(incident["real_name"]):
        raise RehearsalFailed(f"the objection about {name} was taken as named={filed['named']}")
    play.receipts.append(filed["receipt"])
    play.bars.advance()


async def answer_objection(play: Play, key: str, incident: Table) -> None:
    """The office answers in writing; the objector reads it with the receipt."""
    organiser = await play.one_of("organiser")
    open_ones = [
        each for each in (await organiser.get(f"/awards/editions/{key}"))["objections"] if not each.get("outcome")
    ]
    if not open_ones:
        raise RehearsalFailed(f"{key}: no objection waits for an answer")
    body = {"outcome": incident["outcome"], "answer": incident["answer"]}
    await organiser.post(f"/awards/objections/{open_ones[0]['id']}/answers", body)
    play.bars.advance()


async def approve(play: Play, key: str, approval: Table) -> None:
    organiser = await play.one_of("organiser")
    fields = {"body": approval["body"], "on": approval["on"].isoformat(), "document_no": approval["document_no"]}
    scan = {"scan": ("approval.pdf", paper("Approval"), "application/pdf")}
    await organiser.form(f"/awards/editions/{key}/approvals", fields, scan)
    play.bars.advance()


async def decide(play: Play, key: str, commendation: Table) -> None:
    """The decision with its number; then every certificate is issued."""
    organiser = await play.one_of("organiser")
    body = {"document_no": commendation["document_no"], "on": commendation["on"].isoformat()}
    await organiser.post(f"/awards/editions/{key}/commendations", body)
    await organiser.post(f"/awards/editions/{key}/certificates")
    play.bars.advance()


async def verify(play: Play, key: str) -> None:
    """Anybody checks every certificate on its public page."""
    organiser = await play.one_of("organiser")
    listed = (await organiser.get(f"/awards/editions/{key}/certificates"))["certificates"]
    await asyncio.gather(*(verify_one(play, each["token"], each["number"]) for each in listed))
    play.bars.advance()


async def verify_one(play: Play, token: str, number: str) -> None:
    (checked,) = await play.all([play.public.get(f"/awards/certificates/{token}")])
    certificate = checked["certificate"] or {}
    play.certificates[number] = checked["verdict"] == "established" and certificate.get("number") == number


def plan(play: Play, key: str, title: str, plan: Table, objections: list[Table]) -> None:
    """Times of the folder's [notice], [approval] and [commendation]; an answer comes a day after its objection."""
    add = play.agenda.add
    add(on_morning(plan["notice"]["starts"]), NOTICE, title, partial(post_notice, play, key))
    for incident in objections:
        at = moment(incident["at"])
        add(at, NOTICE, f"{incident['name']} objection", partial(object_to, play, key, incident))
        if incident["real_name"]:
            answers = at + timedelta(hours=22)
            add(answers, NOTICE, f"{incident['name']} answer", partial(answer_objection, play, key, incident))
    approved, decided = on_morning(plan["approval"]["on"]), on_morning(plan["commendation"]["on"])
    add(approved, DECISION, title, partial(approve, play, key, plan["approval"]))
    add(max(decided, approved), DECISION, title, partial(decide, play, key, plan["commendation"]))
    add(max(decided, approved) + timedelta(hours=1), CERTIFICATES, title, partial(verify, play, key))


def on_morning(day: object) -> datetime:
    """Ten o'clock of a local day of the folder."""
    if isinstance(day, datetime):
        return moment(day)
    return moment(datetime.combine(day, MORNING))  # type: ignore[arg-type]  # TOML gives a date
