"""Which container of a pod matters now: the init container that has the floor, or the main one in the worst state."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from llmd_tui.objects import Object
from llmd_tui.rollout.reading import dig, listed, mapping, number, text, when
from llmd_tui.rollout.times import work

PULL_ERRORS = frozenset(
    {"ErrImagePull", "ImagePullBackOff", "InvalidImageName", "ErrImageNeverPull", "RegistryUnavailable"}
)
CREATE_ERRORS = frozenset(
    {"CreateContainerConfigError", "CreateContainerError", "RunContainerError", "PreStartHookError"}
)


@dataclass(frozen=True)
class Active:
    """A container with the state that the kubelet wrote.

    `position` counts from 1 among `total` of its kind. `since` is when this state began, where it is known.
    `exit_code`, `ended` and `last_reason` are of its last end, in whatever state it is now.
    """

    name: str
    init: bool
    position: int
    total: int
    state: Literal["waiting", "running", "terminated"]
    reason: str
    message: str
    since: datetime | None
    started: bool
    ready: bool
    restarts: int
    exit_code: int | None
    ended: datetime | None
    last_reason: str
    image: str

    @property
    def crashed(self) -> bool:
        return self.reason == "CrashLoopBackOff" or (self.state == "terminated" and self.exit_code != 0)

    @property
    def in_trouble(self) -> bool:
        """Crashed, or kept from starting by something that waiting does not mend."""
        return self.crashed or self.reason in PULL_ERRORS or self.reason in CREATE_ERRORS


def active(pod: Object) -> Active | None:
    """None before the kubelet has said anything about its containers."""
    inits = _read(pod, "initContainers", "initContainerStatuses", init=True)
    for container in inits:
        if not _finished(container, pod):
            return container
    mains = _read(pod, "containers", "containerStatuses", init=False)
    return min(mains, key=_rank, default=None)


def ready_count(pod: Object) -> tuple[int, int]:
    """Ready containers and how many there are, sidecars among the init containers included, as kubectl counts."""
    sidecars = _sidecars(pod)
    counted = listed(dig(pod, "status", "containerStatuses"))
    total = (len(listed(dig(pod, "spec", "containers"))) or len(counted)) + len(sidecars)
    counted += [c for c in listed(dig(pod, "status", "initContainerStatuses")) if c.get("name") in sidecars]
    return sum(c.get("ready") is True for c in counted), total


def all_containers(pod: Object) -> list[Active]:
    """Init containers first, in the order in which the pod lists them."""
    inits = _read(pod, "initContainers", "initContainerStatuses", init=True)
    return inits + _read(pod, "containers", "containerStatuses", init=False)


def container(pod: Object, name: str) -> Active | None:
    """The container of that name; None while the kubelet has said nothing about it."""
    return next((c for c in all_containers(pod) if c.name == name), None)


def _read(pod: Object, specs: str, statuses: str, *, init: bool) -> list[Active]:
    """In the order of the spec: the kubelet's order of statuses is nobody's promise."""
    by_name = {text(c.get("name")): c for c in listed(dig(pod, "status", statuses))}
    images = {text(c.get("name")): text(c.get("image")) for c in listed(dig(pod, "spec", specs))}
    images = images or {name: text(status.get("image")) for name, status in by_name.items()}
    return [
        _active(by_name[name], init, position, len(images), image)
        for position, (name, image) in enumerate(images.items(), 1)
        if name in by_name
    ]


def _active(status: Object, init: bool, position: int, total: int, image: str) -> Active:
    state = mapping(status.get("state"))
    kind = "running" if "running" in state else "terminated" if "terminated" in state else "waiting"
    now = mapping(state.get(kind))
    last = now if kind == "terminated" else mapping(dig(status, "lastState", "terminated"))
    exit_code = last.get("exitCode")
    return Active(
        name=text(status.get("name")),
        init=init,
        position=position,
        total=total,
        state=kind,
        reason=text(now.get("reason")),
        message=text(now.get("message")) or text(last.get("message")),
        since=when(now.get("startedAt" if kind == "running" else "finishedAt")),
        started=status.get("started") is True,
        ready=status.get("ready") is True,
        restarts=number(status.get("restartCount")),
        exit_code=exit_code if isinstance(exit_code, int) else None,
        ended=when(last.get("finishedAt")),
        last_reason=text(last.get("reason")),
        image=image,
    )


def _finished(init: Active, pod: Object) -> bool:
    """A sidecar among the init containers lets the next one go as soon as it has started."""
    if init.state == "terminated":
        return init.exit_code == 0
    return init.name in _sidecars(pod) and init.state == "running" and init.started


def _sidecars(pod: Object) -> frozenset[str]:
    """The init containers that go on running beside the main ones."""
    inits = listed(dig(pod, "spec", "initContainers"))
    return frozenset(text(c.get("name")) for c in inits if c.get("restartPolicy") == "Always")


def _rank(main: Active) -> tuple[int, int]:
    """Trouble first, then what has yet to start, then what has yet to become ready."""
    if main.in_trouble:
        return 0, main.position
    order = {"waiting": 1, "running": 4 if main.ready else 3 if main.started else 2, "terminated": 5}
    return order[main.state], main.position


def restarts(containers: Sequence[Active]) -> int:
    """All of them, as kubectl counts."""
    return sum(c.restarts for c in containers)


def beyond_normal(containers: Sequence[Active]) -> Active | None:
    """A container that restarted more often than a good rollout makes it restart."""
    return next((c for c in containers if c.restarts > work(c.name).restarts), None)
