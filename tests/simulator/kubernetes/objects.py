"""Objects for the tests. Pods ask for a scheduler that nobody plays, so that they stay as they are."""

from typing import Any

from llmd_tui.objects import Object


def config_map(name: str, labels: dict[str, str] | None = None, **data: str) -> Object:
    metadata: dict[str, Any] = {"name": name} | ({"labels": labels} if labels else {})
    return {"apiVersion": "v1", "kind": "ConfigMap", "metadata": metadata, "data": data}


def pod(name: str, **spec: Any) -> Object:
    spec = {"schedulerName": "nobody", "containers": [container("main")], **spec}
    return {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": name, "labels": {"app": name}}, "spec": spec}


def container(name: str, **fields: Any) -> Object:
    return {"name": name, "image": "example.com/image:1", **fields}


def deployment(name: str, replicas: int = 0, **spec: Any) -> Object:
    labels = {"app": name}
    template = {"metadata": {"labels": labels}, "spec": {"containers": [container("main")]}}
    spec = {"replicas": replicas, "selector": {"matchLabels": labels}, "template": template, **spec}
    return {"apiVersion": "apps/v1", "kind": "Deployment", "metadata": {"name": name}, "spec": spec}


def apps(namespace: str, plural: str) -> str:
    """`/api/v1/namespaces/X` -> the path of a kind of apps/v1 there."""
    return in_group(namespace, "apps/v1", plural)


def in_group(namespace: str, group_version: str, plural: str) -> str:
    return namespace.replace("/api/v1", f"/apis/{group_version}") + f"/{plural}"
