"""What is on a cluster, so that two clusters can be compared: names and specs without what differs each time."""

from collections.abc import Iterator
from typing import Any

from llmd_tui.kube.connection import Cluster
from llmd_tui.kube.errors import KubeError
from llmd_tui.objects import Object

KINDS = (
    ("v1", "Namespace"),
    ("v1", "ConfigMap"),
    ("v1", "Secret"),
    ("v1", "Service"),
    ("v1", "PersistentVolumeClaim"),
    ("apps/v1", "Deployment"),
    ("apps/v1", "DaemonSet"),
    ("apps/v1", "StatefulSet"),
    ("batch/v1", "Job"),
    ("apiextensions.k8s.io/v1", "CustomResourceDefinition"),
    ("resource.k8s.io/v1", "DeviceClass"),
    ("resource.k8s.io/v1", "ResourceClaimTemplate"),
    ("nvidia.com/v1", "ClusterPolicy"),
    ("mellanox.com/v1alpha1", "NicClusterPolicy"),
    ("nfd.k8s-sigs.io/v1alpha1", "NodeFeatureRule"),
    ("leaderworkerset.x-k8s.io/v1", "LeaderWorkerSet"),
    ("monitoring.coreos.com/v1", "PodMonitor"),
    ("gateway.networking.k8s.io/v1", "GatewayClass"),
    ("gateway.networking.k8s.io/v1", "Gateway"),
    ("gateway.networking.k8s.io/v1", "HTTPRoute"),
    ("agentgateway.dev/v1alpha1", "AgentgatewayParameters"),
    ("inference.networking.k8s.io/v1", "InferencePool"),
)
"""What phases apply, charts make and operators make in turn; pods and other offspring of controllers follow from it."""

_GIVEN_BY_THE_SERVER = ("clusterIP", "clusterIPs", "nodePort", "healthCheckNodePort", "controller-uid", "uid")
_RELEASE = "sh.helm.release.v1."


async def inventory(cluster: Cluster) -> dict[str, Any]:
    """By `Kind namespace/name`: labels and content; of Secrets the keys, of a release's Secret nothing but its name."""
    found: dict[str, Any] = {}
    for api_version, kind in KINDS:
        for obj in await _listed(cluster, api_version, kind):
            metadata = obj["metadata"]
            found[f"{kind} {metadata.get('namespace', '')}/{metadata['name']}"] = _content(obj)
    return found


async def generations(cluster: Cluster) -> dict[str, int]:
    """How often the spec of each object was changed."""
    return {
        f"{kind} {obj['metadata'].get('namespace', '')}/{obj['metadata']['name']}": obj["metadata"].get("generation", 0)
        for api_version, kind in KINDS
        for obj in await _listed(cluster, api_version, kind)
    }


async def revisions(cluster: Cluster) -> dict[str, list[int]]:
    """The revisions that helm knows, by release."""
    found: dict[str, list[int]] = {}
    for secret in await cluster.list("v1", "Secret", labels="owner=helm"):
        release, _, revision = secret["metadata"]["name"].removeprefix(_RELEASE).rpartition(".v")
        found.setdefault(release, []).append(int(revision))
    return {release: sorted(listed) for release, listed in found.items()}


async def _listed(cluster: Cluster, api_version: str, kind: str) -> list[Object]:
    try:
        objects = await cluster.list(api_version, kind)
    except KubeError as error:
        if error.status == 404:
            return []
        raise
    return [obj for obj in objects if not _of_the_control_plane(obj)]


def _of_the_control_plane(obj: Object) -> bool:
    return obj["metadata"]["name"] in ("kube-root-ca.crt", "kubernetes")


def _content(obj: Object) -> Any:
    metadata = obj["metadata"]
    if obj["kind"] == "Secret":
        return [] if metadata["name"].startswith(_RELEASE) else sorted(obj.get("data") or {})
    if obj["kind"] == "CustomResourceDefinition":
        return obj["spec"]["names"]
    body = {key: value for key, value in obj.items() if key not in ("metadata", "status")}
    return _lasting({"labels": metadata.get("labels", {}), **body})


def _lasting(value: Any) -> Any:
    if isinstance(value, dict):
        return dict(_kept(value))
    return [_lasting(inner) for inner in value] if isinstance(value, list) else value


def _kept(value: dict[str, Any]) -> Iterator[tuple[str, Any]]:
    for key, inner in value.items():
        if not key.endswith(_GIVEN_BY_THE_SERVER):
            yield key, _lasting(inner)
