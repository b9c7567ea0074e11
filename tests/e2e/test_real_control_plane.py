"""The program, from access to route and the checklist, on a real control plane with real helm: issue 3, point 8."""

import json
import os
import signal
from pathlib import Path
from typing import Any

import pytest

from llmd_tui.plan.actions import Apply, Helm
from tests.e2e.inventory import generations, inventory, revisions
from tests.e2e.program import Call, spawn
from tests.e2e.stage import TOKEN, Stage, stage

pytestmark = [pytest.mark.cluster, pytest.mark.timeout(600)]

H100: dict[str, Any] = {
    "pool": {"size": "Standard_ND96isr_H100_v5", "nodes": 2},
    "drivers": "gpu-operator",
    "path": {"name": "pd-disaggregation"},
    "gateway": {"provider": "istio"},
}
H200: dict[str, Any] = {
    "pool": {"size": "Standard_ND96isr_H200_v5", "nodes": 2},
    "drivers": "aks-driver",
    "path": {"name": "pd-disaggregation", "model": "Qwen/Qwen3-32B"},
    "gateway": {"provider": "agentgateway"},
    "lockedMemory": "nri",
}
WIDE: dict[str, Any] = {
    "pool": {"size": "Standard_ND96isr_H200_v5", "nodes": 4},
    "drivers": "aks-managed-gpu",
    "path": {"name": "wide-ep"},
    "gateway": {"provider": "standalone"},
    "monitoring": {"enabled": False},
}

RELEASES = {
    "istio": {"network-operator", "gpu-operator", "istio-base", "istiod", "llmd", "pd-disaggregation"},
    "agentgateway": {
        *("network-operator", "nvidia-device-plugin", "agentgateway-crds", "agentgateway", "llmd", "pd-disaggregation")
    },
    "standalone": {"dranet", "lws", "wide-ep"},
}
WORKLOADS = {
    "istio": {
        "Deployment gpu-operator/gpu-operator",
        "Deployment istio-system/istiod",
        "Deployment llm-d-monitoring/llmd-grafana",
        "Deployment llm-d-pd-disaggregation/llm-d-inference-gateway-istio",
        "Deployment llm-d-pd-disaggregation/pd-disaggregation-epp",
        "DaemonSet gpu-operator/nvidia-driver-daemonset",
        "DaemonSet gpu-operator/nvidia-device-plugin-daemonset",
        "DaemonSet network-operator/rdma-shared-dp-ds",
        "NicClusterPolicy /nic-cluster-policy",
        "HTTPRoute llm-d-pd-disaggregation/pd-disaggregation",
        "InferencePool llm-d-pd-disaggregation/pd-disaggregation",
        "Secret llm-d-pd-disaggregation/llm-d-hf-token",
    },
    "agentgateway": {
        "Deployment agentgateway-system/agentgateway",
        "Deployment llm-d-pd-disaggregation/llm-d-inference-gateway",
        "DaemonSet kube-system/nvidia-device-plugin",
        "DaemonSet gpu-resources/nvidia-peermem-reloader",
        "DaemonSet llmd-tui-system/ulimit-adjuster",
        "StatefulSet llmd-tui-system/memlock",
    },
    "standalone": {
        "DaemonSet kube-system/dranet",
        "DeviceClass /dranet.net",
        "Deployment lws-system/lws-controller-manager",
        "LeaderWorkerSet llm-d-wide-ep/wide-ep-llm-d-decode",
        "LeaderWorkerSet llm-d-wide-ep/wide-ep-llm-d-prefill",
        "ResourceClaimTemplate llm-d-wide-ep/wide-ep-llm-d-decode-rdma",
    },
}


def events(out: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in out.splitlines() if line.startswith("{")]


