"""The containers of a model server's pod: vLLM, and the routing proxy before it."""

from collections.abc import Mapping
from typing import Any

from llmd_tui.objects import Object
from llmd_tui.plan.serving.claims import CLAIM
from llmd_tui.plan.serving.request import TOKEN_KEY, ServingRequest
from llmd_tui.plan.serving.roles import RoleLayout
from llmd_tui.presets.paths import Probe, Sidecar


def model_server(request: ServingRequest, role: RoleLayout) -> Object:
    """vLLM as the path, the model and the memory want it."""
    preset = request.path.container
    arguments = [request.model.name, *vllm_arguments(request, role)]
    container: Object = {
        "name": preset.name,
        "image": getattr(request.images, preset.image),
        "command": ["/bin/bash", "-c"] if preset.script else ["vllm", "serve"],
        # What follows a script are its $0 and "$@".
        "args": [preset.script, "vllm", *arguments] if preset.script else arguments,
        "env": _environment(request, role),
        "ports": _ports(role.preset.ports),
        "resources": _resources(request, role),
        "startupProbe": _probe(role.preset.probes.startup),
        "livenessProbe": _probe(role.preset.probes.liveness),
        "readinessProbe": _probe(role.preset.probes.readiness),
        "volumeMounts": [
            {"name": "shm", "mountPath": "/dev/shm"},
            {"name": "model-cache", "mountPath": preset.cache_path},
            *({"name": name, "mountPath": path} for name, path in preset.scratch.items()),
        ],
    }
    if security := _security(request):
        container["securityContext"] = security
    return container


def vllm_arguments(request: ServingRequest, role: RoleLayout) -> list[str]:
    """What `vllm serve MODEL` is given besides."""
    arguments = [_filled(text, request, role) for text in role.preset.arguments]
    if request.block_size:
        arguments.append(f"--block-size={request.block_size}")
    if request.layout.limits_context:
        arguments.append(f"--max-model-len={request.layout.max_model_len}")
    if utilization := request.layout.utilization or role.preset.gpu_memory_utilization:
        arguments.append(f"--gpu-memory-utilization={utilization:g}")
    return [*arguments, *request.model.arguments]


def routing_proxy(request: ServingRequest, role: RoleLayout, sidecar: Sidecar) -> Object:
    """A native sidecar: it runs before the server and as long as it. It sends the prefill where the router says."""
    return {
        "name": "routing-proxy",
        "image": request.images.sidecar,
        "args": [_filled(text, request, role) for text in sidecar.arguments],
        "ports": _ports(sidecar.ports),
        "restartPolicy": "Always",
        "resources": {
            "requests": {"cpu": f"{sidecar.asks.cpu:g}", "memory": f"{sidecar.asks.memory_gib:g}Gi"},
            "limits": {"memory": f"{sidecar.asks.memory_limit_gib or sidecar.asks.memory_gib:g}Gi"},
        },
        "securityContext": {"allowPrivilegeEscalation": False, "runAsNonRoot": True},
    }


def _filled(text: str, request: ServingRequest, role: RoleLayout) -> str:
    return text.format(
        model=request.model.name,
        tensor_parallel=role.tensor_parallel,
        ranks=role.preset.ranks,
        data_parallel=role.data_parallel,
    )


def _environment(request: ServingRequest, role: RoleLayout) -> list[Object]:
    container = request.path.container
    values = {container.cache_variable: container.cache_path}
    values |= {name: _filled(text, request, role) for name, text in role.preset.environment.items()}
    token: list[Object] = []
    if request.token_secret:
        reference = {"name": request.token_secret, "key": TOKEN_KEY}
        token = [{"name": TOKEN_KEY, "valueFrom": {"secretKeyRef": reference}}]
    fields = [
        {"name": name, "valueFrom": {"fieldRef": {"fieldPath": path}}} for name, path in role.preset.pod_fields.items()
    ]
    return [*token, *({"name": name, "value": value} for name, value in values.items()), *fields]


def _resources(request: ServingRequest, role: RoleLayout) -> Object:
    devices: dict[str, str] = {"nvidia.com/gpu": str(role.gpus)}
    if request.rdma == "shared-device":
        devices["rdma/ib"] = str(role.asks.rdma)
    requests = {
        "cpu": f"{role.cpu:g}",
        "memory": f"{role.memory_gib:g}Gi",
        "ephemeral-storage": f"{role.asks.disk_gib:g}Gi",
    }
    limits = {"memory": f"{role.memory_limit_gib:g}Gi"}
    if role.cpu_limit:
        limits["cpu"] = f"{role.cpu_limit:g}"
    resources: dict[str, Any] = {"requests": requests | devices, "limits": limits | devices}
    if request.rdma == "device-claims":
        resources["claims"] = [{"name": CLAIM}]
    return resources


def _security(request: ServingRequest) -> Object:
    """RDMA pins memory: by IPC_LOCK, unless the NRI plugin lifts the limit."""
    container = request.path.container
    added = list(container.capabilities)
    if request.rdma != "none" and request.locked_memory != "nri" and "IPC_LOCK" not in added:
        added.append("IPC_LOCK")
    security: Object = {"capabilities": {"add": added}} if added else {}
    return security | ({"runAsUser": 0, "runAsGroup": 0} if container.root else {})


def _ports(ports: Mapping[str, int]) -> list[Object]:
    return [{"name": name, "containerPort": port, "protocol": "TCP"} for name, port in ports.items()]


def _probe(probe: Probe) -> Object:
    found: Object = {
        "httpGet": {"path": probe.path, "port": probe.port},
        "periodSeconds": probe.period_seconds,
        "timeoutSeconds": probe.timeout_seconds,
        "failureThreshold": probe.failure_threshold,
    }
    return found | ({"initialDelaySeconds": probe.initial_delay_seconds} if probe.initial_delay_seconds else {})
