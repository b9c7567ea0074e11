"""The connection and the observer against a real control plane."""

import asyncio
from contextlib import aclosing, suppress
from typing import Any

import pytest

from llmd_tui.clock import Clock
from llmd_tui.kube.connection import Cluster, KubeError
from llmd_tui.kube.observe import Observer
from llmd_tui.kube.store import Store

pytestmark = pytest.mark.cluster


def configmap(namespace: str, name: str = "a", **data: str) -> dict[str, Any]:
    return {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": name, "namespace": namespace}, "data": data}


async def test_version_and_nodes(cluster: Cluster) -> None:
    assert int((await cluster.version())["major"]) == 1
    nodes = await cluster.list("v1", "Node", labels="sku=gpu")
    assert [node["kind"] for node in nodes] == ["Node"] * 4
    assert nodes[0]["status"]["allocatable"]["nvidia.com/gpu"] == "8"


async def test_create_get_patch_delete(cluster: Cluster, namespace: str) -> None:
    made = await cluster.create(configmap(namespace, x="1"))
    assert made["metadata"]["uid"]
    with pytest.raises(KubeError) as raised:
        await cluster.create(configmap(namespace))
    assert (raised.value.status, raised.value.reason) == (409, "AlreadyExists")
    await cluster.patch("v1", "ConfigMap", "a", {"data": {"y": "2"}}, namespace)
    operations = [{"op": "replace", "path": "/data/x", "value": "3"}]
    await cluster.patch("v1", "ConfigMap", "a", operations, namespace, kind_of_patch="json")
    await cluster.patch("v1", "ConfigMap", "a", {"data": {"z": "4"}}, namespace, kind_of_patch="strategic")
    assert (await cluster.get("v1", "ConfigMap", "a", namespace))["data"] == {"x": "3", "y": "2", "z": "4"}
    await cluster.delete("v1", "ConfigMap", "a", namespace)
    with pytest.raises(KubeError, match='configmaps "a" not found') as raised:
        await cluster.get("v1", "ConfigMap", "a", namespace)
    assert raised.value.status == 404


async def test_apply_conflict(cluster: Cluster, namespace: str) -> None:
    await cluster.apply(configmap(namespace, x="1"))
    # A kubectl edit: another manager takes the field.
    path = f"/api/v1/namespaces/{namespace}/configmaps/a"
    body = {"data": {"x": "theirs"}}
    kind = "application/merge-patch+json"
    await cluster.request("PATCH", path, query={"fieldManager": "kubectl-edit"}, body=body, content_type=kind)
    with pytest.raises(KubeError, match="kubectl-edit") as raised:
        await cluster.apply(configmap(namespace, x="2"))
    assert raised.value.status == 409
    assert raised.value.details["causes"][0]["field"] == ".data.x"
    forced = await cluster.apply(configmap(namespace, x="2"), force=True)
    assert forced["data"] == {"x": "2"}


async def test_apply_says_whether_it_changed_anything(cluster: Cluster, namespace: str) -> None:
    first = await cluster.apply(configmap(namespace, x="1"))
    dry = await cluster.apply(configmap(namespace, x="2"), dry_run=True)
    again = await cluster.apply(configmap(namespace, x="1"))
    assert dry["data"] == {"x": "2"}
    assert again["metadata"]["resourceVersion"] == first["metadata"]["resourceVersion"]


async def test_apply_refuses_unknown_fields(cluster: Cluster, namespace: str) -> None:
    with pytest.raises(KubeError, match="dta: field not declared in schema"):
        await cluster.apply(configmap(namespace) | {"dta": {}})


async def test_selectors(cluster: Cluster, namespace: str) -> None:
    for name in ("a", "b"):
        obj = configmap(namespace, name)
        obj["metadata"]["labels"] = {"which": name}
        await cluster.apply(obj)
    labelled = await cluster.list("v1", "ConfigMap", namespace, labels="which in (a, b),which!=b")
    named = await cluster.list("v1", "ConfigMap", namespace, fields="metadata.name=b")
    assert [[obj["metadata"]["name"] for obj in found] for found in (labelled, named)] == [["a"], ["b"]]


async def test_watch(cluster: Cluster, namespace: str) -> None:
    resource = await cluster.resource("v1", "ConfigMap")
    _, version = await cluster.snapshot(resource, namespace=namespace)
    seen: list[tuple[str, str]] = []
    watch = cluster.watch(resource, namespace=namespace, fields="metadata.name=a", resource_version=version, timeout=60)
    async with aclosing(watch) as events:
        await cluster.apply(configmap(namespace, x="1"))
        async for event_type, obj in events:
            assert "managedFields" not in obj["metadata"]
            seen.append((event_type, obj.get("data", {}).get("x", "")))
            if event_type == "ADDED":
                await cluster.apply(configmap(namespace, x="2"))
            elif event_type == "MODIFIED":
                await cluster.delete("v1", "ConfigMap", "a", namespace)
            else:
                break
    assert seen == [("ADDED", "1"), ("MODIFIED", "2"), ("DELETED", "2")]


async def test_bookmarks_come_before_the_end(cluster: Cluster, namespace: str) -> None:
    resource = await cluster.resource("v1", "ConfigMap")
    _, version = await cluster.snapshot(resource, namespace=namespace)
    watch = cluster.watch(resource, namespace=namespace, fields="metadata.name=a", resource_version=version, timeout=3)
    events = [event_type async for event_type, _ in watch]
    assert set(events) <= {"BOOKMARK"}


async def test_observer_sees_a_kind_that_is_defined_later(cluster: Cluster, namespace: str) -> None:
    group = f"{namespace}.example.com"
    crd = {
        "apiVersion": "apiextensions.k8s.io/v1",
        "kind": "CustomResourceDefinition",
        "metadata": {"name": f"things.{group}"},
        "spec": {
            "group": group,
            "scope": "Namespaced",
            "names": {"kind": "Thing", "plural": "things"},
            "versions": [
                {"name": "v1", "served": True, "storage": True, "schema": {"openAPIV3Schema": {"type": "object"}}}
            ],
        },
    }
    store = Store()
    observer = Observer(cluster, store, Clock(speed=20))
    observer.watch(f"{group}/v1", "Thing", namespace)
    observer.watch("v1", "ConfigMap", namespace)
    running = asyncio.create_task(observer.run())

    async def until_state(state: str) -> None:
        seen = store.changed
        while store.freshness("Thing").state != state:
            seen = await observer.changed(seen)

    await until_state("absent")
    await cluster.apply(crd)
    await until_state("live")
    metadata = {"name": "one", "namespace": namespace}
    await cluster.apply({"apiVersion": f"{group}/v1", "kind": "Thing", "metadata": metadata})
    seen = store.changed
    while not store.get("Thing", "one", namespace):
        seen = await observer.changed(seen)
    assert store.freshness("ConfigMap").state == "live"
    await cluster.delete("apiextensions.k8s.io/v1", "CustomResourceDefinition", f"things.{group}")
    await until_state("absent")
    assert store.all("Thing") == []
    running.cancel()
    with suppress(asyncio.CancelledError):
        await running
