"""The run's one sentence, in every state."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from llmd_tui.diagnose.finding import Finding, Remedy
from llmd_tui.events import (
    FindingGone,
    PhaseDone,
    PhaseFailed,
    PhaseStarted,
    PhaseWaiting,
    RunEnded,
    RunStarted,
    RunStopping,
)
from llmd_tui.kube.store import Freshness
from llmd_tui.plan.graph import Cost, Phase, Plan, Seconds, order
from llmd_tui.rollout.cells import Cell
from llmd_tui.rollout.stages import NodeProgress
from llmd_tui.rollout.times import State, step
from llmd_tui.run.diagnosis import seen
from llmd_tui.run.progress import RunProgress
from llmd_tui.run.schedule import phase_rows
from llmd_tui.run.unexplained import with_failures
from llmd_tui.run.verdict import CALM, Situation, verdict

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)
T = NOW.timestamp()


def phase(name: str, normal: float, needs: tuple[str, ...] = (), after: tuple[str, ...] = ()) -> Phase:
    return Phase(name, "", (), (), Seconds(normal, 2 * normal), "", needs, after)


def going(*, waits: bool = True) -> RunProgress:
    """The GPU operator runs since five minutes."""
    phases = [phase("cluster", 600), phase("gpu-pool", 30, ("cluster",)), phase("gpu-operator", 480, ("gpu-pool",))]
    progress = RunProgress(
        Plan(order([*phases, phase("model-server", 300, ("gpu-operator",))]), {}, Cost(None, "USD", ""))
    )
    progress.apply(RunStarted(T - 1000, "r", (), False))
    for name in ("cluster", "gpu-pool"):
        progress.apply(PhaseStarted(T - 1000, name, 600, 1200))
        progress.apply(PhaseDone(T - 300, name, 350, False))
    progress.apply(PhaseStarted(T - 300, "gpu-operator", 480, 960))
    if waits:
        progress.apply(PhaseWaiting(T - 299, "gpu-operator", "GPUs on every node", T - 299))
    return progress


def node(number: int, of: str = "driver-build", state: State = "running", ago: float = 287) -> NodeProgress:
    name = f"aks-gpu-12345678-vmss{number:06}"
    done = of == "complete"
    stage, told = ("complete", None) if done else ("driver", step(of))
    cells = (Cell("nfd", "done"), Cell("driver", "done" if done else state))
    return NodeProgress(name, stage, "done" if done else state, NOW - timedelta(seconds=ago), "", told, (0, 8), cells)


def situation(**more: object) -> Situation:
    return replace(Situation(going(), NOW, nodes=[node(0), node(1, ago=286)], place="eastus2"), **more)


def finding(**more: object) -> Finding:
    known = Finding(
        id="F-64",
        state="failed",
        title="nvidia_peermem does not load on vmss000001",
        effect="",
        evidence=(),
        cause="",
        confidence="sure",
        why="",
        remedy=Remedy("Delete the pod.", "kubectl delete pod", seconds=300, acts=True),
        subjects=(),
        since=NOW,
        phase="gpu-operator",
    )
    return replace(known, **more)


def test_running_says_what_is_done_where_and_that_nothing_is_stuck() -> None:
    said = verdict(situation())
    assert (said.state, said.text) == ("running", "Building the GPU driver on both nodes for 4m47s.")
    assert (said.usual, said.calm, said.key) == ("Usual is 3 to 8m.", CALM, "nothing to do")
    assert said.short == "Building the GPU driver for 4m47s."
    assert said.normal and (said.elapsed, said.normal.low, said.normal.high, said.normal.slow) == (287, 180, 480, 720)


@pytest.mark.parametrize(
    ("nodes", "where"),
    [
        ([node(0)], "on vmss000000"),
        ([node(0), node(1, "complete")], "on vmss000000"),
        ([node(0), node(1), node(2)], "on all 3 nodes"),
        ([node(0), node(1), node(2, "complete")], "on 2 of 3 nodes"),
        # Those that are least far hold the others up.
        ([node(0, "validation"), node(1, "ofed-build")], "on vmss000000"),
    ],
)
def test_where(nodes: list[NodeProgress], where: str) -> None:
    assert f" {where} for " in verdict(situation(nodes=nodes)).text


def test_before_it_waits_the_phase_itself_is_told() -> None:
    said = verdict(situation(progress=going(waits=False)))
    assert said.text == "Installing the GPU operator for 5m00s."


def test_slow_is_told_with_what_is_usual() -> None:
    said = verdict(situation(nodes=[node(0, state="slow", ago=750), node(1, "complete")]))
    assert (said.state, said.text) == ("slow", "Building the GPU driver on vmss000000 for 12m30s, longer than usual.")
    assert said.key == "l log"
    assert verdict(situation(nodes=[node(0, state="slow")], findings=[finding(state="slow")])).key == "f why"


def test_an_error_met_while_waiting_is_told() -> None:
    progress = going(waits=False)
    progress.apply(PhaseWaiting(T, "gpu-operator", "", T, "the subscription has no public IP left"))
    said = verdict(situation(progress=progress, nodes=[]))
    assert said.text == "Installing the GPU operator for 5m00s: the subscription has no public IP left."


def test_a_finding_speaks_for_the_failure() -> None:
    said = verdict(situation(findings=[finding()], remedies=True))
    assert (said.state, said.text) == ("failed", "Stuck: nvidia_peermem does not load on vmss000001.")
    assert (said.usual, said.key) == ("The remedy is known and safe, about 5m.", "x do it   f why")
    assert verdict(situation(findings=[finding()])).key == "f why"
    danger = finding(remedy=Remedy("Drain.", acts=True, danger=True))
    assert verdict(situation(findings=[danger], remedies=True)).usual == "It restarts or removes something."


def test_a_failed_phase_is_told_and_becomes_a_finding() -> None:
    progress = going()
    progress.apply(PhaseFailed(T, "gpu-operator", 300, "helm ended with exit code 1", "Look at the log."))
    said = verdict(situation(progress=progress))
    assert said.text == "Stuck: gpu-operator failed: helm ended with exit code 1"
    assert (said.short, said.key) == ("Stuck: gpu-operator failed.", "r retry   f why")
    (found,) = with_failures((), progress)
    assert (found.title, found.phase, found.remedy.text) == ("gpu-operator failed", "gpu-operator", "Look at the log.")
    assert verdict(situation(progress=progress, findings=[found])).text.startswith("Stuck: gpu-operator failed: helm")
    assert with_failures([finding()], progress) == (finding(),)
    progress.apply(seen(found, 0))
    progress.apply(FindingGone(1, found.phase, found.id, found.title, "ticket 7"))
    assert with_failures((), progress) == (), "who has accepted it is not told of it by another name"


def test_a_node_that_failed_is_told_before_anybody_explains_it() -> None:
    broken = replace(node(1, state="failed"), step=None, text="the node is gone")
    said = verdict(situation(nodes=[node(0), broken]))
    assert (said.state, said.text) == ("failed", "Stuck: vmss000001: the node is gone.")


def test_a_lost_connection_is_told_with_the_next_attempt() -> None:
    lost = Freshness("stale", T - 41, "refused", again=T + 8)
    said = verdict(situation(trouble=lost))
    assert (said.state, said.text) == ("stale", "eastus2 does not answer since 41s.")
    assert said.usual == "What you see is that old. Trying again in 8s."
    # A connection that is back at once is not worth a word; and what is slow matters more.
    assert verdict(situation(trouble=replace(lost, since=T - 2))).state == "running"
    assert verdict(situation(trouble=lost, nodes=[node(0, state="slow", ago=800)])).state == "slow"


def test_paused_and_held() -> None:
    assert verdict(situation(paused=True)).key == "P go on"
    said = verdict(situation(held=T - 12))
    assert (said.text, said.key) == ("The view is held still for 12s.", "p let go")
    assert said.usual == "The run goes on: building the GPU driver for 4m47s."
    assert verdict(situation(held=T, findings=[finding()])).state == "failed"


def test_stopping_interrupted_done() -> None:
    progress = going()
    progress.apply(RunStopping(T, ("gpu-operator",), "Azure goes on creating it, about 4m."))
    said = verdict(situation(progress=progress))
    assert (said.text, said.key) == ("Stopping after gpu-operator.", "ctrl+c stops now")
    assert said.usual == "Azure goes on creating it, about 4m."
    progress.apply(RunEnded(T, "r", "interrupted", 1000))
    assert verdict(situation(progress=progress)).key == "r resume"
    progress.apply(RunStarted(T, "r", (), True))
    for name in ("gpu-operator", "model-server"):
        progress.apply(PhaseStarted(T, name, 1, 2))
        progress.apply(PhaseDone(T, name, 1, False))
    progress.apply(RunEnded(T, "r", "done", 2530))
    said = verdict(situation(progress=progress, cost="It costs $197.51/h until deleted."))
    assert (said.state, said.text) == ("done", "All 4 phases are done after 42m10s.")
    assert said.usual == "It costs $197.51/h until deleted."


def test_before_anything_and_between_phases() -> None:
    fresh = RunProgress(going().plan)
    assert verdict(Situation(fresh, NOW)).text == "Starting the run."
    fresh.apply(RunStarted(T, "r", (), False))
    assert verdict(Situation(fresh, NOW)).text == "Going on with cluster."


def test_what_waits_for_another_phase_says_for_which() -> None:
    progress = going()
    progress.phases["gpu-operator"].overlaps = {"network-operator"}
    assert verdict(situation(progress=progress)).text == "gpu-operator waits for network-operator."


def test_a_calm_sentence_is_never_cut_at_80_columns() -> None:
    room = 80 - 2 - 2 - len("nothing to do") - 2
    for name in ("driver-build", "ofed-build", "model", "validation", "driver-pull", "ofed-label"):
        said = verdict(situation(nodes=[node(0, name), node(1, name), node(2, "complete")]))
        assert len(said.short) <= room, said.short


def test_rows_of_one_request_are_one() -> None:
    rows = {row.title: row for row in phase_rows(going(), T)}
    assert list(rows) == ["cluster, gpu-pool", "gpu-operator", "model-server"]
    assert (rows["cluster, gpu-pool"].state, rows["cluster, gpu-pool"].elapsed) == ("done", 700)
    running, ahead = rows["gpu-operator"], rows["model-server"]
    assert (running.begin, running.end) == (700, 1180)
    assert (ahead.begin, ahead.end, ahead.state) == (1180, 1480, "pending")


def test_a_login_that_has_ended_needs_the_user() -> None:
    progress = going()
    why = "The Azure CLI is not logged in. Run `az login`. Tried again every 10s, then the run goes on from here"
    progress.apply(PhaseWaiting(T, "gpu-operator", f"node pool gpu of llmd: a login to Azure: {why}", T))
    said = verdict(situation(progress=progress))
    assert (said.state, said.text) == ("failed", "Needs you: the Azure CLI is not logged in.")
    assert said.usual == "Run `az login`. Tried again every 10s, then the run goes on from here."
    progress.apply(PhaseWaiting(T, "gpu-operator", "node pool gpu of llmd: InProgress", T))
    assert verdict(situation(progress=progress)).state == "running"
