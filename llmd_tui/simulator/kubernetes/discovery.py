"""Discovery: which groups, versions and kinds there are."""

from collections.abc import Iterable
from typing import Any

from llmd_tui.objects import Object
from llmd_tui.simulator.kubernetes.crds import version_rank
from llmd_tui.simulator.kubernetes.kinds import Kind, Kinds

VERSION = {
    "major": "1",
    "minor": "35",
    "emulationMajor": "1",
    "emulationMinor": "35",
    "minCompatibilityMajor": "1",
    "minCompatibilityMinor": "34",
    "gitVersion": "v1.35.4",
    "gitCommit": "simulator",
    "gitTreeState": "clean",
    "buildDate": "1970-01-01T00:00:00Z",
    "goVersion": "go1.26",
    "compiler": "gc",
    "platform": "linux/amd64",
}
"""The version that is simulated."""

_CHANGE = ["get", "patch", "update"]


def _groups(kinds: Kinds) -> dict[str, dict[str, list[Kind]]]:
    """The kinds by group and version: built-in groups in their order, then those of definitions by name."""
    groups: dict[str, dict[str, list[Kind]]] = {}
    ordered = [k for k in kinds if not k.custom] + sorted((k for k in kinds if k.custom), key=lambda k: k.group)
    for kind in ordered:
        groups.setdefault(kind.group, {}).setdefault(kind.version, []).append(kind)
    return {
        group: {version: sorted(of[version], key=lambda k: k.plural) for version in sorted(of, key=version_rank)}
        for group, of in groups.items()
    }


def api_versions() -> Object:
    """/api"""
    return {"kind": "APIVersions", "versions": ["v1"], "serverAddressByClientCIDRs": []}


def group_list(kinds: Kinds) -> Object:
    """/apis"""
    groups = [_group(name, versions) for name, versions in _groups(kinds).items() if name]
    return {"kind": "APIGroupList", "apiVersion": "v1", "groups": groups}


def group(kinds: Kinds, name: str) -> Object | None:
    """/apis/GROUP"""
    versions = _groups(kinds).get(name)
    return {"kind": "APIGroup", "apiVersion": "v1", **_group(name, versions)} if versions else None


def _group(name: str, versions: Iterable[str]) -> dict[str, Any]:
    listed = [{"groupVersion": f"{name}/{version}", "version": version} for version in versions]
    return {"name": name, "versions": listed, "preferredVersion": listed[0]}


def resource_list(kinds: Kinds, group_name: str, version: str) -> Object | None:
    """/api/v1 and /apis/GROUP/VERSION"""
    served = _groups(kinds).get(group_name, {}).get(version)
    if not served:
        return None
    resources = [row for kind in served for row in _rows(kind)]
    group_version = f"{group_name}/{version}" if group_name else version
    return {"kind": "APIResourceList", "apiVersion": "v1", "groupVersion": group_version, "resources": resources}


def _rows(kind: Kind) -> list[dict[str, Any]]:
    row: dict[str, Any] = {
        "name": kind.plural,
        "singularName": kind.singular,
        "namespaced": kind.namespaced,
        "kind": kind.kind,
        "verbs": list(kind.verbs),
    }
    if kind.short:
        row["shortNames"] = list(kind.short)
    if kind.categories:
        row["categories"] = list(kind.categories)
    rows = [row]
    for name, (group_name, version, of, verbs) in _subresources(kind).items():
        sub = {
            "name": f"{kind.plural}/{name}",
            "singularName": "",
            "namespaced": kind.namespaced,
            "kind": of,
            "verbs": verbs,
        }
        rows.append(sub | ({"group": group_name, "version": version} if version else {}))
    return rows


def _subresources(kind: Kind) -> dict[str, tuple[str, str, str, list[str]]]:
    """Group, version, kind and verbs of each subresource."""
    found = {sub.name: (sub.group, sub.version, sub.kind, list(sub.verbs)) for sub in kind.more}
    if kind.scale:
        found["scale"] = ("autoscaling", "v1", "Scale", _CHANGE)
    if kind.status:
        found["status"] = ("", "", kind.kind, _CHANGE)
    return dict(sorted(found.items()))


def aggregated(kinds: Kinds, api_version: str, *, core: bool) -> Object:
    """/api and /apis as one document, which is what clients of our days ask for."""
    items = [
        {
            "metadata": {"name": name, "creationTimestamp": None} if name else {"creationTimestamp": None},
            "versions": [
                {"version": version, "resources": [_described(kind) for kind in served], "freshness": "Current"}
                for version, served in versions.items()
            ],
        }
        for name, versions in _groups(kinds).items()
        if bool(name) is not core
    ]
    version = f"apidiscovery.k8s.io/{api_version}"
    return {"kind": "APIGroupDiscoveryList", "apiVersion": version, "metadata": {}, "items": items}


def _described(kind: Kind) -> dict[str, Any]:
    described: dict[str, Any] = {
        "resource": kind.plural,
        "responseKind": {"group": kind.group, "version": kind.version, "kind": kind.kind},
        "scope": "Namespaced" if kind.namespaced else "Cluster",
        "singularResource": kind.singular,
        "verbs": list(kind.verbs),
    }
    if kind.short:
        described["shortNames"] = list(kind.short)
    if kind.categories:
        described["categories"] = list(kind.categories)
    subresources = [
        {
            "subresource": name,
            "responseKind": {"group": group_name or kind.group, "version": version or kind.version, "kind": of},
            "verbs": verbs,
        }
        for name, (group_name, version, of, verbs) in _subresources(kind).items()
    ]
    return described | ({"subresources": subresources} if subresources else {})
