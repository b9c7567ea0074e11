"""The pod template of a role."""

from typing import Any

from llmd_tui.objects import Object
from llmd_tui.ours import GPU_NODES
from llmd_tui.plan.serving.claims import CLAIM, template_name
from llmd_tui.plan.serving.containers import model_server, routing_proxy
from llmd_tui.plan.serving.labels import object_labels, selector
from llmd_tui.plan.serving.request import ServingRequest
from llmd_tui.plan.serving.roles import RoleLayout

LOCKED_BYTES = 16 * 2**30
"""What the AKS guide lets a pod lock."""


def pod_template(request: ServingRequest, role: RoleLayout) -> Object:
    metadata: Object = {"labels": object_labels(request, role)}
    if request.rdma != "none" and request.locked_memory == "nri":
        metadata["annotations"] = locked_memory_annotation(request.path.container.name)
    return {"metadata": metadata, "spec": _spec(request, role)}


def locked_memory_annotation(container: str) -> dict[str, str]:
    """Read by the ulimit adjuster when the container is made. A wrong container name is silently ignored."""
    limit = f"- {{type: memlock, hard: {LOCKED_BYTES}, soft: {LOCKED_BYTES}}}"
    return {f"ulimits.noderesource.dev/container.{container}": limit}


def _spec(request: ServingRequest, role: RoleLayout) -> Object:
    spec: dict[str, Any] = {
        "automountServiceAccountToken": False,
        # A Service's variables (X_PORT) must not be taken for vLLM's settings.
        "enableServiceLinks": False,
        "nodeSelector": dict(GPU_NODES),
        "tolerations": [dict(each) for each in request.tolerations],
        "containers": [model_server(request, role)],
        "volumes": _volumes(request, role),
    }
    if role.preset.sidecar:
        spec["initContainers"] = [routing_proxy(request, role, role.preset.sidecar)]
    if request.rdma == "device-claims":
        spec["resourceClaims"] = [{"name": CLAIM, "resourceClaimTemplateName": template_name(role)}]
    if request.layout.nodes > 1 and not request.path.multi_host:
        spec["topologySpreadConstraints"] = [_spread(request, role)]
    return spec


def _spread(request: ServingRequest, role: RoleLayout) -> Object:
    """Small pods spread over the nodes leave whole gaps for the large ones, whichever comes first."""
    return {
        "maxSkew": 1,
        "topologyKey": "kubernetes.io/hostname",
        "whenUnsatisfiable": "DoNotSchedule" if request.layout.even else "ScheduleAnyway",
        "nodeTaintsPolicy": "Honor",
        "labelSelector": {"matchLabels": selector(role)},
    }


def _volumes(request: ServingRequest, role: RoleLayout) -> list[Object]:
    claim = request.cache_claim
    return [
        {"name": "shm", "emptyDir": {"medium": "Memory", "sizeLimit": f"{role.preset.shm_gib:g}Gi"}},
        {"name": "model-cache"} | ({"persistentVolumeClaim": {"claimName": claim}} if claim else {"emptyDir": {}}),
        *({"name": name, "emptyDir": {}} for name in request.path.container.scratch),
    ]
