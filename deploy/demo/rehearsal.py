"""One rehearsal from the first visit to the last certificate: every step of every activity and programme in order of time."""

from pathlib import Path

from deploy.demo import bundles, conservation
from deploy.demo.play import Play, RehearsalFailed
from deploy.demo.report import Check, Report
from deploy.demo.stages import admission, ceremony, desk, hall, judging, opening, prizes, programme, sign_up
from deploy.demo.user import Told


async def rehearse(play: Play, bundles_to: Path | None = None) -> tuple[Report, list[Check]]:
    """Play everything, then count; bundles_to: where the bundles shall be written, if anywhere.

    Raises RehearsalFailed, with what a service said, where a step is not possible.
    """
    plan(play)
    try:
        with play.bars.shown():
            await run(play)
        report, checks = await conservation.count(play)
        if bundles_to:
            checks.append(await bundles.write(play, bundles_to))
            report.conserved = report.conserved and checks[-1].holds
        return report, checks
    finally:
        await play.people.close()


def plan(play: Play) -> None:
    """Put every stage of every activity and programme on the agenda and announce its bar."""
    opening.plan(play)
    for activity in play.season.activities:
        sign_up.plan(play, activity)
        admission.plan(play, activity)
        hall.plan(play, activity)
        judging.plan(play, activity)
        desk.plan(play, activity)
        prizes.plan(play, activity)
        ceremony.plan(play, activity)
    for each in play.season.programmes:
        programme.plan(play, each)
    for step in play.agenda.steps():
        play.bars.announce(step.stage, step.weight)


async def run(play: Play) -> None:
    """Every step in the order of time, the clock moved before each."""
    steps = play.agenda.steps()
    for at, step in enumerate(steps):
        play.move_clock(step.at)
        play.bars.enter(step.stage, step.title)
        try:
            await step.run()
        except Told as told:
            raise RehearsalFailed(f"{step.stage}, {step.title}: {told}") from told
        if step.stage not in {later.stage for later in steps[at + 1 :]}:
            play.bars.finish(step.stage)
