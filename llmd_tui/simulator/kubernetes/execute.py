"""Exec: answers from a table that actors fill in.

`POST /simulator/exec/NAMESPACE/POD/CONTAINER` with `{"command": [...], "stdout": "", "stderr": "", "exitCode": 0}`;
`*` stands for every pod or container, and without `command` the answer is for every command.
"""

import json
from dataclasses import dataclass
from typing import Any

from aiohttp import web

from llmd_tui.simulator.kubernetes.editing import is_map
from llmd_tui.simulator.kubernetes.pods import pick_container
from llmd_tui.simulator.kubernetes.registry import Registry
from llmd_tui.simulator.kubernetes.requests import Request, Target
from llmd_tui.simulator.kubernetes.status import StatusError, bad_request

_PROTOCOLS = ("v5.channel.k8s.io", "v4.channel.k8s.io")
_STDOUT, _STDERR, _STATUS = 1, 2, 3


@dataclass(frozen=True)
class Answer:
    """What a command prints and how it ends. `command` None: any command."""

    namespace: str
    pod: str
    container: str
    command: tuple[str, ...] | None
    stdout: str = ""
    stderr: str = ""
    exit_code: int = 0

    def fits(self, namespace: str, pod: str, container: str, command: tuple[str, ...]) -> bool:
        return (
            self.namespace == namespace
            and self.pod in ("*", pod)
            and self.container in ("*", container)
            and self.command in (None, command)
        )


class Commands:
    """The table; the latest answer that fits counts."""

    def __init__(self) -> None:
        self._answers: list[Answer] = []

    def program(self, namespace: str, pod: str, container: str, body: Any) -> None:
        """Raises StatusError when the body is none."""
        if not is_map(body):
            raise bad_request("an object with command, stdout, stderr and exitCode is expected")
        said = body
        command = tuple(said["command"]) if said.get("command") else None
        texts = (str(said.get("stdout", "")), str(said.get("stderr", "")))
        answer = Answer(namespace, pod, container, command, *texts, int(said.get("exitCode", 0)))
        same = (namespace, pod, container, command)
        kept = [a for a in self._answers if (a.namespace, a.pod, a.container, a.command) != same]
        self._answers = [*kept, answer]

    async def run(self, request: Request, target: Target, registry: Registry) -> web.StreamResponse:
        """GET pods/NAME/exec by websocket."""
        pod = registry.get(target.kind, target.key).obj
        query = request.http.rel_url.query
        container, command = pick_container(pod, query.get("container", "")), tuple(query.getall("command", []))
        fitting = [a for a in self._answers if a.fits(target.key[0], target.name, container, command)]
        if not fitting:
            words = f"the simulator has no answer for {' '.join(command)!r} in container {container} of {target.name}"
            raise StatusError(501, "NotImplemented", f"{words}; POST one to /simulator/exec")
        if request.http.headers.get("Upgrade", "").lower() != "websocket":
            raise bad_request("unable to upgrade: only websockets are served here")
        socket = web.WebSocketResponse(protocols=_PROTOCOLS)
        await socket.prepare(request.http)
        answer = fitting[-1]
        for channel, text in ((_STDOUT, answer.stdout), (_STDERR, answer.stderr)):
            if text:
                await socket.send_bytes(bytes([channel]) + text.encode())
        await socket.send_bytes(bytes([_STATUS]) + json.dumps(_status(answer.exit_code)).encode())
        await socket.close()
        return socket


def _status(exit_code: int) -> dict[str, Any]:
    if exit_code == 0:
        return {"metadata": {}, "status": "Success"}
    return {
        "metadata": {},
        "status": "Failure",
        "message": f"command terminated with non-zero exit code: exit status {exit_code}",
        "reason": "NonZeroExitCode",
        "details": {"causes": [{"reason": "ExitCode", "message": str(exit_code)}]},
    }
