"""Whole plans on the other two strategies, both ways to deploy model servers, both gateways, up to an answer."""

import asyncio
import json
from collections.abc import Sequence
from typing import Any

from aiohttp import ClientSession

from llmd_tui.kube.forward import forward
from llmd_tui.kube.logs import follow
from llmd_tui.objects import Object, is_true, labels, name, status
from llmd_tui.rollout.stages import node_stages
from tests.simulator.actors.planned import carry_out, plan_for
from tests.simulator.actors.theatre import SECONDS, Theatre, theatre

GPU = {"sku": "gpu"}


def states(stage: Theatre, strategy: str) -> list[str]:
    rows = node_stages(stage.tape, labels=GPU, strategy=strategy, rdma=True, gpus=8, now=stage.clock.now())
    return [row.state for row in rows]


def pods(stage: Theatre, beginning: str) -> Sequence[Object]:
    return [pod for pod in stage.tape.all("Pod") if name(pod).startswith(beginning)]


async def ask(stage: Theatre, pod: Object, port: int, path: str, body: Any = None) -> tuple[int, str]:
    """Through a port-forward to the pod, as users would."""
    async with (
        forward(stage.cluster, pod["metadata"]["namespace"], name(pod), port) as (host, local),
        ClientSession() as session,
        session.request("GET" if body is None else "POST", f"http://{host}:{local}{path}", json=body) as answer,
    ):
        return answer.status, await answer.text()


async def printed(stage: Theatre, pod: Object, container: str, phrase: str) -> str:
    """The log up to the line with that phrase."""
    lines: list[str] = []
    async with asyncio.timeout(SECONDS):
        async for line in follow(stage.cluster, pod["metadata"]["namespace"], name(pod), container):
            lines.append(line)
            if phrase in line:
                break
    return "\n".join(lines)


async def test_aks_driver_agentgateway_and_disaggregation() -> None:
    """The gateway's answer has been prefilled on one pod and decoded on another."""
    async with theatre() as stage:
        await stage.pool("system", "Standard_D8s_v5", 2, mode="System")
        await stage.gpus(2, driver="Install")
        plan = plan_for("Standard_ND96isr_H100_v5", "aks-driver", "pd-disaggregation", "agentgateway", 2)
        await carry_out(stage, plan)

        assert states(stage, "aks-driver") == ["done", "done"]
        assert not stage.tape.all("ClusterPolicy")
        assert len(pods(stage, "nvidia-device-plugin")) == len(pods(stage, "nvidia-peermem-reloader")) == 2

        gateway = stage.tape.all("Gateway")[0]
        assert status(gateway)["addresses"][0]["value"].startswith("10.")
        decode = pods(stage, "pd-disaggregation-nvidia-gpu-vllm-decode")
        log = await printed(stage, decode[0], "modelserver", "Application startup complete.")
        assert "Loading safetensors checkpoint shards" in log
        proxy = pods(stage, name(gateway))[0]
        model = json.loads((await ask(stage, proxy, 80, "/v1/models"))[1])["data"][0]["id"]
        code, text = await ask(stage, proxy, 80, "/v1/completions", {"model": "no-such", "prompt": "Hello"})
        assert (code, "does not exist" in text) == (404, True)
        code, text = await ask(stage, proxy, 80, "/v1/completions", {"model": model, "prompt": "Hello"})
        assert (code, '"text"' in text) == (200, True)
        port = decode[0]["spec"]["containers"][0]["ports"][0]["containerPort"]
        metrics = [(await ask(stage, pod, port, "/metrics"))[1] for pod in decode]
        assert any('source="external_kv_transfer"} 2.0' in text for text in metrics)


async def test_managed_gpus_istio_and_groups_of_nodes() -> None:
    """ResourceSlices instead of a device plugin for RDMA; a leader and its workers are one replica."""
    async with theatre() as stage:
        await stage.pool("system", "Standard_D8s_v5", 2, mode="System")
        await stage.gpus(4, driver="Managed", size="Standard_ND96isr_H200_v5")
        plan = plan_for("Standard_ND96isr_H200_v5", "aks-managed-gpu", "wide-ep", "istio", 4)
        await carry_out(stage, plan)

        assert states(stage, "aks-managed-gpu") == ["done"] * 4
        slices = [each for each in stage.tape.all("ResourceSlice") if each["spec"]["driver"] == "dra.net"]
        assert sorted(len(each["spec"].get("devices", ())) for each in slices) == [0, 0, 8, 8, 8, 8]

        await stage.until(
            "groups available", lambda view: all(is_true(each, "Available") for each in view.all("LeaderWorkerSet"))
        )
        for group in map(name, stage.tape.all("LeaderWorkerSet")):
            members = {name(pod): pod for pod in pods(stage, group)}
            assert set(members) == {f"{group}-0", f"{group}-0-1"}
            assert labels(members[f"{group}-0-1"])["leaderworkerset.sigs.k8s.io/worker-index"] == "1"
            assert len({pod["spec"]["nodeName"] for pod in members.values()}) == 2
        gateway = stage.tape.all("Gateway")[0]
        assert is_true(gateway, "Programmed")
        pool = stage.tape.all("InferencePool")[0]
        assert status(pool)["parents"][0]["conditions"][0]["status"] == "True"
        code, text = await ask(stage, pods(stage, name(gateway))[0], 80, "/v1/models")
        assert (code, '"max_model_len"' in text) == (200, True)
