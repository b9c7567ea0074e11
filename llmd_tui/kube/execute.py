"""A command in a container."""

import json
from collections.abc import Sequence
from typing import Any, NamedTuple

import aiohttp

from llmd_tui.kube.channels import channels
from llmd_tui.kube.connection import Cluster
from llmd_tui.kube.errors import KubeError, Unreachable

_STDOUT, _STDERR, _STATUS = 1, 2, 3


class Executed(NamedTuple):
    exit_code: int
    stdout: str
    stderr: str


async def execute(cluster: Cluster, namespace: str, pod: str, container: str, argv: Sequence[str]) -> Executed:
    """Runs `argv` and returns when it ended; wrap it in `asyncio.timeout` to bound that.

    Raises KubeError when it could not be started, Unreachable when the connection broke before it ended.
    """
    query = [("command", word) for word in argv]
    query += [("container", container), ("stdout", "1"), ("stderr", "1")]
    output = {_STDOUT: bytearray(), _STDERR: bytearray(), _STATUS: bytearray()}
    protocols = ("v5.channel.k8s.io", "v4.channel.k8s.io")
    async with channels(cluster, namespace, pod, "exec", query, protocols) as socket:
        async for message in socket:
            if message.type is aiohttp.WSMsgType.BINARY and message.data and message.data[0] in output:
                output[message.data[0]] += message.data[1:]
    if not output[_STATUS]:
        raise Unreachable(f"The connection to pod {pod} broke before {argv[0]} ended.", "Try again.")
    return Executed(
        _exit_code(json.loads(output[_STATUS])),
        output[_STDOUT].decode(errors="replace"),
        output[_STDERR].decode(errors="replace"),
    )


def _exit_code(status: dict[str, Any]) -> int:
    """0 for success. Raises KubeError for a Status that is not about the command's end."""
    if status.get("status") == "Success":
        return 0
    details: dict[str, Any] = status.get("details") or {}
    causes: list[dict[str, Any]] = details.get("causes") or []
    for cause in causes:
        if cause.get("reason") == "ExitCode":
            return int(cause["message"])
    raise KubeError.from_status(status)
