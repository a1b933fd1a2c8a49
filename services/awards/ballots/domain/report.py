"""The report of a finished or running ballot as tellers and supervisor sign it. Only closed rounds are in it."""

from collections.abc import Callable, Sequence

from msgspec import Struct

from services.awards.ballots.domain.count import Outcome
from services.awards.ballots.domain.meeting import Ballot
from services.awards.ballots.domain.overview import Line
from services.awards.programmes.domain import Programme

Say = Callable[..., str]


class Table(Struct, frozen=True, kw_only=True):
    """A stratum in one round. widths: shares of the line or "auto"; align: left, right or center."""

    title: str
    note: str
    columns: tuple[str, ...]
    widths: tuple[int | str, ...]
    align: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


class Report(Struct, frozen=True, kw_only=True):
    """The data of `templates/list.typ`."""

    language: str
    title: str
    subtitle: str
    lead: str
    sections: tuple[Table, ...]
    signatures: tuple[str, ...]
    proof: str
    printed: str


def report(
    programme: Programme, held: Sequence[Ballot], lines: Sequence[Line], rule_hash: str, say: Say, language: str, printed: str
) -> Report:
    """Heads, counts and outcome of every closed round. printed: when, in words."""
    closed = [ballot for ballot in held if not ballot.is_open]
    return Report(
        language="en" if language == "en" else "zh",
        title=programme.title_en or programme.title if language == "en" else programme.title,
        subtitle=say("programme.report_title"),
        lead=" ".join(_heads(ballot, say) for ballot in closed),
        sections=tuple(
            _table(programme, ballot, outcome, lines, say, language) for ballot in closed for outcome in ballot.outcomes
        ),
        signatures=tuple(say(f"programme.report_{who}") for who in ("scrutineer", "counter", "supervisor")),
        proof=say("programme.report_proof", rule=rule_hash[:16]),
        printed=printed,
    )


def _heads(ballot: Ballot, say: Say) -> str:
    return say(
        "programme.report_heads",
        n=ballot.round, due=ballot.due, present=ballot.present, issued=ballot.issued, valid=ballot.valid or 0,
    )  # fmt: skip


def _table(
    programme: Programme, ballot: Ballot, outcome: Outcome, lines: Sequence[Line], say: Say, language: str
) -> Table:
    stratum = next(each for each in programme.strata if each.key == outcome.stratum)
    title = stratum.title_en or stratum.title if language == "en" else stratum.title
    note = say("programme.report_needed", needed=outcome.needed) if outcome.needed else say("programme.report_order")
    columns = ("programme.code", "programme.branch", "ballot.yes", "ballot.no", "ballot.abstain", "programme.outcome")
    return Table(
        title=f"{title} · {say('ballot.round', n=ballot.round)}",
        note=note,
        columns=tuple(say(column) for column in columns),
        widths=("auto", 4, "auto", "auto", "auto", 2),
        align=("center", "left", "right", "right", "right", "left"),
        rows=tuple(_row(line, outcome, say) for line in lines if line.nomination_id in outcome.counts),
    )


def _row(line: Line, outcome: Outcome, say: Say) -> tuple[str, ...]:
    of = outcome.counts[line.nomination_id]
    if line.nomination_id in outcome.elected:
        fate = "elected"
    elif line.nomination_id in outcome.tied:
        fate = "revote" if outcome.next else "no_seat"
    else:
        fate = "no_seat" if line.nomination_id in outcome.passed else "not_passed"
    return (line.branch_code, line.branch, str(of.yes), str(of.no), str(of.abstain), say(f"programme.fate_{fate}"))
