"""The mini season under kill -9 and long absence: conserved all the same, and not so with a defect put in.

Each seed fixes which part is killed in which step and how late; a killed part is started again, as an operator or a
supervisor process would. Users go on trying, with the same ids.
"""

import asyncio
import random
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from io import StringIO
from pathlib import Path

import pytest
from rich.console import Console

from deploy.demo import conservation
from deploy.demo import play as rehearsal
from deploy.demo.agenda import Step
from deploy.demo.play import Play, RehearsalFailed
from deploy.demo.rehearsal import plan
from deploy.demo.report import Report
from deploy.demo.screen import Bars
from deploy.demo.season import Season
from deploy.demo.user import Told
from deploy.installation import Installation, temporary_folder

MINI = Path(__file__).resolve().parent.parent / "season" / "mini"
VICTIMS = ("registration", "scoring", "awards", "nats", "postgres")
KILLS = 6
SMALL, LARGE = 1, 10

pytestmark = pytest.mark.faults
Around = Callable[[Play, Step, Awaitable[None]], Awaitable[None]]


async def undisturbed(play: Play, step: Step, run: Awaitable[None]) -> None:
    await run


async def played(installation: Installation, around: Around = undisturbed) -> Report:
    """The mini season's report, each step run inside `around`."""
    play = Play(Season(MINI), installation, Bars(Console(file=StringIO())))
    plan(play)
    try:
        for step in play.agenda.steps():
            play.move_clock(step.at)
            await around(play, step, step.run())
        report, checks = await conservation.count(play)
    finally:
        await play.people.close()
    print([check for check in checks if not check.holds])
    return report


@asynccontextmanager
async def opened(commands: dict[str, list[str]] | None = None) -> AsyncIterator[Installation]:
    with temporary_folder() as folder:
        marker = str(folder / "died")
        given = {service: [*command, marker] for service, command in (commands or {}).items()}
        async with Installation(folder / "data", clock="file", commands=given) as installation:
            reviving = asyncio.create_task(revive(installation))
            try:
                yield installation
            finally:
                reviving.cancel()
                with suppress(asyncio.CancelledError):
                    await reviving


async def revive(installation: Installation) -> None:
    """Start again whatever has died, each by itself: a service that starts waits for its database."""
    starting: dict[str, asyncio.Task[None]] = {}
    while True:
        for name in installation.broken():
            if name not in starting or starting[name].done():
                starting[name] = asyncio.create_task(installation.start(name))
        await asyncio.sleep(0.1)


def test_a_seed_always_kills_the_same_parts() -> None:
    assert [planned_kills(3) for _ in range(2)] == [planned_kills(3)] * 2


def planned_kills(seed: int) -> dict[int, tuple[str, float]]:
    """Step number -> (part to kill, seconds into the step). The first steps open the house and are left alone."""
    draw = random.Random(seed)
    steps = draw.sample(range(3, 22), KILLS)
    victims = [*draw.sample(VICTIMS, len(VICTIMS)), draw.choice(VICTIMS)]
    return {step: (victim, draw.uniform(0, 0.25)) for step, victim in zip(steps, victims, strict=True)}


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "seed" in metafunc.fixturenames:
        seeds = LARGE if metafunc.config.getoption("--nightly") else SMALL
        metafunc.parametrize("seed", range(1, seeds + 1))


async def test_everything_is_conserved_when_each_part_is_killed_in_the_middle(seed: int) -> None:
    kills, number, killed = planned_kills(seed), -1, []

    async with opened() as installation:

        async def around(play: Play, step: Step, run: Awaitable[None]) -> None:
            nonlocal number
            number += 1
            running = asyncio.ensure_future(run)
            if number in kills:
                victim, late = kills[number]
                await asyncio.sleep(late)
                installation.kill(victim)
                killed.append(victim)
            await running

        report = await played(installation, around)
    assert set(killed) == set(VICTIMS)
    assert report.conserved


async def test_awards_may_be_down_until_the_score_sets_are_sealed() -> None:
    async with temporary_installation() as installation:

        async def around(play: Play, step: Step, run: Awaitable[None]) -> None:
            if "sign-up" in step.stage:
                await installation.stop("awards")
            if "opening of codes" in step.stage:
                await installation.start("awards")
            await run

        report = await played(installation, around)
    assert report.conserved


async def test_registration_may_be_down_from_the_sealed_rolls_to_publication() -> None:
    """Only the opening of the codes, registration's own act, finds it up; who acts meanwhile is signed in before."""
    async with temporary_installation() as installation:

        async def around(play: Play, step: Step, run: Awaitable[None]) -> None:
            if "marks" in step.stage and "registration" not in installation.broken():
                await sign_in_everybody(play)
                await installation.stop("registration")
            if "opening of codes" in step.stage:
                await installation.start("registration")
            await run
            if "opening of codes" in step.stage:
                await installation.stop("registration")
            if "certificates" in step.stage and "registration" in installation.broken():
                await installation.start("registration")

        report = await played(installation, around)
    assert report.conserved


async def sign_in_everybody(play: Play) -> None:
    for account in play.season.actors():
        user = await play.user(account)
        for service in ("scoring", "awards"):
            await user.get(f"/{service}/session")


@asynccontextmanager
async def temporary_installation() -> AsyncIterator[Installation]:
    with temporary_folder() as folder:
        async with Installation(folder, clock="file") as installation:
            yield installation


@pytest.mark.parametrize(("service", "order"), [("awards", "sound"), ("scoring", "half_sealed")])
async def test_dying_in_the_middle_of_an_act_loses_nothing(service: str, order: str) -> None:
    """Between commit and acknowledgement of an event; in a seal, when all but its event is written."""
    async with opened({service: ["tests.faults.variant", service, order]}) as installation:
        report = await played(installation)
        assert (installation.data.parent / "died").exists()
    assert report.conserved


@pytest.mark.parametrize(("service", "defect"), [("awards", "ack_before_commit"), ("registration", "outbox_outside")])
async def test_a_defect_breaks_conservation(service: str, defect: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """The negative control: the same death, with the two halves in the wrong order, is not survived."""
    monkeypatch.setattr(rehearsal, "ARRIVES_SECONDS", 5.0)
    monkeypatch.setattr(conservation, "SETTLES_SECONDS", 5.0)
    async with opened({service: ["tests.faults.variant", service, defect]}) as installation:
        try:
            is_conserved = (await played(installation)).conserved
        except (RehearsalFailed, Told):
            is_conserved = False
    assert not is_conserved
