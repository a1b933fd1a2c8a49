"""What happens on the way of a rehearsal: `[[incident]]` of season.toml. Checked here, stored nowhere. Pure."""

from services.registration.activities.domain import Activity
from services.registration.seasons.domain.outline import Outline

KINDS = ("withdrawal", "first_sent", "panel_vote", "objection", "overtime", "prize_without_minute", "appeal", "offline", "paper")
GROUNDS = ("eligibility", "conduct", "procedure", "other")
OUTCOMES = ("dismissed", "upheld")
APPEAL_GROUNDS = ("transcription", "arithmetic", "procedure", "recusal", "eligibility")


class Known:
    """What an incident may name: activities, people of the roster (empty: it could not be read), who signs in."""

    def __init__(self, activities: tuple[Activity, ...], staff_nos: set[str], accounts: set[str]) -> None:
        self.divisions = {each.key: {division.key for division in each.divisions} for each in activities}
        self.staff_nos, self.accounts = staff_nos, accounts


def incidents(outlines: list[Outline], known: Known) -> None:
    """Adds activity_unknown, division_unknown, staff_no_unknown, role_account_unknown and what a setting adds."""
    for each in outlines:
        each.text("name")
        kind = each.choice("kind", KINDS)
        activity = each.text("activity")
        if activity and activity not in known.divisions:
            each.fault("activity_unknown", "activity")
        if kind not in ("withdrawal", "objection"):
            _division(each, known.divisions.get(activity))
        READERS[kind](each, known)
        each.close()


def _withdrawal(outline: Outline, known: Known) -> None:
    _contestant(outline, "entry", known)
    outline.moment("at")
    outline.text("reason")


def _first_sent(outline: Outline, known: Known) -> None:
    _contestant(outline, "entry", known)
    _judge(outline, known)
    for name in ("part", "criterion", "reason"):
        outline.text(name)
    if not outline.has("mark"):
        outline.fault("setting_absent", "mark")
    outline.text("mark", "")


def _panel_vote(outline: Outline, known: Known) -> None:
    outline.text("minutes")
    votes = outline.tables("votes", "judge")
    if not votes:
        outline.fault("setting_absent", "votes")
    for each in votes:
        _judge(each, known)
        _contestant(each, "entry", known)
        each.close()


def _objection(outline: Outline, known: Known) -> None:
    _contestant(outline, "about", known)
    outline.moment("at")
    outline.choice("ground", GROUNDS)
    outline.text("text")
    if not outline.has("real_name"):
        outline.fault("setting_absent", "real_name")
    if not outline.text("real_name", ""):
        return
    for name in ("unit", "contact", "answer"):
        outline.text(name)
    outline.choice("outcome", OUTCOMES)


def _overtime(outline: Outline, known: Known) -> None:
    _contestant(outline, "entry", known)
    outline.moment("at")
    outline.whole("seconds", 1, 3600)
    outline.text("deduction")


def _prize_without_minute(outline: Outline, known: Known) -> None:
    outline.moment("at")
    outline.text("tier")
    outline.whole("more", 1, 20)


def _offline(outline: Outline, _known: Known) -> None:
    outline.moment("at")
    outline.whole("minutes", 1, 600)
    outline.whole("sheets", 1, 10_000)


def _paper(outline: Outline, known: Known) -> None:
    _contestant(outline, "entry", known)
    _judge(outline, known)
    for name in ("part", "criterion", "mark", "reason"):
        outline.text(name)


def _appeal(outline: Outline, known: Known) -> None:
    """Marks in a folder are final, so a rehearsed appeal can only be dismissed."""
    _contestant(outline, "entry", known)
    outline.moment("at")
    outline.choice("ground", APPEAL_GROUNDS)
    outline.day("due")
    for name in ("text", "found", "answer"):
        outline.text(name)
    outline.choice("outcome", ("dismissed",))


def _division(outline: Outline, divisions: set[str] | None) -> None:
    division = outline.text("division")
    if division and divisions is not None and division not in divisions:
        outline.fault("division_unknown", "division", known=", ".join(sorted(divisions)))


def _contestant(outline: Outline, name: str, known: Known) -> None:
    staff_no = outline.text(name)
    if staff_no and known.staff_nos and staff_no not in known.staff_nos:
        outline.fault("staff_no_unknown", name)


def _judge(outline: Outline, known: Known) -> None:
    account = outline.text("judge")
    if account and known.staff_nos and account not in known.accounts:
        outline.fault("role_account_unknown", "judge", account=account)


READERS = {
    "withdrawal": _withdrawal,
    "first_sent": _first_sent,
    "panel_vote": _panel_vote,
    "objection": _objection,
    "overtime": _overtime,
    "prize_without_minute": _prize_without_minute,
    "appeal": _appeal,
    "offline": _offline,
    "paper": _paper,
}
