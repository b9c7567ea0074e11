"""What the header and the verdict of the Run screen are made from."""

from collections.abc import Sequence

from llmd_tui.diagnose.finding import Finding
from llmd_tui.kube.store import Freshness
from llmd_tui.rollout.freshness import is_old
from llmd_tui.rollout.words import duration
from llmd_tui.run.verdict import Sentence, Situation, verdict
from screens.glyphs import State
from screens.run.live import LiveRun
from screens.widgets.frame import HeaderBar, Verdict

OF_THE_CONNECTION = ("Node", "Pod")


def crumbs(run: LiveRun) -> tuple[str, ...]:
    """Subscription, region, cluster; or the kubeconfig's context."""
    azure = run.choice.azure
    if azure:
        return tuple(filter(None, (run.account, azure.region, azure.cluster)))
    kubeconfig = run.choice.config.target.kubeconfig
    return (kubeconfig.context,) if kubeconfig else (run.name,)


def trouble(run: LiveRun) -> Freshness | None:
    """The connection's state while it is lost."""
    known = (run.freshness(kind) for kind in OF_THE_CONNECTION)
    return next((fresh for fresh in known if fresh is not None and is_old(fresh)), None)


def sentence(run: LiveRun, findings: Sequence[Finding], held: float | None) -> Sentence:
    """What is to be said now."""
    cost = run.plan.cost_per_hour.amount
    azure = run.choice.azure
    situation = Situation(
        run.progress,
        run.now(),
        nodes=run.sight.nodes,
        pods=run.sight.pods,
        findings=findings,
        trouble=trouble(run),
        place=azure.region if azure else crumbs(run)[0],
        paused=run.control.paused,
        held=held,
        cost=f"It costs ${cost:.2f}/h until deleted." if cost else "",
        remedies=run.remedy is not None,
    )
    return verdict(situation)


def shown(said: Sentence) -> Verdict:
    return Verdict(said.state, said.text, said.usual, said.key, said.short, said.calm)


def show_header(header: HeaderBar, run: LiveRun, said: Sentence) -> None:
    """State and clock, time left, money."""
    progress, now = run.progress, run.clock.time()
    elapsed = duration(now - progress.started) if progress.started is not None else "0s"
    state: State = "running"
    word = "running"
    if progress.ended:
        elapsed = duration(progress.ended.seconds)
    if progress.ended and progress.ended.outcome == "done":
        state, word = "done", "done in"
    elif said.state == "failed":
        state, word = "failed", "stuck"
    elif progress.ended:
        state, word = "slow", progress.ended.outcome
    elif progress.stopping:
        state, word = "waiting", "stopping"
    elif run.control.paused:
        state, word = "waiting", "paused"
    elif said.state == "slow":
        state, word = "slow", "slow"
    cost = run.plan.cost_per_hour.amount
    header.state = state
    left = "waiting for you" if said.state == "failed" else progress.time_left(now)
    header.facts = tuple(filter(None, (f"{word} {elapsed}", left, f"${cost:.2f}/h" if cost else "")))
