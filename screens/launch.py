"""From what was confirmed, or left behind, to a run that the screens can follow."""

from collections.abc import AsyncIterator, Awaitable, Callable

from llmd_tui.azure.person import Person
from llmd_tui.commands.inputs import Wanted, terms
from llmd_tui.commands.ready import ready
from llmd_tui.commands.rehearsal import pretend_secrets
from llmd_tui.commands.resume import chosen_then
from llmd_tui.commands.talk import talk
from llmd_tui.draft.draft import Draft
from llmd_tui.errors import UserError
from llmd_tui.kube.logs import follow
from llmd_tui.plan.make import plan_of
from llmd_tui.plan.output import plan_json
from llmd_tui.run.directory import RunDirectory
from llmd_tui.run.journal import read
from llmd_tui.run.logins import same_login
from llmd_tui.run.run import Run
from llmd_tui.run.timing import run_clock
from llmd_tui.run.tokens import Tokens
from screens.run.live import LiveRun


async def launch(draft: Draft, scenario: str | None, person: Person | None = None) -> tuple[Run, LiveRun]:
    """A run as `llmd-tui apply` makes it, not started yet. `scenario` is the simulators' in a demo.

    `person` is asked to log in, now and when a login ends in the middle.
    Raises UserError for what is missing; nothing is created then.
    """
    choice = draft.choice()
    whole = draft.whole()
    chosen = Wanted(whole.config(), whole.text, choice, plan_of(choice))
    clock = run_clock()
    asked = terms(chosen.config, simulate=scenario, speed=clock.speed, skipped={})

    def create() -> RunDirectory:
        return RunDirectory.create(asked, chosen.answers, plan_json(chosen.plan))

    run = await _reached(chosen, create, person)
    return run, _live(run, chosen, asked.cluster, resumed=False)


async def reopen(directory: RunDirectory, person: Person | None = None) -> tuple[Run, LiveRun]:
    """A run that was left, to go on with; what it was when it was left is in its progress.

    The directory is locked, and the simulators of a simulated run answer. Raises UserError for what is missing.
    """
    chosen = chosen_then(directory)
    if directory.terms.simulate:
        # The simulators come back at another address.
        Tokens(directory.tokens).forget()
        pretend_secrets(chosen)
    same_login(directory, chosen.config)
    before = read(directory)
    run = await _reached(chosen, lambda: directory, person)
    live = _live(run, chosen, directory.terms.cluster, resumed=True)
    for event in before:
        live.progress.apply(event)
    return run, live


async def _reached(chosen: Wanted, directory: Callable[[], RunDirectory], person: Person | None) -> Run:
    """The directory is made last, when everything that is needed answered."""
    clock = run_clock()
    surroundings = await ready(chosen, clock, person)
    try:
        return Run(chosen.plan, surroundings, directory(), clock)
    except BaseException:
        await surroundings.close()
        raise


def _live(run: Run, chosen: Wanted, cluster: str, *, resumed: bool) -> LiveRun:
    async def lines(namespace: str, pod: str, container: str, *, previous: bool = False) -> AsyncIterator[str]:
        reached = run.surroundings.cluster
        if reached is None:
            raise UserError("There is no connection to the cluster.")
        lines = follow(reached, namespace, pod, container, previous=previous, follow=not previous, timestamps=True)
        async for line in lines:
            yield line

    return LiveRun(
        plan=chosen.plan,
        choice=chosen.choice,
        control=run,
        view=lambda: run.store,
        follow=lines,
        start=_starter(run, resumed=resumed),
        clock=run.clock,
        name=cluster,
        freshness=lambda kind: run.store.freshness(kind) if run.observer else None,
        directory=run.directory.path,
        findings=lambda: run.diagnosis.findings,
        remedy=run.diagnosis.remedy,
        abortable=run.abortable,
        abort=run.abort,
        accept=run.diagnosis.waive,
        save_evidence=lambda finding: run.diagnosis.export(finding, run.directory.path / "evidence"),
        cluster=lambda: run.surroundings.cluster,
    )


def _starter(run: Run, *, resumed: bool) -> Callable[[], Awaitable[None]]:
    """Begins the run, and after a failure goes on with it."""
    first = True

    async def start() -> None:
        nonlocal first
        before, first = first, False
        await run.start(resumed=resumed and before)

    return start


def tell_where(run: Run, outcome: str) -> None:
    """After the screens are gone: where the run's files are, and how it goes on."""
    talk(f"Journal, logs and report: {run.directory.path}")
    if outcome != "done":
        talk(f"`llmd-tui resume {run.directory.id}` looks again and goes on.")
