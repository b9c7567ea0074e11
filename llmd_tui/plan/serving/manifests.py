"""The Kubernetes objects of the model servers.

The namespace, the token's Secret and the cache's claim are not among them: they are there before (phase `workspace`).
"""

from llmd_tui.objects import Object
from llmd_tui.ours import MANAGED_BY
from llmd_tui.plan.serving.claims import claim_template
from llmd_tui.plan.serving.request import ServingRequest
from llmd_tui.plan.serving.workloads import workload

RENDER_PORT = 8000


def manifests(request: ServingRequest) -> list[Object]:
    """In the order in which they are to be applied: the larger pods before the smaller."""
    roles = sorted(request.layout.roles, key=lambda role: -role.gpus)
    objects: list[Object] = []
    if request.path.render:
        objects.append(render_service(request))
    if request.rdma == "device-claims":
        objects += [claim_template(request, role) for role in roles]
    return objects + [workload(request, role) for role in roles]


def render_service(request: ServingRequest) -> Object:
    """Over the model servers themselves: there the router has prompts turned into tokens. Only Ready pods are asked."""
    return {
        "apiVersion": "v1",
        "kind": "Service",
        "metadata": {
            "name": render_name(request),
            "namespace": request.namespace,
            "labels": {**request.path.guide_labels, "app.kubernetes.io/component": "vllm-render", **MANAGED_BY},
        },
        "spec": {
            "selector": {**request.path.guide_labels, "llm-d.ai/role": "decode"},
            "ports": [{"name": "render-http", "port": RENDER_PORT, "targetPort": "modelserver", "protocol": "TCP"}],
        },
    }


def render_name(request: ServingRequest) -> str:
    return f"{request.path.release}-render"


def pod_monitors(request: ServingRequest) -> list[Object]:
    """For Prometheus, where monitoring is on: every port that serves metrics, each rank's own."""
    return [
        {
            "apiVersion": "monitoring.coreos.com/v1",
            "kind": "PodMonitor",
            "metadata": {
                "name": role.preset.workload,
                "namespace": request.namespace,
                "labels": {**role.labels, **MANAGED_BY},
            },
            "spec": {
                "selector": {"matchLabels": dict(role.labels)},
                "podMetricsEndpoints": [
                    {"port": port, "path": "/metrics", "interval": "30s"} for port in role.preset.metrics_ports
                ],
            },
        }
        for role in request.layout.roles
    ]
