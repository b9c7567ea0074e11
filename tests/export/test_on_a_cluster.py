"""The script on a real control plane, with real helm and kubectl: it makes what the program makes."""

import asyncio
import os
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from llmd_tui.checks.checklist import Checklist
from llmd_tui.checks.inference import complete
from llmd_tui.clock import Clock
from llmd_tui.config.answers import Answers
from llmd_tui.export.bundle import write_bundle
from llmd_tui.helm import Helm as Command
from llmd_tui.kube.connection import Cluster
from llmd_tui.kube.forward import forward
from llmd_tui.plan.actions import Action, Apply, Checks, Helm
from llmd_tui.plan.choose import choose
from llmd_tui.plan.graph import Plan
from llmd_tui.plan.make import plan_of
from llmd_tui.presets.scenarios import scenario
from llmd_tui.rollout.reading import name_of
from llmd_tui.run.actions.apply import as_asked as applied
from llmd_tui.run.actions.helm import as_asked as released
from llmd_tui.run.vault import Vault
from llmd_tui.simulator.actors.cast import playing
from llmd_tui.simulator.charts import write as write_charts
from tests import control_plane as real
from tests.checks.test_inference import GOOD, serving, stream
from tests.checks.town import MODEL, Reach

pytestmark = pytest.mark.cluster

TOKEN = "hf_canary0123456789"
ANSWERS = """\
apiVersion: llmd-tui/v1
target: {kubeconfig: {context: test}}
pool: {size: Standard_ND96isr_H100_v5, nodes: 2}
path: {name: pd-disaggregation, model: Qwen/Qwen3-32B}
huggingFaceToken: env:HF_TOKEN
"""


async def test_the_script_makes_what_the_program_makes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Everything is as the plan asks, and the checklist finds nothing wrong with it."""
    try:
        with real.control_plane(real.Options(nodes=2)) as plane:
            if not plane.crds or not plane.program("helm"):
                pytest.skip("no CRDs or no helm")
            await _installed_and_checked(plane, tmp_path, monkeypatch)
    except real.Unavailable as reason:
        pytest.skip(str(reason))


async def _installed_and_checked(plane: real.ControlPlane, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LLMD_TUI_HELM", str(plane.program("helm")))
    monkeypatch.setenv("HF_TOKEN", TOKEN)
    write_charts(folder / "charts")
    answers = Answers.parse(ANSWERS, "answers.yaml")
    answers.set("target.kubeconfig.file", str(plane.kubeconfig))
    answers.set("mirror.charts", str(folder / "charts"))
    choice = choose(answers.config())
    plan = plan_of(choice)
    write_bundle(folder / "bundle", answers.text, choice, plan)
    clock, helm = Clock(speed=300), Command(kubeconfig=plane.kubeconfig)
    async with (
        await Cluster.connect(plane.kubeconfig) as cluster,
        playing(cluster, clock, scenario("smooth"), operators_only=True),
        serving(stream(*GOOD)) as port,
    ):
        await _run(folder / "bundle" / "install.sh", plane)
        assert [action async for action in _different(plan, cluster, helm)] == []
        await _play(cluster, choice.namespace, port)
        (checks,) = plan.by_name["validate"].actions
        assert isinstance(checks, Checks)
        checklist = Checklist.of(choice, plan, Reach(clock, cluster=cluster, helm=helm))
        lines = [line async for line in checklist.run(checks.ids)]
        assert {line.id: line.evidence for line in lines if line.result != "pass"} == {}


async def _run(script: Path, plane: real.ControlPlane) -> None:
    path = f"{plane.assets}{os.pathsep}{os.environ['PATH']}"
    environment = os.environ | {"PATH": path, "INTERVAL_SECONDS": "0.5", "LIMIT_SECONDS": "90"}
    process = await asyncio.create_subprocess_exec(
        script, env=environment, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT
    )
    said, _ = await process.communicate()
    assert process.returncode == 0, said.decode()
    assert TOKEN.encode() not in said


async def _different(plan: Plan, cluster: Cluster, helm: Command) -> AsyncIterator[Action]:
    """What the program would still do."""
    for action in (action for phase in plan.phases for action in phase.actions):
        if isinstance(action, Apply) and not await applied(cluster, action.objects, Vault()):
            yield action
        if isinstance(action, Helm) and not await released(helm, action):
            yield action


async def _play(cluster: Cluster, namespace: str, port: int) -> None:
    """kwok leads port-forwards to a local model server, and runs here what is to be run in a pod."""
    forwards = {"forwards": [{"ports": [80, 8081], "target": {"address": "127.0.0.1", "port": port}}]}
    execs = {"execs": [{"local": {}}]}
    for kind, spec in (("ClusterPortForward", forwards), ("ClusterExec", execs)):
        play = {"apiVersion": "kwok.x-k8s.io/v1alpha1", "kind": kind, "metadata": {"name": namespace}}
        await cluster.apply({**play, "spec": {"selector": {"matchNamespaces": [namespace]}, **spec}})
    (pod,) = await cluster.list("v1", "Pod", namespace, labels="gateway.networking.k8s.io/gateway-name")
    while True:  # kwok learns of these by a watch of its own.
        if await _forwards(cluster, namespace, name_of(pod)):
            return
        await asyncio.sleep(0.1)


async def _forwards(cluster: Cluster, namespace: str, pod: str) -> bool:
    try:
        async with forward(cluster, namespace, pod, 80) as (host, port):
            return (await complete(f"http://{host}:{port}", MODEL, Clock())).status == 200
    except OSError:
        return False
