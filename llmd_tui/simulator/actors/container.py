"""One container of a pod and the status that the kubelet writes about it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any, Literal
from uuid import uuid4

from llmd_tui.simulator.actors.meta import mapping

_LONGEST_BACK_OFF = 300


@dataclass
class Container:
    """`sidecar`: an init container that goes on running beside the others."""

    spec: Mapping[str, Any]
    kind: Literal["init", "sidecar", "main"]
    state: dict[str, Any] = field(default_factory=dict[str, Any])
    last_state: dict[str, Any] = field(default_factory=dict[str, Any])
    ready: bool = False
    started: bool = False
    restarts: int = 0
    image_id: str = ""
    container_id: str = ""

    @property
    def name(self) -> str:
        return str(self.spec["name"])

    @property
    def image(self) -> str:
        return str(self.spec["image"])

    @property
    def field_path(self) -> str:
        return f"spec.{'containers' if self.kind == 'main' else 'initContainers'}{{{self.name}}}"

    @property
    def running(self) -> bool:
        return "running" in self.state

    @property
    def exit_code(self) -> int | None:
        """None while it has not ended."""
        return mapping(self.state, "terminated").get("exitCode")

    def adopt(self, status: Mapping[str, Any]) -> None:
        """Goes on with what an earlier kubelet wrote."""
        if status:
            self.state, self.last_state = dict(status["state"]), dict(status.get("lastState") or {})
            self.ready, self.started = bool(status["ready"]), bool(status.get("started"))
            self.restarts = int(status.get("restartCount", 0))
            self.image_id, self.container_id = status.get("imageID", ""), status.get("containerID", "")

    def wait(self, reason: str, message: str = "") -> None:
        self.state = {"waiting": {"reason": reason} | ({"message": message} if message else {})}

    def start(self, now: str) -> None:
        digest = sha256(self.image.encode()).hexdigest()
        self.image_id = f"{self.image.rpartition(':')[0]}@sha256:{digest}"
        self.container_id = f"containerd://{uuid4().hex}{uuid4().hex}"
        self.state = {"running": {"startedAt": now}}
        self.started = self.kind != "init" and "startupProbe" not in self.spec

    def end(self, now: str, exit_code: int) -> None:
        reason = "Completed" if exit_code == 0 else "OOMKilled" if exit_code == 137 else "Error"
        began = mapping(self.state, "running").get("startedAt", now)
        ended = {"exitCode": exit_code, "reason": reason, "startedAt": began, "finishedAt": now}
        self.state = {"terminated": ended | {"containerID": self.container_id}}
        self.started = False
        self.ready = self.kind == "init" and exit_code == 0

    def restart(self, pod: str) -> float:
        """Sets the state of a container that is kept from restarting, and tells for how many seconds."""
        seconds = min(10 * 2**self.restarts, _LONGEST_BACK_OFF)
        self.restarts += 1
        self.last_state = self.state
        self.wait("CrashLoopBackOff", f"back-off {seconds}s restarting failed container={self.name} pod={pod}")
        return seconds

    def status(self) -> dict[str, Any]:
        status: dict[str, Any] = {
            "name": self.name,
            "state": self.state,
            "lastState": self.last_state,
            "ready": self.ready,
            "restartCount": self.restarts,
            "image": self.image,
            "imageID": self.image_id,
            "started": self.started,
        }
        return status | ({"containerID": self.container_id} if self.container_id else {})


def containers_of(pod_spec: Mapping[str, Any]) -> list[Container]:
    """In the order in which the kubelet starts them."""
    inits = [
        Container(spec, "sidecar" if spec.get("restartPolicy") == "Always" else "init")
        for spec in pod_spec.get("initContainers") or ()
    ]
    found = inits + [Container(spec, "main") for spec in pod_spec["containers"]]
    for container in found:
        container.wait("PodInitializing" if inits else "ContainerCreating")
    return found
