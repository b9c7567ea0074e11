"""A stage for whole rollouts: a fresh real control plane, charts and manifests in directories, operators as actors.

What a real cluster would do of itself is done by the real controllers, scheduler and, for kubelets, kwok; what the
operators would do, by the simulator's actors. The program runs as users run it, in a process of its own.
"""

import os
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import yaml
from aiohttp import web

from llmd_tui.clock import Clock
from llmd_tui.config.answers import Answers
from llmd_tui.config.model import Config
from llmd_tui.kube.connection import Cluster
from llmd_tui.plan.graph import Plan
from llmd_tui.plan.make import make_plan
from llmd_tui.presets.releases import release
from llmd_tui.presets.scenarios import scenario
from llmd_tui.simulator.actors.cast import playing
from llmd_tui.simulator.charts import write as write_charts
from tests import control_plane as real
from tests.checks.test_inference import GOOD, serving
from tests.e2e.program import Call, llmd_tui

TOKEN = "hf_canary0123456789abcdef"
SPEED = 240.0
"""Of the actors: OFED's five minutes are a good second."""


@dataclass
class Stage:
    """`answers` is the file that the program is called with; `folder` is the test's own."""

    plane: real.ControlPlane
    cluster: Cluster
    folder: Path
    answers: Path
    environment: dict[str, str]

    @property
    def plan(self) -> Plan:
        return make_plan(self.config)

    @property
    def config(self) -> Config:
        return Answers.load(self.answers).config()

    async def start(self, *arguments: str) -> Call:
        return await llmd_tui(*arguments, folder=self.folder, environment=self.environment)

    async def run(self, *arguments: str) -> Call:
        return await (await self.start(*arguments)).end()

    async def apply(self, *more: str) -> Call:
        return await self.run("apply", "-f", str(self.answers), "--yes", *more)


@asynccontextmanager
async def stage(folder: Path, answers: dict[str, Any], *, helm: str = "helm", nodes: int = 4) -> AsyncGenerator[Stage]:
    """Everything for one rollout; skips where there are no programs or CRDs."""
    try:
        with real.control_plane(real.Options(nodes=nodes)) as plane:
            program = plane.program(helm)
            if program is None:
                pytest.skip(f"KUBEBUILDER_ASSETS has no {helm}")
            if not plane.crds:
                pytest.skip("../shared/crds is not there")
            async with await Cluster.connect(plane.kubeconfig) as cluster, _model_server() as port:
                write_charts(folder / "charts")
                for name in _publish(folder / "manifests"):
                    # Theirs are the rollout's to install; the others' are there, to judge what the charts make.
                    await cluster.delete("apiextensions.k8s.io/v1", "CustomResourceDefinition", name)
                file = _answers(folder, plane, answers)
                made = Stage(plane, cluster, folder, file, _environment(folder, plane, program))
                await _kwok(cluster, folder, made.plan, port)
                async with playing(cluster, Clock(speed=SPEED), scenario("smooth"), operators_only=True):
                    yield made
    except real.Unavailable as reason:
        pytest.skip(str(reason))


def _answers(folder: Path, plane: real.ControlPlane, said: dict[str, Any]) -> Path:
    mirror = {"charts": str(folder / "charts"), "manifests": str(folder / "manifests")}
    target = {"kubeconfig": {"context": plane.context, "file": str(plane.kubeconfig)}}
    whole = {"apiVersion": "llmd-tui/v1", "target": target, "mirror": mirror, "huggingFaceToken": "env:HF_TOKEN"}
    path = folder / "answers.yaml"
    path.write_text(yaml.safe_dump(whole | said, sort_keys=False))
    return path


def _environment(folder: Path, plane: real.ControlPlane, helm: Path) -> dict[str, str]:
    path = os.pathsep.join([str(plane.assets), os.environ["PATH"]])
    state = {"XDG_STATE_HOME": str(folder / "state")}
    return os.environ | state | {"PATH": path, "LLMD_TUI_HELM": str(helm), "HF_TOKEN": TOKEN}


def _publish(folder: Path) -> list[str]:
    """The manifests of other projects as they publish them; returns the names of their kinds."""
    folder.mkdir()
    crds = {
        crd["metadata"]["name"]: crd
        for file in sorted(real.CRDS.rglob("*.yaml"))
        for crd in yaml.load_all(file.read_text(), yaml.CSafeLoader)
        if crd and crd["kind"] == "CustomResourceDefinition"
    }
    for manifest in release().manifests.values():
        parts = manifest.url.split("/")
        text = yaml.dump_all([crds[name] for name in manifest.crds], Dumper=yaml.CSafeDumper, sort_keys=False)
        (folder / f"{parts[4]}-{parts[-2]}-{parts[-1]}").write_text(text)
    return [name for manifest in release().manifests.values() for name in manifest.crds]


@asynccontextmanager
async def _model_server() -> AsyncGenerator[int]:
    """Answers any model's completion, as a stream."""

    async def engine(request: web.BaseRequest) -> web.StreamResponse:
        response = web.StreamResponse(headers={"server": "uvicorn", "content-type": "text/event-stream"})
        await response.prepare(request)
        for event in GOOD:
            await response.write(f"data: {event}\n\n".encode())
        return response

    async with serving(engine) as port:
        yield port


async def _kwok(cluster: Cluster, folder: Path, plan: Plan, port: int) -> None:
    """Port-forwards into llm-d's namespace end at the model server; the probe pod has said what it read."""
    namespace = plan.by_name["workspace"].namespaces[0]
    log = folder / "probe.log"
    log.write_text("2026-11-21T03:00:00.000000000Z stdout F locked memory: ulimit -l 64, IPC_LOCK 1\n")
    ports = {"forwards": [{"ports": [80, 8000, 8081], "target": {"address": "127.0.0.1", "port": port}}]}
    logs = {"logs": [{"logsFile": str(log)}]}
    for kind, where, spec in (("ClusterPortForward", namespace, ports), ("ClusterLogs", "llmd-tui-system", logs)):
        play = {"apiVersion": "kwok.x-k8s.io/v1alpha1", "kind": kind, "metadata": {"name": "stage"}}
        await cluster.create({**play, "spec": {"selector": {"matchNamespaces": [where]}, **spec}})
