"""A cluster that holds what a test puts into it: an API server that lists, forwards, executes and tells logs."""

import asyncio
import json
from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from aiohttp import web

from llmd_tui.azure.client import Arm
from llmd_tui.checks.checklist import Checklist
from llmd_tui.checks.context import Context
from llmd_tui.checks.expected import Expected, Servers
from llmd_tui.clock import Clock
from llmd_tui.config.model import Kubeconfig
from llmd_tui.events import CheckLine
from llmd_tui.helm import Helm
from llmd_tui.kube.connection import Cluster
from llmd_tui.objects import Object
from llmd_tui.presets.sizes import size
from tests.kube.server import kubeconfig, status
from tests.rollout.made import NOW, running
from tests.rollout.made import pod as made_pod

NAMESPACE = "llm-d"
MODEL = "Qwen/Qwen3-32B"
LABELS = {"llm-d.ai/role": "decode"}
POOL_LABELS = {"llm-d.ai/guide": "demo"}

EXPECTED = Expected(
    azure=None,
    kubeconfig=Kubeconfig(context="c"),
    kubernetes_minimum="1.29",
    kubernetes_recommended="1.33",
    size=size("Standard_ND96isr_H100_v5"),
    strategy="gpu-operator",
    nodes=2,
    node_labels={"sku": "gpu"},
    spot=False,
    zone=None,
    pool="gpu",
    rdma=True,
    rdma_resource="rdma/ib",
    features=(),
    namespace=NAMESPACE,
    release="demo",
    gateway="",
    service="demo-epp",
    port=80,
    model=MODEL,
    gated=False,
    servers=(Servers("decode", LABELS, 2),),
    container="modelserver",
    monitoring=True,
    token="",
    token_secret="llm-d-hf-token",
    releases=(),
)

_GROUPS = {
    "Node": ("v1", "nodes", False),
    "Pod": ("v1", "pods", True),
    "Service": ("v1", "services", True),
    "Secret": ("v1", "secrets", True),
    "Job": ("batch/v1", "jobs", True),
    "DaemonSet": ("apps/v1", "daemonsets", True),
    "Deployment": ("apps/v1", "deployments", True),
    "ClusterPolicy": ("nvidia.com/v1", "clusterpolicies", False),
    "NicClusterPolicy": ("mellanox.com/v1alpha1", "nicclusterpolicies", False),
    "ResourceSlice": ("resource.k8s.io/v1", "resourceslices", False),
    "Gateway": ("gateway.networking.k8s.io/v1", "gateways", True),
    "HTTPRoute": ("gateway.networking.k8s.io/v1", "httproutes", True),
    "InferencePool": ("inference.networking.k8s.io/v1", "inferencepools", True),
    "PodMonitor": ("monitoring.coreos.com/v1", "podmonitors", True),
    "ServiceMonitor": ("monitoring.coreos.com/v1", "servicemonitors", True),
}


@dataclass
class Town:
    """What the cluster holds and does. `forwards` is the local port behind every pod, or by pod; None for none."""

    objects: list[Object]
    version: str = "v1.35.4"
    denied: frozenset[str] = frozenset()
    forbidden: frozenset[str] = frozenset()
    forwards: int | dict[str, int] | None = None
    executes: Callable[[str], str] | None = None
    logs: dict[str, str] = field(default_factory=dict[str, str])

    async def answer(self, request: web.BaseRequest) -> web.StreamResponse:
        path = request.path.strip("/").split("/")
        if request.path == "/version":
            return web.json_response({"gitVersion": self.version})
        if path[-1] == "selfsubjectaccessreviews":
            return await self._review(request)
        if path[-1] in ("portforward", "exec", "log"):
            return await self._pod(request, path[-2], path[-1])
        prefix = 2 if path[0] == "api" else 3
        api_version = "/".join(path[1:prefix])
        if len(path) == prefix:
            return _discovery(api_version)
        return self._objects(api_version, path[prefix:])

    def _objects(self, api_version: str, path: list[str]) -> web.Response:
        namespaced = path[0] == "namespaces"
        plural, name = path[2 if namespaced else 0], path[3 if namespaced else 1 :]
        kind = next((k for k, (group, p, _) in _GROUPS.items() if (group, p) == (api_version, plural)), "")
        if kind in self.forbidden:
            return status(403, "Forbidden", f"{plural} is forbidden")
        found = [obj for obj in self.objects if obj["kind"] == kind]
        if not name:
            return web.json_response({"kind": f"{kind}List", "metadata": {"resourceVersion": "1"}, "items": found})
        one = [obj for obj in found if obj["metadata"]["name"] == name[0]]
        return web.json_response(one[0]) if one else status(404, "NotFound", f'{plural} "{name[0]}" not found')

    async def _review(self, request: web.BaseRequest) -> web.Response:
        asked = json.loads(await request.read())["spec"]["resourceAttributes"]
        what = "/".join(filter(None, (asked["resource"], asked.get("subresource"))))
        return web.json_response({"status": {"allowed": what not in self.denied}})

    async def _pod(self, request: web.BaseRequest, pod: str, verb: str) -> web.StreamResponse:
        if verb == "log":
            return web.Response(text=self.logs[pod]) if pod in self.logs else status(404, "NotFound", "no such pod")
        if verb == "exec" and self.executes is None:
            return status(403, "Forbidden", "pods/exec is forbidden")
        socket = web.WebSocketResponse(protocols=["v5.channel.k8s.io", "v4.channel.k8s.io"])
        await socket.prepare(request)
        if verb == "exec" and self.executes:
            await socket.send_bytes(b"\1" + self.executes(pod).encode())
            await socket.send_bytes(b"\3" + json.dumps({"status": "Success"}).encode())
        elif verb == "portforward":
            await self._forward(socket, self.forwards.get(pod) if isinstance(self.forwards, dict) else self.forwards)
        await socket.close()
        return socket

    async def _forward(self, socket: web.WebSocketResponse, port: int | None) -> None:
        await socket.send_bytes(b"\0\0\0")
        await socket.send_bytes(b"\1\0\0")
        if port is None:
            await socket.send_bytes(b"\1connection refused")
            return
        reader, writer = await asyncio.open_connection("127.0.0.1", port)

        async def back() -> None:
            while data := await reader.read(1 << 16):
                await socket.send_bytes(b"\0" + data)
            await socket.close()

        carrying = asyncio.create_task(back())
        try:
            async for message in socket:
                writer.write(message.data[1:])
        finally:
            # Also when the server is closed first.
            writer.close()
            carrying.cancel()
            await asyncio.gather(carrying, return_exceptions=True)


