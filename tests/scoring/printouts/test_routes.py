import asyncio
import sys
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any

import httpx
import pytest

from services.scoring.deductions import actions as deductions
from services.scoring.deductions.actions import About
from services.scoring.divisions import actions as divisions
from services.scoring.panels import actions as panels
from services.scoring.papers.domain import code_of, read
from services.scoring.printouts import actions as printouts
from services.scoring.printouts import domain
from services.scoring.printouts.actions import Only
from shared.db import transaction
from shared.errors import Missing
from shared.ids import new_id
from tests.conftest import Database
from tests.scoring.deductions.test_routes import RULE as DEDUCTING
from tests.scoring.people import sign_in
from tests.scoring.samples import judge
from tests.scoring.seated import SHARED, seated, unit
from tests.scoring.stage import NOW, SCOREKEEPER
from tests.scoring.two_people import lock, release, seal

Open = Callable[..., Awaitable[httpx.AsyncClient]]
ANOTHER_PROCESS = """
import asyncio, sys
from functools import partial
from uuid import UUID
from services.scoring.printouts import actions
from services.scoring.printouts.routes import TEMPLATES, rendered
from shared.db import pool, transaction
from shared.web.texts import Texts
async def printed(url, division):
    async with await pool(url) as database:
        async with transaction(database, "scoring_desk") as tx:
            say = partial(Texts(TEMPLATES.parent / "messages"), "zh-CN")
            return await actions.summary(tx, division, "final", say, "zh-CN")
sys.stdout.buffer.write(rendered("summary.typ", asyncio.run(printed(sys.argv[1], UUID(sys.argv[2])))))
"""


def say(key: str, /, **values: object) -> str:
    return f"{key} {' '.join(f'{name}={value}' for name, value in values.items())}".strip()


async def test_the_summary_shows_each_judges_total_and_who_did_not_count(scoring_database: Database) -> None:
    place = await seated(scoring_database, rule=SHARED, units={judge(4): unit(1)})
    everybody = {1: "25.0", 2: "27.0", 3: "28.0", 5: "29.0", 6: "26.0", 7: "24.0", 101: "30.0"}
    for number, content in everybody.items():
        parts = {
            "design": {"design": "18.0"},
            "lesson": {"content": content, "delivery": "40.0"},
            "reflection": {"reflection": "4.0"},
        }
        await place.send(
            *(place.revision(judge(number), place.entries[0], part, marks) for part, marks in parts.items())
        )
    async with transaction(place.pool, "scoring_desk") as tx:
        gathered = await divisions.gather(tx, place.division_id, "final")
        assignments = await panels.assignments(tx, place.division_id)
    (line,) = domain.summary_lines(gathered, assignments, SHARED.parts, say)
    assert [each["text"] for each in line["totals"]] == ["87.0", "89.0", "90.0", "92.0", "91.0", "88.0", "86.0"]
    assert [each["text"] for each in line["totals"] if each["left_out"]] == ["92.0", "86.0"]
    assert line["shown"] == "89.00"
    assert domain.stand_ins(gathered, assignments, say) == ["print.stand_in code=A01 seat=4 name=候补1"]
    pages = domain.sheet_pages(gathered, assignments, SHARED.parts, say)
    assert len(pages) == 2 * 7 * 3
    fourth = next(
        page for page in pages if page["code"] == "A01" and "4 · " in page["who"] and page["part"] == "lesson"
    )
    assert (fourth["who"], fourth["sum"], [row["mark"] for row in fourth["rows"]]) == (
        "print.judge 4 · 候补1",
        "70.0",
        ["30.0", "40.0"],
    )
    blank = next(page for page in pages if page["code"] == "A02")
    assert (blank["sum"], blank["position"], blank["proof"]) == ("", None, "print.not_sent")


async def test_what_was_recorded_is_a_sheet_of_its_own_and_a_note_of_the_summary_but_on_no_judges_sheet(
    scoring_database: Database,
) -> None:
    place = await seated(scoring_database, rule=DEDUCTING)
    await place.mark_all()
    about = About(
        id=new_id(), division_id=place.division_id, stage="final", entry_id=place.entries[1], by=SCOREKEEPER, now=NOW
    )
    async with transaction(place.pool, "scoring_desk") as tx:
        position = await deductions.deduct(tx, about, "no_aids", "3", "两件教具")
        gathered = await divisions.gather(tx, place.division_id, "final")
        assignments = await panels.assignments(tx, place.division_id)
    (page,) = domain.record_pages(gathered, say)
    assert (page["code"], page["rows"], page["who"]) == (
        "A02",
        [{"title": "未出示教具", "highest": "3", "mark": "−1.5"}],
        "",
    )
    assert page["note"] == f"print.record_note title=未出示教具 reason=两件教具 position={position}"
    assert domain.record_notes(gathered, say) == ["A02：未出示教具 3 −1.5"]
    sheets = domain.sheet_pages(gathered, assignments, DEDUCTING.parts, say)
    assert not [sheet for sheet in sheets if "教具" in str(sheet)]


