"""Pods of ours on every GPU node."""

from llmd_tui.objects import Object
from llmd_tui.ours import GPU_NODES, MANAGED_BY
from llmd_tui.plan.choice import Choice


def on_gpu_nodes(choice: Choice, container: Object, volume: Object, **more: object) -> Object:
    """The spec of a pod that the GPU nodes let in. `more` are further fields of it."""
    nodes = {"nodeSelector": GPU_NODES, "tolerations": choice.tolerations}
    return {**nodes, **more, "containers": [container], "volumes": [volume]}


def daemonset(metadata: Object, selector: dict[str, str], spec: Object) -> Object:
    """One pod a node, the last to be evicted. Its labels and the pods' are `selector` and what marks them as ours."""
    labels = {**selector, **MANAGED_BY}
    critical = {"priorityClassName": "system-node-critical"}
    return {
        "apiVersion": "apps/v1",
        "kind": "DaemonSet",
        "metadata": {**metadata, "labels": labels},
        "spec": {
            "selector": {"matchLabels": selector},
            "template": {"metadata": {"labels": labels}, "spec": {**spec, **critical}},
        },
    }


def on_the_host(choice: Choice, name: str, script: str, probe: Object) -> tuple[Object, Object]:
    """A container that may change its node, and the volume by which it sees it. `probe` says when it has."""
    container = {
        "name": name,
        "image": choice.release.images.probe,
        "command": ["/bin/bash", "-c", script],
        "securityContext": {"privileged": True},
        "resources": {"requests": {"cpu": "10m", "memory": "32Mi"}, "limits": {"memory": "64Mi"}},
        **probe,
        "volumeMounts": [{"name": "host", "mountPath": "/host"}],
    }
    return container, {"name": "host", "hostPath": {"path": "/"}}