def _discovery(api_version: str) -> web.Response:
    listed = [
        {"name": plural, "kind": kind, "namespaced": namespaced}
        for kind, (group, plural, namespaced) in _GROUPS.items()
        if group == api_version
    ]
    listed += [{"name": "pods/log", "kind": "Pod", "namespaced": True}] if api_version == "v1" else []
    return web.json_response({"kind": "APIResourceList", "groupVersion": api_version, "resources": listed})


class Still(Clock):
    """A clock that stands at the moment of `tests.rollout.made`."""

    def time(self) -> float:
        return NOW.timestamp()


@dataclass
class Reach:
    """The surroundings of a checklist."""

    clock: Clock
    cluster: Cluster | None = None
    helm: Helm | None = None
    arm: Arm | None = None


@asynccontextmanager
async def reach(town: Town, folder: Path, clock: Clock | None = None) -> AsyncGenerator[Reach]:
    runner = web.ServerRunner(web.Server(town.answer, handler_cancellation=True), shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    try:
        url = f"http://127.0.0.1:{runner.addresses[0][1]}"
        async with await Cluster.connect(kubeconfig(folder / "kubeconfig", url)) as cluster:
            yield Reach(clock or Still(), cluster=cluster)
    finally:
        await runner.cleanup()


async def judged(folder: Path, town: Town, name: str, *, clock: Clock | None = None, **changes: Any) -> CheckLine:
    """The line of one check."""
    async with reach(town, folder, clock) as surroundings:
        checklist = Checklist(replace(EXPECTED, **changes), surroundings)
        [result] = [result async for result in checklist.run([name])]
        return result


def context(surroundings: Reach, environment: dict[str, str] | None = None, **changes: Any) -> Context:
    return Context(replace(EXPECTED, **changes), surroundings, environment or {})


def server(name: str, *, ready: bool = True, labels: dict[str, str] | None = None, on: str = "gpu-0") -> Object:
    """A model server."""
    labels = {**LABELS, **POOL_LABELS} if labels is None else labels
    ports = [{"name": "modelserver", "containerPort": 8000}]
    made = made_pod(name, [running("modelserver", ready=ready)], labels=labels, namespace=NAMESPACE, on=on)
    made["spec"]["containers"][0]["ports"] = ports
    return made


def picker(*, ready: bool = True) -> Object:
    """The endpoint picker's pod, with its proxy."""
    made = server("demo-epp-0", ready=ready, labels={"app": "demo-epp"})
    made["spec"]["containers"][0]["ports"] = [{"name": "http", "containerPort": 8081}]
    return made


def namespaced(kind: str, name: str, **parts: Any) -> Object:
    return {"kind": kind, "metadata": {"name": name, "namespace": NAMESPACE, "generation": 1}, **parts}


def service() -> Object:
    spec = {"selector": {"app": "demo-epp"}, "ports": [{"name": "http", "port": 80, "targetPort": "http"}]}
    return namespaced("Service", "demo-epp", spec=spec)


def deployment(available: int = 1) -> Object:
    said = {"observedGeneration": 1, "replicas": 1, "updatedReplicas": 1, "availableReplicas": available}
    conditions = [{"type": "Available", "status": str(available > 0)}]
    return namespaced("Deployment", "demo-epp", spec={"replicas": 1}, status={**said, "conditions": conditions})


def pool(**status_: Any) -> Object:
    return namespaced("InferencePool", "demo", spec={"selector": {"matchLabels": POOL_LABELS}}, status=status_)
