"""InfiniBand by dynamic resource allocation: DRANET hands each pod as many devices as it has GPUs."""

from llmd_tui.objects import Object
from llmd_tui.plan.serving.labels import object_labels
from llmd_tui.plan.serving.request import ServingRequest
from llmd_tui.plan.serving.roles import RoleLayout

DEVICE_CLASS = "dranet.net"
CLAIM = "rdma"
"""The name by which a pod's container knows its claim."""


def claim_template(request: ServingRequest, role: RoleLayout) -> Object:
    """One template a role: the roles have different numbers of GPUs."""
    devices = {
        "deviceClassName": DEVICE_CLASS,
        "count": role.asks.rdma,
        "selectors": [{"cel": {"expression": 'device.attributes["dra.net"].rdma == true'}}],
    }
    return {
        "apiVersion": "resource.k8s.io/v1",
        "kind": "ResourceClaimTemplate",
        "metadata": {
            "name": template_name(role),
            "namespace": request.namespace,
            "labels": object_labels(request, role),
        },
        "spec": {"spec": {"devices": {"requests": [{"name": "infiniband", "exactly": devices}]}}},
    }


def template_name(role: RoleLayout) -> str:
    return f"{role.preset.workload}-rdma"
