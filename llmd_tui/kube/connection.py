"""A cluster: raw JSON objects in and out, by way of kubeconfig credentials."""

import json
from collections.abc import AsyncGenerator
from contextlib import aclosing
from pathlib import Path
from typing import Any, Literal, Self

from llmd_tui import objects
from llmd_tui.kube.errors import KubeError, Unreachable
from llmd_tui.kube.kubeconfig import login
from llmd_tui.kube.resources import Discovery, Resource
from llmd_tui.kube.transport import Transport
from llmd_tui.objects import Object

__all__ = ["FIELD_MANAGER", "Cluster", "KubeError", "Resource", "Unreachable"]

FIELD_MANAGER = "llmd-tui"

_PAGE = "500"


class Cluster:
    """One context's API server. `server` is its URL, `context` the name in the kubeconfig, `request` for any path.

    Every method raises KubeError when the server refuses and Unreachable when it gives no answer.
    Objects that come in carry apiVersion and kind, in lists too, and no managedFields there.
    """

    def __init__(self, transport: Transport) -> None:
        self.transport = transport
        self.server = transport.login.server
        self.context = transport.login.context
        self.request = transport.request
        self._discovery = Discovery(lambda path: self.request("GET", path))

    @classmethod
    async def connect(cls, kubeconfig: Path | None = None, context: str | None = None) -> "Cluster":
        """Reads the credentials (see `kubeconfig.login`); the server is first asked by the first request."""
        return cls(Transport(await login(kubeconfig, context)))

    async def close(self) -> None:
        await self.transport.close()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.close()

    async def version(self) -> dict[str, Any]:
        """What the server says about itself: `gitVersion`, `major`, `minor` ..."""
        return await self.request("GET", "/version")

    async def resource(self, api_version: str, kind: str) -> Resource:
        """From discovery, which is read once. Raises KubeError 404 for what the server does not have."""
        return await self._discovery.resource(api_version, kind)

    async def get(self, api_version: str, kind: str, name: str, namespace: str | None = None) -> Object:
        resource = await self.resource(api_version, kind)
        return await self.request("GET", resource.path(namespace, name))

    async def snapshot(
        self, resource: Resource, *, namespace: str | None = None, labels: str = "", fields: str = ""
    ) -> tuple[list[Object], str]:
        """All of a kind, read in pages, and the resourceVersion from which a watch goes on."""
        path = resource.path(namespace)
        query = {"labelSelector": labels, "fieldSelector": fields, "limit": _PAGE}
        query = {key: value for key, value in query.items() if value}
        found: list[Object] = []
        while True:
            try:
                page = await self.request("GET", path, query=query)
            except KubeError as error:
                if error.status != 410 or "continue" not in query:
                    raise
                # The pages' version was compacted away meanwhile: once more, in one piece.
                found, query = [], {k: v for k, v in query.items() if k not in ("continue", "limit")}
                continue
            found += (_named(item, resource) for item in page["items"])
            if not page["metadata"].get("continue"):
                return found, page["metadata"]["resourceVersion"]
            query["continue"] = page["metadata"]["continue"]

    async def watch(
        self,
        resource: Resource,
        *,
        namespace: str | None = None,
        labels: str = "",
        fields: str = "",
        resource_version: str,
        timeout: float,
        inactivity: float | None = None,
    ) -> AsyncGenerator[tuple[str, Object]]:
        """What changes from `resource_version` on: (ADDED | MODIFIED | DELETED | BOOKMARK, object).

        The server ends it after `timeout` seconds. Raises KubeError 410 when the version is too old, and
        Unreachable when neither event nor bookmark came for `inactivity` seconds.
        """
        query = {"watch": "1", "allowWatchBookmarks": "true", "resourceVersion": resource_version}
        query |= {"timeoutSeconds": str(int(timeout)), "labelSelector": labels, "fieldSelector": fields}
        query = {key: value for key, value in query.items() if value}
        async with aclosing(self.transport.lines(resource.path(namespace), query, inactivity=inactivity)) as lines:
            async for line in lines:
                try:
                    event: dict[str, Any] = json.loads(line)
                except ValueError as error:
                    raise Unreachable(f"{self.server} broke off within an event.", "Try again.") from error
                if event["type"] == "ERROR":
                    raise KubeError.from_status(event["object"])
                yield event["type"], _named(event["object"], resource)

    async def create(self, obj: Object) -> Object:
        resource = await self.resource(obj["apiVersion"], obj["kind"])
        namespace = objects.namespace(obj) or "default"
        query = {"fieldManager": FIELD_MANAGER, "fieldValidation": "Strict"}
        return await self.request("POST", resource.path(namespace), query=query, body=obj)

    async def apply(self, obj: Object, *, force: bool = False, dry_run: bool = False) -> Object:
        """Server-side apply as field manager `llmd-tui`; unknown fields are refused (400).

        Raises KubeError 409 when another manager owns a field and `force` is not set.
        """
        resource = await self.resource(obj["apiVersion"], obj["kind"])
        query = {"fieldManager": FIELD_MANAGER, "fieldValidation": "Strict", "force": str(force).lower()}
        if dry_run:
            query["dryRun"] = "All"
        path = resource.path(objects.namespace(obj), objects.name(obj))
        return await self.request("PATCH", path, query=query, body=obj, content_type="application/apply-patch+yaml")

    async def patch(
        self,
        api_version: str,
        kind: str,
        name: str,
        body: Any,
        namespace: str | None = None,
        *,
        kind_of_patch: Literal["merge", "strategic", "json"] = "merge",
        subresource: str | None = None,
    ) -> Object:
        resource = await self.resource(api_version, kind)
        types = {"merge": "merge-patch", "strategic": "strategic-merge-patch", "json": "json-patch"}
        return await self.request(
            "PATCH",
            resource.path(namespace, name, subresource),
            query={"fieldManager": FIELD_MANAGER},
            body=body,
            content_type=f"application/{types[kind_of_patch]}+json",
        )

    async def delete(
        self,
        api_version: str,
        kind: str,
        name: str,
        namespace: str | None = None,
        *,
        propagation: Literal["Background", "Foreground", "Orphan"] = "Background",
    ) -> None:
        resource = await self.resource(api_version, kind)
        await self.request("DELETE", resource.path(namespace, name), query={"propagationPolicy": propagation})

    async def list(
        self, api_version: str, kind: str, namespace: str | None = None, *, labels: str = "", fields: str = ""
    ) -> list[Object]:
        """All of a kind, in one namespace or in all; `labels` and `fields` are selectors."""
        resource = await self.resource(api_version, kind)
        found, _ = await self.snapshot(resource, namespace=namespace, labels=labels, fields=fields)
        return found


def _named(obj: Object, resource: Resource) -> Object:
    """Items of lists do not say what they are. managedFields are a third of them and nobody's reading."""
    obj.setdefault("apiVersion", resource.api_version)
    obj.setdefault("kind", resource.kind)
    obj["metadata"].pop("managedFields", None)
    return obj
