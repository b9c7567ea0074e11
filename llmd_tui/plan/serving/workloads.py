"""What keeps a role's pods running: a Deployment, or a LeaderWorkerSet where a replica spans nodes.

Both roll out without a spare: the GPUs are all taken, an additional pod would wait for ever.
"""

from llmd_tui.objects import Object
from llmd_tui.plan.serving.labels import object_labels, selector
from llmd_tui.plan.serving.pod import pod_template
from llmd_tui.plan.serving.request import ServingRequest
from llmd_tui.plan.serving.roles import RoleLayout

IMAGE_PULL_SECONDS = 900
"""Granted before the start that the startup probe allows for."""


def workload(request: ServingRequest, role: RoleLayout) -> Object:
    return leader_worker_set(request, role) if request.path.multi_host else deployment(request, role)


def deployment(request: ServingRequest, role: RoleLayout) -> Object:
    startup = role.preset.probes.startup
    budget = startup.initial_delay_seconds + startup.period_seconds * startup.failure_threshold
    return {
        "apiVersion": "apps/v1",
        "kind": "Deployment",
        "metadata": _metadata(request, role),
        "spec": {
            "replicas": role.replicas,
            "selector": {"matchLabels": selector(role)},
            "strategy": {"type": "RollingUpdate", "rollingUpdate": {"maxSurge": 0, "maxUnavailable": 1}},
            "progressDeadlineSeconds": budget + IMAGE_PULL_SECONDS,
            "template": pod_template(request, role),
        },
    }


def leader_worker_set(request: ServingRequest, role: RoleLayout) -> Object:
    """Leader and workers are alike; a pod that restarts takes its group with it, since its ranks are gone."""
    rolling = {"maxSurge": 0, "maxUnavailable": 1}
    return {
        "apiVersion": "leaderworkerset.x-k8s.io/v1",
        "kind": "LeaderWorkerSet",
        "metadata": _metadata(request, role),
        "spec": {
            "replicas": role.replicas,
            "startupPolicy": "LeaderCreated",
            "rolloutStrategy": {"type": "RollingUpdate", "rollingUpdateConfiguration": rolling},
            "leaderWorkerTemplate": {
                "size": role.nodes_per_replica,
                "restartPolicy": "RecreateGroupOnPodRestart",
                "workerTemplate": pod_template(request, role),
            },
        },
    }


def _metadata(request: ServingRequest, role: RoleLayout) -> Object:
    return {
        "name": role.preset.workload,
        "namespace": request.namespace,
        "labels": object_labels(request, role),
    }
