"""A container's log, as it is and as it grows."""

from collections.abc import AsyncGenerator
from contextlib import aclosing
from datetime import datetime

from llmd_tui.kube.connection import Cluster


async def follow(
    cluster: Cluster,
    namespace: str,
    pod: str,
    container: str,
    *,
    tail: int = 200,
    previous: bool = False,
    follow: bool = True,
    timestamps: bool = False,
) -> AsyncGenerator[str]:
    """The last `tail` lines, then the new ones until the container ends. `previous`: of the container before a restart.
    With `timestamps` each begins with its time as the API writes it, and a space.

    Raises KubeError 400 while the container has not started, 404 when there is no such pod.
    """
    path = (await cluster.resource("v1", "Pod")).path(namespace, pod, "log")
    query = {"container": container, "tailLines": str(tail)}
    if previous:
        query["previous"] = "true"
    if follow:
        query["follow"] = "true"
    if timestamps:
        query["timestamps"] = "true"
    async with aclosing(cluster.transport.lines(path, query)) as lines:
        async for line in lines:
            yield line.decode(errors="replace").removesuffix("\r")


def stamped(line: str) -> tuple[datetime | None, str]:
    """A line that came with `timestamps`: when it was written, and its text. None where it begins with no time."""
    written, space, text = line.partition(" ")
    if not space or not written[:4].isdigit():
        return None, line
    try:
        # Nanoseconds are more than a datetime holds.
        return datetime.fromisoformat(written[:26].rstrip("Z") + "+00:00"), text
    except ValueError:
        return None, line
