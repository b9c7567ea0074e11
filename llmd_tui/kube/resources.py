"""Which resources an API server has, and where."""

import asyncio
from collections import defaultdict
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from llmd_tui.kube.errors import KubeError


@dataclass(frozen=True)
class Resource:
    """`group` is empty for the core API."""

    group: str
    version: str
    plural: str
    kind: str
    namespaced: bool

    @property
    def api_version(self) -> str:
        return f"{self.group}/{self.version}" if self.group else self.version

    def path(self, namespace: str | None = None, name: str | None = None, subresource: str | None = None) -> str:
        """The path of one object, or of all in a namespace, or (without `namespace`) of all.

        One object of a namespaced kind is looked for in `default` when no namespace is said, as kubectl does.
        """
        if name is not None and self.namespaced and namespace is None:
            namespace = "default"
        parts = [_root(self.api_version)]
        if self.namespaced and namespace is not None:
            parts += ["namespaces", quote(namespace, safe="")]
        parts.append(self.plural)
        if name is not None:
            parts.append(quote(name, safe=":"))
        if subresource is not None:
            parts.append(subresource)
        return "/".join(parts)


class Discovery:
    """The server's lists of resources, read once for each API version and once more when a kind is not in it."""

    def __init__(self, get: Callable[[str], Awaitable[Any]]) -> None:
        self._get = get
        self._known: dict[str, dict[str, Resource]] = {}
        self._locks: defaultdict[str, asyncio.Lock] = defaultdict(asyncio.Lock)

    async def resource(self, api_version: str, kind: str) -> Resource:
        """Raises KubeError 404 for what the server does not have, such as a kind whose CRD is not there yet."""
        seen = self._known.get(api_version)
        if seen is None or kind not in seen:
            async with self._locks[api_version]:
                if self._known.get(api_version) is seen:
                    self._known[api_version] = await self._read(api_version)
        found = self._known[api_version].get(kind)
        if found is None:
            raise KubeError(404, "NotFound", f"the server has no {kind} in {api_version}")
        return found

    async def _read(self, api_version: str) -> dict[str, Resource]:
        group, _, version = api_version.rpartition("/")
        try:
            answer = await self._get(_root(api_version))
        except KubeError as error:
            if error.status != 404:
                raise
            raise KubeError(404, "NotFound", f"the server has no API {api_version}") from error
        return {
            entry["kind"]: Resource(group, version, entry["name"], entry["kind"], entry["namespaced"])
            for entry in answer["resources"]
            if "/" not in entry["name"]
        }


def _root(api_version: str) -> str:
    return f"/apis/{api_version}" if "/" in api_version else f"/api/{api_version}"
