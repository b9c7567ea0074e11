"""Known failures and how each shows: presets/failures, typed."""

import re
from collections.abc import Mapping
from functools import cache
from typing import Annotated, Literal, TypeAlias

from pydantic import AfterValidator, Field, model_validator

from llmd_tui.presets.loading import Preset, read


def _compiles(pattern: str) -> str:
    try:
        re.compile(pattern)
    except re.error as error:
        raise ValueError(f"{pattern} is no regular expression: {error}") from error
    return pattern


Pattern: TypeAlias = Annotated[str, AfterValidator(_compiles)]
"""A regular expression that is searched for, letters of either case; its named groups can be told in texts."""

Health: TypeAlias = Literal["pending", "waiting", "running", "done", "slow", "failed", "blocked"]


class EventLook(Preset):
    """The latest event with one of `reasons` about an object of one of `kinds` that is not well yet.

    Events older than `within` seconds are forgotten.
    """

    reasons: tuple[str, ...] = ()
    kinds: tuple[str, ...] = ()
    message: Pattern = ""
    within: float = 900


class PodLook(Preset):
    """A pod in trouble. All that is said must hold; `role` is its part in the driver stack.

    `states` are those that the pods' table shows. `reasons` and `message` are what the kubelet wrote of the container,
    now or at its last end; `log` is in its last lines or in those of the container before; `unplaced` is in the words
    of the scheduler. `seconds`: it has been so for that long. `restarts`: at least so many. `lonely`: a role whose pod
    the node does not have.
    """

    roles: tuple[str, ...] = ()
    name: Pattern = ""
    container: Pattern = ""
    states: tuple[Health, ...] = ("slow", "failed")
    reasons: tuple[str, ...] = ()
    exit_codes: tuple[int, ...] = ()
    message: Pattern = ""
    log: Pattern = ""
    event: EventLook | None = None
    unplaced: Pattern = ""
    waits_for: str = ""
    restarts: int = 0
    seconds: float = 0
    lonely: str = ""


class NodeLook(Preset):
    """A node: a `condition` in that `status`, with reason and message in `message`; `labels` by value, a pattern.

    `without` these labels. `gpu`: GPU nodes alone. `has`: a role of which it has a pod that is Ready.
    """

    condition: str = ""
    status: Literal["True", "False", "Unknown", "not True"] = "True"
    message: Pattern = ""
    labels: dict[str, Pattern] = Field(default_factory=dict[str, Pattern])
    without: tuple[str, ...] = ()
    seconds: float = 0
    gpu: bool = False
    has: str = ""


class StageLook(Preset):
    """A node at a stage of its rollout, in one of `states`, with `text` beside it."""

    stages: tuple[str, ...]
    states: tuple[Health, ...] = ("failed",)
    text: Pattern = ""
    seconds: float = 0


class ObjectLook(Preset):
    """Any watched object: a condition, or `fields` by path with dots, each a pattern (`^$`: is not there).

    `status` empty: whatever it is. `gpu_nodes`: for so many seconds there have been Ready GPU nodes.
    """

    kind: str
    name: Pattern = ""
    condition: str = ""
    status: tuple[str, ...] = ()
    reason: Pattern = ""
    message: Pattern = ""
    fields: dict[str, Pattern] = Field(default_factory=dict[str, Pattern])
    seconds: float = 0
    gpu_nodes: float | None = None
    count: int = 1
    """That many of them, at least."""


class PhaseLook(Preset):
    """What a phase that failed, or waits, said: its message, the last error met, the last lines printed."""

    phases: tuple[str, ...] = ()
    failed: bool = True
    text: Pattern


class Look(Preset):
    """Exactly one way to see it."""

    pod: PodLook | None = None
    event: EventLook | None = None
    node: NodeLook | None = None
    stage: StageLook | None = None
    object: ObjectLook | None = None
    phase: PhaseLook | None = None

    @model_validator(mode="after")
    def _one(self) -> "Look":
        if len([name for name in type(self).model_fields if getattr(self, name) is not None]) != 1:
            raise ValueError("a look is one of pod, event, node, stage, object, phase")
        return self


class Act(Preset):
    """What we can do ourselves. `restart` deletes pods that come back: those seen, or those of `role` on their nodes.

    `label-namespace` is for the namespace of what was seen; `retry` tries the failed phase again; `cordon` closes the
    nodes to new pods.
    """

    verb: Literal["restart", "retry", "label-namespace", "cordon"]
    role: str = ""
    labels: dict[str, str] = Field(default_factory=dict[str, str])


class Help(Preset):
    """`command` is for people; with `act` it follows from that. `danger`: drains, restarts a node, deletes data."""

    text: str
    command: str = ""
    seconds: float | None = None
    act: Act | None = None
    danger: bool = False


class Confirmation(Preset):
    """Something more to look for, by the name of an observation in `llmd_tui.diagnose.observations`.

    When it is there it joins the evidence, and the cause is told this way.
    """

    see: str
    cause: str = ""
    why: str = ""
    confidence: Literal["sure", "likely", "possible"] | None = None


class Failure(Preset):
    """One entry. Texts are templates: {nodes}, {pods}, {objects}, {count} and the patterns' named groups.

    `healthy` completes "vmss000000, same image and kernel: ..." for a pod of the same workload that is well.
    """

    id: str
    state: Literal["failed", "slow", "note"] = "failed"
    title: str
    effect: str
    looks: tuple[Look, ...] = Field(min_length=1)
    cause: str
    confidence: Literal["sure", "likely", "possible"]
    why: str
    remedy: Help
    healthy: str = ""
    confirmed: tuple[Confirmation, ...] = ()
    phase: str = ""


FILES = (
    "gpudirect",
    "driver",
    "ofed",
    "node",
    "devices",
    "serving",
    "images",
    "discovery",
    "cluster",
    "azure",
)
"""What names a cause comes before what is true of any pod."""


@cache
def failures() -> Mapping[str, Failure]:
    """By id, in order: of two that fit the same thing, the earlier one counts."""
    return {name: Failure(id=name, **row) for file in FILES for name, row in read(f"failures/{file}.yaml").items()}
