"""The script on a real control plane, with real helm and kubectl: it makes what the program makes."""

import asyncio
import os
from pathlib import Path

import pytest

from llmd_tui.clock import Clock
from llmd_tui.config.answers import Answers
from llmd_tui.export.bundle import write_bundle
from llmd_tui.helm import Helm as Command
from llmd_tui.kube.connection import Cluster
from llmd_tui.plan.actions import Action, Apply, Helm
from llmd_tui.plan.make import make_plan
from llmd_tui.presets.scenarios import scenario
from llmd_tui.run.actions.apply import as_asked
from llmd_tui.run.actions.helm import as_asked as is_as_asked
from llmd_tui.run.vault import Vault
from llmd_tui.simulator.actors.cast import playing
from llmd_tui.simulator.charts import write as write_charts
from tests import control_plane as real

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
    try:
        with real.control_plane(real.Options(nodes=2)) as plane:
            await _run(plane, tmp_path, monkeypatch)
    except real.Unavailable as reason:
        pytest.skip(str(reason))


async def _run(plane: real.ControlPlane, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    if not plane.crds or not plane.program("helm"):
        pytest.skip("no CRDs or no helm")
    monkeypatch.setenv("LLMD_TUI_HELM", str(plane.program("helm")))
    monkeypatch.setenv("HF_TOKEN", TOKEN)
    write_charts(folder / "charts")
    answers = Answers.parse(ANSWERS, "answers.yaml")
    answers.set("target.kubeconfig.file", str(plane.kubeconfig))
    answers.set("mirror.charts", str(folder / "charts"))
    config = answers.config()
    plan = make_plan(config)
    write_bundle(folder / "bundle", answers.text, config, plan)

    clock = Clock(speed=300)
    async with (
        await Cluster.connect(plane.kubeconfig) as cluster,
        playing(cluster, clock, scenario("smooth"), operators_only=True),
    ):
        environment = os.environ | {
            "PATH": f"{plane.assets}{os.pathsep}{os.environ['PATH']}",
            "INTERVAL_SECONDS": "0.5",
            "LIMIT_SECONDS": "60",
        }
        process = await asyncio.create_subprocess_exec(
            str(folder / "bundle" / "install.sh"),
            env=environment,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT,
        )
        said, _ = await process.communicate()
        assert process.returncode == 0, said.decode()
        assert TOKEN.encode() not in said

        helm = Command(kubeconfig=plane.kubeconfig)
        different: list[Action] = []
        for action in (action for phase in plan.phases for action in phase.actions):
            if isinstance(action, Apply) and not await as_asked(cluster, action.objects, Vault()):
                different.append(action)
            if isinstance(action, Helm) and not await is_as_asked(helm, action):
                different.append(action)
        assert different == []
