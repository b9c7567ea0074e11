"""DaemonSets that operators make: what those of both NVIDIA operators have in common."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

from llmd_tui.objects import Object, annotations, name
from llmd_tui.simulator.actors.meta import fnv32a, owner_reference
from llmd_tui.simulator.actors.world import World


def image(spec: Mapping[str, Any], repository: str, image: str, version: str) -> str:
    """An image as NVIDIA's custom resources spell it, in three parts; what they leave out has defaults."""
    said = spec.get("version") or version
    mark = "@" if str(said).startswith("sha256:") else ":"
    return f"{spec.get('repository') or repository}/{spec.get('image') or image}{mark}{said}"


def container(name: str, image: str, **more: Any) -> dict[str, Any]:
    """A privileged container, as all of these are."""
    return {
        "name": name,
        "image": image,
        "imagePullPolicy": "IfNotPresent",
        "securityContext": {"privileged": True},
        **more,
    }


def probe(command: Sequence[str], **times: int) -> dict[str, Any]:
    return {"exec": {"command": list(command)}, **times}


def env(**values: str) -> list[dict[str, str]]:
    return [{"name": key, "value": value} for key, value in values.items()]


def daemonset(
    owner: Object,
    namespace: str,
    name: str,
    *,
    labels: Mapping[str, str],
    selector: Mapping[str, str],
    pod_labels: Mapping[str, str],
    pod: Mapping[str, Any],
    on_delete: bool = False,
) -> Object:
    rolling = {"type": "RollingUpdate", "rollingUpdate": {"maxUnavailable": 1, "maxSurge": 0}}
    return {
        "apiVersion": "apps/v1",
        "kind": "DaemonSet",
        "metadata": {
            "name": name,
            "namespace": namespace,
            "labels": dict(labels),
            "ownerReferences": [owner_reference(owner)],
        },
        "spec": {
            "selector": {"matchLabels": dict(selector)},
            "template": {"metadata": {"labels": dict(pod_labels)}, "spec": dict(pod)},
            "updateStrategy": {"type": "OnDelete"} if on_delete else rolling,
        },
    }


async def ensure(world: World, daemon: Object, digest_key: str) -> Object | None:
    """Makes the DaemonSet, or brings it to this spec; `digest_key` is the annotation that tells whether it has it.

    Returns it as it was made, or None when it was there.
    """
    digest = str(fnv32a(json.dumps(daemon["spec"], sort_keys=True).encode()))
    daemon["metadata"].setdefault("annotations", {})[digest_key] = digest
    namespace = daemon["metadata"]["namespace"]
    there = world.cache.get("DaemonSet", name(daemon), namespace)
    if there is None:
        await ensure_account(world, daemon)
        return await world.create(daemon)
    if annotations(there).get(digest_key) != digest:
        body = {"metadata": {"annotations": {digest_key: digest}}, "spec": daemon["spec"]}
        await world.patch(there, body)
    return None


async def ensure_account(world: World, daemon: Object) -> None:
    """The ServiceAccount that its pods run as; without it a real API server refuses them."""
    account = daemon["spec"]["template"]["spec"].get("serviceAccountName")
    if account:
        owners = daemon["metadata"]["ownerReferences"]
        metadata = {"name": account, "namespace": daemon["metadata"]["namespace"], "ownerReferences": owners}
        await world.create({"apiVersion": "v1", "kind": "ServiceAccount", "metadata": metadata})


def settled(daemon: Object) -> bool:
    """Whether the DaemonSet controller has looked at it, wants pods, and all of them are up and current."""
    status: Mapping[str, Any] = daemon.get("status") or {}
    wanted = status.get("desiredNumberScheduled", 0)
    return (
        status.get("observedGeneration", -1) >= daemon["metadata"].get("generation", 0)
        and wanted > 0
        and status.get("numberAvailable", 0) == wanted
        and status.get("updatedNumberScheduled", 0) == wanted
    )
