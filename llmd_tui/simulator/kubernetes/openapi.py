"""OpenAPI v3, as far as kubectl and helm read it: what can be patched how, and the shapes of the kinds."""

from typing import Any

from llmd_tui.objects import Object
from llmd_tui.simulator.kubernetes.kinds import Kind, Kinds

_PATCHES = ("application/json-patch+json", "application/merge-patch+json", "application/apply-patch+yaml")
_PARAMETERS = ("dryRun", "fieldManager", "fieldValidation", "force")


def index(kinds: Kinds) -> Object:
    """/openapi/v3: where the document of each group and version is."""
    names = dict.fromkeys(f"apis/{kind.group}/{kind.version}" if kind.group else "api/v1" for kind in kinds)
    # The hash tells clients which of the documents that they keep on disk are stale.
    return {"paths": {name: {"serverRelativeURL": f"/openapi/v3/{name}?hash={kinds.changes}"} for name in names}}


def document(kinds: Kinds, group: str, version: str) -> Object | None:
    """/openapi/v3/api/v1 and /openapi/v3/apis/GROUP/VERSION"""
    served = [kind for kind in kinds if (kind.group, kind.version) == (group, version)]
    if not served:
        return None
    return {
        "openapi": "3.0.0",
        "info": {"title": "Kubernetes", "version": "v1.35.4"},
        "paths": {_path(kind): _operations(kind) for kind in served},
        "components": {"schemas": {_name(kind): _schema(kind) for kind in served}},
    }


def _path(kind: Kind) -> str:
    root = f"/apis/{kind.group}/{kind.version}" if kind.group else f"/api/{kind.version}"
    scope = "/namespaces/{namespace}" if kind.namespaced else ""
    return f"{root}{scope}/{kind.plural}" + ("/{name}" if "patch" in kind.verbs else "")


def _operations(kind: Kind) -> dict[str, Any]:
    gvk = {"group": kind.group, "version": kind.version, "kind": kind.kind}
    parameters = [
        {"name": name, "in": "query", "schema": {"type": "boolean" if name == "force" else "string"}}
        for name in _PARAMETERS
    ]
    answers = {"200": {"description": "OK"}}
    common = {"x-kubernetes-group-version-kind": gvk, "responses": answers}
    if "patch" not in kind.verbs:
        return {"post": {**common, "x-kubernetes-action": "post", "parameters": parameters}}
    content = {media: {"schema": {"type": "object"}} for media in _PATCHES}
    return {
        "get": {**common, "x-kubernetes-action": "get"},
        "patch": {
            **common,
            "x-kubernetes-action": "patch",
            "parameters": parameters,
            "requestBody": {"content": content, "required": True},
        },
    }


def _name(kind: Kind) -> str:
    group = kind.group if kind.custom else f"io.k8s.api.{kind.group.split('.')[0] or 'core'}"
    return f"{group}.{kind.version}.{kind.kind}"


def _schema(kind: Kind) -> dict[str, Any]:
    gvk = {"group": kind.group, "version": kind.version, "kind": kind.kind}
    return {"type": "object", "x-kubernetes-group-version-kind": [gvk]}
