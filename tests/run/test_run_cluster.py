"""A whole run on a real API server with real helm: found when done, not overwritten, taken up again."""

import asyncio
import stat
from collections.abc import Callable, Generator
from pathlib import Path

import pytest

from llmd_tui import events as e
from llmd_tui.clock import Clock
from llmd_tui.config.model import Kubeconfig, Target
from llmd_tui.kube.connection import Cluster
from llmd_tui.plan.actions import Apply, Helm, Wait
from llmd_tui.plan.graph import Cost, Phase, Plan, Seconds, order
from llmd_tui.run.directory import RunDirectory, Terms
from llmd_tui.run.run import Run
from llmd_tui.run.surroundings import Surroundings
from tests.control_plane import ControlPlane
from tests.helm.charts import chart
from tests.run.test_apply_cluster import config_map, deployment, secret

pytestmark = pytest.mark.cluster

CANARY = "hf_canary0123456789abcdef"


@pytest.fixture
def helm(control_plane: ControlPlane, monkeypatch: pytest.MonkeyPatch) -> None:
    program = control_plane.program("helm")
    if program is None:
        pytest.skip("KUBEBUILDER_ASSETS has no helm")
    monkeypatch.setenv("LLMD_TUI_HELM", str(program))
    monkeypatch.setenv("HF_TOKEN", CANARY)


@pytest.fixture
def directory() -> Generator[RunDirectory]:
    made = RunDirectory.create(Terms("test"), "", {})
    yield made
    made.unlock()


def plan_of(namespace: str, folder: Path) -> Plan:
    def phase(name: str, *actions: Apply | Helm, done: tuple[Wait, ...] = (), needs: tuple[str, ...] = ()) -> Phase:
        return Phase(name, "", actions, done, Seconds(10, 60), "", needs)

    tiny = Helm("tiny", "tiny", namespace, str(folder), None, "", {"text": "hello"})
    pods = {"namespace": namespace, "labels": {"app": "web"}, "count": 1}
    return Plan(
        order(
            [
                phase("access"),
                phase(
                    "workspace",
                    Apply((config_map(namespace, a="1"), secret(namespace))),
                    done=(Wait("exists", "the Secret", {"kind": "Secret", "name": "token", "namespace": namespace}),),
                    needs=("access",),
                ),
                phase("release", tiny, needs=("workspace",)),
                phase(
                    "servers",
                    Apply((deployment(namespace),)),
                    done=(Wait("pods-ready", "1 pod Ready", pods, hold=1),),
                    needs=("workspace",),
                ),
            ]
        ),
        {},
        Cost(None, "USD", ""),
    )


async def carry_out(
    plan: Plan,
    control_plane: ControlPlane,
    directory: RunDirectory,
    cancel_at: Callable[[e.Event], bool] = lambda _: False,
) -> list[e.Event]:
    target = Target(kubeconfig=Kubeconfig(context=control_plane.context, file=str(control_plane.kubeconfig)))
    clock = Clock()
    run = Run(plan, await Surroundings.reach(target, clock), directory, clock)

    async def watch() -> None:
        async for event in run.events():
            if cancel_at(event):
                run.cancel()

    watching = asyncio.create_task(watch())
    await run.start()
    await watching
    history = [event async for event in run.events()]
    await run.close()
    return history


def outcome(history: list[e.Event]) -> str:
    last = history[-1]
    assert isinstance(last, e.RunEnded)
    return last.outcome


@pytest.mark.usefixtures("helm")
async def test_done_then_found(
    control_plane: ControlPlane, cluster: Cluster, namespace: str, directory: RunDirectory, tmp_path: Path
) -> None:
    plan = plan_of(namespace, chart(tmp_path))
    first = await carry_out(plan, control_plane, directory)
    assert outcome(first) == "done", first
    changed = {event.phase for event in first if isinstance(event, e.ActionDone) and event.changed}
    assert changed == {"workspace", "release", "servers"}
    assert stat.S_IMODE(directory.kubeconfig.stat().st_mode) == 0o600

    before = await cluster.get("apps/v1", "Deployment", "web", namespace)
    again = await carry_out(plan, control_plane, directory)
    assert outcome(again) == "done"
    assert not [event for event in again if isinstance(event, e.ActionDone) and event.changed]
    assert {event.phase for event in again if isinstance(event, e.PhaseDone) and event.found} == set(plan.by_name)
    after = await cluster.get("apps/v1", "Deployment", "web", namespace)
    assert after["metadata"]["resourceVersion"] == before["metadata"]["resourceVersion"]
    releases = await cluster.list("v1", "Secret", namespace, labels="owner=helm")
    assert len(releases) == 1, "no second revision"

    kept = [path for path in directory.path.rglob("*") if path.is_file()]
    assert not [path for path in kept if CANARY in path.read_text(errors="replace")]


@pytest.mark.usefixtures("helm")
async def test_cancelled_within_helm_and_taken_up_again(
    control_plane: ControlPlane, namespace: str, directory: RunDirectory, tmp_path: Path
) -> None:
    plan = plan_of(namespace, chart(tmp_path))
    first = await carry_out(
        plan, control_plane, directory, lambda event: isinstance(event, e.ActionStarted) and event.phase == "release"
    )
    assert outcome(first) == "interrupted"
    assert outcome(await carry_out(plan, control_plane, directory)) == "done"
