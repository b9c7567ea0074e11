"""From what was confirmed on the review to a run that the screens can follow."""

from collections.abc import AsyncIterator

from llmd_tui.commands.inputs import Wanted, terms
from llmd_tui.commands.ready import ready
from llmd_tui.commands.talk import talk
from llmd_tui.draft.draft import Draft
from llmd_tui.errors import UserError
from llmd_tui.kube.logs import follow
from llmd_tui.plan.make import plan_of
from llmd_tui.plan.output import plan_json
from llmd_tui.run.directory import RunDirectory
from llmd_tui.run.run import Run
from llmd_tui.run.timing import run_clock
from screens.run.live import LiveRun


async def launch(draft: Draft, scenario: str | None) -> tuple[Run, LiveRun]:
    """A run as `llmd-tui apply` makes it, not started yet. `scenario` is the simulators' in a demo.

    Raises UserError for what is missing; nothing is created then.
    """
    choice = draft.choice()
    whole = draft.whole()
    chosen = Wanted(whole.config(), whole.text, choice, plan_of(choice))
    clock = run_clock()
    surroundings = await ready(chosen, clock)
    try:
        asked = terms(chosen.config, simulate=scenario, speed=clock.speed, skipped={})
        directory = RunDirectory.create(asked, chosen.answers, plan_json(chosen.plan))
        run = Run(chosen.plan, surroundings, directory, clock)
    except BaseException:
        await surroundings.close()
        raise
    return run, _live(run, chosen, asked.cluster)


def _live(run: Run, chosen: Wanted, cluster: str) -> LiveRun:
    async def start() -> None:
        await run.start()

    async def lines(namespace: str, pod: str, container: str, *, previous: bool = False) -> AsyncIterator[str]:
        reached = run.surroundings.cluster
        if reached is None:
            raise UserError("There is no connection to the cluster.")
        async for line in follow(
            reached, namespace, pod, container, previous=previous, follow=not previous, timestamps=True
        ):
            yield line

    return LiveRun(
        plan=chosen.plan,
        choice=chosen.choice,
        control=run,
        view=lambda: run.store,
        follow=lines,
        start=start,
        clock=run.clock,
        name=cluster,
        freshness=lambda kind: run.store.freshness(kind) if run.observer else None,
        directory=run.directory.path,
    )


def tell_where(run: Run, outcome: str) -> None:
    """After the screens are gone: where the run's files are, and how it goes on."""
    talk(f"Journal, logs and report: {run.directory.path}")
    if outcome != "done":
        talk(f"`llmd-tui resume {run.directory.id}` looks again and goes on.")
