"""Small workloads for the stage."""

from typing import Any

from llmd_tui.objects import Object

IMAGE = "registry.k8s.io/pause:3.10"


def template(name: str, **spec: Any) -> dict[str, Any]:
    """One container that is named like the workload."""
    return {
        "metadata": {"labels": {"app": name}},
        "spec": {"containers": [container(name)], **spec},
    }


def container(name: str, **more: Any) -> dict[str, Any]:
    return {"name": name, "image": IMAGE, "resources": {"requests": {"cpu": "10m"}}, **more}


def workload(kind: str, name: str, namespace: str, pods: Any = None, **spec: Any) -> Object:
    """A Deployment, DaemonSet or StatefulSet of such pods."""
    whole: dict[str, Any] = {"selector": {"matchLabels": {"app": name}}, "template": pods or template(name), **spec}
    if kind == "StatefulSet":
        whole |= {"serviceName": name}
    return {
        "apiVersion": "apps/v1",
        "kind": kind,
        "metadata": {"name": name, "namespace": namespace},
        "spec": whole,
    }


def job(name: str, namespace: str, **spec: Any) -> Object:
    pods = template(name, restartPolicy="Never")
    metadata = {"name": name, "namespace": namespace}
    return {"apiVersion": "batch/v1", "kind": "Job", "metadata": metadata, "spec": {"template": pods, **spec}}


def pod(name: str, namespace: str, **spec: Any) -> Object:
    metadata = {"name": name, "namespace": namespace, "labels": {"app": name}}
    return {"apiVersion": "v1", "kind": "Pod", "metadata": metadata, "spec": {"containers": [container(name)], **spec}}
