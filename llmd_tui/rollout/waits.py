"""Whether something that a phase waits for is true of the cluster.

A status is believed when it is for this generation, wants more than zero, and joins with what the nodes offer. How
long it must stay true is the business of the run (`Wait.hold`): some statuses are true for half a second by mistake.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from llmd_tui.kube.store import View
from llmd_tui.rollout import waits_devices, waits_objects, waits_operators, waits_workloads
from llmd_tui.rollout.moment import Moment
from llmd_tui.rollout.progress import Progress, Test

TESTS: Mapping[str, Test] = {
    "nodes-ready": waits_devices.nodes_ready,
    "allocatable": waits_devices.allocatable,
    "resource-slices": waits_devices.resource_slices,
    "ofed-ready": waits_operators.ofed_ready,
    "gpu-operator-ready": waits_operators.gpu_operator_ready,
    "deployment-available": waits_workloads.deployment_available,
    "daemonset-ready": waits_workloads.daemonset_ready,
    "pods-ready": waits_workloads.pods_ready,
    "pod-succeeded": waits_workloads.pod_succeeded,
    "crds-established": waits_objects.crds_established,
    "condition": waits_objects.condition,
    "gateway-programmed": waits_objects.gateway_programmed,
    "route-accepted": waits_objects.route_accepted,
    "exists": waits_objects.exists,
}
"""By the name that `Wait.test` gives. Arguments are described where each is defined."""

KINDS: Mapping[str, tuple[tuple[str, str], ...]] = {
    "nodes-ready": (("v1", "Node"),),
    "allocatable": (("v1", "Node"),),
    "resource-slices": (("v1", "Node"), ("resource.k8s.io/v1", "ResourceSlice")),
    "ofed-ready": (
        ("v1", "Node"),
        ("v1", "Pod"),
        ("apps/v1", "DaemonSet"),
        ("mellanox.com/v1alpha1", "NicClusterPolicy"),
    ),
    "gpu-operator-ready": (("v1", "Node"), ("apps/v1", "DaemonSet"), ("nvidia.com/v1", "ClusterPolicy")),
    "deployment-available": (("apps/v1", "Deployment"),),
    "daemonset-ready": (("apps/v1", "DaemonSet"),),
    "pods-ready": (("v1", "Node"), ("v1", "Pod")),
    "pod-succeeded": (("v1", "Pod"),),
    "crds-established": (("apiextensions.k8s.io/v1", "CustomResourceDefinition"),),
    "gateway-programmed": (("gateway.networking.k8s.io/v1", "Gateway"),),
    "route-accepted": (("gateway.networking.k8s.io/v1", "HTTPRoute"),),
}
"""What must be watched for a test to be judged: API version and kind. `condition` and `exists` name theirs."""


def judge(wait_test: str, arguments: Mapping[str, Any], view: View, now: datetime) -> Progress:
    """How far the wait is. Objects may lack anything; an unknown test is a mistake of ours: KeyError."""
    return TESTS[wait_test](arguments, Moment(view, now))