async def test_sheets_and_summary_are_pdf(scoring_database: Database, client: Open) -> None:
    place = await seated(scoring_database, rule=DEDUCTING)
    await place.mark_all()
    keeper = await sign_in(scoring_database, await client(scoring_database), "scorekeeper")
    body = {"id": str(new_id()), "entry_id": str(place.entries[0]), "key": "no_aids", "quantity": "1", "reason": "x"}
    assert (await keeper.post(f"/scoring/divisions/{place.division_id}/deductions", body)).status_code == 201
    for name in ("sheets", "summary"):
        answer = await keeper.get(f"/scoring/divisions/{place.division_id}/{name}.pdf", accept="application/pdf")
        assert answer.status_code == 200 and answer.content.startswith(b"%PDF")
        assert answer.headers["content-type"] == "application/pdf"
    assert (
        await keeper.get(f"/scoring/divisions/{place.division_id}/summary.pdf?stage=preselection")
    ).status_code == 404


def test_what_set_an_entry_apart_is_said_in_words() -> None:
    from services.scoring.divisions.domain import decided

    assert decided("result", SHARED.parts, say) == ""
    assert decided("part:lesson", SHARED.parts, say) == "print.decided_part part=lesson"
    assert decided("panel_vote", SHARED.parts, say) == "print.decided_panel_vote"


def test_a_checksum_is_four_groups_of_four() -> None:
    assert domain.checksum("0123456789abcdef" * 4) == "0123 4567 89ab cdef"


async def test_a_sealed_summary_is_the_same_bytes_in_another_process_and_at_another_time(
    scoring_database: Database, client: Open, clock: Any
) -> None:
    place = await seated(scoring_database, rule=SHARED)
    await place.mark_all()
    http = await client(scoring_database)
    keeper = await sign_in(scoring_database, http, "scorekeeper")
    address = f"/scoring/divisions/{place.division_id}/summary.pdf"
    is_open = (await keeper.get(address, accept="application/pdf")).content
    await lock(place)
    await seal(place)
    clock.set(NOW)
    sealed = (await keeper.get(address, accept="application/pdf")).content
    await release(place)
    clock.set(NOW + timedelta(days=40))
    later = (await keeper.get(address, accept="application/pdf")).content
    printed = await asyncio.create_subprocess_exec(
        sys.executable,
        "-c",
        ANOTHER_PROCESS,
        scoring_database.url,
        str(place.division_id),
        stdout=asyncio.subprocess.PIPE,
    )
    elsewhere, _ = await printed.communicate()
    assert (later, elsewhere) == (sealed, sealed)
    assert is_open != sealed
    other = await keeper.get(f"{address}?language=en", accept="application/pdf")
    assert other.content.startswith(b"%PDF") and other.content != sealed


async def test_a_sheet_bears_the_code_by_which_it_is_typed_and_one_may_be_printed_alone(
    scoring_database: Database,
) -> None:
    place = await seated(scoring_database, rule=SHARED)
    await place.send(place.revision(place.judges[0], place.entries[0], "lesson", {"content": "0"}))
    wanted = Only(entry_id=place.entries[0], judge_id=place.judges[0], part="lesson")
    async with transaction(place.pool, "scoring_desk") as tx:
        gathered = await divisions.gather(tx, place.division_id, "final")
        pages = domain.sheet_pages(gathered, await panels.assignments(tx, place.division_id), SHARED.parts, say)
        printed = await printouts.sheets(tx, place.division_id, "final", wanted, say, "zh-CN")
        with pytest.raises(Missing, match="no_such_sheet"):
            await printouts.sheets(tx, place.division_id, "final", Only(part="dance"), say, "zh-CN")
    (page,) = printouts.drawn(printed)["sheets"]
    assert [(row["mark"], row["unmarked"]) for row in page["rows"]] == [("0.0", False), ("", True)], (
        "zero is a mark, 未评 is none"
    )
    assert page["rows"][0]["boxes"] == [2, 1] and page["qr"].startswith("<svg")
    codes = {page["qr"] for page in pages}
    assert len(codes) == len(pages)
    for text in codes:
        code = read(text)
        assert gathered.attached and code == code_of(code.sheet, gathered.attached.hash)
        assert code.sheet.judge_id in place.judges and code.sheet.entry_id in place.entries
