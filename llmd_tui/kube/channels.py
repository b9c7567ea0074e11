"""What port-forward and exec share: a websocket to a pod, its channels in the first byte of every message."""

from collections.abc import AsyncGenerator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Any

import aiohttp

from llmd_tui.kube.connection import Cluster
from llmd_tui.kube.errors import KubeError


@asynccontextmanager
async def channels(
    cluster: Cluster,
    namespace: str,
    pod: str,
    subresource: str,
    query: Sequence[tuple[str, str]],
    protocols: Sequence[str],
) -> AsyncGenerator[aiohttp.ClientWebSocketResponse[Any]]:
    """The websocket of a pod's `subresource`. Raises KubeError when the pod is missing or the upgrade refused."""
    path = (await cluster.resource("v1", "Pod")).path(namespace, pod, subresource)
    async with AsyncExitStack() as stack:
        try:
            socket = await stack.enter_async_context(cluster.transport.websocket(path, query, protocols))
        except KubeError:
            # A refused upgrade has no readable body. A missing pod is the usual cause, and asking for it says so.
            await cluster.get("v1", "Pod", pod, namespace)
            raise
        yield socket