@pytest.mark.parametrize(
    "answers, name, helm",
    [(H100, "istio", "helm"), (H200, "agentgateway", "helm3"), (WIDE, "standalone", "helm")],
    ids=["istio-helm4", "agentgateway-helm3", "standalone-helm4"],
)
async def test_rolls_out_and_finds_it_done(tmp_path: Path, answers: dict[str, Any], name: str, helm: str) -> None:
    async with stage(tmp_path, answers, helm=helm) as at:
        first = await at.apply()
        assert first.code == 0, first.said
        assert TOKEN not in first.said
        await _is_as_planned(at)
        found = await inventory(at.cluster)
        assert found.keys() >= WORKLOADS[name], WORKLOADS[name] - found.keys()
        assert await revisions(at.cluster) == {release: [1] for release in RELEASES[name]}

        before = await generations(at.cluster)
        again = await at.apply("--output", "json")
        assert again.code == 0, again.said
        told = events(again.said)
        checked = {"preflight", "validate"}
        assert not [event for event in told if event["event"] == "action_started" and event["phase"] not in checked]
        assert {e["phase"] for e in told if e["event"] == "phase_done" and e["found"]} == {*at.plan.by_name} - checked
        assert await generations(at.cluster) == before
        assert await revisions(at.cluster) == {release: [1] for release in RELEASES[name]}
        _keeps_no_token(at)


async def _is_as_planned(at: Stage) -> None:
    """Every object and release of the plan is there."""
    for phase in at.plan.phases:
        for action in phase.actions:
            for obj in action.objects if isinstance(action, Apply) else ():
                metadata = obj["metadata"]
                await at.cluster.get(obj["apiVersion"], obj["kind"], metadata["name"], metadata.get("namespace"))
            if isinstance(action, Helm):
                secret = f"sh.helm.release.v1.{action.release}.v1"
                await at.cluster.get("v1", "Secret", secret, action.namespace)


def _keeps_no_token(at: Stage) -> None:
    for path in (at.folder / "state").rglob("*"):
        assert not path.is_file() or TOKEN not in path.read_text(errors="replace"), path


async def test_killed_stopped_broken_off_and_taken_up_again(tmp_path: Path) -> None:
    """By SIGKILL amid a helm, by one Ctrl+C, by two; then it finishes, and nothing is there twice."""
    async with stage(tmp_path, H100) as at:
        killed = await at.start("apply", "-f", str(at.answers), "--yes")
        await killed.until("DO network-operator: helm")
        killed.process.kill()
        assert (await killed.end()).code == -signal.SIGKILL

        stopped = await at.start("resume")
        await stopped.until("START gpu-operator")
        stopped.interrupt()
        assert (await stopped.end()).code == 130, stopped.said
        assert "STOPPING" in stopped.said and "looks again and goes on" in stopped.said

        broken = await at.start("resume")
        await broken.until("DO gpu-operator: helm")
        broken.interrupt()
        await broken.until("STOPPING")
        broken.interrupt()
        assert (await broken.end()).code == 130, broken.said

        listed = json.loads((await at.run("runs", "--output", "json")).said)
        assert [run["outcome"] for run in listed["runs"]] == ["interrupted"]
        finished = await at.run("resume")
        assert finished.code == 0, finished.said
        await _is_as_planned(at)
        assert (await revisions(at.cluster)).keys() == RELEASES["istio"]
        assert (await at.run("resume")).code == 2, "there is nothing left to take up"
        _keeps_no_token(at)


async def test_the_bundle_makes_the_same(tmp_path: Path) -> None:
    """What `apply` makes on one control plane, the exported script makes on another, without the program."""
    made: dict[str, dict[str, Any]] = {}
    for way in ("apply", "script"):
        folder = tmp_path / way
        folder.mkdir()
        async with stage(folder, H100) as at:
            done = await (at.apply() if way == "apply" else _script(at))
            assert done.code == 0, done.said
            assert TOKEN not in done.said
            made[way] = await inventory(at.cluster)
    assert made["script"].keys() == made["apply"].keys()
    different = {key: (content, made["script"][key]) for key, content in made["apply"].items()}
    assert {key: both for key, both in different.items() if both[0] != both[1]} == {}


async def _script(at: Stage) -> Call:
    bundle = at.folder / "bundle"
    written = await at.run("export", "-f", str(at.answers), "--to", str(bundle))
    assert written.code == 0, written.said
    helm = Path(at.environment["LLMD_TUI_HELM"]).parent
    environment = {
        "INTERVAL_SECONDS": "0.5",
        "LIMIT_SECONDS": "120",
        "PATH": os.pathsep.join([str(helm), at.environment["PATH"]]),
        "KUBECONFIG": str(at.plane.kubeconfig),
    }
    script = await spawn(str(bundle / "install.sh"), folder=at.folder, environment=at.environment | environment)
    return await script.end()
