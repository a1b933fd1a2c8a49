"""Sign-up by everybody in the order of arrival, then each branch puts its people in order and returns what it cannot send."""

from collections import defaultdict
from datetime import timedelta
from typing import Any

from deploy.demo.play import Play, fresh_id
from deploy.demo.season import Signup, Table, moment
from deploy.demo.user import Told, User

SIGN_UP, REVIEW = "报名 sign-up", "审核 review"


async def learn_divisions(play: Play, activity: Table) -> None:
    """Read the activity's public page: its id and its divisions'."""
    listed = (await play.public.get("/registration/activities"))["activities"]
    found = next(each for each in listed if each["key"] == activity["key"])
    play.activities[activity["key"]] = found["id"]
    page = await play.public.get(f"/registration/activities/{found['id']}")
    for division in page["divisions"]:
        play.divisions[activity["key"], division["key"]] = division["id"]


async def sign_up_all(play: Play, activity: Table) -> None:
    await learn_divisions(play, activity)
    for signup in (each for each in play.season.signups if each.activity == activity["key"]):
        await sign_up(play, signup)
        play.bars.advance()


async def sign_up(play: Play, signup: Signup) -> None:
    """Look at the verdict, then send the form; who is not eligible is told so and recorded as refused."""
    user = await play.user(signup.staff_no)
    activity_id = play.activities[signup.activity]
    await user.get("/registration/entries/new", activity_id=activity_id)
    entry_id = fresh_id()
    body = {
        "id": entry_id,
        "division_id": play.divisions[signup.activity, signup.division],
        "course": signup.course,
        "commitment": True,
    }
    await user.post(f"/registration/activities/{activity_id}/entries", body)
    play.entries[signup.activity, signup.division, signup.staff_no] = entry_id


def needs_review(activity: Table) -> bool:
    """Whether branches have a say: there is a quota, or their order decides."""
    has_quota = "quota_base" in activity or any("own_quota" in each for each in activity["division"])
    return activity["admission"] != "arrival" and (has_quota or "recommendation" in activity.get("order", []))


async def review_all(play: Play, activity: Table) -> None:
    """Each branch with sign-ups goes through them."""
    branches: dict[str, list[Signup]] = defaultdict(list)
    for signup in play.season.signups:
        if signup.activity == activity["key"]:
            branches[play.season.branch(signup.staff_no)].append(signup)
    for code, signups in sorted(branches.items()):
        await review(play, activity, code, signups)
        play.bars.advance(len(signups))


async def review(play: Play, activity: Table, code: str, signups: list[Signup]) -> None:
    """Send the whole order; where it exceeds the quota, the branch's own first ones stay and the others are returned."""
    officer = await play.user(play.season.officer(code))
    page = f"/registration/activities/{play.activities[activity['key']]}/branches/{code}/recommendations"
    shown = await officer.get(page)
    order = {play.entries[s.activity, s.division, s.staff_no]: (s.order or 10**6, at) for at, s in enumerate(signups)}
    open_entries = [each["id"] for each in shown["entries"] if each["state"] in ("submitted", "approved")]
    division_of = {play.entries[s.activity, s.division, s.staff_no]: s.division for s in signups}
    groups = [
        (
            sorted((e for e in open_entries if division_of.get(e) in quota["divisions"]), key=order.__getitem__),
            quota["quota"],
        )
        for quota in shown["quotas"]
    ]
    try:
        await send_order(officer, page, [group for group, _ in groups])
    except Told as told:
        if not any(fault["code"] == "over_quota" for fault in told.body.get("faults", [])):
            raise
        await send_order(officer, page, [group[:bound] for group, bound in groups])
    for group, bound in groups:
        for entry_id in group[bound:] if bound is not None else []:
            await give_back(officer, entry_id, bound)


async def send_order(officer: User, page: str, groups: list[list[str]]) -> Any:
    """The branch's numbers, 1, 2, 3 … within each of its quotas."""
    numbers = {entry_id: number for group in groups for number, entry_id in enumerate(group, start=1)}
    return await officer.post(page, {"numbers": numbers})


async def give_back(officer: User, entry_id: str, bound: int | None) -> None:
    reason = f"本分工会限报 {bound} 名，已按推荐顺序报满。 The branch may send {bound}."
    await officer.post(f"/registration/entries/{entry_id}/returns", {"reasons": {"recommendation": reason}})


def plan(play: Play, activity: Table) -> None:
    """Sign-ups an hour after the opening, the review a day before it closes."""
    count = sum(signup.activity == activity["key"] for signup in play.season.signups)
    opens, closes = moment(activity["signup_opens"]), moment(activity["signup_closes"])
    play.agenda.add(
        opens + (closes - opens) / 2, SIGN_UP, activity["title"], lambda: sign_up_all(play, activity), count
    )
    if needs_review(activity):
        ends = moment(activity["review_closes"])
        at = max(closes, ends - timedelta(days=1))
        play.agenda.add(at, REVIEW, activity["title"], lambda: review_all(play, activity), count)
